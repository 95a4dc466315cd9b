"""Commands about the words of a release mail: write, approve, let somebody read them early."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, as_text, instant, pass_door
from notifier.cli.options import by_option, file_option, json_option, number_argument
from notifier.notices import out
from notifier.releases import announce, queries
from notifier.releases.models import Announcement
from notifier.render.links import early_url


def attach(releases: click.Group) -> None:
    for command in (write, arm, disarm, readers, words):
        releases.add_command(command)


def shape(found: Announcement) -> dict[str, Any]:
    return {
        "release": found.release_id,
        "state": found.state,
        "armed_at": instant(found.armed_at),
        "checked_at": instant(found.checked_at),
        "check_result": found.check_result,
        "words": found.words,
    }


def done(door: Door, found: Announcement, sentence: str) -> None:
    door.done(sentence, lambda: shape(found))


def armed(door: Door, found: Announcement) -> None:
    release = found.release
    when_live = ", when its page is live" if release.series.checks_landing else ""
    told = f"it is published and mailed at {instant(release.at)}{when_live}."
    done(door, found, f"Release {release.id} is armed: {told}")


@click.command("announce")
@number_argument
@file_option
@by_option
@click.option("--approved-by", metavar="EMAIL", help="A second person: arms it at once.")
@json_option
@pass_door
def write(door: Door, number: int, file: Path, by_: str, approved_by: str | None) -> None:
    """The words of a release's mail, from a YAML file with detail, headline, technical and cy."""
    entry = read_entry(file)
    with door.unit():
        release, person = queries.any_release(number), known(by_)
        found = announce.write(release, entry, author=person, by=door.by(person), now=door.now())
        if approved_by is None:
            done(door, found, f"The words of release {number} wait for approval.")
            return
        second = known(approved_by)
        out.arm(found, approver=second, by=door.by(second), now=door.now())
        armed(door, found)


@click.command("arm")
@number_argument
@by_option
@json_option
@pass_door
def arm(door: Door, number: int, by_: str) -> None:
    """Approve the words: at the instant the worker publishes the release and mails them."""
    with door.unit():
        found, person = announce.written(queries.any_release(number)), known(by_)
        out.arm(found, approver=person, by=door.by(person), now=door.now())
        armed(door, found)


@click.command("disarm")
@number_argument
@by_option
@json_option
@pass_door
def disarm(door: Door, number: int, by_: str) -> None:
    """Take the approval back."""
    with door.unit():
        found, person = announce.written(queries.any_release(number)), known(by_)
        announce.disarm(found, person=person, by=door.by(person), now=door.now())
        again = f"Release {number} is not armed any more; its words are a draft again."
        done(door, found, again)


@click.command("readers")
@number_argument
@click.option("--add", metavar="EMAIL", help="Let somebody read the words before the instant.")
@click.option("--name", default="", metavar="NAME")
@click.option("--end", metavar="EMAIL", help="Take somebody off; what they read stays on record.")
@click.option("--by", "by_", metavar="EMAIL", help="Who acts; needed with --add and --end.")
@json_option
@pass_door
def readers(
    door: Door, number: int, add: str | None, name: str, end: str | None, by_: str | None
) -> None:
    """Who may read the words early, by which link, and when they did."""
    with door.unit():
        found = announce.written(queries.any_release(number))
        if (add is not None or end is not None) and by_ is None:
            raise click.UsageError("--add and --end need --by EMAIL.")
        if end is not None and by_ is not None:
            ended, person = announce.named(found, end), known(by_)
            announce.end_reader(ended, person=person, by=door.by(person), now=door.now())
        if add is not None and by_ is not None:
            person = known(by_)
            announce.name_reader(
                found, add, name=name, person=person, by=door.by(person), now=door.now()
            )
        rows = [
            {
                "email": reader.email,
                "name": reader.name,
                "added_by": reader.added_by,
                "link": early_url(door.settings, found.id, reader.id),
                "ended_at": instant(reader.ended_at),
                "views": [instant(view.at) for view in reader.views],
            }
            for reader in found.readers
        ]
    if door.json:
        click.echo(as_text(rows))
        return
    for row in rows:
        views: Any = row["views"]
        read = f"read {', '.join(views)}" if views else "has not read it"
        read += ", taken off" if row["ended_at"] else ""
        click.echo(f"{row['email']}  {row['link']}  {read}")
    if not rows:
        click.echo("Nobody may read the words before the instant.")


@click.command("words")
@number_argument
@json_option
@pass_door
def words(door: Door, number: int) -> None:
    """The words of a release's mail and whether they are armed."""
    with door.app.app_context():
        row = shape(announce.written(queries.any_release(number)))
    if door.json:
        click.echo(as_text(row))
        return
    click.echo(f"{row['state']}, armed at {row['armed_at'] or '–'}. {row['check_result']}".strip())
    for lang, texts in row["words"].items():
        for depth, text in texts.items():
            click.echo(f"\n{depth} ({lang}):\n{text}")
