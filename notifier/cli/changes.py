"""Commands on a change that is public: revise, hold, decide, end; and what is owed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from notifier.accounts.models import Staff
from notifier.accounts.people import known, must_belong
from notifier.catalogue.document import when
from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.notices import done, notices, row
from notifier.cli.options import (
    approved_option,
    by_option,
    file_option,
    hop_option,
    json_option,
    reason_option,
    reference_argument,
    short_notice_option,
)
from notifier.clock import SEND_TIME, at_london, london_date
from notifier.notices import end, late, learn, pause, queries, revise
from notifier.notices.approve import deciders
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import owed as what_is_owed
from notifier.sends.models import Send
from notifier.store.history import By


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


def acting(door: Door, reference: str, email: str) -> tuple[ChangeNotice, Staff, By]:
    """The notice, who acts, and the proof that they belong to its team."""
    notice, person = queries.notice(reference), known(email)
    by = door.by(person)
    must_belong(by, team_ids=deciders(notice), what=notice.reference)
    return notice, person, by


def day(door: Door, text: str) -> date:
    return when("the date", text, london_date(door.now()))[0]


def said(door: Door, notice: ChangeNotice, send: Send | None) -> None:
    state = notice.state.replace("_", " ")
    done(door, notice, f"{notice.reference} is {state}.", send=send)


@notices.command("revise")
@reference_argument
@file_option
@click.option("--summary", required=True, metavar="TEXT", help="Public: what changed.")
@click.option("--editorial", is_flag=True, help="Wording only: logged, nobody is told.")
@short_notice_option
@hop_option
@by_option
@json_option
@pass_door
def revise_notice(
    door: Door,
    reference: str,
    file: Path,
    summary: str,
    editorial: bool,
    short_notice_reason: str,
    approved_by: str | None,
    by_: str,
) -> None:
    """Edit a public notice from a YAML file with its whole entry."""
    entry = read_entry(file)
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        revise.revise(
            notice,
            entry,
            summary=summary,
            editorial=editorial,
            by=by,
            now=door.now(),
            short_notice_reason=short_notice_reason,
            approved_by=known(approved_by) if approved_by else None,
        )
        done(door, notice, f"{notice.reference} is revision {notice.revision}.")


@notices.command("hold")
@reference_argument
@reason_option
@click.option("--next-update", required=True, metavar="DATE")
@by_option
@json_option
@pass_door
def hold(door: Door, reference: str, reason: str, next_update: str, by_: str) -> None:
    """Stop the clock; users hear why and when there will be news."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        send = pause.hold(
            notice, reason=reason, next_update=day(door, next_update), by=by, now=door.now()
        )
        said(door, notice, send)


@notices.command("resume")
@reference_argument
@by_option
@json_option
@pass_door
def resume(door: Door, reference: str, by_: str) -> None:
    """Go on with a notice that was on hold."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        said(door, notice, pause.resume(notice, by=by, now=door.now()))


@notices.command("decide")
@reference_argument
@click.option("--summary", required=True, metavar="TEXT", help="What was said, done, and not.")
@short_notice_option
@hop_option
@by_option
@json_option
@pass_door
def decide(
    door: Door,
    reference: str,
    summary: str,
    short_notice_reason: str,
    approved_by: str | None,
    by_: str,
) -> None:
    """Decide a proposal, with the public summary of its consultation."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        send = learn.decide(
            notice,
            summary=summary,
            by=by,
            now=door.now(),
            short_notice_reason=short_notice_reason,
            approved_by=known(approved_by) if approved_by else None,
        )
        said(door, notice, send)


@notices.command("impact")
@reference_argument
@file_option
@by_option
@json_option
@pass_door
def impact(door: Door, reference: str, file: Path, by_: str) -> None:
    """The size is known: a YAML file with the impact: mapping."""
    entry = read_entry(file)
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        send = learn.know_impact(notice, entry.get("impact", entry), by=by, now=door.now())
        said(door, notice, send)


