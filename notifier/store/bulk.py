"""Many rows at once, past the ORM: with it, an import of 100,000 people took three times as long.

What is appended here has no defaults filled in and is not in the session.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, event, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.store.db import CACHE, Base, Instant, db, session

TOGETHER = 100  # rows in one SQLite statement; measured a third faster than one by one


def append(table: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ``rows``, whose values stand in the order of ``columns`` and as the driver takes them
    (instants by ``stored``). The unit of work is the caller's.
    """
    connection = session.connection()
    into = f"{table.__tablename__} ({', '.join(columns)})"
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    one = f"({', '.join('?' * len(columns))})"
    even = len(rows) - len(rows) % TOGETHER
    many = [
        tuple(chain.from_iterable(rows[start : start + TOGETHER]))
        for start in range(0, even, TOGETHER)
    ]
    for values, parameters in ((", ".join([one] * TOGETHER), many), (one, list(rows[even:]))):
        if parameters:
            statement = f"INSERT INTO {into} VALUES {values}"  # noqa: S608 (our own names)
            connection.exec_driver_sql(statement, parameters)


def stored(instant: datetime) -> Any:
    """An instant as this database's driver takes it."""
    dialect = session.get_bind().dialect
    write = Instant().dialect_impl(dialect).bind_processor(dialect)
    return write(instant) if write else instant


def among(
    column: InstrumentedAttribute[Any], values: Sequence[str] | Sequence[int]
) -> ColumnElement[bool]:
    """Whether ``column`` is one of ``values``, which travel as one parameter: thousands of them
    cost SQLAlchemy more than the database."""
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(list(values), ARRAY(column.type)))
    each = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(each.c.value))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without Python's cyclic collector: rows make no cycles, and it walks through all of them over
    and over, which took a third of an import's time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def many_rows() -> Iterator[None]:
    """Around a unit of work that writes millions of rows whose keys are our own: SQLite does not
    look up each foreign key again (a sixth of an import's time) and keeps more pages in memory.

    It stands outside ``unit()``: within a transaction SQLite ignores the pragma.
    """
    engine = db.engine
    if engine.dialect.name != "sqlite":
        yield
        return

    def begin(connection: Any, *_: Any) -> None:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA cache_size=-64000")

    def end(connection: Any, *_: Any) -> None:
        if connection is not None:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute(f"PRAGMA cache_size=-{CACHE}")

    session.rollback()  # lets go of a connection that is held already
    event.listen(engine, "checkout", begin)
    event.listen(engine, "checkin", end)
    try:
        yield
    finally:
        session.rollback()
        event.remove(engine, "checkout", begin)
        event.remove(engine, "checkin", end)
