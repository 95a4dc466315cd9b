"""Commands that stop a Send and let it go on: pause, resume, cancel, retry."""

from __future__ import annotations

import click

from notifier.accounts.people import known
from notifier.cli.door import Door, pass_door
from notifier.cli.options import json_option, number_argument
from notifier.cli.sends import row, sends
from notifier.delivery import stop
from notifier.delivery.again import again
from notifier.delivery.wind_up import wind_up
from notifier.sends import queries
from notifier.sends.models import Send
from notifier.store.db import unit
from notifier.store.history import By

reason_option = click.option(
    "--reason", required=True, metavar="TEXT", help="Kept in the history; not public."
)
by_option = click.option("--by", "by_", metavar="EMAIL", help="Who acts, of the staff.")


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``sends``."""


def actor(door: Door, email: str | None) -> By:
    return door.by(known(email) if email else None)


@sends.command("pause")
@number_argument
@reason_option
@by_option
@json_option
@pass_door
def pause_send(door: Door, number: int, reason: str, by_: str | None) -> None:
    """Stop a Send that is planned or under way; who has no mail yet waits."""
    with door.unit():
        send = queries.send(number)
        stop.pause(send, reason, by=actor(door, by_), now=door.now())
        door.done(f"Send {number} is paused: {standing(send)}.", lambda: row(send))


@sends.command("resume")
@number_argument
@by_option
@json_option
@pass_door
def resume_send(door: Door, number: int, by_: str | None) -> None:
    """Let a paused Send go on where it stood."""
    with door.unit():
        send = queries.send(number)
        stop.resume(send, by=actor(door, by_), now=door.now())
        goes_on = "goes on" if send.state == "sending" else "is planned again"
        door.done(f"Send {number} {goes_on}: {standing(send)}.", lambda: row(send))


@sends.command("cancel")
@number_argument
@reason_option
@by_option
@json_option
@pass_door
def cancel_send(door: Door, number: int, reason: str, by_: str | None) -> None:
    """End a Send for good: who has the mail keeps it, nobody else gets it."""
    with door.app.app_context(), unit():
        stop.cancel(queries.send(number), reason, by=actor(door, by_), now=door.now())
    with door.unit():
        send = queries.send(number)
        settled = send.finished_at is not None or wind_up(send, now=door.now())
        rest = "" if settled else "; what is in flight is counted by the worker within a minute"
        door.done(f"Send {number} is cancelled: {standing(send)}{rest}.", lambda: row(send))


@sends.command("retry")
@number_argument
@by_option
@json_option
@pass_door
def retry_send(door: Door, number: int, by_: str | None) -> None:
    """Try those again to whom it failed for a reason that was not theirs."""
    with door.unit():
        send = queries.send(number)
        people = again(send, by=actor(door, by_), now=door.now())
        door.done(
            f"{people:,} of send {number} will be tried again"
            f"{', once it is resumed' if send.state == 'paused' else ''}.",
            lambda: row(send),
        )


def standing(send: Send) -> str:
    """ "1,200 of 3,000 have it, 1,800 wait"."""
    if send.frozen_at is None:
        return "nobody has it yet"
    waiting = f", {send.pending:,} wait" if send.pending else ""
    return f"{send.accepted:,} of {send.audience:,} have it{waiting}"
