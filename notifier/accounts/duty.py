"""Who decides today: Heads of Profession, their deputies while they are away, and who holds work.

A body's own Head of Profession goes before the organisation's; ``team_ids`` are always the teams of
the bodies concerned (``catalogue.queries.body_teams``), and days are London's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select

from notifier.accounts.models import Absence, Role, Staff
from notifier.accounts.people import has_role
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.once import once


def away(person: Staff, first: date, last: date, *, by: By, now: datetime) -> Absence:
    """Record that somebody is away on these days, both inclusive.

    Raises Refused for days in the wrong order or past, and unless it is their own absence or an
    administrator or Head of Profession enters it: an absence gives the deputies their power.
    """
    if last < first:
        raise Refused("The last day lies before the first; give them in their order.", field="last")
    if last < london_date(now):
        raise Refused("Those days are past; give a last day that is still to come.", field="last")
    may_enter(person, by)
    row = Absence(staff_id=person.id, first_day=first, last_day=last)
    session.add(row)
    session.flush()
    record(f"staff:{person.id}", "away", by=by, now=now, first=first, last=last)
    return row


def back(person: Staff, *, by: By, now: datetime) -> int:
    """End every absence of today or later days; what is past stays. Returns how many there were.

    Raises Refused when the person is not away at all.
    """
    today = london_date(now)
    may_enter(person, by)
    rows = [row for row in absences(person) if row.last_day >= today]
    if not rows:
        raise Refused(f"{person.email} is not away, and no absence is recorded.")
    for row in rows:
        if row.first_day < today:
            row.last_day = today - timedelta(days=1)
        else:
            session.delete(row)
    session.flush()
    record(f"staff:{person.id}", "back", by=by, now=now)
    return len(rows)


def may_enter(person: Staff, by: By) -> None:
    """Everybody their own; an administrator or Head of Profession, anybody's."""
    who = session.get(Staff, by.staff_id) if by.staff_id is not None else None
    if who is None or who.id == person.id or any(r.role in ("admin", "hop") for r in who.roles):
        return
    raise Refused(
        f"{who.email} may enter their own absence only; ask {person.email}, a Head of Profession "
        "or an administrator to enter it."
    )


def absences(person: Staff) -> list[Absence]:
    """Every absence of somebody, soonest first."""
    query = select(Absence).where(Absence.staff_id == person.id)
    return list(session.scalars(query.order_by(Absence.first_day, Absence.id)))


def on_duty(team_ids: Collection[int], today: date) -> list[Staff]:
    """Whom a request for a Head of Profession reaches today; empty only when nobody holds the role.

    The body's own heads; while they are away the body's deputies; then the organisation's heads,
    then any deputy; and when everybody is away the heads all the same.
    """
    rows = held("hop", "deputy")
    own, house = among(rows, "hop", team_ids), among(rows, "hop", ())
    deputies = among(rows, "deputy", team_ids)
    tiers = [own, deputies if own else [], house, [*deputies, *among(rows, "deputy", ())]]
    gone = absent(today)
    for tier in tiers:
        if present := [person for person in tier if person.id not in gone]:
            return present
    return own or house


def acts_as_hop(person: Staff, team_ids: Collection[int], today: date) -> bool:
    """A Head of Profession always; a deputy while every head for whom they stand in is away."""
    teams = set(team_ids)
    if has_role(person, "hop", team_ids=teams):
        return True
    if not has_role(person, "deputy", team_ids=teams):
        return False
    gone = absent(today)
    own, house = holders("hop", teams), holders("hop", ())
    if own and any(r.role == "deputy" and r.team_id in teams for r in person.roles):
        return all(head.id in gone for head in own)
    return all(head.id in gone for head in (*own, *house))


def may_approve(person: Staff, team_ids: Collection[int], today: date) -> bool:
    """An approver, a Head of Profession, or a deputy who stands in."""
    teams = set(team_ids)
    return has_role(person, "approver", team_ids=teams) or acts_as_hop(person, teams, today)


def ask(team_ids: Collection[int], today: date) -> str:
    """The way out of a refusal: "ask hana@example.org"."""
    return asking(on_duty(team_ids, today), "hop")


def ask_approver(team_ids: Collection[int], today: date) -> str:
    """The same where an approver is enough."""
    return asking(approvers(team_ids, today), "approver")


def asking(people: Iterable[Staff], role: str) -> str:
    addresses = " or ".join(person.email for person in people)
    if not addresses:
        return f"add one with: bin/notifier staff add EMAIL --role {role}"
    return f"ask {addresses}"


def approvers(team_ids: Collection[int], today: date) -> list[Staff]:
    """Who may approve where an approver is enough: the teams' own, or those of every team; who is
    away only when all are. Without any approver, who is on duty as Head of Profession."""
    found = holders("approver", team_ids) or holders("approver", ())
    return here(found, today) or on_duty(team_ids, today)


def workers(team_ids: Collection[int], today: date) -> list[Staff]:
    """Who holds a team's work: its authors and approvers, else those of every team; who is away
    only when all are. Empty when there is nobody."""
    rows = held("author", "approver")
    own = {p.id: p for role in ("author", "approver") for p in among(rows, role, team_ids)}
    if not own:
        own = {p.id: p for role in ("author", "approver") for p in among(rows, role, ())}
    return here([own[key] for key in sorted(own)], today)


def here(people: list[Staff], today: date) -> list[Staff]:
    """Those who are not away; everybody when all are."""
    gone = absent(today)
    return [person for person in people if person.id not in gone] or people


def holders(role: str, team_ids: Collection[int]) -> list[Staff]:
    """Active staff with a role in one of the teams; without teams, those who hold it in all."""
    return among(held(role), role, team_ids)


@once
def held(*roles: str) -> list[tuple[Staff, str, int | None]]:
    """Active staff with each of these roles and its team, by id: one query where a question has
    several tiers, which the worker asks for every team once an hour."""
    query = select(Staff, Role.role, Role.team_id).join(Staff.roles)
    query = query.where(Staff.active.is_(True), Role.role.in_(roles)).order_by(Staff.id)
    return [(person, role, team_id) for person, role, team_id in session.execute(query)]


def among(
    rows: Iterable[tuple[Staff, str, int | None]], role: str, team_ids: Collection[int]
) -> list[Staff]:
    """Of what ``held`` found: who has the role in one of the teams; without teams, in all."""
    found = {
        person.id: person
        for person, has, team_id in rows
        if has == role and (team_id in team_ids if team_ids else team_id is None)
    }
    return list(found.values())


@once
def absent(today: date) -> set[int]:
    """Ids of the staff who are away on this day."""
    query = select(Absence.staff_id).where(Absence.first_day <= today, Absence.last_day >= today)
    return set(session.scalars(query))
