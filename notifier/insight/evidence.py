"""All that is on record about one series, for an assessment: dates, approvals, texts, recipients'
counts, lead times, feedback and history. Counts, never a person who subscribes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from notifier.accounts.models import Staff
from notifier.audience.models import Acknowledgement
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.insight import health, punctual, stood
from notifier.insight.chains import Chain, chains
from notifier.insight.health import Sent
from notifier.insight.stood import Stood
from notifier.notices.models import Answer, NoticeRevision
from notifier.releases.flags import off
from notifier.releases.models import Announcement, Release, ReleaseDateChange
from notifier.releases.queries import PUBLIC
from notifier.sends.models import Send
from notifier.store.bulk import among
from notifier.store.db import session

ANNOUNCED = "announced"  # an announcement whose words were sent


@dataclass(frozen=True)
class Edition:
    """A release as it stood. ``days_after`` its date: of one that came out."""

    release: Release
    state: str
    day: date | None
    wall: str
    precision: str
    changes: list[ReleaseDateChange]
    published_at: datetime | None
    days_after: int | None


@dataclass(frozen=True)
class Feedback:
    """What came back about one change. ``response`` is what was published, "" before."""

    reference: str
    opens: str
    closes: str
    people: int
    decided_at: str
    response: str
    got_it: int


@dataclass(frozen=True)
class Pack:
    """Everything of one series at the end of ``day``. ``staff`` are names by id, for who agreed."""

    series: Series
    day: date
    editions: list[Edition]
    notices: list[Stood]
    revisions: list[tuple[str, NoticeRevision]]
    announcements: list[Announcement]
    sends: list[Sent]
    feedback: list[Feedback]
    chains: list[Chain]
    staff: Mapping[int, str]


def pack(series: Series, *, now: datetime, at: datetime | None = None) -> Pack:
    """As it stands, or as it stood at an earlier moment ``at``. What was not public is not in it:
    no draft, no planned release, no words before their instant."""
    moment = at or now
    notices = stood.changes(at=at, series_id=series.id)
    editions = editions_of(series, moment=moment, at=at)
    out = [e.release.id for e in editions if e.published_at is not None]
    announcements = words_of(out, moment)
    about = [one.reference for one in notices]
    about += [f"release:{e.release.id}" for e in editions]
    objects = {f"series:{series.id}": series.name}
    objects |= {f"release:{e.release.id}": e.release.title for e in editions}
    objects |= {f"notice:{one.id}": one.reference for one in notices}
    objects |= {f"announcement:{a.id}": a.release.title for a in announcements}
    return Pack(
        series=series,
        day=london_date(moment),
        editions=editions,
        notices=notices,
        revisions=revisions_of(notices, moment),
        announcements=announcements,
        sends=sends_about(about, now=now, at=at),
        feedback=feedback(notices, moment),
        chains=chains(objects, until=moment),
        staff={row.id: row.name or row.email for row in session.scalars(select(Staff))},
    )


def editions_of(series: Series, *, moment: datetime, at: datetime | None) -> list[Edition]:
    """Releases that were public, by date; those without one last."""
    query = (
        select(Release)
        .where(Release.series_id == series.id, Release.created_at <= moment)
        .options(selectinload(Release.date_changes))
    )
    found = list(session.scalars(query.order_by(Release.id)))
    states = {} if at is None else punctual.states_at([release.id for release in found], at)
    editions = [
        edition(release, states.get(release.id, release.state), moment) for release in found
    ]
    public = [one for one in editions if one.state in PUBLIC]
    return sorted(public, key=lambda e: (e.day is None, e.day or e.release.id, e.release.id))


def edition(release: Release, state: str, moment: datetime) -> Edition:
    day, wall, precision = punctual.date_at(release, moment)
    out = release.published_at
    out = out if out is not None and out <= moment else None
    return Edition(
        release=release,
        state=state,
        day=day,
        wall=f"{wall:%H:%M}" if wall else "",
        precision=precision,
        changes=[change for change in release.date_changes if change.announced_at <= moment],
        published_at=out,
        days_after=off(release, day, precision) if out is not None else None,
    )


def words_of(release_ids: Collection[int], moment: datetime) -> list[Announcement]:
    """The words that went out with releases: nothing before its instant."""
    query = select(Announcement).where(
        among(Announcement.release_id, list(release_ids)),
        Announcement.state == ANNOUNCED,
        Announcement.created_at <= moment,
    )
    return list(session.scalars(query.order_by(Announcement.release_id)))


def revisions_of(notices: Sequence[Stood], moment: datetime) -> list[tuple[str, NoticeRevision]]:
    """(reference, revision) of each text that was public, in the order of the changes."""
    order = {one.id: one.reference for one in notices}
    query = select(NoticeRevision).where(
        among(NoticeRevision.notice_id, list(order)), NoticeRevision.at <= moment
    )
    by: dict[int, list[NoticeRevision]] = {}
    for row in session.scalars(query.order_by(NoticeRevision.id)):
        by.setdefault(row.notice_id, []).append(row)
    return [(reference, row) for id_, reference in order.items() for row in by.get(id_, [])]


def sends_about(abouts: Sequence[str], *, now: datetime, at: datetime | None) -> list[Sent]:
    """Messages to many about them that had begun, oldest first."""
    query = select(Send).where(
        among(Send.about, list(abouts)),
        Send.receivers.is_not(None),
        Send.frozen_at.is_not(None),
        Send.frozen_at <= (at or now),
    )
    return health.as_they_stood(list(session.scalars(query.order_by(Send.frozen_at, Send.id))), at)


def feedback(notices: Sequence[Stood], moment: datetime) -> list[Feedback]:
    """One for each change, in their order."""
    said = stood.last_words([one.id for one in notices], moment)
    people = select(Answer.notice_id, func.count(Answer.subscriber_id.distinct())).where(
        among(Answer.notice_id, list(said)), Answer.confirmed_at <= moment
    )
    answered = {id_: n for id_, n in session.execute(people.group_by(Answer.notice_id))}  # noqa: C416
    about, at = Acknowledgement.about, Acknowledgement.at
    pressed = select(about, func.count()).where(
        among(about, [one.reference for one in notices]), at <= moment
    )
    got_it = {about: n for about, n in session.execute(pressed.group_by(about))}  # noqa: C416
    found = []
    for one in notices:
        asked: Mapping[str, Any] = said.get(one.id, {}).get("consultation") or {}
        found.append(
            Feedback(
                reference=one.reference,
                opens=asked.get("opens") or "",
                closes=asked.get("closes") or "",
                people=answered.get(one.id, 0),
                decided_at=asked.get("decided_at") or "",
                response=asked.get("response") or "",
                got_it=got_it.get(one.reference, 0),
            )
        )
    return found
