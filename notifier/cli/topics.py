"""Commands about topics: what there is, merging one into another, giving one up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from notifier.accounts.people import known
from notifier.audience.merge import announce
from notifier.audience.receivers import Audience, count
from notifier.catalogue import merge as ends
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.cli.door import Door, pass_door
from notifier.cli.options import by_option, json_option


def attach(root: click.Group) -> None:
    root.add_command(topics)


@click.group("topics")
def topics() -> None:
    """Topics that people follow, and their end."""


@topics.command("list")
@json_option
@pass_door
def list_(door: Door) -> None:
    """All topics, how many active people follow each, and those that end."""
    with door.app.app_context():
        rows = [row(topic) for topic in catalogue.topics()]
    door.show(rows, "slug", "name", "series", "followers", "ends_on", "merged_into")


def row(topic: Topic) -> dict[str, Any]:
    return {
        "slug": topic.slug,
        "name": topic.name,
        "parent": topic.parent.slug if topic.parent else None,
        "series": len(topic.series),
        "followers": count(Audience(topics=[topic.id], exact=True)),
        "ends_on": ends.last_day(topic).isoformat() if topic.retired_at else None,
        "merged_into": topic.merged_into.slug if topic.merged_into else None,
    }


on_option = click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day (London); 14 days ahead if not given, 7 at least.",
)


@topics.command("merge")
@click.argument("old")
@click.option("--into", required=True, metavar="SLUG", help="The topic that it becomes part of.")
@on_option
@by_option
@json_option
@pass_door
def merge(door: Door, old: str, into: str, on: datetime | None, by_: str) -> None:
    """Tell everybody who follows OLD, and move them, its series and its pages on the day."""
    end(door, old, into, on.date() if on else None, by_)


@topics.command("retire")
@click.argument("slug")
@on_option
@by_option
@json_option
@pass_door
def retire(door: Door, slug: str, on: datetime | None, by_: str) -> None:
    """Tell everybody who follows it that it ends, and end it on the day."""
    end(door, slug, None, on.date() if on else None, by_)


def end(door: Door, slug: str, into: str | None, on: date | None, by_: str) -> None:
    with door.unit():
        topic, person = catalogue.topic(slug), known(by_)
        successor = catalogue.topic(into) if into is not None else None
        send = announce(
            topic, into=successor, on=on, person=person, by=door.by(person), now=door.now()
        )
        becomes = f"becomes part of {successor.name}" if successor is not None else "ends"
        door.done(
            f"{topic.name} {becomes} on {ends.last_day(topic).isoformat()}. "
            f"Who follows it is told by send {send.id}.",
            lambda: {**row(topic), "send": send.id},
        )
