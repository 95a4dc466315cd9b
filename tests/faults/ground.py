"""An installation for one fault: a database, its people, a Send that is due, and real workers.

What waits for a retry waits 30 to 60 seconds by rule. Nobody's clock is changed: the harness sets
``retry.next_at`` of rows that nobody has in hand to now, which is what a minute would have done.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, select, update

from notifier import clock
from notifier.app import create_app
from notifier.cli import run
from notifier.delivery.rules import LEASE
from notifier.sends.models import Retry, Send
from notifier.settings import load
from notifier.store.db import db, session
from tests.conftest import Databases
from tests.makers import PEPPER

ROOT = Path(__file__).parents[2]
REFERENCE = "fine particles"


@dataclass
class Ground:
    """``url`` is of a database with ``people`` who all are to be told of one thing now."""

    databases: Databases
    kind: str
    url: str
    folder: Path
    people: int
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    mail_url: str = "outbox:"
    hastened: set[tuple[int, int]] = field(default_factory=set)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("NOTIFIER_")}
        own = {
            "NOTIFIER_INSTANCE": str(self.instance),
            "NOTIFIER_DATABASE_URL": self.url,
            "NOTIFIER_SECRET_KEY": "the key of the faults, which is long enough",
            "NOTIFIER_SUPPRESSION_PEPPER": PEPPER,
            "NOTIFIER_MAIL_URL": self.mail_url,
            "PYTHONPATH": str(ROOT),
        }
        return {**kept, **own, **more}

    # What a person does

    @cached_property
    def app(self) -> Flask:
        return create_app(load(self.environment()), now=clock.now)

    def cli(self, *arguments: str) -> str:
        """Run ``notifier`` in this process; what it printed. It must succeed."""
        with contextlib.redirect_stdout(io.StringIO()) as said, patched(self.environment()):
            status = run(lambda *_, **__: self.app, list(arguments), now=clock.now)
        assert status == 0, (arguments, said.getvalue())
        return said.getvalue()

    # Workers

    def worker(self, processes: int = 1, **more: str) -> subprocess.Popen[bytes]:
        """``python -m notifier worker``; with several processes a parent that keeps them alive."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "notifier", "worker", "--processes", str(processes)],
                env=self.environment(**more),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def end(self, *processes: subprocess.Popen[bytes]) -> float:
        """SIGTERM; the seconds until they had ended, politely."""
        since = time.monotonic()
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            assert process.wait(60) == 0
        return time.monotonic() - since

    # The ledger

    @cached_property
    def engine(self) -> Engine:
        return create_engine(self.url.replace("postgresql:", "postgresql+psycopg:", 1))

    def send(self) -> dict[str, Any]:
        """The Send that everybody is to get."""
        query = select(Send.__table__).where(Send.stage == "announce", Send.receivers.is_not(None))
        with self.engine.connect() as connection:
            return dict(connection.execute(query).mappings().one())

    def hasten(self) -> None:
        """Let the waits of those pass who are to be tried again, but for whom somebody has in hand.

        A claim's time is at most a lease away, and only who was hastened can be claimed so soon.
        """
        now = clock.now()
        with self.engine.connect() as connection:
            rows = connection.execute(select(Retry.send_id, Retry.subscriber_id, Retry.next_at))
            waiting = [
                (send_id, person, at)
                for send_id, person, at in rows
                if at > now + LEASE or (at > now and (send_id, person) not in self.hastened)
            ]
        if not waiting:
            return
        writing = {"notifier_write": True}
        with self.engine.connect().execution_options(**writing) as connection:
            for send_id, person, at in waiting:
                key = Retry.send_id == send_id, Retry.subscriber_id == person
                connection.execute(
                    update(Retry).where(*key, Retry.next_at == at).values(next_at=now)
                )
                self.hastened.add((send_id, person))
                if self.kind == "postgresql":
                    connection.commit()  # to hold several rows at once would make deadlocks
            connection.commit()

    def until(
        self, done: Callable[[], bool], seconds: float = 120, *, hasten: bool = False
    ) -> None:
        end, next_look = time.monotonic() + seconds, 0.0
        while not done():
            assert time.monotonic() < end, f"not in {seconds} s: {self.send()}\n{self.words()}"
            if hasten and time.monotonic() > next_look:
                with contextlib.suppress(Exception):  # a database that is away is what we test
                    self.hasten()
                next_look = time.monotonic() + 0.5
            time.sleep(0.01)

    def until_done(self, seconds: float = 180) -> None:
        next_look = 0.0

        def done() -> bool:
            nonlocal next_look
            if time.monotonic() < next_look:
                return False
            next_look = time.monotonic() + 0.2
            with contextlib.suppress(Exception):
                return bool(self.send()["state"] == "done")
            return False

        self.until(done, seconds, hasten=True)

    def words(self) -> str:
        """The last that the workers said."""
        log = self.folder / "log"
        return log.read_text()[-5000:] if log.exists() else ""

    def moved_to(self, path: Path) -> None:
        """Another place for the SQLite database; before anything has opened it."""
        shutil.copyfile(make_url(self.url).database or "", path)
        self.url = f"sqlite:///{path}"

    def leave(self) -> None:
        """End what still runs; let go of the database."""
        for process in self.started:
            for pid in (*children(process.pid), process.pid):
                with contextlib.suppress(ProcessLookupError):
                    if process.poll() is None or pid != process.pid:
                        os.kill(pid, signal.SIGKILL)
            process.wait(10)
        if "app" in self.__dict__:
            with self.app.app_context():
                session.remove()
                db.engine.dispose()
        self.engine.dispose()


def children(pid: int) -> list[int]:
    """Of all threads: the one that keeps workers alive is not the first."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in task.read_text().split()]
    return found


@contextlib.contextmanager
def patched(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def prepared(databases: Databases, kind: str, people: int, folder: Path) -> str:
    """The name of a template in which so many are to be told of a change now; made once."""
    name = f"faults{people}"
    if name in databases.made[kind]:
        return name
    folder.mkdir(parents=True)
    ground = Ground(databases, kind, databases.create(kind, "loaded"), folder, people)
    listing = folder / "people.csv"
    rows = (f"p{n}@example.org,academic,air-quality,2026-01-15\n" for n in range(people))
    listing.write_text("email,user_type,topics,confirmed_at\n" + "".join(rows), "utf-8")
    ground.cli("subscribers", "import", str(listing), "--consent", "I agree.")
    ground.cli("worker", "--drain")  # the year's releases, the first reminders: to the outbox
    announce(ground)
    ground.leave()
    databases.keep(kind, name, ground.url)
    return name


def announce(ground: Ground) -> None:
    rows = json.loads(ground.cli("notices", "list", "--json"))
    reference = next(row["reference"] for row in rows if REFERENCE in row["headline"])
    ground.cli("notices", "submit", reference, "--by", "alice@example.org")
    ground.cli("notices", "approve", reference, "--by", "hana@example.org")
    ground.cli("notices", "publish", reference, "--by", "alice@example.org")


@contextlib.contextmanager
def ground(databases: Databases, kind: str, people: int, folder: Path) -> Iterator[Ground]:
    """A fresh copy of the prepared database, for one fault."""
    name = prepared(databases, kind, people, folder / f"template-{kind}-{people}")
    own = folder / "ground"
    own.mkdir(exist_ok=True)
    url = databases.create(kind, name)
    made = Ground(databases, kind, url, own, people)
    try:
        yield made
    finally:
        made.leave()
        databases.drop(url)
