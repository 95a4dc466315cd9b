"""Commands about who decides: the list of staff, absences, leaving and coming back."""

from __future__ import annotations

import click

from notifier.accounts import duty, members, people
from notifier.catalogue import queries as catalogue
from notifier.catalogue.document import when
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option
from notifier.cli.people import staff
from notifier.cli.staff_rows import row
from notifier.clock import london_date
from notifier.errors import NotFound


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


@staff.command("leave")
@click.argument("email")
@json_option
@pass_door
def leave(door: Door, email: str) -> None:
    """Somebody has left: signed out everywhere, and no link or password of theirs works."""
    with door.unit():
        person = people.known(email)
        members.leave(person, by=door.by(), now=door.now())
        today = london_date(door.now())
        door.done(f"{person.email} has left.", lambda: row(person, today=today))


@staff.command("return")
@click.argument("email")
@json_option
@pass_door
def come_back(door: Door, email: str) -> None:
    """Take back somebody who left, with their roles; prints a one-time link for a new password."""
    with door.unit():
        person = people.by_email(email)
        if person is None:
            raise NotFound(f"{email} was never on the staff; add them: bin/notifier staff add.")
        members.take_back(person, by=door.by(), now=door.now())
        link = f"{door.settings.base_url}/staff/password/{people.link(person, now=door.now())}"
        today = london_date(door.now())
        door.done(
            f"{person.email} is back.\n{link}",
            lambda: {**row(person, today=today), "link": link},
        )


@staff.command("reset-two-step")
@click.argument("email")
@json_option
@pass_door
def reset_two_step(door: Door, email: str) -> None:
    """For somebody without telephone and recovery codes: they set two-step sign-in up anew."""
    with door.unit():
        person = people.known(email)
        members.reset_two_step(person, by=door.by(), now=door.now())
        today = london_date(door.now())
        door.done(
            f"{person.email} sets up two-step sign-in anew at the next sign-in.",
            lambda: row(person, today=today),
        )
