"""Whether the database is as new as the program. Alembic, which changes it, is not asked: it would
take 11 MB and 60 ms of every command.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Engine, inspect, text

from notifier.errors import Refused

FOLDER = Path(__file__).parent / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """All that this program knows, oldest first: a migration's file begins with its revision."""
    return tuple(sorted(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*_*.py")))


def head() -> str:
    """The revision that this program was written for."""
    return revisions()[-1]


def current(engine: Engine) -> str:
    """The revision of the database, "" when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return ""
        return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def require_current(engine: Engine) -> None:
    """Refuse to run on an older schema.

    A newer one is welcome: migrations expand first and contract a release later, so that two
    machines can be upgraded one after the other.
    """
    found = current(engine)
    if found != head() and (not found or found in revisions()):
        raise Refused("The database is older than this program; run: bin/notifier migrate.")
