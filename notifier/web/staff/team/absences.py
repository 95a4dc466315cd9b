"""Days on which somebody is away: requests reach the deputies then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request

from notifier.accounts import duty, members
from notifier.accounts.models import Absence
from notifier.errors import Refused
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.staff import door
from notifier.web.staff.frame import back, problem
from notifier.web.staff.security import now

blueprint = Blueprint("staff_absences", __name__)


@dataclass(frozen=True)
class Away:
    id: int
    words: str


def days_away(row: Absence) -> Away:
    first, last = dates.full(row.first_day), dates.full(row.last_day)
    return Away(row.id, first if first == last else f"{first} to {last}")


@blueprint.post("/staff/team/<int(max=2147483647):staff_id>/away")
@door.member()
def away(staff_id: int) -> Any:
    """One's own days; an administrator or Head of Profession enters anybody's."""
    from notifier.web.staff.team.page import show_member  # noqa: PLC0415 (pages know each other)

    person = members.member(staff_id)
    typed = {key: request.form.get(key, "").strip() for key in ("first", "last")}
    try:
        first, last = day(typed["first"], "first"), day(typed["last"], "last")
        with unit():
            duty.away(members.member(staff_id), first, last, by=door.by(), now=now())
    except Refused as refusal:
        return show_member(person, problem(refusal.field or "first", refusal), 400, **typed)
    return back(f"/staff/team/{staff_id}", "Those days are kept.")


@blueprint.post("/staff/team/<int(max=2147483647):staff_id>/here")
@door.member()
def here(staff_id: int) -> Any:
    """End the absence of today and take off those that are to come."""
    from notifier.web.staff.team.page import show_member  # noqa: PLC0415 (pages know each other)

    person = members.member(staff_id)
    try:
        with unit():
            duty.back(members.member(staff_id), by=door.by(), now=now())
    except Refused as refusal:
        return show_member(person, problem("first", refusal), 400)
    return back(f"/staff/team/{staff_id}", "No more days away.")


def day(text: str, field: str) -> date:
    """A day as the browser's own field writes it, 2027-02-25. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("Enter a real date, like 2027-02-25.", field=field) from None
