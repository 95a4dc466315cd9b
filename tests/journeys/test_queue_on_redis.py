"""The queue in a real Redis: it hands the work out, and may die with all that it held."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest

from tests.journeys.taking import taking
from tests.journeys.test_killed import announced, everybody_has_it
from tests.journeys.test_processes import ROOT, free_port, start, until
from tests.journeys.world import World
from tests.makers import on_sqlite

REDIS = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(REDIS is None, reason="Debian's redis-server is not here")
long = pytest.mark.skipif(not os.environ.get("LONG_TESTS"), reason="a minute: LONG_TESTS=1")


def redis_at(port: int) -> subprocess.Popen[bytes]:
    """It keeps nothing on disk: what it holds is gone when it dies."""
    words = [str(REDIS), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL)
    until(lambda: answers(port))
    return process


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@on_sqlite
@needs_redis
@pytest.mark.parametrize("dies_after", [0, pytest.param(100, marks=long)])
def test_a_redis_that_dies_with_its_tasks_costs_nobody_their_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, dies_after: int
) -> None:
    """After none: what is due cannot be handed out. After a hundred: most tasks are lost in it, and
    are handed out again a minute later."""
    port = free_port()
    redis = redis_at(port)
    monkeypatch.setenv("NOTIFIER_QUEUE_URL", f"redis://127.0.0.1:{port}/0")
    reference = announced(world)
    with taking() as (taken, smtp):
        monkeypatch.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{smtp}")
        if not dies_after:
            redis.kill()
            redis.wait(10)
        worker = start("worker")
        try:
            if dies_after:
                until(lambda: taken.count > dies_after)
                redis.kill()
                redis.wait(10)
            else:
                until(lambda: world.sends(reference)["announce"]["state"] == "sending")
            redis = redis_at(port)
            until(lambda: world.sends(reference)["announce"]["state"] == "done", 120)
        finally:
            worker.terminate()
            assert worker.wait(30) == 0
            redis.terminate()
            redis.wait(10)
    everybody_has_it(world, reference, taken, most=0)


@on_sqlite
def test_without_the_package_for_redis_one_sentence_says_what_to_do(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.begin()
    monkeypatch.setenv("NOTIFIER_QUEUE_URL", "redis://127.0.0.1/0")
    words = "import sys; sys.modules['redis'] = None; from notifier.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", words, "worker"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip() == (
        "NOTIFIER_QUEUE_URL names a Redis: install what talks to it, notifier[redis]."
    )
