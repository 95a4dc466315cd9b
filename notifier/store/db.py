"""The database handle, the type for instants, and ``unit()``: the only place that commits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    Time,
    TypeDecorator,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session, registry

PATIENCE, PYTHONS_PATIENCE = 60_000, 5000  # ms for which a connection to SQLite waits for a lock
# KiB of pages that a connection to SQLite keeps. A worker walks its tables once: with 32 MB it took
# as long for 40,000 messages, and was 12 MB larger.
CACHE = 4000


class Instant(TypeDecorator[datetime]):
    """A point in time: aware in Python, UTC in the database. SQLite would give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Declarative(DeclarativeBase):
    """Base of every table. The type map sits on the registry, as Flask-SQLAlchemy 3.1 wants."""

    registry = registry(
        type_annotation_map={
            datetime: Instant,
            date: Date,
            time: Time,
            str: String,
            dict[str, Any]: JSON(none_as_null=True),
            list[Any]: JSON(none_as_null=True),
        }
    )
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Declarative)
session = db.session

if TYPE_CHECKING:
    Base = Declarative  # mypy rejects the dynamic db.Model
else:
    Base = db.Model


@contextmanager
def unit() -> Iterator[Session]:
    """One unit of work: everything inside is committed together, or nothing is.

    SQLite takes the write lock at the start (BEGIN IMMEDIATE): a transaction that reads first and
    writes later could not wait for a lock and would fail at once.
    """
    session.rollback()  # what was only read before must not be taken for the truth now
    try:
        session.connection(execution_options={"notifier_write": True})
        yield session()
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def tried(*, keep: bool) -> Iterator[None]:
    """Work inside a unit of work that is kept, or taken back at once; both take as long."""
    with session.begin_nested() as attempt:
        yield
        session.flush()
        if not keep:
            attempt.rollback()


@contextmanager
def look() -> Iterator[Session]:
    """One look at what is true now; nothing is kept. It takes no write lock of SQLite: what is
    looked at every two seconds neither waits for a writer nor makes one wait."""
    session.rollback()
    try:
        yield session()
    finally:
        session.rollback()


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, record: Any) -> None:
    """Pragmas of each SQLite connection. FULL: what was acknowledged survives a power cut."""
    if type(connection).__module__.split(".")[0] != "sqlite3":
        return
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    if cursor.execute("PRAGMA busy_timeout").fetchone() == (PYTHONS_PATIENCE,):
        cursor.execute(f"PRAGMA busy_timeout={PATIENCE}")  # the URL may say: ?timeout=SECONDS
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"cache_size=-{CACHE}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        write = connection.get_execution_options().get("notifier_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def truncate_wal() -> None:
    """Make SQLite forget the pages that an erasure has overwritten: they linger in the WAL."""
    session.rollback()
    engine = db.engine
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # type: ignore[union-attr]
