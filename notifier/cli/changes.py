"""Commands on a change that is public: revise its words, decide it, say its size, hold it."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.accounts.people import known
from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.notice_rows import acting, day, done, said
from notifier.cli.notices import notices
from notifier.cli.options import (
    by_option,
    file_option,
    hop_option,
    json_option,
    reason_option,
    reference_argument,
    short_notice_option,
)
from notifier.notices import learn, pause, revise


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


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
