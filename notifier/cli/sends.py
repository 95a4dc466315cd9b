"""Commands about promises: the calendar of everything that will be said, and what was."""

from __future__ import annotations

from typing import Any

import click

from notifier.accounts.models import Staff
from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import json_option, number_argument
from notifier.sends import queries
from notifier.sends.models import Send
from notifier.sends.rules import SEND
from notifier.sends.stopped import why
from notifier.store.db import session


def attach(root: click.Group) -> None:
    root.add_command(sends)


def row(send: Send) -> dict[str, Any]:
    """The contract's JSON shape of a Send."""
    return {
        "id": send.id,
        "kind": send.kind,
        "about": send.about,
        "stage": send.stage,
        "due_at": instant(send.due_at),
        "state": send.state,
        "audience": send.audience,
        "accepted": send.accepted,
        "bounced": send.bounced,
        "failed": send.failed,
        "skipped": send.skipped,
        "pending": send.pending,
        "revision": send.revision,
        "rule": send.rule,
        "end_reason": send.end_reason,
        "paused_because": why(send) if send.state == "paused" else "",
        "to": reader(send),
    }


def reader(send: Send) -> str | None:
    """Whom a Send to one person reaches: staff by address, never a subscriber's."""
    if send.staff_id is not None:
        return session.get_one(Staff, send.staff_id).email
    return "one subscriber" if send.to_one else None


@click.group("sends")
def sends() -> None:
    """Everything that will be said, and what became of it."""


@sends.command("list")
@click.option("--about", help="A notice's reference, release:ID or newsletter:ID.")
@click.option("--state", type=click.Choice(SEND.states))
@json_option
@pass_door
def list_sends(door: Door, about: str | None, state: str | None) -> None:
    """Sends by due time."""
    with door.app.app_context():
        rows = [row(send) for send in queries.calendar(about=about, state=state)]
    columns = ("id", "due_at", "state", "kind", "about", "stage", "audience", "accepted", "skipped")
    door.show(rows, *columns, *(("to",) if any(each["to"] for each in rows) else ()))


@sends.command("show")
@number_argument
@json_option
@pass_door
def show_send(door: Door, number: int) -> None:
    """One Send with its counters."""
    with door.app.app_context():
        shown = row(queries.send(number))
    door.facts(shown)
