"""A Send in words for staff: what it is, about what, to whom, and how it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from notifier.delivery.held import is_weekly
from notifier.insight.subjects import subjects
from notifier.insight.whom import Whom
from notifier.render import dates
from notifier.sends.models import Send
from notifier.sends.stopped import was_braked
from notifier.web.public.shapes import Tag

STAGES = {
    "announce": "first announced",
    "open": "consultation opens",
    "midpoint": "halfway through the consultation",
    "last-edition": "last edition before it",
    "T0": "takes effect",
    "updated": "updated",
    "moved": "moved",
    "held": "on hold",
    "resumed": "goes ahead again",
    "cancelled": "cancelled",
    "retracted": "taken back",
    "superseded": "replaced",
    "early": "in effect early",
    "late": "told late",
    "outcome": "what came of it",
    "decision": "decided",
    "response": "what was said in the consultation",
    "impact": "size known",
    "postponed": "postponed",
    "confirmed": "date confirmed",
    "released": "released",
    "withdrawn": "withdrawn",
    "no-release": "no release today",
    "corrected": "correction",
    "merged": "merged",
    "retired": "given up",
    "issue": "newsletter",
}
KINDS = {
    "notice": "Change",
    "release": "Release date",
    "released": "Release",
    "newsletter": "Newsletter",
    "topic": "Topic",
    "digest": "Digest",
    "week_ahead": "Week ahead",
    "correction": "Correction",
}
STATES = {
    "planned": Tag("Planned", "neutral"),
    "sending": Tag("Going out", "way"),
    "paused": Tag("Paused", "look"),
    "done": Tag("Done", "good"),
    "cancelled": Tag("Cancelled", "neutral"),
    "skipped": Tag("Not sent", "neutral"),
}
TO_ONE = {
    "confirm": "Confirmation of a sign-up",
    "welcome": "Welcome",
    "welcome_back": "Welcome back",
    "magic_link": "Link to the settings",
    "nag": "Reminder to staff",
    "weekly": "Monday letter to a Head of Profession",
    "account": "Letter about a staff account",
    "newsletter_test": "A newsletter mailed to who writes it",
    "invitation": "Invitation",
    "preview": "Preview of a notice, to who asked for it",
    "notice_now": "A change that is near, for somebody new",
    "address_change": "Confirmation of a new address",
    "address_changed": "Word about a new address",
    "answer_confirm": "Confirmation of an answer",
    "complaint_answer": "Answer to a complaint",
}
DATED = re.compile(r"(T[-+]|close-)([0-9]{1,4})")


def stage_words(stage: str) -> str:
    """ "30 days to go", "7 days to comment"; a stage without words stands as it is."""
    found = DATED.fullmatch(stage)
    if found is None:
        return STAGES.get(stage, stage.replace("_", " "))
    number = dates.days(int(found[2]))
    endings = {"T-": "to go", "T+": "after it took effect", "close-": "left to comment"}
    return f"{number} {endings[found[1]]}"


def rule_words(rule: str) -> str:
    """By which rule its day was found: "90 days before it takes effect, moved by staff"."""
    start, more = re.match(r"(T(?:[+-]\d+|0))?(.*)", rule, re.DOTALL).groups()  # type: ignore[union-attr]
    if not start:
        return rule
    if start == "T0":
        return f"when it takes effect{more.replace(' with the release', ', with the release')}"
    number = dates.days(int(start[2:]))
    return f"{number} {'before' if start[1] == '-' else 'after'} it takes effect{more}"


def titles(sends: Iterable[Send]) -> dict[int, str]:
    """What each is called in lists, by its id."""
    found = list(sends)
    names = subjects({send.about for send in found})
    return {send.id: title(send, names) for send in found}


def title(send: Send, names: Mapping[str, str]) -> str:
    """ "Wild birds: moved"; the day stands elsewhere."""
    if send.kind == "digest":
        return "Weekly digest" if is_weekly(date.fromisoformat(send.stage)) else "Daily digest"
    if send.kind == "week_ahead":
        return "The week ahead"
    if send.to_one:
        return TO_ONE.get(send.kind, send.kind.replace("_", " "))
    name = names.get(send.about, send.about)
    if send.kind == "newsletter":
        return name
    if send.kind == "correction":
        return f"Correction: {name}"
    return f"{name}: {stage_words(send.stage)}"


def kind(send: Send) -> str:
    """For the line above the title."""
    return "Mail to one person" if send.to_one else KINDS.get(send.kind, send.kind)


def state(send: Send, *, under_way: bool = True) -> Tag:
    """STAFF's words for it. A Send of which only a digest or another try is open waits."""
    if send.state == "paused" and was_braked(send):
        return Tag("Stopped by the brake", "bad")
    if send.state == "sending" and not under_way:
        return Tag("Waiting for the last", "way")
    return STATES[send.state]


def number(count: int) -> str:
    return f"{count:,}"


def people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


NAMED = 3  # topics or publications; the others are counted


def to_whom(whom: Whom | None, kind: str) -> str:
    """ "To people who follow Nature and biodiversity, or got an earlier message."."""
    if whom is None or kind == "digest":
        return "To who reads once a day or once a week." if kind == "digest" else ""
    names = [*whom.topics, *(() if whom.topics else whom.series)]
    parts = [f"follow {listed(names)}"] if names else []
    parts += ["follow this one alone"] if whom.itself and not names else []
    parts += ["got an earlier message"] if whom.earlier else []
    parts += ["asked for the week ahead"] if kind == "week_ahead" else []
    among = f", among {listed(whom.user_types)}" if whom.user_types else ""
    among += ", in a segment" if whom.segment and parts else ""
    if not parts:
        return "To a segment." if whom.segment else "To everybody."
    return f"To people who {' or '.join(parts)}{among}."


def listed(names: list[str]) -> str:
    """ "Air quality, Water and 2 more"."""
    if len(names) > NAMED:
        return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"
    return " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
