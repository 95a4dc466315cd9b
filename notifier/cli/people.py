"""Commands about people: subscribers and staff."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from typing import Any

import click

from notifier.accounts import people as staff_people
from notifier.accounts.models import ROLES
from notifier.audience import kinds, queries
from notifier.audience.forget import forget as forget_person
from notifier.audience.importing import Report, import_csv
from notifier.audience.models import Subscriber
from notifier.audience.rules import address
from notifier.catalogue import queries as catalogue
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.options import file_type, json_option
from notifier.cli.staff_rows import row as staff_row
from notifier.clock import london_date
from notifier.delivery.ledger import sent_to
from notifier.errors import Refused
from notifier.mail import outbox
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render import followed
from notifier.store.db import truncate_wal, unit

LARGEST = 500_000_000  # bytes


def attach(root: click.Group) -> None:
    root.add_command(subscribers)
    root.add_command(staff)


@click.group("subscribers")
def subscribers() -> None:
    """People who get updates."""


@subscribers.command("import")
@click.argument("file", type=file_type)
@click.option("--consent", default="", metavar="WORDING", help="What these people agreed to.")
@json_option
@pass_door
def import_file(door: Door, file: Path, consent: str) -> None:
    """Add people from a CSV file; a report beside it tells which rows were refused and why."""
    if file.stat().st_size > LARGEST:
        raise Refused("The file is larger than 500 MB; split it into several files.")
    with file.open("rb") as raw:
        sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
    csv.field_size_limit(100_000)
    try:
        with (
            door.app.app_context(),
            unit(),
            file.open(encoding="utf-8-sig", newline="") as lines,
        ):
            report = import_csv(
                lines,
                filename=file.name,
                sha256=sha256,
                wording=consent.strip(),
                by=door.by(),
                now=door.now(),
                pepper=door.settings.suppression_pepper,
            )
    except UnicodeDecodeError:
        raise Refused(f"{file.name} is not UTF-8 text; save it as CSV UTF-8.") from None
    refused = f"; {len(report.refused)} refused" if report.refused else ""
    why = str(write_report(file, report)) if report.refused else None
    counts = {"added": report.added, "already": report.already, "refused": len(report.refused)}
    if door.json:
        click.echo(as_text({**counts, "report": why}))
        return
    click.echo(f"{report.added} added, {report.already} there already{refused}.")
    if why:
        click.echo(f"Why: {why}")


def write_report(file: Path, report: Report) -> Path:
    """Row numbers and reasons beside the file; never an address."""
    path = file.with_name(f"{file.stem}.refused.csv")
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["row", "reason"])
        writer.writerows(report.refused)
    return path


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
        "topics": [names[s.topic_id] for s in topics if s.topic_id],
        "series": [series[s.series_id] for s in topics if s.series_id],
        "changes": [n.reference for n in rows if isinstance(n, ChangeNotice)],
        "releases": [r.title for r in rows if isinstance(r, Release)],
        "week_ahead": person.week_ahead,
        "paused_until": person.paused_until.isoformat() if person.paused_until else None,
        "confirmed_at": instant(person.confirmed_at),
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
            forget_person(
                person, by=door.by(), now=door.now(), pepper=door.settings.suppression_pepper
            )
        truncate_wal()
    outbox.forget(door.settings.instance / "outbox", kept)
    click.echo(as_text({"erased": True}) if door.json else "Erased.")


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
