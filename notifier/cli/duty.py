"""Commands about who decides: absences, and the list of staff."""

from __future__ import annotations

import click

from notifier.accounts import duty, people
from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import when
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option
from notifier.cli.people import staff
from notifier.cli.staff_rows import row
from notifier.clock import london_date


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``staff``."""


@staff.command("list")
@json_option
@pass_door
def list_staff(door: Door) -> None:
    """Members of staff, their roles and the days on which they are away."""
    with door.app.app_context():
        teams, today = catalogue.team_slugs(), london_date(door.now())
        rows = [row(person, today=today, teams=teams) for person in people.everybody()]
    door.show(rows, "email", "active", "roles", "away")


@staff.command("away")
@click.argument("email")
@click.option("--from", "first", required=True, metavar="DATE")
@click.option("--until", "last", required=True, metavar="DATE", help="The last day away.")
@by_option
@json_option
@pass_door
def away(door: Door, email: str, first: str, last: str, by_: str) -> None:
    """Somebody is away: requests to a Head of Profession reach the deputies on those days."""
    with door.unit():
        person, actor = people.known(email), people.known(by_)
        days = [when("the date", text, london_date(door.now()))[0] for text in (first, last)]
        duty.away(person, *days, by=door.by(actor), now=door.now())
        sentence = f"{person.email} is away from {days[0]} to {days[1]}."
        door.done(sentence, lambda: row(person, today=london_date(door.now())))


@staff.command("back")
@click.argument("email")
@by_option
@json_option
@pass_door
def back(door: Door, email: str, by_: str) -> None:
    """Somebody is here again: every absence of today and later ends."""
    with door.unit():
        person, actor = people.known(email), people.known(by_)
        duty.back(person, by=door.by(actor), now=door.now())
        today = london_date(door.now())
        door.done(f"{person.email} is here again.", lambda: row(person, today=today))
