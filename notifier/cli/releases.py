"""Commands about releases: see them, add one, make it public, explain a date that was late."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.accounts.people import known
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
from notifier.notices import contain
from notifier.releases import breach, change, queries
from notifier.releases.add import add
from notifier.releases.describe import describe


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
        release = add(entry, by=door.by(), now=door.now())
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


@releases.command("describe")
@number_argument
@click.option("--landing-url", metavar="URL", help="The page of this edition.")
@click.option("--contact", metavar="ADDRESS", help="Who answers about it, where not the team.")
@click.option("--period", metavar="TEXT", help='Its reference period, such as "Q1 2027".')
@click.option("--welsh-title", metavar="TEXT")
@by_option
@json_option
@pass_door
def describe_release(
    door: Door,
    number: int,
    landing_url: str | None,
    contact: str | None,
    period: str | None,
    welsh_title: str | None,
    by_: str,
) -> None:
    """Say its page, contact, period or Welsh title, also of an edition that recurs."""
    with door.unit():
        release, person, by = acting(door, number, by_)
        describe(
            release,
            person=person,
            by=by,
            now=door.now(),
            landing_url=landing_url,
            contact=contact,
            period=period,
            welsh_title=welsh_title,
        )
        done(door, release, f"The page of release {release.id} says it from now on.")


@releases.command("contains-change")
@number_argument
@click.option("--none", "none_", is_flag=True, help="It contains none after all.")
@click.option("--reason", default="", metavar="TEXT", help="With --none; kept in the history.")
@click.option("--approved-by", metavar="EMAIL", help="With --none: the second person.")
@by_option
@json_option
@pass_door
def contains_change(
    door: Door, number: int, none_: bool, reason: str, approved_by: str | None, by_: str
) -> None:
    """Mark a release as containing a change: without an announced notice it does not come out."""
    if none_ and not approved_by:
        raise click.UsageError("--none needs --approved-by EMAIL and --reason TEXT.")
    with door.unit():
        release, person, by = acting(door, number, by_)
        if approved_by and none_:
            two = {"person": person, "approved_by": known(approved_by)}
            contain.unmark(release, reason=reason, **two, by=by, now=door.now())
        else:
            contain.mark(release, person=person, by=by, now=door.now())
        what = "no change" if none_ else "a change"
        done(door, release, f"Release {release.id} contains {what}.")


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
