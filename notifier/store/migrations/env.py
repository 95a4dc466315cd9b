"""Alembic's entry: runs migrations on the app's own engine."""

from __future__ import annotations

from typing import Literal

from alembic import context
from flask import current_app

from notifier.store.db import Instant

database = current_app.extensions["migrate"].db


def render_item(kind: str, item: object, _: object) -> str | Literal[False]:
    """A migration must not import the program it migrates: Instant is a plain DateTime there."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """The queue's tables belong to Huey."""
    return not (kind == "table" and str(name).startswith("queue_"))


def run() -> None:
    """Run the migrations, all in one transaction.

    SQLite takes a column away by making its table anew: keys that point to it are not looked at
    meanwhile, which can only be said outside of a transaction, and are all looked at before the
    commit.
    """
    arguments = current_app.extensions["migrate"].configure_args
    with database.engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        raw = connection.connection.driver_connection
        if sqlite:
            raw.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            include_name=is_ours,
            render_item=render_item,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := raw.execute("PRAGMA foreign_key_check").fetchone()):
                raise RuntimeError(f"A migration left a row of {broken[0]} without its parent.")
        if sqlite:
            raw.execute("PRAGMA foreign_keys=ON")


run()
