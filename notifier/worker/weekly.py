"""Keeps next Monday's mail to each Head of Profession planned, to who is on duty on that day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue.models import Team
from notifier.catalogue.queries import body_teams
from notifier.clock import at_london, london_date, working_day_after
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import drop
from notifier.sends.staff import next_copy, of_kind
from notifier.store.db import session

WALL = time(8, 30)
STAGE = "weekly"
WEEK = timedelta(days=7)


def keep(*, now: datetime) -> None:
    """Plan the next one and keep it true: an absence that is entered before it moves it on.

    It is a promise like any other: a worker that was down on Monday sends it when it is back.
    """
    day = next_day(now)
    about = f"week:{day:%G-W%V}"
    wanted = readers(day)
    copy = next_copy("weekly", about, STAGE)  # before it is asked who has one: see sends.staff.nag
    planned = session.scalars(of_kind("weekly", about).where(Send.state != "cancelled"))
    have = {send.staff_id: send for send in planned}
    for staff_id, send in have.items():
        if send.state == "planned" and staff_id not in wanted:
            drop(send, "cancel", "somebody else is on duty", now=now)
        elif send.state == "planned" and send.context["teams"] != wanted[staff_id or 0]:
            send.context = {**send.context, "teams": wanted[staff_id or 0]}
    missing = [staff_id for staff_id in wanted if staff_id not in have]
    for number, staff_id in enumerate(missing, copy):
        promise(about, staff_id, wanted[staff_id], day, copy=number, now=now)


def promise(
    about: str, staff_id: int, teams: list[int], day: date, *, copy: int, now: datetime
) -> None:
    plan(
        "weekly",
        about,
        stage=STAGE,
        due_at=at_london(day, WALL),
        now=now,
        revision=copy,
        wall=(day, WALL),
        rule="Monday at 08:30, or the working day after",
        staff_id=staff_id,
        lapses_at=at_london(day, WALL) + WEEK,
        context={"teams": teams},
    )


def next_day(now: datetime) -> date:
    """The first day to come, or of today before 08:30, on which the mail goes."""
    monday = london_date(now) - timedelta(days=london_date(now).weekday())
    day = working_day_after(monday)
    return day if now < at_london(day, WALL) else working_day_after(monday + WEEK)


def readers(day: date) -> dict[int, list[int]]:
    """The teams of the bodies for which each member of staff is on duty that day, by staff id."""
    bodies: dict[frozenset[int], list[Staff]] = {}
    found: dict[int, list[int]] = {}
    for team_id in session.scalars(select(Team.id).order_by(Team.id)):
        body = frozenset(body_teams({team_id}))
        if body not in bodies:
            bodies[body] = duty.on_duty(body, day)
        for person in bodies[body]:
            found.setdefault(person.id, []).append(team_id)
    return found
