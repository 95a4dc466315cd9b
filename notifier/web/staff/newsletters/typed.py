"""The form of a newsletter: what was typed, and what is wanted by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from flask import request

from notifier.accounts.unsaved import version
from notifier.catalogue import queries as catalogue
from notifier.clock import at_london, london_date, london_time
from notifier.errors import Refused
from notifier.newsletters.edit import Wanted, audience_of, title_of
from notifier.newsletters.models import Newsletter
from notifier.render.fields import check_fields
from notifier.render.pasted_plain import from_plain
from notifier.render.slots import scrub

FIELDS = ("title", "body", "topics", "user_types", "segment", "day", "at")


@dataclass(frozen=True)
class Typed:
    """The fields as they stand in the form; ``base`` is the version that they were begun from."""

    title: str = ""
    body: str = ""
    topics: tuple[str, ...] = ()
    user_types: tuple[str, ...] = ()
    segment: str = ""
    day: str = ""
    at: str = ""
    base: str = ""
    pasted: str = ""

    def fields(self) -> dict[str, list[str]]:
        """For ``accounts.unsaved``."""
        found: dict[str, list[str]] = {}
        for name in FIELDS:
            value = getattr(self, name)
            found[name] = [value] if isinstance(value, str) else list(value)
        return found


def from_form() -> Typed:
    given = request.form
    return of_fields({name: given.getlist(name) for name in (*FIELDS, "pasted")}, given.get("base"))


def of_fields(given: Mapping[str, Sequence[str]], base: str | None) -> Typed:
    def one(name: str) -> str:
        return scrub(next(iter(given.get(name, ())), ""))

    return Typed(
        title=one("title"),
        body=one("body"),
        topics=tuple(given.get("topics", ())),
        user_types=tuple(given.get("user_types", ())),
        segment=one("segment"),
        day=one("day"),
        at=one("at"),
        base=base or "",
        pasted=one("pasted"),
    )


def of_issue(issue: Newsletter) -> Typed:
    send_at = issue.send_at
    return Typed(
        title=issue.title,
        body=issue.body,
        topics=tuple(issue.audience.get("topics", [])),
        user_types=tuple(issue.audience.get("user_types", [])),
        segment=issue.audience.get("segment", ""),
        day=london_date(send_at).isoformat() if send_at else "",
        at=f"{london_time(send_at):%H:%M}" if send_at else "",
        base=version(issue.changed_at),
    )


def with_pasted(typed: Typed) -> tuple[Typed, bool]:
    """What was pasted into the box goes to the end of the words; whether there was something."""
    if not typed.pasted.strip():
        return replace(typed, pasted=""), False
    more = from_plain(typed.pasted).markdown
    return replace(typed, body=f"{typed.body.rstrip()}\n\n{more}".lstrip(), pasted=""), True


def wanted(typed: Typed, issue: Newsletter | None, *, moment: datetime) -> Wanted:
    """What is to be saved. Raises Refused beside the field that is wrong."""
    from_plain(typed.pasted)  # what could not be read stands there still, and is refused here
    title = title_of(typed.title)
    check_fields(typed.body, [kind.slug for kind in catalogue.user_types()])
    try:
        audience = audience_of(typed.topics, typed.user_types, typed.segment)
    except Refused as refusal:
        raise Refused(str(refusal), field="topics") from refusal
    return Wanted(title, typed.body, audience, time_of(typed, issue, moment))


def time_of(typed: Typed, issue: Newsletter | None, moment: datetime) -> datetime | None:
    """When it shall go; None as soon as it is sent. A time that stood there already may be past."""
    if not typed.day.strip():
        return None
    try:
        day = date.fromisoformat(typed.day.strip())
        wall = time.fromisoformat(typed.at.strip() or "10:30").replace(second=0, microsecond=0)
        found = at_london(day, wall.replace(tzinfo=None))
    except (ValueError, OverflowError):
        sentence = "Enter a real date and time, like 24 2 2027 and 10:30."
        raise Refused(sentence, field="day") from None
    if found <= moment and (issue is None or issue.send_at != found):
        raise Refused("That time is past; choose one to come, or no date at all.", field="day")
    if (day - london_date(moment)).days > 366:
        raise Refused("Choose a day within a year.", field="day")
    return found
