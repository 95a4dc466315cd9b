"""Commands that end a release: it is out, it will not come out, or it is taken back."""

from __future__ import annotations

import click

from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option, number_argument
from notifier.cli.release_rows import acting, done
from notifier.cli.two_people import Asked, two_people
from notifier.errors import Refused
from notifier.notices import out, release_cancelled
from notifier.releases import queries


def attach(releases: click.Group) -> None:
    for command in (publish, cancel, withdraw):
        releases.add_command(command)


@click.command("publish")
@number_argument
@by_option
@json_option
@pass_door
def publish(door: Door, number: int, by_: str) -> None:
    """Say that it is out, at its instant or later; its changes take effect."""
    with door.unit():
        release, person, by = acting(door, number, by_)
        out.publish(release, person=person, by=by, now=door.now())
        done(door, release, f"Release {release.id} is out.")


@click.command("cancel")
@number_argument
@click.option(
    "--notice",
    "choices",
    multiple=True,
    metavar="REF=hold|cancel|ID",
    help="What becomes of a change that was to come with it: it waits (unless you say otherwise), "
    "is cancelled too, or comes with release ID.",
)
@two_people
@json_option
@pass_door
def cancel(door: Door, number: int, choices: tuple[str, ...], asked: Asked) -> None:
    """It will not come out; what becomes of its changes is told in the same message."""
    with door.unit():
        release, person, by = acting(door, number, asked.by_)
        send = release_cancelled.cancel(
            release,
            reason=asked.reason,
            person=person,
            approved_by=asked.second,
            by=by,
            now=door.now(),
            choices=dict(choice(text) for text in choices),
        )
        done(door, release, f"Release {release.id} is cancelled.", send=send)


@click.command("withdraw")
@number_argument
@two_people
@json_option
@pass_door
def withdraw(door: Door, number: int, asked: Asked) -> None:
    """Take back what came out; a tombstone stays."""
    with door.unit():
        release, person, by = acting(door, number, asked.by_)
        two = {"person": person, "approved_by": asked.second}
        send = out.withdraw(release, reason=asked.reason, **two, by=by, now=door.now())
        done(door, release, f"Release {release.id} is withdrawn.", send=send)


def choice(text: str) -> tuple[str, release_cancelled.Choice]:
    """What was chosen for one notice, from "DEFRA-2026-014=hold"."""
    reference, _, word = text.partition("=")
    if word in ("hold", "cancel"):
        return reference.strip().upper(), word
    if word.isdecimal() and len(word) < 10:
        return reference.strip().upper(), queries.any_release(int(word))
    raise Refused(f"Write --notice {reference}=hold, =cancel or =ID of a release, not {text!r}.")
