"""Who is erased stands nowhere any more: not in the database, its files, mail, logs or reports."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from notifier.settings import load
from tests.journeys.test_smtp import Kept, server, wait_until
from tests.journeys.world import World
from tests.makers import ALICE

__all__ = ["server"]

EMAIL = "cleo.bronte-wren@example.org"
TRACES = re.compile(rb"bronte-wren|bronte institute|wren watching", re.I)
ROWS = (
    "email,user_type,topics,frequency,language,organisation,confirmed_at,name\n"
    f"{EMAIL},media,food;waste,,,Bronte Institute,2026-01-15,Cleo Bronte-Wren\n"
    "ok@example.org,media,food,,,,2026-01-15,\n"
    f"media,{EMAIL},food,,,,2026-01-15,\n"
)


def rows_of(url: str) -> Iterator[tuple[str, bytes]]:
    """Every live row of every table, as text."""
    with closing(psycopg.connect(url.replace("+psycopg", ""), autocommit=True)) as connection:
        connection.execute("VACUUM")
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        for (name,) in names:
            for (row,) in connection.execute(b'SELECT t::text FROM "%b" t' % name.encode()):
                yield name, row.encode()


def traces(world: World) -> set[str]:
    """The files and tables in which the person still stands, but for the list that was brought."""
    files = [file for file in world.folder.rglob("*") if file.is_file() and file.stem != "list"]
    url = load().database_url
    found = set()
    if url.startswith("postgresql"):
        found = {name for name, row in rows_of(url) if TRACES.search(row)}
    else:
        kept = Path(make_url(url).database or "")
        files += kept.parent.glob(f"{kept.name}*")
    return found | {file.name for file in files if TRACES.search(file.read_bytes())}


def bounces(world: World) -> Path:
    """A mailbox in which mail about two people has come back, and some could not be read."""
    box = world.folder / "bounces"
    for folder in ("new", "cur", ".Quarantine/new"):
        (box / folder).mkdir(parents=True)
        (box / folder / "1").write_bytes(f"To: <{EMAIL}>\r\n\r\nno such user".encode())
        (box / folder / "2").write_bytes(b"To: jo-ok@example.org\r\n\r\nno such user")
    world.environ.setenv("NOTIFIER_BOUNCE_MAILBOX", f"maildir:{box}")
    return box


def worker(world: World) -> subprocess.Popen[bytes]:
    with (world.folder / "worker.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "notifier", "worker"],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=log,
            stderr=log,
        )


def test_who_is_erased_stands_nowhere_and_no_list_brings_them_back(
    world: World, server: tuple[Kept, int]
) -> None:
    kept, port = server
    world.clock.instant = datetime.now(UTC)
    world.begin()
    box = bounces(world)
    file = world.folder / "list.csv"
    file.write_text(ROWS, "utf-8")
    imported = ("subscribers", "import", str(file), "--consent", "I agree to get mail.", "--json")
    assert world.cli(*imported).json["refused"] == 1, "a shifted row has the address elsewhere"
    world.announces("milk volumes")
    world.signs_up(EMAIL, topics=["water"], user_type="academic")
    world.drain()
    assert world.mails(EMAIL), "there is something in the outbox to forget"
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    world.clock.instant = datetime.now(UTC) - timedelta(minutes=1)  # due for a worker's own clock
    process = worker(world)
    try:
        world.signs_up(EMAIL, topics=["nature"], user_type="academic")
        wait_until(lambda: bool(kept.to(EMAIL, "/confirm/")), 30)
        assert len(traces(world)) >= 3, "the net has no holes"
        said = world.done("subscribers", "forget", EMAIL)
        assert said.startswith("Erased.")
        assert "out of reach" in said
        assert traces(world) == set(), "also while a worker runs"
        again = world.cli(*imported).json
        assert (again["added"], again["already"], again["refused"]) == (0, 1, 2)
        terms = ("--team", "food", "--basis", "consent", "--source", "Our list", "--by", ALICE)
        text = world.folder / "list.txt"
        text.write_text(f"Cleo <{EMAIL}>", "utf-8")
        brought = world.cli("subscribers", "bring", str(text), *terms, "--json").json
        assert (brought["added"], brought["refused"]) == (0, 1)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    world.close()
    assert traces(world) == set()
    assert (box / ".Quarantine/new/2").is_file(), "other people's mail stays"
    assert "Nobody is subscribed" in world.cli("subscribers", "show", EMAIL).err
