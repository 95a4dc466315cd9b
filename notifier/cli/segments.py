"""Commands about segments: saved filters over the people, seen before they are used."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import yaml

from notifier.accounts.people import known
from notifier.audience import segments
from notifier.audience.models import Segment
from notifier.audience.receivers import Audience, count
from notifier.audience.segments_named import check, in_words
from notifier.audience.segments_preview import Preview
from notifier.audience.segments_preview import overlap as overlap_of
from notifier.audience.segments_preview import preview as preview_of
from notifier.audience.segments_read import Filter, read
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team
from notifier.catalogue.read_yaml import read_yaml
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.files import octets
from notifier.cli.options import by_option, file_type, json_option
from notifier.errors import Refused
from notifier.newsletters.segments import delete as drop
from notifier.store.db import session

LARGEST = 64_000  # bytes; fifty conditions need a tenth of that


def attach(root: click.Group) -> None:
    root.add_command(segments_)


def row(found: Segment) -> dict[str, Any]:
    """A segment as JSON: its filter as data and as a sentence."""
    team = session.get(Team, found.team_id) if found.team_id is not None else None
    return {
        "slug": found.slug,
        "name": found.name,
        "means": in_words(found.filter),
        "team": team.slug if team is not None else None,
        "filter": found.filter,
        "changed_at": instant(found.changed_at),
    }


@click.group("segments")
def segments_() -> None:
    """Saved filters over the people, for newsletters."""


@segments_.command("list")
@json_option
@pass_door
def list_(door: Door) -> None:
    """All segments, and how many people are in each now."""
    with door.app.app_context():
        rows = [
            {**row(each), "people": count(Audience(segment=each.filter))}
            for each in segments.every()
        ]
    door.show(rows, "slug", "people", "team", "means")


@segments_.command("show")
@click.argument("slug")
@json_option
@pass_door
def show(door: Door, slug: str) -> None:
    """One segment: its filter, and what that means in words."""
    with door.app.app_context():
        shown = row(segments.segment(slug))
    door.facts(shown if door.json else {**shown, "filter": as_line(shown["filter"])})


filter_option = click.option("--filter", "text", metavar="JSON", help="The filter itself.")
file_option = click.option("--from", "file", type=file_type, help="A YAML file with the filter.")


@segments_.command("save")
@click.argument("slug")
@file_option
@filter_option
@click.option("--name", default="", metavar="TEXT", help="What it is called in lists.")
@click.option("--team", "team_", metavar="SLUG", help="The team whose people alone may change it.")
@by_option
@json_option
@pass_door
def save(
    door: Door,
    slug: str,
    file: Path | None,
    text: str | None,
    name: str,
    team_: str | None,
    by_: str,
) -> None:
    """Keep a filter under SLUG; again, it changes that. Prints whom it means."""
    data = given(file, text)
    with door.unit():
        person = known(by_)
        saved = segments.save(
            slug,
            data,
            person=person,
            by=door.by(person),
            now=door.now(),
            name=name,
            team=catalogue.team(team_) if team_ is not None else None,
        )
        people = count(Audience(segment=saved.filter))
        door.done(
            f"Segment {slug}: {in_words(saved.filter)}. {people:,} now.",
            lambda: row(saved),
        )


@segments_.command("delete")
@click.argument("slug")
@by_option
@json_option
@pass_door
def delete(door: Door, slug: str, by_: str) -> None:
    """Drop a segment for which no newsletter waits; what was sent with it keeps its filter."""
    with door.unit():
        person, found = known(by_), segments.segment(slug)
        gone = row(found)
        drop(found, person=person, by=door.by(person), now=door.now())
        door.done(f"Segment {slug} is dropped.", lambda: {**gone, "deleted": True})


@segments_.command("preview")
@click.argument("slug", required=False)
@file_option
@filter_option
@json_option
@pass_door
def preview(door: Door, slug: str | None, file: Path | None, text: str | None) -> None:
    """Count a segment, or a filter before it is saved: by user type, topic and language, with a few
    of its people."""
    with door.app.app_context():
        found = chosen(slug, file, text)
        seen, means = preview_of(found), in_words(found)
    if door.json:
        click.echo(as_text({"means": means, "filter": found, **asdict(seen)}))
    else:
        click.echo(as_page(means, seen))


@segments_.command("overlap")
@click.argument("first")
@click.argument("second")
@json_option
@pass_door
def overlap(door: Door, first: str, second: str) -> None:
    """How many people two segments share, and how many are in one of them only."""
    with door.app.app_context():
        pair = [segments.segment(slug) for slug in (first, second)]
        found = overlap_of(pair[0].filter, pair[1].filter)
    door.facts({"first": first, "second": second, **asdict(found)})


def chosen(slug: str | None, file: Path | None, text: str | None) -> Filter:
    if slug is not None and file is None and text is None:
        return dict(segments.segment(slug).filter)
    if slug is not None:
        raise Refused("Name a saved segment, or give a filter with --from or --filter; not both.")
    found = read(given(file, text))
    check(found)
    return found


def given(file: Path | None, text: str | None) -> object:
    """The filter as it was written. Raises Refused for what is no YAML or JSON."""
    if (file is None) == (text is None):
        raise Refused("Give the filter with --from FILE.yaml or with --filter JSON, one of them.")
    said = octets(file) if file is not None else (text or "").encode()
    if len(said) > LARGEST:
        raise Refused("The filter is larger than 64 kB; a segment has at most fifty conditions.")
    try:
        return read_yaml(said) if file is not None else json.loads(said)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        kind = "YAML" if file is not None else "JSON"
        raise Refused(f"The filter is not valid {kind}; correct it.") from error


def as_line(found: Filter) -> str:
    return json.dumps(found, ensure_ascii=False)


def as_page(means: str, seen: Preview) -> str:
    """A preview for people."""
    lines = [f"{means[:1].upper()}{means[1:]}: {seen.people:,}"]
    for title, counts in (
        ("By user type", seen.user_types),
        ("By topic (one person may follow several)", seen.topics),
        ("By language", seen.languages),
    ):
        if counts:
            lines += ["", title, *(f"{people:>11,}  {name}" for name, people in counts.items())]
    if seen.sample:
        lines += ["", "Some of them"]
        lines += [
            f"  {each.address}  {each.user_type}, {each.depth}, {each.language}"
            for each in seen.sample
        ]
    return "\n".join(lines)
