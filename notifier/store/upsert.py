"""Insert where nothing stands yet: two workers may write one row at once, and neither must fail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from notifier.store.db import Base, session


def insert_missing(table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Rows whose key stands already stay as they are."""
    session.execute(_insert(table).on_conflict_do_nothing(), list(rows))


def put(table: type[Base], row: dict[str, Any]) -> None:
    """One row, whether its key stands already or not."""
    keys = [column.name for column in table.__table__.primary_key.columns]  # type: ignore[attr-defined]
    rest = {name: value for name, value in row.items() if name not in keys}
    session.execute(
        _insert(table).values(row).on_conflict_do_update(index_elements=keys, set_=rest)
    )


def _insert(table: type[Base]) -> Any:
    dialect = session.get_bind().dialect.name
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
