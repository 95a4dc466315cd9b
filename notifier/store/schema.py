"""Migrations: where they stand, and whether the database is as new as the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import Migrate
from sqlalchemy import Engine

from notifier.errors import Refused

FOLDER = Path(__file__).parent / "migrations"

migrations = Migrate(
    directory=str(FOLDER), render_as_batch=True, compare_type=True, include_schemas=False
)


def script() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


@cache
def head() -> str:
    """The revision that this program was written for."""
    return script().get_current_head() or ""


def current(engine: Engine) -> str:
    """The revision of the database, "" when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def require_current(engine: Engine) -> None:
    """Refuse to run on an older schema.

    A newer one is welcome: migrations expand first and contract a release later, so that two
    machines can be upgraded one after the other.
    """
    found = current(engine)
    if found == head():
        return
    known = {revision.revision for revision in script().walk_revisions()}
    if not found or found in known:
        raise Refused("The database is older than this program; run: bin/notifier migrate.")
