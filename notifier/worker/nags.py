"""Reminds staff of what they owe: one mail for the newest threshold, never the same one twice.

Nags go from 08:30 on working days, whenever the worker looks; what is late goes at once. They look
at what is true now, so that a worker which was down for days sends one and not three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta

import structlog
from sqlalchemy.exc import IntegrityError

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue.queries import body_teams
from notifier.clock import add_working_days, is_working_day, london_date, london_time
from notifier.insight import overdue
from notifier.notices.approve import deciders, team_ids
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import acting, owed, working
from notifier.releases.breach import record_breaches, unexplained
from notifier.releases.flags import nag as threshold
from notifier.releases.models import Release
from notifier.sends.staff import nag, was_told
from notifier.store import history
from notifier.store.db import unit
from notifier.worker import weekly

MORNING = time(8, 30)
PUBLISH_BY = (14, 7, 1)  # days before the last day on which announcing keeps the promise
LONG_AGO = timedelta(days=31)
PATIENCE = 3  # working days after which the Head of Profession hears that news is overdue

log = structlog.get_logger()


def remind(now: datetime) -> None:
    """Everything that staff are due to hear, and yesterday's head of the history. Once an hour."""
    close_the_day(now)
    steps: tuple[Callable[..., object], ...] = (record_breaches, weekly.keep)
    if may_disturb(now):
        steps += (to_confirm, breaches, silent, to_close, to_publish)
    for step in steps:
        once(step, now=now)


def once(step: Callable[..., object], *arguments: object, **named: object) -> None:
    """One step in its own unit of work: what another worker has just done is left to it, and a
    reminder that cannot be made holds up no mail to users."""
    try:
        with unit():
            step(*arguments, **named)
    except IntegrityError:
        log.info("another worker was first", step=step.__name__)
    except Exception:
        log.exception("staff could not be reminded", step=step.__name__)


def close_the_day(now: datetime) -> None:
    """Keep yesterday's head of the history; it stands in the weekly mail."""
    day = history.day_to_close(now=now)
    if day is not None:
        once(history.keep, day, history.head(day))


def may_disturb(now: datetime) -> bool:
    """From 08:30 London on a working day."""
    return is_working_day(london_date(now)) and london_time(now) >= MORNING


def to_confirm(*, now: datetime) -> None:
    """T-42, T-35 and T-28 before a provisional release; on the last day the Head of Profession
    hears it too."""
    today = london_date(now)
    for release in overdue.to_confirm(today):
        stage = threshold(release, today)
        if stage is not None:
            about_release(release, stage, hop=stage == "T-28", mark=str(release.day), now=now)


def breaches(*, now: datetime) -> None:
    """A date that was not fixed in time: the reason is owed."""
    for release in unexplained():
        about_release(release, "breach", hop=True, mark=str(release.breached_on), now=now)


def silent(*, now: datetime) -> None:
    """News, or the size of a change, was promised for a day: that morning who holds it, three
    working days later also the Head of Profession."""
    today = london_date(now)
    for release in overdue.silent_releases(today):
        stage, patient = silence(release.next_update_by or today, today)
        about_release(release, stage, hop=not patient, mark=str(release.next_update_by), now=now)
    for notice in overdue.silent_notices(today):
        due = overdue.promised_by(notice, today) or today
        stage, patient = silence(due, today)
        about_notice(notice, stage, hop=not patient, mark=str(due), now=now)


def silence(due: date, today: date) -> tuple[str, bool]:
    """The stage of a nag about news that is due, and whether the Head of Profession is spared."""
    patient = today < add_working_days(due, PATIENCE)
    return ("update-due" if patient else "update-overdue"), patient


def to_close(*, now: datetime) -> None:
    """In effect for 30 days without an outcome."""
    for notice in overdue.to_close(london_date(now)):
        about_notice(notice, "close-due", hop=False, mark=str(notice.effect_date), now=now)


def to_publish(*, now: datetime) -> None:
    """A notice that is not public 14, 7 and 1 days before the last day that keeps its promise."""
    today = london_date(now)
    for row in owed(now=now):
        if row.what != "announce" or row.notice is None or row.days_left is None:
            continue
        reached = [days for days in PUBLISH_BY if row.days_left <= days]
        if reached:
            told(
                row.notice.reference,
                f"publish-{min(reached)}",
                acting(row.notice, today),
                mark=f"{row.publish_by} {row.notice.state}",
                team_id=row.notice.series[0].team_id,
                now=now,
            )


def alert_late(now: datetime) -> None:
    """Two hours after its instant a release is not out: at once, at any hour, to team and Head of
    Profession. Looked at with each tick: 2 ms, and no write lock while there is nobody to tell."""
    if untold(now):
        once(late, now=now)


def untold(now: datetime) -> list[Release]:
    """Late releases of which nobody on the staff was told; those of long ago are in the weekly mail
    only."""
    found = [each for each in overdue.late(now) if now - (each.at or now) < LONG_AGO]
    return [each for each in found if not was_told(f"release:{each.id}", "late", str(each.at))]


def late(*, now: datetime) -> None:
    for release in untold(now):
        about_release(release, "late", hop=True, mark=str(release.at), now=now)


def about_release(release: Release, stage: str, *, hop: bool, mark: str, now: datetime) -> None:
    team = {release.series.team_id}
    heads = duty.on_duty(body_teams(team), london_date(now)) if hop else []
    about = f"release:{release.id}"
    told(
        about, stage, working(team, london_date(now)), heads, mark=mark, team_id=min(team), now=now
    )


def about_notice(notice: ChangeNotice, stage: str, *, hop: bool, mark: str, now: datetime) -> None:
    teams = team_ids(notice)
    heads = duty.on_duty(deciders(notice), london_date(now)) if hop else []
    team_id, people = notice.series[0].team_id, working(teams, london_date(now))
    told(notice.reference, stage, people, heads, mark=mark, team_id=team_id, now=now)


def told(
    about: str,
    stage: str,
    people: Iterable[Staff],
    heads: Iterable[Staff] = (),
    *,
    mark: str,
    team_id: int,
    now: datetime,
) -> None:
    """One mail each to who holds the work and, where it is serious, to the heads on duty."""
    holders = {person.id for person in people}
    above = {person.id for person in heads} - holders
    nag(about, stage=stage, to=sorted(holders), mark=mark, team_id=team_id, now=now)
    nag(about, stage=stage, to=sorted(above), mark=mark, team_id=team_id, now=now, hop=True)
