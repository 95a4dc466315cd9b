"""Commands about change notices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, as_json, instant, pass_door, show
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.approve import approve as approve_notice
from notifier.notices.approve import submit as submit_notice
from notifier.notices.derive import rows_of
from notifier.notices.leadtime import PROMISES, publish_by
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish as publish_notice
from notifier.notices.rules import NOTICE
from notifier.notices.write import write
from notifier.store.db import unit


def attach(root: click.Group) -> None:
    root.add_command(notices)


def row(notice: ChangeNotice) -> dict[str, Any]:
    """The contract's JSON shape of a notice."""
    by = notice.effect_at and publish_by(london_date(notice.effect_at), notice.minimum_days)
    return {
        "reference": notice.reference,
        "headline": notice.headline,
        "series": [series.slug for series in notice.series],
        "state": notice.state,
        "class": notice.class_,
        "effect": instant(notice.effect_at),
        "first_public_at": instant(notice.first_public_at),
        "publish_by": by.isoformat() if by else None,
        "minimum_days": notice.minimum_days,
        "target_days": notice.target_days,
        "lead_days": notice.lead_days,
        "verdict": notice.verdict,
        "revision": notice.revision,
    }


@click.group("notices")
def notices() -> None:
    """Change notices: write, approve, publish."""


@notices.command("list")
@click.option("--state", type=click.Choice(NOTICE.states))
@as_json
@pass_door
def list_notices(door: Door, state: str | None, json_: bool) -> None:
    """All notices."""
    with door.app.app_context():
        rows = [row(notice) for notice in queries.every(state)]
    show(
        rows,
        columns=("reference", "state", "publish_by", "lead_days", "verdict", "headline"),
        json_=json_,
    )


@notices.command("show")
@click.argument("reference")
@as_json
@pass_door
def show_notice(door: Door, reference: str, json_: bool) -> None:
    """One notice and what is promised about it."""
    with door.app.app_context():
        notice = queries.notice(reference)
        shown = {
            **row(notice),
            "type": notice.type,
            "materiality": notice.materiality,
            "what": notice.what,
            "why": notice.why,
            "impact": notice.impact,
            "decision": notice.decision,
            "short_notice_reason": notice.short_notice_reason,
            "class_words": PROMISES[notice.class_].words,
            **derivation(notice),
            "scope": notice.scope,
            "brief": notice.brief,
            "driver": notice.driver,
            "alternatives": notice.alternatives,
            "contact": notice.contact,
        }
    if json_:
        click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    for key, value in shown.items():
        click.echo(f"{key.replace('_', ' ')}: {for_people(value)}")


def for_people(value: Any) -> str:
    """A value of any shape on one line."""
    if isinstance(value, dict):
        return "; ".join(f"{k.replace('_', ' ')}: {for_people(v)}" for k, v in value.items()) or "–"
    if isinstance(value, list):
        return ", ".join(for_people(each) for each in value) or "–"
    return "–" if value in (None, "") else str(value)


def derivation(notice: ChangeNotice) -> dict[str, Any]:
    """The rows of the truth table that fit, the first of which is the table's class; a class that
    was chosen against it; and whose promise it is."""
    rows = rows_of(notice)
    held = notice.policy or {}
    return {
        "class_by_table": next(iter(rows)),
        "class_reasons": [f"{class_}: {why}" for class_, why in rows.items()],
        "class_chosen_because": notice.override_reason,
        "promise": held.get("rule") or PROMISES[notice.class_].rule,
    }


@notices.command("new")
@click.option(
    "--from", "file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@pass_door
def new_notice(door: Door, file: Path) -> None:
    """A draft from a YAML file with one entry of the catalogue's notices: shape."""
    entry = read_entry(file)
    with door.app.app_context(), unit():
        notice = write(entry, now=door.now())
        click.echo(notice.reference)


@notices.command("submit")
@click.argument("reference")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@pass_door
def submit(door: Door, reference: str, by_: str) -> None:
    """Ask for approval."""
    with door.app.app_context(), unit():
        notice, person = queries.notice(reference), known(by_)
        submit_notice(notice, author=person, by=door.by(person), now=door.now())
        click.echo(f"{notice.reference} waits for approval.")


@notices.command("approve")
@click.argument("reference")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@pass_door
def approve(door: Door, reference: str, by_: str) -> None:
    """Approve a submitted notice."""
    with door.app.app_context(), unit():
        notice, person = queries.notice(reference), known(by_)
        approve_notice(notice, approver=person, by=door.by(person), now=door.now())
        click.echo(f"{notice.reference} is approved.")


@notices.command("publish")
@click.argument("reference")
@click.option("--by", "by_", required=True, metavar="EMAIL")
@click.option("--short-notice-reason", default="", metavar="TEXT", help="Public; said in full.")
@click.option("--approved-by", metavar="EMAIL", help="The Head of Profession who agreed.")
@pass_door
def publish(
    door: Door, reference: str, by_: str, short_notice_reason: str, approved_by: str | None
) -> None:
    """Announce an approved notice to everybody whom it concerns."""
    with door.app.app_context(), unit():
        notice, person = queries.notice(reference), known(by_)
        publish_notice(
            notice,
            by=door.by(person),
            now=door.now(),
            short_notice_reason=short_notice_reason,
            approved_by=known(approved_by) if approved_by else None,
        )
        days = f"{notice.lead_days} days ahead" if notice.lead_days is not None else "date to come"
        click.echo(f"{notice.reference} is public: {days}, verdict {notice.verdict or 'open'}.")
