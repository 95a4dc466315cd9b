"""Commands about releases and their dates."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.accounts.people import known
from notifier.cli import announce, release_dates
from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.options import (
    approved_option,
    by_option,
    file_option,
    json_option,
    number_argument,
    reason_option,
)
from notifier.cli.release_rows import done, moment, row, shown_date
from notifier.errors import Refused
from notifier.notices import follow, out
from notifier.releases import breach, change, queries
from notifier.releases.add import add


def attach(root: click.Group) -> None:
    root.add_command(releases)
    release_dates.attach(releases)
    announce.attach(releases)


@click.group("releases")
def releases() -> None:
    """Releases: their dates, and what happens to them."""


@releases.command("list")
@json_option
@pass_door
def list_releases(door: Door) -> None:
    """All releases by date."""
    with door.app.app_context():
        rows = [row(release, now=door.now()) for release in queries.every()]
    door.show(rows, "id", "date", "state", "precision", "title")


@releases.command("show")
@number_argument
@json_option
@pass_door
def show_release(door: Door, number: int) -> None:
    """One release with the history of its date."""
    with door.app.app_context():
        found = row(queries.any_release(number), now=door.now())
    door.facts(found)


@releases.command("add")
@file_option
@json_option
@pass_door
def add_release(door: Door, file: Path) -> None:
    """A release from a YAML file with one entry of the catalogue's releases: shape."""
    entry = read_entry(file)
    with door.unit():
        release = add(entry, now=door.now())
        done(door, release, str(release.id))


@releases.command("pre-announce")
@number_argument
@by_option
@json_option
@pass_door
def pre_announce(door: Door, number: int, by_: str) -> None:
    """Make a planned release public: it stands in the calendar as provisional."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        change.pre_announce(release, person=person, by=door.by(person), now=door.now())
        done(
            door,
            release,
            f"Release {release.id} is public, provisionally for {shown_date(release)}.",
        )


@releases.command("confirm")
@number_argument
@click.option("--at", "at_", required=True, metavar='"2027-03-04 09:30"')
@by_option
@json_option
@pass_door
def confirm(door: Door, number: int, at_: str, by_: str) -> None:
    """Fix the exact date and time."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        day, wall = moment(at_, door.now())
        if wall is None:
            raise Refused("A confirmed release needs an exact time; write it as 2027-03-04 09:30.")
        follow.confirm(release, day, wall, person=person, by=door.by(person), now=door.now())
        done(
            door,
            release,
            f"Release {release.id} is confirmed for {shown_date(release)}, "
            f"{release.confirmed_lead_days} days ahead.",
        )


@releases.command("explain")
@number_argument
@reason_option
@by_option
@json_option
@pass_door
def explain(door: Door, number: int, reason: str, by_: str) -> None:
    """Say publicly why the date was not fixed 28 days ahead."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        breach.explain(release, reason, person=person, by=door.by(person), now=door.now())
        done(door, release, f"The reason stands on the page of release {release.id}.")


@releases.command("publish")
@number_argument
@by_option
@json_option
@pass_door
def publish(door: Door, number: int, by_: str) -> None:
    """Say that it is out, at its instant or later; its changes take effect."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        out.publish(release, person=person, by=door.by(person), now=door.now())
        done(door, release, f"Release {release.id} is out.")


@releases.command("withdraw")
@number_argument
@reason_option
@by_option
@approved_option
@json_option
@pass_door
def withdraw(door: Door, number: int, reason: str, by_: str, approved_by: str) -> None:
    """Take back what came out; a tombstone stays."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        send = out.withdraw(
            release,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        done(door, release, f"Release {release.id} is withdrawn.", send=send)
