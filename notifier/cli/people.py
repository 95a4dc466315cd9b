"""Commands about people: subscribers and staff."""

from __future__ import annotations

from typing import Any

import click

from notifier.accounts import people as staff_people
from notifier.accounts.models import ROLES
from notifier.audience import brought, describe, kinds, queries
from notifier.audience.models import Subscriber
from notifier.audience.rules import address
from notifier.catalogue import queries as catalogue
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.options import json_option
from notifier.cli.staff_rows import row as staff_row
from notifier.clock import london_date
from notifier.delivery.ledger import sent_to
from notifier.mail.erase import erase
from notifier.notices.erase import erase as erase_person
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render import followed
from notifier.store.db import truncate_wal, unit

OUT_OF_REACH = (
    "Backups, exported files, lists that were brought, the mail server's log and an IMAP mailbox "
    "are out of reach: delete the address there yourself."
)


def attach(root: click.Group) -> None:
    root.add_command(subscribers)
    root.add_command(staff)


@click.group("subscribers")
def subscribers() -> None:
    """People who get updates."""


def shown(person: Subscriber) -> dict[str, Any]:
    """The contract's JSON shape of a person, with what they were sent, and why."""
    topics = [s for s in person.subscriptions if s.ended_at is None]
    rows = followed.live(topics)
    names = {topic.id: topic.slug for topic in catalogue.topics()}
    series = {one.id: one.slug for one in catalogue.all_series()}
    return {
        "email": person.email,
        "status": person.state,
        "user_type": person.user_type.slug,
        "depth": person.reads,
        "language": person.language,
        "frequency": kinds.written(person.kinds),
        "name": person.name,
        "organisation": person.organisation,
        "uses": person.uses,
        "takes_part": describe.interests(person.takes_part),
        "asked_by": person.asked_by,
        "source": person.source,
        "topics": [names[s.topic_id] for s in topics if s.topic_id],
        "series": [series[s.series_id] for s in topics if s.series_id],
        "changes": [n.reference for n in rows if isinstance(n, ChangeNotice)],
        "releases": [r.title for r in rows if isinstance(r, Release)],
        "week_ahead": person.week_ahead,
        "paused_until": person.paused_until.isoformat() if person.paused_until else None,
        "confirmed_at": instant(person.confirmed_at),
        "consents": [{**row, "at": instant(row["at"])} for row in brought.consents(person.id)],
        "sends": [{**row, "at": instant(row["at"])} for row in sent_to(person.id)],
    }


@subscribers.command("show")
@click.argument("email")
@json_option
@pass_door
def show_person(door: Door, email: str) -> None:
    """What somebody follows, what they have been sent, and why."""
    with door.app.app_context():
        person = shown(queries.known(address(email)))
    sends = [] if door.json else person.pop("sends")
    door.facts(person)
    for row in sends:
        click.echo(
            f"  {row['at']}  {row['kind']} {row['about']} {row['stage']}: "
            f"{row['state']} ({row['why']})"
        )


@subscribers.command("forget")
@click.argument("email")
@json_option
@pass_door
def forget(door: Door, email: str) -> None:
    """Erase a person: the address goes, a keyed hash stays so that no list revives it."""
    kept = address(email)
    with door.app.app_context():
        with unit():
            person = queries.known(kept)
            erase_person(
                person, by=door.by(), now=door.now(), pepper=door.settings.suppression_pepper
            )
        truncate_wal()
    messages = erase(door.settings, kept)
    if door.json:
        click.echo(as_text({"erased": True}))
        return
    gone = f" {messages} kept message{'s' if messages != 1 else ''} deleted." if messages else ""
    click.echo(f"Erased.{gone} {OUT_OF_REACH}")


@click.group("staff")
def staff() -> None:
    """Members of staff and their roles."""


@staff.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--team", metavar="TEAM", help="Slug of the team; none means every team.")
@json_option
@pass_door
def add_staff(door: Door, email: str, role: str, team: str | None) -> None:
    """Give somebody a role; prints a one-time link where they choose a password."""
    kept = address(email).lower()
    with door.unit():
        team_id = catalogue.team(team).id if team else None
        person, secret = staff_people.add(kept, role, team_id=team_id, by=door.by(), now=door.now())
        link = f"{door.settings.base_url}/staff/password/{secret}"
        door.done(
            f"{person.email} is {role}{f' of {team}' if team else ''}.\n{link}",
            lambda: {**staff_row(person, today=london_date(door.now())), "link": link},
        )
