"""Commands that take a date away from a release or give it another one; people are told."""

from __future__ import annotations

from datetime import date, datetime, time

import click

from notifier.accounts.people import known
from notifier.cli.door import Door, pass_door
from notifier.cli.options import (
    approved_option,
    by_option,
    json_option,
    number_argument,
    reason_option,
)
from notifier.cli.release_rows import done, moment, shown_date
from notifier.clock import at_london
from notifier.errors import Refused
from notifier.notices import follow, release_cancelled
from notifier.releases import queries


def attach(releases: click.Group) -> None:
    for command in (move, postpone, cancel):
        releases.add_command(command)


decided_option = click.option(
    "--decided", metavar="DATE", help="When it was decided, if before now; users see how soon."
)
code_option = click.option("--reason-code", default="other", show_default=True, metavar="CODE")


@click.command("move")
@number_argument
@click.option("--to", required=True, metavar='"2027-03-25 09:30"')
@code_option
@reason_option
@decided_option
@by_option
@approved_option
@json_option
@pass_door
def move(
    door: Door,
    number: int,
    to: str,
    reason_code: str,
    reason: str,
    decided: str | None,
    by_: str,
    approved_by: str,
) -> None:
    """Change the date: everybody whom it concerns is told, and linked changes move along."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        day, wall = moment(to, door.now())
        send = follow.move(
            release,
            day,
            wall,
            reason_code=reason_code,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
            decided_at=decided_at(decided, door.now()),
        )
        done(door, release, f"Release {release.id} moves to {shown_date(release)}.", send=send)


@click.command("postpone")
@number_argument
@code_option
@reason_option
@click.option("--next-update", required=True, metavar="DATE", help="When there will be news.")
@decided_option
@by_option
@approved_option
@json_option
@pass_door
def postpone(
    door: Door,
    number: int,
    reason_code: str,
    reason: str,
    next_update: str,
    decided: str | None,
    by_: str,
    approved_by: str,
) -> None:
    """Take the date away for now; linked changes wait on hold."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        send = follow.postpone(
            release,
            reason_code=reason_code,
            reason=reason,
            next_update=day_of(next_update, door.now()),
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
            decided_at=decided_at(decided, door.now()),
        )
        done(door, release, f"Release {release.id} has no date for now.", send=send)


@click.command("cancel")
@number_argument
@reason_option
@click.option(
    "--notice",
    "choices",
    multiple=True,
    metavar="REF=hold|cancel|ID",
    help="What becomes of a change that was to come with it: it waits (unless you say otherwise), "
    "is cancelled too, or comes with release ID.",
)
@by_option
@approved_option
@json_option
@pass_door
def cancel(
    door: Door, number: int, reason: str, choices: tuple[str, ...], by_: str, approved_by: str
) -> None:
    """It will not come out; what becomes of its changes is told in the same message."""
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        send = release_cancelled.cancel(
            release,
            reason=reason,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
            choices=dict(choice(text) for text in choices),
        )
        done(door, release, f"Release {release.id} is cancelled.", send=send)


def choice(text: str) -> tuple[str, release_cancelled.Choice]:
    """What was chosen for one notice, from "DEFRA-2026-014=hold"."""
    reference, _, word = text.partition("=")
    if word in ("hold", "cancel"):
        return reference.strip().upper(), word
    if word.isdecimal() and len(word) < 10:
        return reference.strip().upper(), queries.any_release(int(word))
    raise Refused(f"Write --notice {reference}=hold, =cancel or =ID of a release, not {text!r}.")


def day_of(text: str, now: datetime) -> date:
    return moment(text, now)[0]


def decided_at(text: str | None, now: datetime) -> datetime | None:
    """The instant of a decision: a day without a time means its start."""
    if text is None:
        return None
    day, wall = moment(text, now)
    return at_london(day, wall or time.min)
