"""Commands about words: load a catalogue, newsletters, releases."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml
from sqlalchemy import select

from notifier.accounts.people import known
from notifier.catalogue import document
from notifier.catalogue.load import load as load_catalogue
from notifier.catalogue.models import CatalogueLoad
from notifier.cli.door import Door, as_json, instant, pass_door, show
from notifier.errors import Refused
from notifier.newsletters import queries as newsletters
from notifier.newsletters import send as newsletter
from notifier.newsletters.models import Newsletter
from notifier.newsletters.write import load as load_newsletters
from notifier.newsletters.write import write as write_newsletter
from notifier.notices.load import load as load_notices
from notifier.releases.load import load as load_releases
from notifier.render.fields import check_fields
from notifier.store.db import session, unit


def attach(root: click.Group) -> None:
    root.add_command(load)
    root.add_command(newsletters_)


@click.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_door
def load(door: Door, file: Path) -> None:
    """Add what is missing of a catalogue: topics, series, releases, notices, newsletters."""
    raw = file.read_bytes()
    with door.app.app_context(), unit():
        added = load_document(raw, now=door.now())
    new = [counted(name, count) for name, count in added.items() if count]
    click.echo(f"Added {', '.join(new)}." if new else "Everything was there already.")


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
    for entry in parsed["newsletters"]:
        check_fields(entry["body"])
    added["newsletters"] = load_newsletters(parsed["newsletters"], now=now)
    session.add(CatalogueLoad(sha256=sha256, at=now, counts=added))
    return added


def read_entry(file: Path) -> dict[str, Any]:
    """One entry from a YAML file: a mapping, or a list with a single mapping."""
    try:
        entry = yaml.safe_load(file.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
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


@click.group("newsletters")
def newsletters_() -> None:
    """A team's newsletters: write, approve, send."""


@newsletters_.command("list")
@as_json
@pass_door
def list_newsletters(door: Door, json_: bool) -> None:
    """All issues."""
    with door.app.app_context():
        rows = [newsletter_row(issue) for issue in newsletters.every()]
    show(rows, columns=("id", "state", "team", "send_at", "title"), json_=json_)


@newsletters_.command("show")
@click.argument("ref")
@as_json
@pass_door
def show_newsletter(door: Door, ref: str, json_: bool) -> None:
    """One issue, by number or slug."""
    with door.app.app_context():
        issue = newsletters.issue(ref)
        row = {**newsletter_row(issue), "audience": issue.audience, "body": issue.body}
    if json_:
        click.echo(json.dumps(row, ensure_ascii=False, indent=2))
        return
    for key, value in row.items():
        click.echo(f"{key}: {value}" if key != "body" else f"\n{value}")


@newsletters_.command("new")
@click.option(
    "--from", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@pass_door
def new_newsletter(door: Door, file: Path) -> None:
    """A draft from a YAML file with one entry of the catalogue's newsletters: shape."""
    entry = read_entry(file)
    check_fields(str(entry.get("body", "")))
    with door.app.app_context(), unit():
        issue = write_newsletter(entry, now=door.now())
        click.echo(str(issue.id))


@newsletters_.command("submit")
@click.argument("ref")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@pass_door
def submit_newsletter(door: Door, ref: str, by_: str) -> None:
    """Ask for approval."""
    with door.app.app_context(), unit():
        issue, person = newsletters.issue(ref), known(by_)
        newsletter.submit(issue, author=person, by=door.by(person), now=door.now())
        click.echo(f"Newsletter {issue.id} waits for approval.")


@newsletters_.command("approve")
@click.argument("ref")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@pass_door
def approve_newsletter(door: Door, ref: str, by_: str) -> None:
    """Approve an issue; never its author's own, where the organisation asks for two people."""
    with door.app.app_context(), unit():
        issue, person = newsletters.issue(ref), known(by_)
        newsletter.approve(issue, approver=person, by=door.by(person), now=door.now())
        click.echo(f"Newsletter {issue.id} is approved.")


@newsletters_.command("send")
@click.argument("ref")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@pass_door
def send_newsletter(door: Door, ref: str, by_: str) -> None:
    """Send an approved issue: at its own time, or now if that has passed."""
    with door.app.app_context(), unit():
        issue, person = newsletters.issue(ref), known(by_)
        promised = newsletter.send(issue, by=door.by(person), now=door.now())
        click.echo(f"Newsletter {issue.id} goes out at {instant(promised.due_at)}.")
