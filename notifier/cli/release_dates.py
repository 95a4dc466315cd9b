"""Commands that fix a release's date, give it another one or take it away; people are told."""

from __future__ import annotations

import click

from notifier.accounts.people import known
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option, number_argument
from notifier.cli.release_rows import acting, done, moment, shown_date, when_words
from notifier.cli.two_people import Asked, two_people_on_a_date
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import follow
from notifier.releases import dated


def attach(releases: click.Group) -> None:
    for command in (confirm, move, postpone):
        releases.add_command(command)


@click.command("confirm")
@number_argument
@click.option("--at", "at_", required=True, metavar='"2027-03-04 09:30"')
@by_option
@click.option("--approved-by", metavar="EMAIL", help="Where the organisation asks for two.")
@json_option
@pass_door
def confirm(door: Door, number: int, at_: str, by_: str, approved_by: str | None) -> None:
    """Fix the exact date and time, within what users were told."""
    with door.unit():
        release, person, by = acting(door, number, by_)
        to = dated.read(at_, today=london_date(door.now()))
        if to.wall is None:
            raise Refused("A confirmed release needs an exact time; write it as 2027-03-04 09:30.")
        second = known(approved_by) if approved_by else None
        follow.confirm(
            release, to.day, to.wall, person=person, approved_by=second, by=by, now=door.now()
        )
        done(
            door,
            release,
            f"Release {release.id} is confirmed for {shown_date(release)}, "
            f"{release.confirmed_lead_days} days ahead.",
        )


@click.command("move")
@number_argument
@click.option(
    "--to",
    required=True,
    metavar="DATE",
    help='"2027-03-25 09:30", a day 2027-03-25, a week 2027-W12, a month 2027-03, 2027-Q1.',
)
@click.option(
    "--precision",
    type=click.Choice(dated.GIVEN),
    help="How exact it is, where it is vaguer than DATE says.",
)
@two_people_on_a_date
@json_option
@pass_door
def move(door: Door, number: int, to: str, precision: str | None, asked: Asked) -> None:
    """Change the date: everybody whom it concerns is told, and linked changes move along."""
    with door.unit():
        release, _, by = acting(door, number, asked.by_)
        day = dated.read(to, precision, today=london_date(door.now()))
        send = follow.move(release, day, asked.decision(door), by=by, now=door.now())
        sentence = f"Release {release.id} moves to {shown_date(release)}."
        if release.precision not in ("datetime", "date"):
            sentence = f"Release {release.id} comes out {when_words(release)} now."
        done(door, release, sentence, send=send)


@click.command("postpone")
@number_argument
@click.option("--next-update", required=True, metavar="DATE", help="When there will be news.")
@two_people_on_a_date
@json_option
@pass_door
def postpone(door: Door, number: int, next_update: str, asked: Asked) -> None:
    """Take the date away for now; linked changes wait on hold."""
    with door.unit():
        release, _, by = acting(door, number, asked.by_)
        news, _ = moment(next_update, door.now())
        decision = asked.decision(door)
        send = follow.postpone(release, decision, next_update=news, by=by, now=door.now())
        done(door, release, f"Release {release.id} has no date for now.", send=send)
