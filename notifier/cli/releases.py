"""Commands about releases and their dates."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import click

from notifier.accounts.people import known
from notifier.catalogue.document import when
from notifier.cli.content import read_entry
from notifier.cli.door import NUMBER, Door, as_json, instant, pass_door, show
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import follow
from notifier.notices import queries as notices
from notifier.releases import end, queries
from notifier.releases.add import add
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import unit


def attach(root: click.Group) -> None:
    root.add_command(releases)


by_option = click.option("--by", "by_", required=True, metavar="EMAIL", help="Who acts.")
approved_option = click.option(
    "--approved-by", required=True, metavar="EMAIL", help="The second person."
)
reason_option = click.option("--reason", required=True, metavar="TEXT", help="Public.")
code_option = click.option("--reason-code", default="other", show_default=True, metavar="CODE")


def row(release: Release) -> dict[str, Any]:
    """The contract's JSON shape of a release."""
    linked = [n for n in notices.every() if n.effect_release_id == release.id]
    return {
        "id": release.id,
        "series": release.series.slug,
        "title": release.title,
        "date": shown_date(release),
        "precision": release.precision,
        "certainty": release.certainty,
        "state": release.state,
        "contains_change": release.contains_change,
        "notices": [notice.reference for notice in linked],
        "at": instant(release.at),
        "confirmed_lead_days": release.confirmed_lead_days,
        "next_update_by": release.next_update_by.isoformat() if release.next_update_by else None,
        "moves": [
            {
                "from": change.from_date.isoformat() if change.from_date else None,
                "to": change.to_date.isoformat() if change.to_date else None,
                "direction": change.direction,
                "reason_code": change.reason_code,
                "reason": change.reason,
                "announced_at": instant(change.announced_at),
            }
            for change in release.date_changes
        ],
    }


def shown_date(release: Release) -> str | None:
    if release.day is None:
        return None
    if release.wall_time is None:
        return release.day.isoformat()
    return f"{release.day.isoformat()} {release.wall_time:%H:%M}"


def moment(text: str, now: datetime) -> tuple[date, time | None]:
    return when("the date", text, london_date(now))


def day_of(text: str, now: datetime) -> date:
    return moment(text, now)[0]


def told(send: Send) -> str:
    """What happens next, in a sentence."""
    return f"Those whom it concerns are told by send {send.id} ({send.about} {send.stage})."


@click.group("releases")
def releases() -> None:
    """Releases: their dates, and what happens to them."""


@releases.command("list")
@as_json
@pass_door
def list_releases(door: Door, json_: bool) -> None:
    """All releases by date."""
    with door.app.app_context():
        rows = [row(release) for release in queries.every()]
    show(rows, columns=("id", "date", "state", "precision", "title"), json_=json_)


@releases.command("show")
@click.argument("number", type=NUMBER)
@as_json
@pass_door
def show_release(door: Door, number: int, json_: bool) -> None:
    """One release with the history of its date."""
    with door.app.app_context():
        found = row(queries.any_release(number))
    if json_:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for key, value in found.items():
        click.echo(f"{key.replace('_', ' ')}: {value if value not in (None, []) else '–'}")


@releases.command("add")
@click.option(
    "--from", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@pass_door
def add_release(door: Door, file: Path) -> None:
    """A release from a YAML file with one entry of the catalogue's releases: shape."""
    entry = read_entry(file)
    with door.app.app_context(), unit():
        click.echo(str(add(entry, now=door.now()).id))


@releases.command("confirm")
@click.argument("number", type=NUMBER)
@click.option("--at", "at_", required=True, metavar='"2027-03-04 09:30"')
@by_option
@pass_door
def confirm(door: Door, number: int, at_: str, by_: str) -> None:
    """Fix the exact date and time."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        day, wall = moment(at_, door.now())
        if wall is None:
            raise Refused("A confirmed release needs an exact time; write it as 2027-03-04 09:30.")
        follow.confirm(release, day, wall, person=person, by=door.by(person), now=door.now())
        click.echo(
            f"Release {release.id} is confirmed for {shown_date(release)}, "
            f"{release.confirmed_lead_days} days ahead."
        )


@releases.command("move")
@click.argument("number", type=NUMBER)
@click.option("--to", required=True, metavar='"2027-03-25 09:30"')
@code_option
@reason_option
@by_option
@approved_option
@pass_door
def move(
    door: Door, number: int, to: str, reason_code: str, reason: str, by_: str, approved_by: str
) -> None:
    """Change the date: everybody whom it concerns is told, and linked changes move along."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        day, wall = moment(to, door.now())
        send = follow.move(
            release,
            day,
            wall,
            reason_code=reason_code,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        click.echo(f"Release {release.id} moves to {shown_date(release)}. {told(send)}")


@releases.command("postpone")
@click.argument("number", type=NUMBER)
@code_option
@reason_option
@click.option("--next-update", required=True, metavar="DATE", help="When there will be news.")
@by_option
@approved_option
@pass_door
def postpone(
    door: Door,
    number: int,
    reason_code: str,
    reason: str,
    next_update: str,
    by_: str,
    approved_by: str,
) -> None:
    """Take the date away for now; linked changes wait on hold."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        send = follow.postpone(
            release,
            reason_code=reason_code,
            reason=reason,
            next_update=day_of(next_update, door.now()),
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        click.echo(f"Release {release.id} has no date for now. {told(send)}")


@releases.command("cancel")
@click.argument("number", type=NUMBER)
@reason_option
@by_option
@approved_option
@pass_door
def cancel(door: Door, number: int, reason: str, by_: str, approved_by: str) -> None:
    """It will not come out; linked changes wait on hold."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        send = follow.cancel(
            release,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        click.echo(f"Release {release.id} is cancelled. {told(send)}")


@releases.command("publish")
@click.argument("number", type=NUMBER)
@by_option
@pass_door
def publish(door: Door, number: int, by_: str) -> None:
    """Say that it is out, at its instant or later; its changes take effect."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        follow.publish(release, person=person, by=door.by(person), now=door.now())
        click.echo(f"Release {release.id} is out.")


@releases.command("withdraw")
@click.argument("number", type=NUMBER)
@reason_option
@by_option
@approved_option
@pass_door
def withdraw(door: Door, number: int, reason: str, by_: str, approved_by: str) -> None:
    """Take back what came out; a tombstone stays."""
    with door.app.app_context(), unit():
        release, person = queries.any_release(number), known(by_)
        end.withdraw(
            release,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        click.echo(f"Release {release.id} is withdrawn.")
