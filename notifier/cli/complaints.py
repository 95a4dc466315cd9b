"""The log of complaints about people's data: what came in, what was answered, and by when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from notifier.accounts import people as staff
from notifier.audience import complain, queries
from notifier.audience.models import Complaint
from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import by_option, json_option, number_argument
from notifier.clock import london_date


def attach(root: click.Group) -> None:
    root.add_command(complaints)


@click.group("complaints")
def complaints() -> None:
    """What people say we did wrong with their data."""


def row(one: Complaint) -> dict[str, Any]:
    """One complaint; ``answer_to`` is the address that its answer goes to, if there is one."""
    person = queries.person(one.subscriber_id) if one.subscriber_id else None
    due: timedelta = complain.ACKNOWLEDGE_WITHIN
    return {
        "id": one.id,
        "at": instant(one.at),
        "answer_by": london_date(one.at + due).isoformat(),
        "answer_to": one.contact or (person.email if person else None),
        "words": one.words,
        "answer": one.answer,
        "answered_at": instant(one.answered_at),
    }


@complaints.command("list")
@click.option("--waiting", is_flag=True, help="Those without an answer.")
@json_option
@pass_door
def list_complaints(door: Door, waiting: bool) -> None:
    """All complaints, the oldest first."""
    with door.app.app_context():
        rows = [row(one) for one in complain.log(waiting=waiting)]
    door.show(rows, "id", "at", "answer_by", "answer_to", "words", "answered_at")


@complaints.command("show")
@number_argument
@json_option
@pass_door
def show(door: Door, number: int) -> None:
    """One complaint in full."""
    with door.app.app_context():
        facts = row(complain.complaint(number))
    door.facts(facts)


@complaints.command("answer")
@number_argument
@click.option("--text", required=True, metavar="TEXT", help="What you wrote to them.")
@by_option
@json_option
@pass_door
def answer(door: Door, number: int, text: str, by_: str) -> None:
    """Keep what was answered. Write to them first: this sends nothing."""
    with door.unit():
        one = complain.complaint(number)
        complain.answer(one, text, by=door.by(staff.known(by_)), now=door.now())
        door.done(f"The answer to complaint {number} is kept.", lambda: row(one))
