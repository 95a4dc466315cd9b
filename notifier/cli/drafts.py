"""Commands on a notice before it is public: edit its words, give it back to its author."""

from __future__ import annotations

from pathlib import Path

import click

from notifier.cli.content import read_entry
from notifier.cli.door import Door, pass_door
from notifier.cli.notice_rows import acting, done
from notifier.cli.notices import notices
from notifier.cli.options import by_option, file_option, json_option, reference_argument
from notifier.notices.edit import edit
from notifier.notices.give_back import give_back


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``notices``."""


@notices.command("return")
@reference_argument
@click.option("--reason", required=True, metavar="TEXT", help="What is to be changed.")
@by_option
@json_option
@pass_door
def return_notice(door: Door, reference: str, reason: str, by_: str) -> None:
    """Give a submitted or approved notice back to its author: it is a draft again."""
    with door.unit():
        notice, person, by = acting(door, reference, by_)
        give_back(notice, reason=reason, person=person, by=by, now=door.now())
        done(door, notice, f"{notice.reference} is a draft again.")


@notices.command("edit")
@reference_argument
@file_option
@by_option
@json_option
@pass_door
def edit_notice(door: Door, reference: str, file: Path, by_: str) -> None:
    """Change a notice that is not public, from a YAML file with its whole entry."""
    entry = read_entry(file)
    with door.unit():
        notice, person, by = acting(door, reference, by_)
        was = notice.state
        edit(notice, entry, person=person, by=by, now=door.now())
        again = "" if was == "draft" else " again; submit it for approval"
        done(door, notice, f"{notice.reference} is changed. It is a draft{again}.")
