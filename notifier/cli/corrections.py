"""The command that corrects a letter that went out wrong."""

from __future__ import annotations

import click

from notifier.accounts.people import known
from notifier.cli.door import Door, pass_door
from notifier.cli.options import approved_option, by_option, json_option, number_argument
from notifier.cli.sends import row, sends
from notifier.delivery.correct import correct
from notifier.sends import queries


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: this is one more verb of ``sends``."""


@sends.command("correct")
@number_argument
@click.option("--text", required=True, metavar="TEXT", help="What was wrong, and what is right.")
@click.option("--welsh", default="", metavar="TEXT", help="The same in Welsh.")
@by_option
@approved_option
@json_option
@pass_door
def correct_send(
    door: Door, number: int, text: str, welsh: str, by_: str, approved_by: str
) -> None:
    """Tell exactly those who got a Send that it was wrong, and what is right."""
    with door.unit():
        person = known(by_)
        found = correct(
            queries.send(number),
            text,
            welsh=welsh,
            person=person,
            approved_by=known(approved_by),
            by=door.by(person),
            now=door.now(),
        )
        sentence = f"Who got send {found.context['corrects']} is told by send {found.id}."
        door.done(sentence, lambda: row(found))
