"""Commands about who decides: absences, and the list of staff."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from notifier.accounts import duty, people
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import when
from notifier.cli.door import Door, as_json, pass_door, show
from notifier.cli.options import by_option
from notifier.cli.people import staff
from notifier.clock import london_date
from notifier.store.db import unit


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``staff``."""


def row(person: Staff, teams: dict[int, str], today: date) -> dict[str, Any]:
    """A member of staff: roles as "hop" (in every team) or "author of waste", days away to come."""
    coming = [a for a in duty.absences(person) if a.last_day >= today]
    return {
        "email": person.email,
        "name": person.name,
        "active": person.active,
        "roles": [
            f"{r.role} of {teams[r.team_id]}" if r.team_id is not None else r.role
            for r in sorted(person.roles, key=lambda r: (r.role, r.team_id or 0))
        ],
        "away": [f"{a.first_day.isoformat()} to {a.last_day.isoformat()}" for a in coming],
    }


@staff.command("list")
@as_json
@pass_door
def list_staff(door: Door, json_: bool) -> None:
    """Members of staff, their roles and the days on which they are away."""
    with door.app.app_context():
        teams, today = catalogue.team_slugs(), london_date(door.now())
        rows = [row(person, teams, today) for person in people.everybody()]
    show(rows, columns=("email", "active", "roles", "away"), json_=json_)


@staff.command("away")
@click.argument("email")
@click.option("--from", "first", required=True, metavar="DATE")
@click.option("--until", "last", required=True, metavar="DATE", help="The last day away.")
@by_option
@pass_door
def away(door: Door, email: str, first: str, last: str, by_: str) -> None:
    """Somebody is away: requests to a Head of Profession reach the deputies on those days."""
    with door.app.app_context(), unit():
        person, actor = people.known(email), people.known(by_)
        days = [when("the date", text, london_date(door.now()))[0] for text in (first, last)]
        duty.away(person, *days, by=door.by(actor), now=door.now())
        click.echo(f"{person.email} is away from {days[0]} to {days[1]}.")


@staff.command("back")
@click.argument("email")
@by_option
@pass_door
def back(door: Door, email: str, by_: str) -> None:
    """Somebody is here again: every absence of today and later ends."""
    with door.app.app_context(), unit():
        person, actor = people.known(email), people.known(by_)
        duty.back(person, by=door.by(actor), now=door.now())
        click.echo(f"{person.email} is here again.")
