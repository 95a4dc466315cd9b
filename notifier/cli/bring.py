"""The command with which a team brings the list that it has."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import click

from notifier.accounts.people import known, must_belong
from notifier.audience.invite import BASES, Terms
from notifier.audience.invite import bring as bring_people
from notifier.audience.outlook import LARGEST, read
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team, Topic
from notifier.catalogue.rules import LANGUAGES
from notifier.cli.door import Door, as_text, pass_door
from notifier.cli.files import Refusals
from notifier.cli.lists import dry_run_option
from notifier.cli.options import by_option, json_option
from notifier.cli.people import subscribers
from notifier.errors import Refused
from notifier.store.db import unit


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: this is one more verb of ``subscribers``."""


@subscribers.command("bring")
@click.argument("file", type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--team", "slug", required=True, metavar="TEAM", help="Whose list it is.")
@click.option("--basis", required=True, type=click.Choice(BASES), help="In law.")
@click.option("--source", required=True, metavar="TEXT", help="Where the list comes from.")
@click.option("--note", default="", metavar="TEXT", help="Which public task; they are told.")
@click.option("--topics", default="", metavar="SLUG;SLUG", help="The team's own if not given.")
@click.option("--user-type", default="other", metavar="SLUG", show_default=True)
@click.option("--language", default="en", type=click.Choice(LANGUAGES), show_default=True)
@dry_run_option
@by_option
@json_option
@pass_door
def bring(
    door: Door,
    file: Path,
    slug: str,
    basis: str,
    source: str,
    note: str,
    topics: str,
    user_type: str,
    language: str,
    dry_run: bool,
    by_: str,
) -> None:
    """Bring a list from a mail program: pasted, or as it exports it; "-" reads what is typed.

    With consent each person is invited, once, and gets nothing unless they accept within 28 days.
    With a public task they get mail at once, and are told why and how to stop.
    """
    raw, name = content(file)
    with door.app.app_context(), Refusals(beside(file)) as refusals, unit():
        person, team = known(by_), catalogue.team(slug)
        must_belong(door.by(person), team_ids=catalogue.body_teams({team.id}), what=team.name)
        terms = Terms(
            team=team,
            basis=basis,
            source=source,
            topics=chosen(topics, team),
            user_type=catalogue.user_type(user_type),
            note=note,
            language=language,
        )
        report = bring_people(
            read(raw),
            terms,
            filename=name,
            sha256=hashlib.sha256(raw).hexdigest(),
            by=door.by(person),
            now=door.now(),
            pepper=door.settings.suppression_pepper,
            refused=refusals,
            rehearsal=dry_run,
        )
    why = str(refusals.path) if refusals else None
    if door.json:
        click.echo(as_text({**report.counts, "report": why, "dry_run": dry_run}))
        return
    verb = "invited" if basis == "consent" else "added"
    would = f"would be {verb}" if dry_run else verb
    refused_too = f"; {len(refusals)} refused" if refusals else ""
    click.echo(f"{report.added} {would}, {report.already} known already{refused_too}.")
    if why:
        click.echo(f"Why: {why}")


def content(file: Path) -> tuple[bytes, str]:
    """The octets of the list, and what it is called."""
    if str(file) == "-":
        return sys.stdin.buffer.read(LARGEST + 1), "pasted"
    if not file.is_file():
        raise Refused(f"{file.name} is not a file; give the path of a list, or - to paste it.")
    with file.open("rb") as opened:
        return opened.read(LARGEST + 1), file.name


def beside(file: Path) -> Path:
    """Where the report of refused entries stands: here for what was pasted."""
    return Path.cwd() / "pasted" if str(file) == "-" else file


def chosen(slugs: str, team: Team) -> list[Topic]:
    """The topics that were named, else those of the team's series."""
    named = [slug.strip() for slug in slugs.split(";") if slug.strip()]
    if named:
        return catalogue.topics_named(named)
    own = [one for one in catalogue.all_series() if one.team_id == team.id]
    found = {topic.id: topic for one in own for topic in one.topics}
    return [found[key] for key in sorted(found)]
