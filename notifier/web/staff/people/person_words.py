"""What happened to a person, and what they were sent, in words for staff."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from notifier.audience import kinds
from notifier.audience.models import Subscriber, Subscription
from notifier.clock import london_date, london_time
from notifier.delivery.had import Had
from notifier.render import dates, followed
from notifier.store.history import History
from notifier.web.public.shapes import Tag

KINDS = {
    "release": "Releases",
    "date_change": "Changed dates",
    "change": "Changes",
    "correction": "Corrections",
    "newsletter": "Newsletters",
    "consultation": "Consultations",
}
RHYTHMS = {
    "off": "not by email",
    "immediate": "at once",
    "daily": "once a day",
    "weekly": "once a week",
}
DEPTHS = {"headline": "Headlines only", "detail": "The detail", "technical": "Technical detail"}
LANGUAGES = {"en": "English", "cy": "Welsh", "both": "English and Welsh"}
STATES = {
    "waiting": Tag("Waiting to go", "neutral"),
    "held": Tag("Waits for their digest", "neutral"),
    "accepted": Tag("Accepted", "good"),
    "retrying": Tag("Trying again", "look"),
    "uncertain": Tag("Unsure", "look"),
    "bounced": Tag("Came back", "bad"),
    "failed": Tag("Failed", "bad"),
    "skipped": Tag("Not sent", "neutral"),
    "planned": Tag("Planned", "neutral"),
    "sending": Tag("Going out", "way"),
    "paused": Tag("Paused", "look"),
    "cancelled": Tag("Cancelled", "neutral"),
}
VERDICTS = {
    "hard": "The address does not exist",
    "hard_after_2": "The mailbox is switched off",
    "soft": "The mailbox could not take it for now",
    "sender_fault": "Refused, and not because of the address",
    "complaint": "Reported as spam",
}
ACTIONS = {
    "confirm": "Confirmed",
    "prefer": "Changed what they get",
    "describe": "Told us about themselves",
    "unsubscribe": "Stopped following",
    "decline": "Stopped following",
    "leave": "Unsubscribed",
    "pause": "Mail is on a break",
    "pause_changed": "Changed the break",
    "resume": "Mail comes again",
    "suppress": "All mail was stopped",
    "lift": "Mail was allowed again",
    "lift_unsubscribed": "Taken off the list of stopped addresses",
    "ask_again": "Was sent a link to confirm",
    "private_feed": "Made a private feed",
    "private_feed_ended": "Ended the private feed",
    "stop_newsletters": "Stopped a team's newsletters",
    "stop_week_ahead": "Stopped Friday's mail",
    "ask_address": "Asked for another address",
    "change_address": "Changed the address",
    "got_it": "Pressed “got it”",
    "complaint": "Reported mail as spam",
    "forget": "Erased",
    "asked_to_forget": "Asked us to erase them",
    "look": "Looked at",
    "held": "What we hold was taken as a file",
}
# Why something ended, as the rooms keep it.
WHYS = {
    "one click": "by the link in a mail",
    "one click, everything": "everything, by the link in a mail",
    "left everything": "everything",
    "changed preferences": "in their settings",
    "hard_bounce": "the address does not work",
    "soft_bounces": "the mailbox refused mail for two weeks",
    "complaint": "they reported our mail as spam",
    "never confirmed": "the sign-up was never confirmed",
    "erased": "erased",
    "asked": "they asked us to stop",
    "staff": "by staff",
    "the person is left": "they had unsubscribed",
    "the person is suppressed": "mail to them was stopped",
    "the person is paused": "they were on a break",
    "the person is gone": "they were erased",
}


@dataclass(frozen=True)
class Follow:
    """``kind`` in words; ``until`` "" while it is in force."""

    name: str
    kind: str
    since: str
    until: str
    why: str


@dataclass(frozen=True)
class Deed:
    """A line of what happened: ``by`` is "" where the person did it."""

    words: str
    when: str
    by: str
    why: str


FOLLOWS = {"Topic": "Topic", "Series": "Publication", "ChangeNotice": "One change"}


def follow(subscription: Subscription) -> Follow:
    row = followed.followed(subscription)
    ended = subscription.ended_at
    return Follow(
        name=followed.name(row).text if row is not None else "Something that is gone",
        kind=FOLLOWS.get(type(row).__name__, "One release"),
        since=dates.past(london_date(subscription.started_at)),
        until=dates.past(london_date(ended)) if ended is not None else "",
        why=why(subscription.end_reason),
    )


def rhythms(person: Subscriber) -> list[tuple[str, str]]:
    """Each kind and how often it comes, in words."""
    found = [(KINDS[kind], RHYTHMS[each]) for kind, each in kinds.unpack(person.kinds).items()]
    if person.kinds & kinds.MACHINES_ONLY:
        found = [(k, f"{r}, if they break programs" if k == "Changes" else r) for k, r in found]
    return [*found, ("The week ahead", "on Fridays" if person.week_ahead else "not by email")]


def deed(row: History, me: str = "") -> Deed:
    """``me`` is the name by which history knows who looks: "You"."""
    staff = row.by.get("staff") is not None
    name = str(row.by.get("name") or "") if staff or row.by.get("basis") == "asserted" else ""
    words = ACTIONS.get(row.action, row.action.replace("_", " ").capitalize())
    if row.action in ("pause", "pause_changed") and row.data.get("until"):
        words += f" until {dates.past(date.fromisoformat(str(row.data['until'])))}"
    if row.by.get("basis") == "system":
        name = "Notifier"
    if me and name == me:
        name = "you"
    at = f"{dates.past(london_date(row.at))}, {london_time(row.at):%H:%M}"
    return Deed(words, at, name, why(row.why))


def why(reason: str) -> str:
    """A reason that a room keeps, in words; staff's own stand as they are."""
    return WHYS.get(reason, reason)


def message_state(row: Had) -> tuple[Tag, str]:
    """(how it stands, why) of a message."""
    found = STATES.get(row.state, Tag(row.state.replace("_", " ").capitalize(), "neutral"))
    said = row.why
    if row.state == "skipped" and not row.send.to_one:
        said = "they had left, or could get none, before it went"
    if row.send.to_one and row.state in ("bounced", "failed"):
        said = VERDICTS.get(said, said)
    said = why(said)
    if row.digest is not None:
        told = f"in the digest of {dates.past(date.fromisoformat(row.digest.stage))}"
        said = f"{said}; {told}" if said else told
    return found, re.sub(r"^follows ", "they follow ", said)
