"""Commands about change notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import (
    by_option,
    file_option,
    hop_option,
    json_option,
    reference_argument,
    short_notice_option,
)
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
from notifier.sends.models import Send


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
@json_option
@pass_door
def list_notices(door: Door, state: str | None) -> None:
    """All notices."""
    with door.app.app_context():
        rows = [row(notice) for notice in queries.every(state)]
    door.show(rows, "reference", "state", "publish_by", "lead_days", "verdict", "headline")


@notices.command("show")
@reference_argument
@json_option
@pass_door
def show_notice(door: Door, reference: str) -> None:
    """One notice and what is promised about it."""
    with door.app.app_context():
        found = shown(queries.notice(reference))
    door.facts(found)


def shown(notice: ChangeNotice) -> dict[str, Any]:
    """All that `show` tells of a notice."""
    return {
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


def done(door: Door, notice: ChangeNotice, sentence: str, *, send: Send | None = None) -> None:
    """Finish a verb: the sentence and who is told by which send, or the notice as it is now."""
    told = {"send": send.id} if send else {}
    if send:
        sentence += f" Those whom it concerns are told by send {send.id}."
    door.done(sentence, lambda: {**shown(notice), **told})


@notices.command("new")
@file_option
@json_option
@pass_door
def new_notice(door: Door, file: Path) -> None:
    """A draft from a YAML file with one entry of the catalogue's notices: shape."""
    entry = read_entry(file)
    with door.unit():
        notice = write(entry, now=door.now())
        done(door, notice, notice.reference)


@notices.command("submit")
@reference_argument
@by_option
@json_option
@pass_door
def submit(door: Door, reference: str, by_: str) -> None:
    """Ask for approval."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        submit_notice(notice, author=person, by=door.by(person), now=door.now())
        done(door, notice, f"{notice.reference} waits for approval.")


@notices.command("approve")
@reference_argument
@by_option
@json_option
@pass_door
def approve(door: Door, reference: str, by_: str) -> None:
    """Approve a submitted notice."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        approve_notice(notice, approver=person, by=door.by(person), now=door.now())
        done(door, notice, f"{notice.reference} is approved.")


@notices.command("publish")
@reference_argument
@by_option
@short_notice_option
@hop_option
@json_option
@pass_door
def publish(
    door: Door, reference: str, by_: str, short_notice_reason: str, approved_by: str | None
) -> None:
    """Announce an approved notice to everybody whom it concerns."""
    with door.unit():
        notice, person = queries.notice(reference), known(by_)
        publish_notice(
            notice,
            by=door.by(person),
            now=door.now(),
            short_notice_reason=short_notice_reason,
            approved_by=known(approved_by) if approved_by else None,
        )
        days = f"{notice.lead_days} days ahead" if notice.lead_days is not None else "date to come"
        verdict = notice.verdict or "open"
        done(door, notice, f"{notice.reference} is public: {days}, verdict {verdict}.")
