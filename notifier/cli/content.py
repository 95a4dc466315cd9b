"""Commands about words: load a catalogue, newsletters, releases."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml
from sqlalchemy import select

from notifier.accounts.people import known
from notifier.catalogue import document
from notifier.catalogue import queries as catalogue
from notifier.catalogue.load import load as load_catalogue
from notifier.catalogue.models import CatalogueLoad
from notifier.catalogue.read_yaml import read_yaml
from notifier.cli.door import Door, instant, pass_door
from notifier.cli.files import octets
from notifier.cli.options import by_option, file_option, file_type, json_option
from notifier.errors import Refused
from notifier.newsletters import queries as newsletters
from notifier.newsletters import send as newsletter
from notifier.newsletters.models import Newsletter
from notifier.newsletters.write import load as load_newsletters
from notifier.newsletters.write import write as write_newsletter
from notifier.notices.load import load as load_notices
from notifier.releases.load import load as load_releases
from notifier.render.fields import check_fields
from notifier.store.db import session


def attach(root: click.Group) -> None:
    root.add_command(load)
    root.add_command(newsletters_)


@click.command("load")
@click.argument("file", type=file_type)
@json_option
@pass_door
def load(door: Door, file: Path) -> None:
    """Add what is missing of a catalogue: topics, series, releases, notices, newsletters."""
    raw = octets(file)
    with door.unit():
        added = load_document(raw, now=door.now())
        new = [counted(name, count) for name, count in added.items() if count]
        sentence = f"Added {', '.join(new)}." if new else "Everything was there already."
        door.done(sentence, lambda: {"added": added})


def counted(name: str, count: int) -> str:
    """ "1 newsletter", "6 notices", "13 user types"."""
    words = name.replace("_", " ")
    if count == 1 and words not in ("organisation", "series"):
        words = "body" if words == "bodies" else words.removesuffix("s")
    return f"{count} {words}"


def load_document(raw: bytes, *, now: datetime) -> dict[str, int]:
    """Load a whole catalogue in one unit of work: all of it, or nothing.

    The very same file again is a no-op on any day: its offsets (+95d) were settled by the first
    load, and a notice that has taken effect since must not be refused as past.
    """
    parsed = document.read(raw)
    sha256 = hashlib.sha256(raw).hexdigest()
    if session.scalars(select(CatalogueLoad).where(CatalogueLoad.sha256 == sha256)).first():
        return {}
    added = load_catalogue(parsed)
    added["releases"] = load_releases(parsed["releases"], now=now)
    added["notices"] = load_notices(parsed["notices"], now=now)
    kinds = [kind.slug for kind in catalogue.user_types()]
    for entry in parsed["newsletters"]:
        check_fields(entry["body"], kinds)
    added["newsletters"] = load_newsletters(parsed["newsletters"], now=now)
    session.add(CatalogueLoad(sha256=sha256, at=now, counts=added))
    return added


def read_entry(file: Path) -> dict[str, Any]:
    """One entry from a YAML file: a mapping, or a list with a single mapping."""
    try:
        entry = read_yaml(octets(file))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Refused(f"{file} is not valid YAML; correct it.") from error
    if isinstance(entry, list) and len(entry) == 1:
        entry = entry[0]
    if not isinstance(entry, dict):
        raise Refused(f"{file} must hold one entry: a mapping of keys to values.")
    return entry


def newsletter_row(issue: Newsletter) -> dict[str, Any]:
    return {
        "id": issue.id,
        "slug": issue.slug,
        "title": issue.title,
        "team": issue.team.slug,
        "state": issue.state,
        "send_at": instant(issue.send_at),
        "published_at": instant(issue.published_at),
    }


def shown(issue: Newsletter) -> dict[str, Any]:
    return {**newsletter_row(issue), "audience": issue.audience, "body": issue.body}


def done(door: Door, issue: Newsletter, sentence: str) -> None:
    door.done(sentence, lambda: shown(issue))


@click.group("newsletters")
def newsletters_() -> None:
    """A team's newsletters: write, approve, send."""


@newsletters_.command("list")
@json_option
@pass_door
def list_newsletters(door: Door) -> None:
    """All issues."""
    with door.app.app_context():
        rows = [newsletter_row(issue) for issue in newsletters.every()]
    door.show(rows, "id", "state", "team", "send_at", "title")


@newsletters_.command("show")
@click.argument("ref")
@json_option
@pass_door
def show_newsletter(door: Door, ref: str) -> None:
    """One issue, by number or slug."""
    with door.app.app_context():
        row = shown(newsletters.issue(ref))
    body = "" if door.json else row.pop("body")
    door.facts(row)
    if body:
        click.echo(f"\n{body}")


@newsletters_.command("new")
@file_option
@json_option
@pass_door
def new_newsletter(door: Door, file: Path) -> None:
    """A draft from a YAML file with one entry of the catalogue's newsletters: shape."""
    entry = read_entry(file)
    with door.unit():
        check_fields(str(entry.get("body", "")), [kind.slug for kind in catalogue.user_types()])
        issue = write_newsletter(entry, now=door.now(), by=door.by())
        done(door, issue, str(issue.id))


@newsletters_.command("submit")
@click.argument("ref")
@by_option
@json_option
@pass_door
def submit_newsletter(door: Door, ref: str, by_: str) -> None:
    """Ask for approval."""
    with door.unit():
        issue, person = newsletters.issue(ref), known(by_)
        newsletter.submit(issue, author=person, by=door.by(person), now=door.now())
        done(door, issue, f"Newsletter {issue.id} waits for approval.")


@newsletters_.command("approve")
@click.argument("ref")
@by_option
@json_option
@pass_door
def approve_newsletter(door: Door, ref: str, by_: str) -> None:
    """Approve an issue; never its author's own, where the organisation asks for two people."""
    with door.unit():
        issue, person = newsletters.issue(ref), known(by_)
        newsletter.approve(issue, approver=person, by=door.by(person), now=door.now())
        done(door, issue, f"Newsletter {issue.id} is approved.")


@newsletters_.command("send")
@click.argument("ref")
@by_option
@json_option
@pass_door
def send_newsletter(door: Door, ref: str, by_: str) -> None:
    """Send an approved issue: at its own time, or now if that has passed."""
    with door.unit():
        issue, person = newsletters.issue(ref), known(by_)
        promised = newsletter.send(issue, by=door.by(person), now=door.now())
        door.done(
            f"Newsletter {issue.id} goes out at {instant(promised.due_at)}.",
            lambda: {**shown(issue), "send": promised.id},
        )


@newsletters_.command("cancel")
@click.argument("ref")
@click.option("--reason", default="", help="Why; kept in the history.")
@by_option
@json_option
@pass_door
def cancel_newsletter(door: Door, ref: str, reason: str, by_: str) -> None:
    """Give an issue up; one that is on the calendar and has not gone out is called back first."""
    with door.unit():
        issue, person = newsletters.issue(ref), known(by_)
        newsletter.cancel(issue, person=person, by=door.by(person), now=door.now(), why=reason)
        done(door, issue, f"Newsletter {issue.id} is cancelled.")
