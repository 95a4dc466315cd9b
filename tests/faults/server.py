"""Runs the misbehaving mail server beside the workers, and reads what it took."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SINK = Path(__file__).with_name("sink.py")


class Taken(NamedTuple):
    """One copy of a message: when it was taken, whether its reply was written."""

    at: float  # seconds, time.monotonic
    told: bool
    message_id: str


class Sink:
    """Where it listens, and its file."""

    def __init__(self, port: int, file: Path) -> None:
        self.port, self.file = port, file

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?connections={CONNECTIONS}"

    def lines(self) -> list[tuple[float, str, str, str]]:
        if not self.file.exists():
            return []
        rows = (line.split() for line in self.file.read_text().splitlines())
        return [(float(at), fate, to, message_id) for at, fate, to, message_id in rows]

    @property
    def count(self) -> int:
        """Messages that it took, cheaply: by the file's size."""
        return self.file.stat().st_size // LINE if self.file.exists() else 0

    def copies(self) -> dict[str, list[Taken]]:
        """By recipient, in the order in which they were taken."""
        found: dict[str, list[Taken]] = defaultdict(list)
        for at, fate, to, message_id in self.lines():
            if fate in ("told", "lost"):
                found[to].append(Taken(at, fate == "told", message_id))
        return found

    def refused(self) -> set[str]:
        return {to for _, fate, to, _ in self.lines() if fate == "refused"}


CONNECTIONS = 4
LINE = 90  # octets of a line, about: enough to say when to kill


@contextmanager
def serving(folder: Path, *, seed: int = 1, **manners: float) -> Iterator[Sink]:
    """The server with these bad manners (``sink.Manners``), until the end of the block."""
    sink = Sink(free_port(), folder / "taken.txt")
    given = [f"{name}={value}" for name, value in manners.items()]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", SINK, str(sink.port), sink.file, str(seed), *given]
    )
    try:
        wait_for(sink.port)
        yield sink
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("the mail server did not start")
