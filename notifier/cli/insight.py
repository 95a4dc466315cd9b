"""What can be learnt about the audience: who follows what, whom we miss, what for."""

from __future__ import annotations

from typing import Any

import click

from notifier.accounts.people import known, must_belong
from notifier.audience.rules import TAKES_PART
from notifier.audience.volunteers import volunteers
from notifier.catalogue import purpose
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.cli.door import Door, as_text, pass_door
from notifier.cli.options import by_option, json_option
from notifier.cli.topics import topics
from notifier.errors import Refused
from notifier.insight import reach
from notifier.store.history import record

topic_option = click.option("--topic", "slug", metavar="SLUG", help="One topic alone.")


def attach(root: click.Group) -> None:
    """The group ``insight``, and two verbs of ``topics``."""
    root.add_command(insight)


@click.group("insight")
def insight() -> None:
    """Who follows what, and whom we do not reach."""


@insight.command("reach")
@topic_option
@json_option
@pass_door
def show_reach(door: Door, slug: str | None) -> None:
    """Followers of each topic by user type, with the change over a year."""
    with door.app.app_context():
        rows = [
            {
                "topic": row.topic,
                "user_type": cell.user_type,
                "now": cell.now,
                "year_ago": cell.year_ago,
                "change": cell.change,
                "intended": cell.intended,
            }
            for row in found(door, slug)
            for cell in row.cells
            if cell.now or cell.year_ago or cell.intended
        ]
    door.show(rows, "topic", "user_type", "now", "year_ago", "change", "intended")


@insight.command("gaps")
@topic_option
@json_option
@pass_door
def show_gaps(door: Door, slug: str | None) -> None:
    """Intended audiences of which nobody follows, or half as many as a year ago."""
    with door.app.app_context():
        sentences = reach.gaps(found(door, slug))
    if door.json:
        click.echo(as_text(sentences))
        return
    for sentence in sentences or ["Every intended audience follows what is meant for it."]:
        click.echo(sentence)


def found(door: Door, slug: str | None) -> list[reach.Row]:
    chosen = None if slug is None else [catalogue.topic(slug)]
    return reach.matrix(now=door.now(), topics=chosen)


@insight.command("uses")
@click.option("--topic", "slug", required=True, metavar="SLUG")
@json_option
@pass_door
def show_uses(door: Door, slug: str) -> None:
    """What followers of a topic use the statistics for, in their own words, without names."""
    with door.app.app_context():
        rows = [
            {"user_type": kind, "uses": said} for kind, said in reach.uses(catalogue.topic(slug))
        ]
    door.show(rows, "user_type", "uses")


@insight.command("volunteers")
@click.argument("interest", type=click.Choice(TAKES_PART))
@topic_option
@by_option
@json_option
@pass_door
def show_volunteers(door: Door, interest: str, slug: str | None, by_: str) -> None:
    """Who would like to take part in something, and how they prefer to be asked."""
    with door.unit():
        person = known(by_)
        if not person.roles:
            raise Refused(f"{by_} has no role in any team; ask an administrator for one.")
        topic = catalogue.topic(slug).slug if slug is not None else None
        rows = volunteers(interest, topic=topic)
        by = door.by(person)
        record("export:volunteers", "export", by=by, now=door.now(), whom=interest, topic=topic)
    door.show(rows, "email", "name", "organisation", "user_type", "language", "asked_by")


@topics.command("intended")
@click.argument("slug")
@click.argument("user_types", nargs=-1)
@by_option
@json_option
@pass_door
def intended(door: Door, slug: str, user_types: tuple[str, ...], by_: str) -> None:
    """Declare for which user types a topic is meant, in place of those declared before."""
    with door.unit():
        one, by = mine(door, slug, by_)
        purpose.intend(one, [catalogue.user_type(u) for u in user_types], by=by, now=door.now())
        names = ", ".join(kind.name for kind in one.intended) or "nobody in particular"
        door.done(f"{one.name} is meant for: {names}.", lambda: about(one))


@topics.command("uses")
@click.argument("slug")
@click.option("--text", required=True, metavar="TEXT", help="Public; empty takes it away.")
@click.option("--welsh", default="", metavar="TEXT")
@by_option
@json_option
@pass_door
def summarise(door: Door, slug: str, text: str, welsh: str, by_: str) -> None:
    """Say on a topic's page what people use its statistics for."""
    with door.unit():
        one, by = mine(door, slug, by_)
        purpose.summarise_uses(one, text, welsh=welsh, by=by, now=door.now())
        door.done(f"The page of {one.name} says it from now on.", lambda: about(one))


def mine(door: Door, slug: str, email: str) -> tuple[Topic, Any]:
    """The topic, and the person who acts, who must belong to a team that publishes in it."""
    one, by = catalogue.topic(slug), door.by(known(email))
    inside = [one, *reach.below(one)]
    teams = {series.team_id for t in inside for series in t.series}
    must_belong(by, team_ids=catalogue.body_teams(teams), what=f"the topic {one.name}")
    return one, by


def about(one: Topic) -> dict[str, Any]:
    return {
        "slug": one.slug,
        "name": one.name,
        "intended": [kind.slug for kind in one.intended],
        "uses": one.uses,
        "uses_welsh": one.cy_uses,
    }
