"""Loading a catalogue in a test, and all that the database then holds."""

from __future__ import annotations

from typing import Any

import yaml
from sqlalchemy import inspect, select, text

from notifier.releases.models import Release
from notifier.store.db import db, session, unit
from tests.makers import Clock, load_catalogue


def everything() -> dict[str, list[Any]]:
    """Every row of every table, in order."""
    tables = inspect(db.engine).get_table_names()
    return {
        table: sorted(map(str, session.execute(text(f'SELECT * FROM "{table}"')).all()))  # noqa: S608
        for table in tables
    }


def loads(document: str | None = None, *, clock: Clock) -> dict[str, int]:
    with unit():
        return load_catalogue(document, now=clock())


def release(words: str) -> Release:
    return session.scalars(select(Release).where(Release.title.contains(words))).one()


def as_yaml(document: dict[str, Any]) -> str:
    return yaml.safe_dump(document, allow_unicode=False)
