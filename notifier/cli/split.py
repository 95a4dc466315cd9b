"""Commands on a notice's own story: its history in words, and splitting it in two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.notice_rows import acting, shown
from notifier.cli.notices import notices
from notifier.cli.options import (
    approved_option,
    by_option,
    file_option,
    json_option,
    reference_argument,
    short_notice_option,
)
from notifier.clock import london_date, london_time
from notifier.notices import queries
from notifier.notices.split import split as split_notice
from notifier.store import history
from notifier.store.history import By, History


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


@notices.command("split")
@reference_argument
@file_option
@click.option("--summary", required=True, metavar="TEXT", help="Public: why it is split.")
@short_notice_option
@by_option
@approved_option
@json_option
@pass_door
def split(
    door: Door,
    reference: str,
    file: Path,
    summary: str,
    short_notice_reason: str,
    by_: str,
    approved_by: str,
) -> None:
    """Make a part of a public notice one of its own, from a YAML file with its whole entry."""
    entry = read_entry(file)
    with door.unit():
        whole, person, by = acting(door, reference, by_)
        part = split_notice(
            whole,
            entry,
            summary=summary,
            person=person,
            approved_by=known(approved_by),
            by=by,
            now=door.now(),
            short_notice_reason=short_notice_reason,
        )
        door.done(
            f"{part.reference} is split from {whole.reference}; one message tells both.",
            lambda: shown(part, london_date(door.now())),
        )


@notices.command("history")
@reference_argument
@json_option
@pass_door
def show_history(door: Door, reference: str) -> None:
    """Who did what, when, why, and how we know: signed in, or asserted at the command line."""
    with door.app.app_context():
        chain = history.of(f"notice:{queries.notice(reference).id}")
        rows = [told(row) for row in chain]
    if door.json:
        click.echo(as_text(rows))
        return
    for row, entry in zip(chain, rows, strict=True):
        day, wall = london_date(row.at), london_time(row.at)
        why = f": {row.why}" if row.why else ""
        action = row.action.replace("_", " ")
        click.echo(f"{day.isoformat()} {wall:%H:%M}  {action}, by {entry['by']}{why}")


def told(row: History) -> dict[str, Any]:
    """One link of the chain, who acted in words."""
    return {
        "at": instant(row.at),
        "action": row.action,
        "by": actor(row),
        "basis": row.by.get("basis", ""),
        "why": row.why,
        "data": row.data,
        "hash": row.hash,
    }


def actor(row: History) -> str:
    """Who acted, and how we know."""
    by = row.by
    found = By(
        str(by.get("basis", "")),
        staff_id=by.get("staff"),
        name=str(by.get("name", "")),
        os_user=str(by.get("os_user", "")),
    )
    return f"{found.words}, signed in" if found.basis == "signed_in" else found.words
