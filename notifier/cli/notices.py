"""Commands about change notices."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.notice_rows import done, row, shown
from notifier.cli.options import (
    by_option,
    file_option,
    hop_option,
    json_option,
    reference_argument,
    short_notice_option,
)
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.approve import approve as approve_notice
from notifier.notices.approve import submit as submit_notice
from notifier.notices.publish import publish as publish_notice
from notifier.notices.rules import NOTICE
from notifier.notices.write import new


def attach(root: click.Group) -> None:
    root.add_command(notices)


@click.group("notices")
def notices() -> None:
    """Change notices: write, approve, publish."""


@notices.command("list")
@click.option("--state", type=click.Choice(NOTICE.states))
@json_option
@pass_door
def list_notices(door: Door, state: str | None) -> None:
    """All notices."""
    with door.app.app_context():
        today = london_date(door.now())
        rows = [row(notice, today) for notice in queries.every(state)]
    door.show(rows, "reference", "state", "publish_by", "lead_days", "verdict", "headline")


@notices.command("show")
@reference_argument
@json_option
@pass_door
def show_notice(door: Door, reference: str) -> None:
    """One notice and what is promised about it."""
    with door.app.app_context():
        found = shown(queries.notice(reference), london_date(door.now()))
    door.facts(found)


@notices.command("new")
@file_option
@json_option
@pass_door
def new_notice(door: Door, file: Path) -> None:
    """A draft from a YAML file with one entry of the catalogue's notices: shape."""
    entry = read_entry(file)
    with door.unit():
        notice = new(entry, by=door.by(), now=door.now())
        done(door, notice, notice.reference)


@notices.command("submit")
@reference_argument
@by_option
@json_option
@pass_door
def submit(door: Door, reference: str, by_: str) -> None:
    """Ask for approval."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        submit_notice(notice, author=person, by=door.by(person), now=door.now())
        done(door, notice, f"{notice.reference} waits for approval.")


@notices.command("approve")
@reference_argument
@by_option
@json_option
@pass_door
def approve(door: Door, reference: str, by_: str) -> None:
    """Approve a submitted notice."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        approve_notice(notice, approver=person, by=door.by(person), now=door.now())
        done(door, notice, f"{notice.reference} is approved.")


@notices.command("publish")
@reference_argument
@by_option
@short_notice_option
@hop_option
@json_option
@pass_door
def publish(
    door: Door, reference: str, by_: str, short_notice_reason: str, approved_by: str | None
) -> None:
    """Announce an approved notice to everybody whom it concerns."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        publish_notice(
            notice,
            by=door.by(person),
            now=door.now(),
            short_notice_reason=short_notice_reason,
            approved_by=known(approved_by) if approved_by else None,
        )
        days = f"{notice.lead_days} days ahead" if notice.lead_days is not None else "date to come"
        verdict = notice.verdict or "open"
        done(door, notice, f"{notice.reference} is public: {days}, verdict {verdict}.")
