"""Who joined, who left and why, what people said and pressed: by quarter. Counts, never a person.

Nothing is read from whether a letter was opened or a link was pressed: letters do not tell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from notifier.audience.models import Complaint, Consent
from notifier.catalogue.models import Series
from notifier.delivery.models import Bounce
from notifier.insight.quarters import Quarter
from notifier.notices.models import Answer, ChangeNotice, notice_series
from notifier.store.db import session
from notifier.store.history import History

LEFT = {"leave": "left", "suppress": "stopped", "forget": "erased"}
GOT_IT = "got_it"


@dataclass
class Engaged:
    """One quarter. ``left`` by reason as it was given; ``stopped`` by us, by reason: mail that came
    back, a complaint; ``erased`` at their wish. ``answers`` count people for each consultation."""

    joined: Counter[str] = field(default_factory=Counter)  # form | import | invitation
    left: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    erased: int = 0
    got_it: Counter[str] = field(default_factory=Counter)  # by reference
    answers: Counter[str] = field(default_factory=Counter)  # by reference
    complaints: int = 0
    answered: int = 0
    spam: int = 0


def quarters(
    wanted: Collection[Quarter], *, now: datetime, team_ids: Collection[int] | None = None
) -> dict[Quarter, Engaged]:
    """Each quarter as far as it had come at ``now``; ``team_ids`` narrow what is about a change to
    those of some teams. People belong to no team."""
    found = {quarter: Engaged() for quarter in wanted}
    joined(found, now)
    went(found, now, team_ids)
    answered(found, now, team_ids)
    complained(found, now)
    return found


def in_quarter(at: Any, found: Collection[Quarter]) -> ColumnElement[str]:
    """The slug of the quarter, to group by."""
    return case(*((at < q.ends, q.slug) for q in sorted(found)), else_="")


def during(at: Any, found: Collection[Quarter], now: datetime) -> ColumnElement[bool]:
    ends = max(q.ends for q in found)
    begins = min(q.begins for q in found)
    return and_(at >= begins, at < ends, at <= now)


def joined(found: dict[Quarter, Engaged], now: datetime) -> None:
    slug = in_quarter(Consent.confirmed_at, found)
    query = select(slug, Consent.how, func.count()).where(during(Consent.confirmed_at, found, now))
    by = {quarter.slug: each for quarter, each in found.items()}
    for name, how, number in session.execute(query.group_by(slug, Consent.how)):
        by[name].joined[how] += number


def went(found: dict[Quarter, Engaged], now: datetime, team_ids: Collection[int] | None) -> None:
    """From history: a row of a person who came back says nothing of the time before. It is long,
    so it is walked through once."""
    slug = in_quarter(History.at, found)
    about = case((History.action == GOT_IT, History.data["change"].as_string()), else_=History.why)
    query = (
        select(slug, History.action, about, func.count())
        .where(
            History.action.in_([*LEFT, GOT_IT]),
            History.object.startswith("subscriber:"),
            during(History.at, found, now),
        )
        .group_by(slug, History.action, about)
    )
    own = None if team_ids is None else references(team_ids)
    by = {quarter.slug: each for quarter, each in found.items()}
    for name, action, what, number in session.execute(query):
        if action == GOT_IT:
            by[name].got_it[what] += number if own is None or what in own else 0
        elif LEFT[action] == "erased":
            by[name].erased += number
        else:
            getattr(by[name], LEFT[action])[what] += number
    for each in found.values():
        each.got_it = +each.got_it


def references(team_ids: Collection[int]) -> set[str]:
    """The changes that are about a series of one of the teams."""
    query = (
        select(ChangeNotice.reference)
        .join(notice_series, notice_series.c.notice_id == ChangeNotice.id)
        .join(Series, Series.id == notice_series.c.series_id)
        .where(Series.team_id.in_(team_ids))
    )
    return set(session.scalars(query))


def answered(
    found: dict[Quarter, Engaged], now: datetime, team_ids: Collection[int] | None
) -> None:
    at = Answer.confirmed_at
    slug = in_quarter(at, found)
    people = func.count(Answer.subscriber_id.distinct())
    query = (
        select(slug, ChangeNotice.reference, people)
        .join(ChangeNotice, ChangeNotice.id == Answer.notice_id)
        .where(during(at, found, now))
        .group_by(slug, ChangeNotice.reference)
    )
    own = None if team_ids is None else references(team_ids)
    by = {quarter.slug: each for quarter, each in found.items()}
    for name, reference, number in session.execute(query):
        if own is None or reference in own:
            by[name].answers[reference] += number


def complained(found: dict[Quarter, Engaged], now: datetime) -> None:
    """What people wrote about their data, and letters that they called spam."""
    by = {quarter.slug: each for quarter, each in found.items()}
    slug = in_quarter(Complaint.at, found)
    done = func.sum(case((Complaint.answered_at <= now, 1), else_=0))
    query = select(slug, func.count(), done).where(during(Complaint.at, found, now))
    for name, number, ended in session.execute(query.group_by(slug)):
        by[name].complaints, by[name].answered = number, int(ended or 0)
    slug = in_quarter(Bounce.at, found)
    spam = select(slug, func.count()).where(
        Bounce.verdict == "complaint", during(Bounce.at, found, now)
    )
    for name, number in session.execute(spam.group_by(slug)):
        by[name].spam = number
