"""What goes out this week and the next, and what should but would not as it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from notifier.audience.receivers import about
from notifier.catalogue.sight import Sight
from notifier.clock import at_london, london_date
from notifier.newsletters.models import Newsletter
from notifier.notices.owed import Owed
from notifier.releases.models import Announcement, Release
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.store.db import session

DAYS = 14
SHOWN = ("planned", "paused", "sending", "done")


@dataclass(frozen=True)
class Saying:
    """One message on its day. ``send`` is None for what has no Send yet: then ``why_not`` says what
    it waits for, or is empty for a release that goes out by itself. ``kind`` is release, notice or
    digest; ``people`` who got it or were frozen, else ``audience`` is still to be counted."""

    at: datetime
    about: str
    kind: str
    send: Send | None = None
    why_not: str = ""
    people: int | None = None
    audience: Mapping[str, Any] | None = None
    timed: bool = True

    @property
    def day(self) -> date:
        return london_date(self.at)


def monday(today: date) -> date:
    return today - timedelta(days=today.weekday())


def sayings(sight: Sight, owed: Iterable[Owed], *, now: datetime) -> list[Saying]:
    """Of two weeks from this Monday on, soonest first."""
    first = monday(london_date(now))
    begins, ends = at_london(first, time.min), at_london(first + timedelta(days=DAYS), time.min)
    found = [*promised(sight, begins, ends)]
    told = {saying.about for saying in found if saying.kind == "release"}
    found += (each for each in coming(sight, max(begins, now), ends) if each.about not in told)
    found += unpublished(sight, owed, london_date(now), ends)
    found += issues(sight, begins, ends)
    return sorted(found, key=lambda saying: saying.at)


def promised(sight: Sight, begins: datetime, ends: datetime) -> Iterator[Saying]:
    """Sends to many, also the organisation's own; what another one tells is not told twice."""
    query = select(Send).where(
        Send.receivers.is_not(None),
        Send.state.in_(SHOWN),
        Send.due_at >= begins,
        Send.due_at < ends,
    )
    if sight.teams is not None:
        query = query.where(Send.team_id.in_(sight.teams) | Send.team_id.is_(None))
    for send in session.scalars(query.order_by(Send.due_at, Send.id)):
        if carrier_of(send) is None:
            frozen = send.frozen_at is not None
            people = send.audience if frozen else None
            asked = None if frozen or send.kind == "digest" else send.receivers
            yield Saying(send.due_at, send.about, kind_of(send.kind), send, "", people, asked)


def kind_of(kind: str) -> str:
    if kind in ("release", "released"):
        return "release"
    return "digest" if kind in ("digest", "week_ahead") else "notice"


def coming(sight: Sight, begins: datetime, ends: datetime) -> Iterator[Saying]:
    """Releases that come out, with the mail that goes out by itself where its words are armed."""
    query = (
        select(Release, Announcement.state)
        .outerjoin(Announcement, Announcement.release_id == Release.id)
        .options(joinedload(Release.series))
        .where(
            Release.state.in_(("provisional", "confirmed")),
            Release.precision.in_(("datetime", "date")),
            Release.at >= begins,
            Release.at < ends,
        )
    )
    topics: dict[int, dict[str, Any]] = {}
    for release, words in session.execute(query.order_by(Release.at, Release.id)):
        if release.at is None or not sight.sees([release.series.team_id]):
            continue
        of = topics.get(release.series_id)
        if of is None:
            of = topics[release.series_id] = about([release.series_id], kinds=["release"]).as_dict()
        waits = "not confirmed" if release.state == "provisional" else unarmed(words)
        audience = {**of, "releases": [release.id]}
        timed = release.precision == "datetime"
        name = f"release:{release.id}"
        yield Saying(release.at, name, "release", None, waits, None, audience, timed)


def unarmed(words: str | None) -> str:
    if words == "armed":
        return ""
    return "not approved" if words else "no words yet"


def unpublished(
    sight: Sight, owed: Iterable[Owed], today: date, ends: datetime
) -> Iterator[Saying]:
    """Changes that must be public by a day of these weeks and are not: a draft, not approved…"""
    states = {"draft": "draft", "in_review": "not approved", "approved": "not announced"}
    for row in owed:
        if row.what != "announce" or row.notice is None or row.publish_by is None:
            continue
        at = at_london(row.publish_by, time.max.replace(microsecond=0))
        if row.publish_by >= today and at < ends and sight.sees(row.teams):
            why = states[row.notice.state]
            yield Saying(at, row.notice.reference, "notice", None, why, timed=False)


def issues(sight: Sight, begins: datetime, ends: datetime) -> Iterator[Saying]:
    """Newsletters that have a time and are not approved, or not sent off."""
    states = {"draft": "draft", "in_review": "not approved", "approved": "not sent off"}
    query = select(Newsletter).where(
        Newsletter.state.in_(states), Newsletter.send_at >= begins, Newsletter.send_at < ends
    )
    for issue in session.scalars(query.order_by(Newsletter.send_at)):
        if issue.send_at is not None and sight.sees([issue.team_id]):
            why = states[issue.state]
            yield Saying(issue.send_at, f"newsletter:{issue.id}", "notice", None, why)
