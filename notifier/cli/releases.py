"""Commands about releases: see them, add one, make it public, explain a date that was late."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.cli import announce, release_dates, release_ends
from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.options import (
    by_option,
    file_option,
    json_option,
    number_argument,
    reason_option,
)
from notifier.cli.release_rows import acting, done, row, when_words
from notifier.releases import breach, change, queries
from notifier.releases.add import add


def attach(root: click.Group) -> None:
    root.add_command(releases)
    release_dates.attach(releases)
    release_ends.attach(releases)
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
        release, person, by = acting(door, number, by_)
        change.pre_announce(release, person=person, by=by, now=door.now())
        when = when_words(release)
        done(door, release, f"Release {release.id} is public, provisionally {when}.")


@releases.command("explain")
@number_argument
@reason_option
@by_option
@json_option
@pass_door
def explain(door: Door, number: int, reason: str, by_: str) -> None:
    """Say publicly why the date was not fixed 28 days ahead."""
    with door.unit():
        release, person, by = acting(door, number, by_)
        breach.explain(release, reason, person=person, by=by, now=door.now())
        done(door, release, f"The reason stands on the page of release {release.id}.")
