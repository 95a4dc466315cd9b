"""What each command is given: the app, the clock, who asks, and how to print."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import click
from flask import Flask

from notifier.accounts.models import Staff
from notifier.cli.terminal import escaped, harmless, one_line
from notifier.clock import Now, Sleep, sleep
from notifier.settings import Settings, load
from notifier.store.db import db, session, unit
from notifier.store.history import By
from notifier.store.schema import require_current

Build = Callable[..., Flask]


@dataclass
class Door:
    """The command line as a door: trust is the operating system's, and history says so."""

    build: Build
    clock: Now
    sleep: Sleep = sleep
    alone: bool = False  # nothing else is done in this process
    json: bool = False  # what --json asks for
    answer: str = ""  # of a verb whose unit of work is not committed yet

    @cached_property
    def settings(self) -> Settings:
        return load()

    @cached_property
    def bare_app(self) -> Flask:
        """The whole app on whatever schema there is: for migrate and the doctor."""
        return self.build(self.settings, now=self.clock)

    @cached_property
    def app(self) -> Flask:
        """The app without pages, on this program's schema or a newer one.

        Raises Refused on an older one.
        """
        return current(self.build(self.settings, now=self.clock, web=False))

    @cached_property
    def site(self) -> Flask:
        """The app with its pages; raises as ``app`` does."""
        return current(self.bare_app)

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

    @contextmanager
    def unit(self) -> Iterator[None]:
        """One unit of work in the app. What ``done`` was told is printed once it is committed."""
        with self.app.app_context(), unit():
            yield
        if self.answer:
            click.echo(self.answer)

    def done(self, sentence: str, shape: Callable[[], Any]) -> None:
        """Finish a verb inside its unit: a sentence for people; with --json the thing as it is."""
        self.answer = sentence
        if self.json:
            session.flush()  # defaults and numbers are known from here on
            self.answer = as_text(shape())

    def show(self, rows: Sequence[Mapping[str, Any]], *columns: str) -> None:
        """Print rows as a table of the named columns, or all of them as JSON."""
        if self.json:
            click.echo(as_text(rows))
        elif not rows:
            click.echo("Nothing to show.")
        else:
            click.echo(table(rows, columns))

    def facts(self, thing: Mapping[str, Any]) -> None:
        """Print one thing, a line for each key, or as JSON."""
        if self.json:
            click.echo(as_text(thing))
            return
        for key, value in thing.items():
            # What goes on under the first line is set in: it must not look like another key.
            said = harmless(in_words(value)).replace("\n", "\n  ")
            click.echo(f"{key.replace('_', ' ')}: {said}")


def current(app: Flask) -> Flask:
    with app.app_context():
        require_current(db.engine)
    return app


def os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


pass_door = click.pass_obj

NUMBER = click.IntRange(1, 2**31 - 1)  # what a key of the database can be


def as_text(value: Any) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, indent=2))


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    cells = [[text(row.get(column)) for column in columns] for row in rows]
    heads = [column.replace("_", " ") for column in columns]
    widths = [max(len(r[i]) for r in [heads, *cells]) for i in range(len(columns))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [heads, *cells]
    )


def text(value: Any) -> str:
    """A value in a cell: at most 60 characters, nothing for what is empty."""
    shown = "" if value in ("", [], ()) else one_line(in_words(value))
    return shown if len(shown) <= 60 else shown[:59] + "…"


def in_words(value: Any) -> str:
    """A value of any shape."""
    if isinstance(value, Mapping):
        return "; ".join(f"{k.replace('_', ' ')}: {in_words(v)}" for k, v in value.items()) or "–"
    if isinstance(value, list | tuple):
        return ", ".join(in_words(each) for each in value) or "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "–" if value in (None, "") else str(value)


def instant(value: datetime | None) -> str | None:
    """ISO 8601 in UTC: 2026-11-23T09:30:00Z."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if value else None
