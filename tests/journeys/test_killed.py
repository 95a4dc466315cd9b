"""A worker that is killed, again and again: everybody gets it, and hardly anybody twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.journeys.taking import Taken, taking
from tests.journeys.world import World
from tests.makers import on_sqlite

ROOT = Path(__file__).parents[2]
PEOPLE, KILLS, PROCESSES, CONNECTIONS = 2000, 5, 2, 4


def drains() -> subprocess.Popen[bytes]:
    """Two processes in a group of their own, so that one signal kills both."""
    return subprocess.Popen(
        [sys.executable, "-m", "notifier", "worker", "--drain", "--processes", str(PROCESSES)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kill_after(taken: Taken, more: int) -> None:
    """Kill the workers once the server took so many more; a message is in flight somewhere."""
    process, before, end = drains(), taken.count, time.monotonic() + 60
    while taken.count < before + more:
        assert process.poll() is None, "it was not to end yet"
        assert time.monotonic() < end
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def announced(world: World) -> str:
    """The reference of a change that many are to be told of now."""
    world.clock.instant = datetime.now(UTC)
    world.begin()
    listing = world.folder / "people.csv"
    rows = (f"p{n}@example.org,academic,air-quality,2026-01-15\n" for n in range(PEOPLE))
    listing.write_text("email,user_type,topics,confirmed_at\n" + "".join(rows), "utf-8")
    world.done("subscribers", "import", str(listing), "--consent", "I agree.")
    world.drain()
    return world.announces("fine particles")


def everybody_has_it(world: World, reference: str, taken: Taken, *, most: int) -> None:
    """Each once, but for ``most`` copies that are the same message."""
    told = world.sends(reference)["announce"]
    copies = {email: ids for email, ids in taken.ids.items() if email.startswith("p")}
    assert (told["state"], told["accepted"], told["pending"]) == ("done", PEOPLE, 0)
    assert len(copies) == PEOPLE, "lost"
    doubled = sum(len(ids) - 1 for ids in copies.values())
    assert doubled <= most, f"{doubled} doubled"
    assert all(len(set(ids)) == 1 for ids in copies.values()), "a copy has the same Message-ID"


def test_kill_9_loses_nobody_and_doubles_hardly_anybody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice, reference = random.Random(1), announced(world)
    with taking() as (taken, port):
        url = f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}"
        monkeypatch.setenv("NOTIFIER_MAIL_URL", url)
        for _ in range(KILLS):
            kill_after(taken, dice.randint(20, PEOPLE // (KILLS + 2)))
        assert drains().wait(120) == 0
    everybody_has_it(world, reference, taken, most=KILLS * PROCESSES * CONNECTIONS)
    assert max(map(len, taken.ids.values())) <= 1 + KILLS


@on_sqlite
def test_what_one_of_two_processes_had_is_done_by_the_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = announced(world)
    with taking() as (taken, port):
        url = f"smtp://127.0.0.1:{port}?connections={CONNECTIONS}"
        monkeypatch.setenv("NOTIFIER_MAIL_URL", url)
        process, end = drains(), time.monotonic() + 60
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (taken.count > 100 and children.read_text().split()):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.002)
        os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
        assert process.wait(120) == 0
    everybody_has_it(world, reference, taken, most=CONNECTIONS)