@notices.command("early")
@reference_argument
@reason_option
@by_option
@json_option
@pass_door
def early(door: Door, reference: str, reason: str, by_: str) -> None:
    """It took effect before its day: everybody is told at once."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        said(door, notice, end.early(notice, reason=reason, by=by, now=door.now()))


@notices.command("supersede")
@reference_argument
@click.option("--with", "successor", required=True, metavar="REFERENCE")
@by_option
@json_option
@pass_door
def supersede(door: Door, reference: str, successor: str, by_: str) -> None:
    """Another public notice takes its place."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        after = queries.notice(successor)
        said(door, notice, end.supersede(notice, after, by=by, now=door.now()))


@notices.command("cancel")
@reference_argument
@reason_option
@by_option
@approved_option
@json_option
@pass_door
def cancel(door: Door, reference: str, reason: str, by_: str, approved_by: str) -> None:
    """The change will not happen: everybody who was told hears it."""
    take_back(door, end.cancel, reference, reason, by_, approved_by)


@notices.command("retract")
@reference_argument
@reason_option
@by_option
@approved_option
@json_option
@pass_door
def retract(door: Door, reference: str, reason: str, by_: str, approved_by: str) -> None:
    """It was published in error: taken back, and everybody who got it hears it."""
    take_back(door, end.retract, reference, reason, by_, approved_by)


def take_back(
    door: Door,
    verb: Callable[..., Send | None],
    reference: str,
    reason: str,
    by_: str,
    approved_by: str,
) -> None:
    with door.unit():
        notice, person, by = acting(door, reference, by_)
        two = {"person": person, "approved_by": known(approved_by)}
        said(door, notice, verb(notice, reason=reason, **two, by=by, now=door.now()))


@notices.command("close")
@reference_argument
@click.option("--outcome", required=True, metavar="WORD")
@click.option("--text", required=True, metavar="TEXT")
@by_option
@json_option
@pass_door
def close(door: Door, reference: str, outcome: str, text: str, by_: str) -> None:
    """Say what became of it."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        said(door, notice, end.close(notice, outcome=outcome, text=text, by=by, now=door.now()))


@notices.command("record-late")
@reference_argument
@click.option("--took-effect", required=True, metavar="DATE")
@reason_option
@by_option
@approved_option
@json_option
@pass_door
def record_late(
    door: Door, reference: str, took_effect: str, reason: str, by_: str, approved_by: str
) -> None:
    """Record an approved notice of a change that has happened already; it counts."""
    with door.unit():
        notice, _, by = acting(door, reference, by_)
        took, wall = when("the date", took_effect, london_date(door.now()))
        at = at_london(took, wall or SEND_TIME)
        send = late.record_late(
            notice,
            took_effect_at=min(at, door.now()) if took == london_date(door.now()) else at,
            reason=reason,
            approved_by=known(approved_by),
            by=by,
            now=door.now(),
        )
        said(door, notice, send)


@notices.command("owed")
@json_option
@pass_door
def owed(door: Door) -> None:
    """What must still be said, most urgent first, and who holds it."""
    with door.app.app_context():
        rows: list[dict[str, Any]] = []
        for line in what_is_owed(now=door.now()):
            state = "withheld" if line.what == "release" else "no notice yet"
            base = (
                row(line.notice)
                if line.notice is not None
                else {"reference": None, "headline": None, "state": state}
            )
            if base["headline"] is None and line.release is not None and not door.json:
                base["headline"] = line.release.title
            rows.append(
                {
                    **base,
                    "release": line.release.title if line.release is not None else None,
                    "days_left": line.days_left,
                    "publish_by": line.publish_by.isoformat() if line.publish_by else None,
                    "holder": line.holder,
                }
            )
    door.show(rows, "days_left", "publish_by", "reference", "state", "holder", "headline")
