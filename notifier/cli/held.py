"""What we hold about somebody who asks by letter, or gets no more mail with a link. [UK GDPR 15]"""

from __future__ import annotations

import click

from notifier.audience import queries
from notifier.audience.rules import address
from notifier.cli.door import Door, as_text, pass_door
from notifier.cli.options import json_option
from notifier.cli.people import subscribers
from notifier.insight.held import held
from notifier.store.history import record


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: this is one more verb of ``subscribers``."""


@subscribers.command("held")
@click.argument("email")
@json_option
@pass_door
def show_held(door: Door, email: str) -> None:
    """Print everything held about somebody as JSON, for them; that it was read is kept."""
    with door.unit():
        person = queries.known(address(email))
        door.answer = as_text(held(person))
        record(f"subscriber:{person.id}", "held", by=door.by(), now=door.now())
