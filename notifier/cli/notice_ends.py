"""Commands by which a change comes to its end: early, replaced, given up, closed, told late."""

from __future__ import annotations

from collections.abc import Callable

import click

from notifier.catalogue.document import when
from notifier.cli.door import Door, pass_door
from notifier.cli.notice_rows import acting, said
from notifier.cli.notices import notices
from notifier.cli.options import by_option, json_option, reason_option, reference_argument
from notifier.cli.two_people import Asked, two_people
from notifier.clock import SEND_TIME, at_london, london_date
from notifier.notices import end, late, queries
from notifier.sends.models import Send


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


@notices.command("early")
@reference_argument
@reason_option
@by_option
@json_option
@pass_door
def early(door: Door, reference: str, reason: str, by_: str) -> None:
    """It took effect before its day: everybody is told at once."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        said(door, notice, end.early(notice, reason=reason, by=by, now=door.now()))


@notices.command("supersede")
@reference_argument
@click.option("--with", "successor", required=True, metavar="REFERENCE")
@by_option
@json_option
@pass_door
def supersede(door: Door, reference: str, successor: str, by_: str) -> None:
    """Another public notice takes its place."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        after = queries.notice(successor)
        said(door, notice, end.supersede(notice, after, by=by, now=door.now()))


@notices.command("cancel")
@reference_argument
@two_people
@json_option
@pass_door
def cancel(door: Door, reference: str, asked: Asked) -> None:
    """The change will not happen: everybody who was told hears it."""
    take_back(door, end.cancel, reference, asked)


@notices.command("retract")
@reference_argument
@two_people
@json_option
@pass_door
def retract(door: Door, reference: str, asked: Asked) -> None:
    """It was published in error: taken back, and everybody who got it hears it."""
    take_back(door, end.retract, reference, asked)


def take_back(door: Door, verb: Callable[..., Send | None], reference: str, asked: Asked) -> None:
    with door.unit():
        notice, person, by = acting(door, reference, asked.by_)
        two = {"person": person, "approved_by": asked.second}
        said(door, notice, verb(notice, reason=asked.reason, **two, by=by, now=door.now()))


@notices.command("close")
@reference_argument
@click.option("--outcome", required=True, metavar="WORD")
@click.option("--text", required=True, metavar="TEXT")
@by_option
@json_option
@pass_door
def close(door: Door, reference: str, outcome: str, text: str, by_: str) -> None:
    """Say what became of it."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        said(door, notice, end.close(notice, outcome=outcome, text=text, by=by, now=door.now()))


@notices.command("record-late")
@reference_argument
@click.option("--took-effect", required=True, metavar="DATE")
@two_people
@json_option
@pass_door
def record_late(door: Door, reference: str, took_effect: str, asked: Asked) -> None:
    """Record an approved notice of a change that has happened already; it counts."""
    with door.unit():
        notice, _, by = acting(door, reference, asked.by_)
        took, wall = when("the date", took_effect, london_date(door.now()))
        at = at_london(took, wall or SEND_TIME)
        send = late.record_late(
            notice,
            took_effect_at=min(at, door.now()) if took == london_date(door.now()) else at,
            reason=asked.reason,
            approved_by=asked.second,
            by=by,
            now=door.now(),
        )
        said(door, notice, send)
