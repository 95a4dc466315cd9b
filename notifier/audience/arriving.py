"""People on their way into the database: batches as small databases, made beside the one writer.

A batch is a SQLite image. SQLite itself copies from it, five times as fast as rows that Python
binds one by one; and it crosses from one process to another as bytes.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from multiprocessing.connection import Connection
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import text

from notifier.audience.reading import FIELDS, Followed, Row
from notifier.errors import Refused
from notifier.store.db import session

PERSON = ", ".join(FIELDS)
TABLES = (
    f"CREATE TABLE arriving_person (id INTEGER PRIMARY KEY, {PERSON}, hashed)",
    "CREATE TABLE arriving_set (id INTEGER PRIMARY KEY, t0, t1)",
    "CREATE TABLE arriving_follow (set_id, place, topic_id, series_id,"
    " PRIMARY KEY (set_id, place)) WITHOUT ROWID",
)
ENTER = f"INSERT INTO arriving_person ({PERSON}) VALUES (?{', ?' * (len(FIELDS) - 1)})"  # noqa: S608 (no input)
ON_POSTGRESQL = (
    "CREATE TEMP TABLE arriving_person (id integer PRIMARY KEY, number integer, email text,"
    " key text, user_type_id integer, variant smallint, topics integer, kinds integer,"
    " language text, organisation text, name text, confirmed timestamptz, joined integer,"
    " hashed text) ON COMMIT DROP",
    "CREATE TEMP TABLE arriving_set (id integer PRIMARY KEY, t0 bigint, t1 bigint) ON COMMIT DROP",
    "CREATE TEMP TABLE arriving_follow (set_id integer, place integer, topic_id integer,"
    " series_id integer) ON COMMIT DROP",
)


class Batch(NamedTuple):
    """``image`` holds the people who were understood, from id 1 to ``people``."""

    image: bytes
    people: int
    refused: list[tuple[int, str]]


def pack(
    rows: Sequence[Row], sets: Sequence[Followed], hashed: Callable[[str], str] | None
) -> bytes:
    """An image of these people and of the sets of topics that they follow. ``hashed`` makes the
    key under which an address may be suppressed; None where nobody is."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        made.execute("BEGIN")
        for table in TABLES:
            made.execute(table)
        made.executemany(ENTER, rows)
        if hashed is not None:
            made.create_function("hashed", 1, hashed, deterministic=True)
            made.execute("UPDATE arriving_person SET hashed = hashed(key)")
        used = sorted(set(map(itemgetter(FIELDS.index("topics")), rows)))
        made.executemany(
            "INSERT INTO arriving_set VALUES (?, ?, ?)", ((n, *sets[n].masks) for n in used)
        )
        made.executemany(
            "INSERT INTO arriving_follow VALUES (?, ?, ?, ?)",
            ((n, place, *each) for n in used for place, each in enumerate(sets[n].follows)),
        )
        made.execute("COMMIT")
        return made.serialize()


@contextmanager
def room_for_them() -> Iterator[Callable[[bytes, Sequence[int]], int]]:
    """Gives a function that makes a batch's rows readable as ``arriving_…`` in the caller's
    transaction; it returns what must be added to their ids. On PostgreSQL they get ``ids`` one by
    one and nothing is added.
    """
    connection = session.connection()
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        for table in ON_POSTGRESQL:
            session.execute(text(table))
        yield lambda image, ids: copy(raw, image, ids)
        return
    if all(name != "arriving" for _, name, _ in raw.execute("PRAGMA database_list")):
        raw.execute("ATTACH ':memory:' AS arriving")
    try:
        yield lambda image, ids: attach(raw, image, ids)
    finally:
        # It cannot be detached while the transaction holds it; empty, it takes no room.
        raw.deserialize(empty(), name="arriving")


def attach(raw: sqlite3.Connection, image: bytes, ids: Sequence[int]) -> int:
    raw.deserialize(image, name="arriving")
    return ids[0] - 1


def empty() -> bytes:
    return pack([], [], None)


def copy(raw: Any, image: bytes, ids: Sequence[int]) -> int:
    with closing(sqlite3.connect(":memory:")) as kept, raw.cursor() as cursor:
        kept.deserialize(image)
        for table in ("arriving_person", "arriving_set", "arriving_follow"):
            cursor.execute(f"TRUNCATE {table}")
            rows = kept.execute(f"SELECT * FROM {table} ORDER BY 1")  # noqa: S608 (our own names)
            with cursor.copy(f"COPY {table} FROM STDIN") as into:
                for row in rows:
                    if table == "arriving_person":
                        into.write_row((ids[row[0] - 1], *row[1:11], f"{row[11]}+00", *row[12:]))
                    else:
                        into.write_row(row)
    return 0


def beside(batches: Callable[[], Iterator[Batch]]) -> Iterator[Batch]:
    """The same batches, read by a second process while this one writes.

    It is a fork and never touches the database. Where forking is not safe (another system, or a
    process with threads) they are read here.
    """
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        yield from batches()
        return
    system = multiprocessing.get_context("fork")
    here, there = system.Pipe(duplex=False)
    child = system.Process(target=feed, args=(there, here, batches), daemon=True)
    child.start()
    there.close()
    try:
        while (batch := received(here)) is not None:
            yield batch
    finally:
        here.close()
        child.terminate()
        child.join()


def received(here: Connection) -> Batch | None:
    try:
        found = here.recv()
    except EOFError:
        raise Refused(
            "The process that read the file was ended before it was done; nothing was imported. "
            "Try again, or split the file."
        ) from None
    if isinstance(found, Exception):
        raise found
    return found  # type: ignore[no-any-return]


def feed(there: Connection, here: Connection, batches: Callable[[], Iterator[Batch]]) -> None:
    here.close()
    try:
        try:
            for batch in chain(batches(), [None]):
                there.send(batch)
        except (Refused, ValueError) as refusal:  # ValueError: not UTF-8
            there.send(refusal)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)  # nobody reads any more
