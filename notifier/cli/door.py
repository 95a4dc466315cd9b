"""What each command is given: the app, the clock, who asks, and how to print."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import click
from flask import Flask

from notifier.accounts.models import Staff
from notifier.clock import Now, Sleep, sleep
from notifier.settings import Settings, load
from notifier.store.db import db
from notifier.store.history import By
from notifier.store.schema import require_current

Build = Callable[..., Flask]


@dataclass
class Door:
    """The command line as a door: trust is the operating system's, and history says so."""

    build: Build
    clock: Now
    sleep: Sleep = sleep

    @cached_property
    def settings(self) -> Settings:
        return load()

    @cached_property
    def bare_app(self) -> Flask:
        """The app on whatever schema there is: for migrate and the doctor."""
        return self.build(self.settings, now=self.clock)

    @cached_property
    def app(self) -> Flask:
        """The app on this program's schema or a newer one. Raises Refused on an older one."""
        with self.bare_app.app_context():
            require_current(db.engine)
        return self.bare_app

    def now(self) -> datetime:
        return self.clock()

    def by(self, person: Staff | None = None) -> By:
        """The actor: asserted here, by this user of the operating system."""
        return By(
            "asserted",
            staff_id=person.id if person else None,
            name=person.email if person else "",
            os_user=os_user(),
        )


def os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


pass_door = click.pass_obj

NUMBER = click.IntRange(1, 2**31 - 1)  # what a key of the database can be

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON.")


def show(rows: Sequence[Mapping[str, Any]], *, columns: Sequence[str], json_: bool) -> None:
    """Print rows as a table of the named columns, or all of them as JSON."""
    if json_:
        click.echo(json.dumps(list(rows), ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("Nothing to show.")
        return
    cells = [[text(row.get(column)) for column in columns] for row in rows]
    heads = [column.replace("_", " ") for column in columns]
    widths = [max(len(r[i]) for r in [heads, *cells]) for i in range(len(columns))]
    for line in [heads, *cells]:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    shown = str(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def instant(value: datetime | None) -> str | None:
    """ISO 8601 in UTC: 2026-11-23T09:30:00Z."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
