"""What came back by mail: a message that a mail server pipes in, and what a Send's people met."""

from __future__ import annotations

import sys

import click
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from notifier.cli.door import Door, pass_door
from notifier.cli.options import json_option, number_argument
from notifier.cli.sends import sends
from notifier.cli.terminal import one_line
from notifier.delivery.bounces import PROOFS
from notifier.delivery.models import Bounce
from notifier.errors import Refused
from notifier.mail.dsn import WHOLE
from notifier.sends import queries
from notifier.store.db import session
from notifier.worker.returns import Desk, take

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message and comes back


def attach(root: click.Group) -> None:
    root.add_command(bounce)


@click.command("bounce")
@json_option
@pass_door
def bounce(door: Door) -> None:
    """Take one returned message from standard input; exit 75 when it must be piped in again."""
    raw = sys.stdin.buffer.read(WHOLE + 1)
    while sys.stdin.buffer.read(1_048_576):
        pass  # who pipes it in must not meet a closed pipe
    if not raw.strip():
        raise Refused("Nothing came on standard input; pipe the returned message in.")
    try:
        with door.app.app_context():
            outcome = take(Desk(door.settings, door.clock), raw)
    except (OSError, OperationalError) as error:
        why = one_line(str(getattr(error, "strerror", None) or getattr(error, "orig", error)))
        click.echo(f"The message cannot be taken now ({why}); pipe it in again.", err=True)
        sys.exit(TRY_AGAIN)
    if door.json:
        door.facts({"outcome": outcome})
    else:
        click.echo(outcome.capitalize() + ".")


@sends.command("returned")
@number_argument
@json_option
@pass_door
def returned(door: Door, number: int) -> None:
    """What came back of a Send: how many, what is concluded, and what proves it."""
    with door.app.app_context():
        queries.send(number)
        columns = Bounce.verdict, Bounce.status, Bounce.code, Bounce.source
        query = select(*columns, func.count()).where(Bounce.send_id == number).group_by(*columns)
        rows = [
            {
                "people": people,
                "verdict": verdict.replace("_", " "),
                "status": status,
                "code": code or None,
                "proof": PROOFS.get(source, source),
            }
            for verdict, status, code, source, people in session.execute(query.order_by(*columns))
        ]
    door.show(rows, "people", "verdict", "status", "code", "proof")
