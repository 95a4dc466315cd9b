"""The board of what is owed: each planned change, days until it must be public, who holds it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue.models import Series
from notifier.catalogue.queries import body_teams
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.approve import deciders, second_person, team_ids
from notifier.notices.derive import judged, policy_of
from notifier.notices.leadtime import publish_by
from notifier.notices.models import ChangeNotice
from notifier.notices.out import gate
from notifier.notices.register import promises_on
from notifier.releases.models import Announcement, Release
from notifier.store.db import session

UNPUBLISHED = ("draft", "in_review", "approved")
NOT_ITS_NOTICE = ("cancelled", "superseded", "retracted")
OUTCOME_WITHIN = timedelta(days=30)  # after the effect, DOMAIN.md section 4
# As what a notice that says nothing more would be judged: nobody knows its class yet.
UNWRITTEN = "D"


@dataclass(frozen=True)
class Owed:
    """One line. ``days_left`` until ``publish_by``, negative when it is too late to keep it.

    ``what`` must be public by then: announce (a notice that is written), notice (one that is not:
    ``notice`` is None, the release is said to contain a change), release (an armed one that is kept
    back by its page or by a change; ``notice`` is None), response (to a consultation) or outcome.
    ``holder`` says in words who does what next, ``people`` are who.
    """

    notice: ChangeNotice | None
    release: Release | None
    publish_by: date | None
    days_left: int | None
    holder: str
    what: str
    teams: frozenset[int]
    people: tuple[Staff, ...] = ()


def owed(*, now: datetime) -> list[Owed]:
    """Everything that must still be said, most urgent first; without a date, last."""
    today = london_date(now)
    rows = [announcement(notice, today) for notice in unpublished()]
    rows += [unwritten(release, today) for release in unexplained()]
    rows += [kept_back(announcement, today) for announcement in withheld(now=now)]
    rows += [response(notice, today) for notice in unanswered(today)]
    rows += [outcome(notice, today) for notice in in_effect()]
    return sorted(rows, key=lambda row: (row.days_left is None, row.days_left or 0))


def with_series() -> Select[ChangeNotice]:
    """Notices, each with what tells whose it is."""
    return select(ChangeNotice).options(
        selectinload(ChangeNotice.series).joinedload(Series.team),
        joinedload(ChangeNotice.effect_release),
    )


def unpublished() -> list[ChangeNotice]:
    query = with_series().where(ChangeNotice.state.in_(UNPUBLISHED))
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def announcement(notice: ChangeNotice, today: date) -> Owed:
    by, _ = promised(notice, today)
    step = {"draft": "finish and submit", "in_review": "approve", "approved": "publish"}
    who = acting(notice, today)
    return line(notice, by, today, held(notice, step[notice.state], who), "announce", who)


def promised(notice: ChangeNotice, today: date) -> tuple[date | None, int]:
    """The last day on which announcing it keeps the promise, None without a date, and the days
    promised."""
    found = judged(notice, today)
    return found.publish_by, found.minimum_days


def unwritten(release: Release, today: date) -> Owed:
    minimum = promises_on(today)[UNWRITTEN].minimum
    by = publish_by(london_date(release.at), minimum) if release.at is not None else None
    teams = frozenset({release.series.team_id})
    who = working(teams, today)
    words = said(release.series.team.name, "write its notice", who)
    return Owed(None, release, by, days(by, today), words, "notice", teams, tuple(who))


def kept_back(row: Announcement, today: date) -> Owed:
    release, teams = row.release, frozenset({row.release.series.team_id})
    due = london_date(release.at) if release.at is not None else None
    step = "see to the change that keeps it back" if shut(release) else "put its page on line"
    who = working(teams, today)
    words = said(release.series.team.name, step, who)
    return Owed(None, release, due, days(due, today), words, "release", teams, tuple(who))


def response(notice: ChangeNotice, today: date) -> Owed:
    due = date.fromisoformat(notice.consultation["response_due"])
    who = working(team_ids(notice), today)
    words = held(notice, "publish what was said and done", who)
    return line(notice, due, today, words, "response", who)


def outcome(notice: ChangeNotice, today: date) -> Owed:
    at = notice.took_effect_at or notice.effect_at
    due = london_date(at) + OUTCOME_WITHIN if at is not None else None
    who = working(team_ids(notice), today)
    return line(notice, due, today, held(notice, "say what became of it", who), "outcome", who)


def line(
    notice: ChangeNotice,
    due: date | None,
    today: date,
    holder: str,
    what: str,
    people: Iterable[Staff],
) -> Owed:
    left, teams, release = days(due, today), frozenset(team_ids(notice)), notice.effect_release
    return Owed(notice, release, due, left, holder, what, teams, tuple(people))


def days(due: date | None, today: date) -> int | None:
    return (due - today).days if due is not None else None


def acting(notice: ChangeNotice, today: date) -> list[Staff]:
    """Who must act next on a notice that is not public: its author or team, or who approves."""
    author = session.get(Staff, notice.author_id) if notice.author_id is not None else None
    if notice.state == "in_review":
        second = second_person(notice, policy_of(notice, today), today)
        found = duty.on_duty if second == "hop" else duty.approvers
        asked = found(deciders(notice), today)
        return [person for person in asked if person != author] or asked
    if author is not None and author.active:
        return [author]
    return working(team_ids(notice), today)


def authors(notice: ChangeNotice, today: date) -> list[Staff]:
    """Who finishes and submits a draft: its author, else the authors of its teams, else those of
    every team; who is away only when all are."""
    author = session.get(Staff, notice.author_id) if notice.author_id is not None else None
    if author is not None and author.active:
        return [author]
    found = duty.holders("author", team_ids(notice)) or duty.holders("author", ())
    return duty.here(found, today)


def working(teams: Collection[int], today: date) -> list[Staff]:
    """Authors and approvers of the teams, else who is on duty for their body."""
    return duty.workers(teams, today) or duty.on_duty(body_teams(teams), today)


def held(notice: ChangeNotice, step: str, people: Iterable[Staff]) -> str:
    return said(notice.series[0].team.name, step, people)


def said(team: str, step: str, people: Iterable[Staff]) -> str:
    """ "Waste statistics: approve (hana@example.org)"."""
    who = ", ".join(person.email for person in people)
    return f"{team}: {step} ({who})" if who else f"{team}: {step}"


def withheld(*, now: datetime) -> list[Announcement]:
    """Armed releases whose instant has come and that are kept back: their page is not live, or
    their gate is shut. Not those that were moved or cancelled since."""
    query = (
        select(Announcement)
        .join(Announcement.release)
        .where(Announcement.state == "withheld", Release.state == "confirmed", Release.at <= now)
    )
    return list(session.scalars(query.order_by(Announcement.id)))


def shut(release: Release) -> str:
    """Which change keeps it back, and what that asks for, in a sentence; "" when none does."""
    try:
        gate(release, out=True)
    except Refused as refusal:
        return str(refusal)
    return ""


def unexplained() -> list[Release]:
    """Coming releases that contain a change of which no notice is left that could tell it."""
    has_notice = select(ChangeNotice.effect_release_id).where(
        ChangeNotice.effect_release_id.is_not(None), ChangeNotice.state.not_in(NOT_ITS_NOTICE)
    )
    query = select(Release).where(
        Release.contains_change.is_(True),
        Release.state.in_(("provisional", "confirmed", "postponed_tbc")),
        Release.id.not_in(has_notice),
    )
    return list(session.scalars(query.order_by(Release.id)))


def unanswered(today: date) -> list[ChangeNotice]:
    """Public notices whose consultation has closed and whose response is not published."""
    query = with_series().where(
        ChangeNotice.state.in_(("announced", "on_hold")), ChangeNotice.decision != "decided"
    )
    return [n for n in session.scalars(query.order_by(ChangeNotice.id)) if waits(n, today)]


def waits(notice: ChangeNotice, today: date) -> bool:
    asked = notice.consultation or {}
    if not asked.get("response_due") or not asked.get("closes") or asked.get("response"):
        return False
    return date.fromisoformat(asked["closes"]) < today


def in_effect() -> list[ChangeNotice]:
    """Changes that took effect and of which no outcome is told."""
    query = with_series().where(ChangeNotice.state == "in_effect")
    return list(session.scalars(query.order_by(ChangeNotice.id)))
