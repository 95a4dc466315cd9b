"""Commands about a series: what its team states of it."""

from __future__ import annotations

from typing import Any

import click

from notifier.accounts.people import known, must_belong
from notifier.catalogue import queries as catalogue
from notifier.catalogue import state
from notifier.catalogue.models import Series
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option, reason_option
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import queries
from notifier.store.history import By


def attach(root: click.Group) -> None:
    root.add_command(series)


def row(found: Series) -> dict[str, Any]:
    """What a team has stated of a series."""
    stated = found.nothing_planned_on
    return {
        "slug": found.slug,
        "name": found.name,
        "team": found.team.slug,
        "nothing_planned_on": stated.isoformat() if stated else None,
        "exemption": found.exemption,
        "checks_landing": found.checks_landing,
    }


def acting(door: Door, slug: str, email: str) -> tuple[Series, By]:
    """The series, and the proof that who acts belongs to its team."""
    found, by = catalogue.series(slug), door.by(known(email))
    must_belong(by, team_ids=catalogue.body_teams({found.team_id}), what=found.name)
    return found, by


def done(door: Door, found: Series, sentence: str) -> None:
    door.done(f"{found.name}: {sentence}", lambda: row(found))


@click.group("series")
def series() -> None:
    """Statements about a series."""


@series.command("nothing-planned")
@click.argument("slug")
@by_option
@json_option
@pass_door
def nothing_planned(door: Door, slug: str, by_: str) -> None:
    """Say publicly, with today's date, that no change is planned in the next 12 months."""
    with door.unit():
        found, by = acting(door, slug, by_)
        if queries.open_changes([found.id]):
            raise Refused(f"{found.name} has announced changes; nothing-planned would be untrue.")
        state.nothing_planned(found, on=london_date(door.now()), by=by, now=door.now())
        done(door, found, f"nothing planned as of {london_date(door.now()).isoformat()}.")


@series.command("check-landing")
@click.argument("slug")
@click.option("--off", is_flag=True, help="Do not look at the page any more.")
@by_option
@json_option
@pass_door
def check_landing(door: Door, slug: str, off: bool, by_: str) -> None:
    """Before an armed release goes out, see that its landing page answers."""
    with door.unit():
        found, by = acting(door, slug, by_)
        state.check_landing(found, not off, by=by, now=door.now())
        done(door, found, f"its landing page is {'not ' if off else ''}looked at first.")


@series.command("exempt")
@click.argument("slug")
@click.option("--time", "time_", metavar="HH:MM", help="Instead of the standard time.")
@click.option("--days-off", is_flag=True, help="May come out on weekends and bank holidays.")
@reason_option
@by_option
@json_option
@pass_door
def exempt(door: Door, slug: str, time_: str | None, days_off: bool, reason: str, by_: str) -> None:
    """Record an exemption from the standard time or from days off."""
    with door.unit():
        found, by = acting(door, slug, by_)
        if not time_ and not days_off:
            raise Refused("Say what the series is exempt from: --time HH:MM or --days-off.")
        state.exempt(found, time=time_, days_off=days_off, reason=reason, by=by, now=door.now())
        done(door, found, "the exemption is recorded.")
