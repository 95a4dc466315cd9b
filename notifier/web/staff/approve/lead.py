"""What publishing a notice today would give: the sentence, the verdict and the facts beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from notifier.clock import london_date
from notifier.notices import short
from notifier.notices.derive import Judged, judged, policy_of
from notifier.notices.leadtime import PROMISES, lead_days
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import audience_of, stages_of
from notifier.render import dates
from notifier.web.public.shapes import Tag
from notifier.web.staff.approve.who import called, day_words
from notifier.web.staff.notices.beside_bar import Bar, bar
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import sizes


@dataclass(frozen=True)
class Lead:
    """``sentence`` is (before, what is bold, after); ``bar`` the picture of the meter, None without
    a day to come; ``accepted`` says who agreed to less."""

    tag: Tag | None
    sentence: tuple[str, str, str]
    facts: list[tuple[str, str]]
    short: short.Shortfall | None
    accepted: str
    bar: Bar | None = None


def lead(notice: ChangeNotice, *, now: datetime) -> Lead:
    today = london_date(now)
    found = judged(notice, today)
    missing = short.shortfall(notice, now=now)
    return Lead(
        tag(notice, now=now),
        sentence(notice, missing, now=now),
        [
            ("Kind", upper(PROMISES[policy_of(notice, today).class_].words)),
            ("Rule", upper(found.rule)),
            ("Takes effect", effect(notice)),
            ("People", people(notice, now=now)),
            ("Messages", messages(notice, now=now)),
            ("Target", f"{dates.days(found.target_days)} of notice"),
        ],
        missing,
        agreed(notice, now=now),
        picture(found, now=now),
    )


def picture(found: Judged, *, now: datetime) -> Bar | None:
    """The same bar as beside the editor."""
    if found.effect_at is None or found.effect_at <= now or not found.minimum_days:
        return None
    effect = london_date(found.effect_at)
    return bar(found, effect, lead_days(london_date(now), effect), public=False)


def upper(words: str) -> str:
    return words[0].upper() + words[1:]


def tag(notice: ChangeNotice, *, now: datetime) -> Tag | None:
    """Best, Enough, Short, Same day or After, of publishing it today."""
    found = judged(notice, london_date(now))
    if found.effect_at is None or found.class_ == "I":
        return None
    days = lead_days(london_date(now), london_date(found.effect_at))
    if found.effect_at <= now:
        return Tag("After", "bad")
    if days == 0:
        return Tag("Same day", "bad")
    if days < found.minimum_days:
        return Tag("Short", "bad")
    return Tag("Best", "good") if days >= found.target_days else Tag("Enough", "good")


def sentence(
    notice: ChangeNotice, missing: short.Shortfall | None, *, now: datetime
) -> tuple[str, str, str]:
    found = judged(notice, london_date(now))
    if found.class_ == "I":
        return "A correction", "", " is told at once; no days are counted."
    if found.effect_at is None:
        return "It has no date yet,", "", " so no days are counted."
    if missing is not None and missing.past:
        return "It took effect on ", day_words(missing.effect), "; users get no notice of it."
    days = lead_days(london_date(now), london_date(found.effect_at))
    are = "is" if found.minimum_days == 1 else "are"
    return "Users get ", dates.days(days), f"; {found.minimum_days} {are} needed."


def effect(notice: ChangeNotice) -> str:
    release = notice.effect_release
    day = release.day if release is not None else notice.effect_date
    if day is None:
        return "Date to be confirmed"
    return f"{dates.full(day)}{', with its release' if release is not None else ''}"


def people(notice: ChangeNotice, *, now: datetime) -> str:
    """How many would get the first message today, by mail."""
    found = sizes().of([audience_of(notice, "announce").as_dict()], now=now)[0]
    return "Not counted yet" if found is None else f"{send_words.people(found)} by mail"


def messages(notice: ChangeNotice, *, now: datetime) -> str:
    """ "7, from today until 1 July"."""
    found = [stage for stage in stages_of(notice, announced_at=now) if not stage.skipped]
    last = london_date(found[-1].due_at)
    if len(found) == 1:
        return "1, at once"
    return f"{len(found)}, from today until {day_words(last)}"


def agreed(notice: ChangeNotice, *, now: datetime) -> str:
    """Who agreed to less notice, until when that counts, and why; "" where nobody did."""
    found = short.accepted(notice, now=now)
    if found is None:
        return ""
    until = dates.within(dates.full(found.until))
    who = called(found.person)
    return f"{who} agreed to less notice, if it is published by {until}: “{found.reason}”"
