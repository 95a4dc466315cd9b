"""By which links people came: the word after ``from=`` in the address of the sign-up page."""

from __future__ import annotations

import click

from notifier.audience import queries
from notifier.cli.door import Door, pass_door
from notifier.cli.options import json_option


def attach(root: click.Group) -> None:
    root.add_command(sources)


@click.command("sources")
@json_option
@pass_door
def sources(door: Door) -> None:
    """How many people came by each link, such as one that was passed on."""
    with door.app.app_context():
        rows = [
            {"source": source, "people": people, "get_updates_now": active}
            for source, people, active in queries.sources()
        ]
    door.show(rows, "source", "people", "get_updates_now")
