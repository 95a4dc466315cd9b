"""Runs a command and says what it cost, from process start to exit; prints rows of a table."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1800.0  # seconds; a command that takes longer is ended


class Cost(NamedTuple):
    """``seconds`` on the wall, ``cpu`` seconds and ``peak`` memory (MB) of a process and of those
    children that it waited for."""

    seconds: float
    cpu: float
    peak: float
    output: str


class Row(NamedTuple):
    """One line of the table; ``how`` says what was measured, in words."""

    what: str
    result: str
    database: str
    how: str


def run(command: Sequence[str | Path], environment: Mapping[str, str], *, cwd: Path = ROOT) -> Cost:
    """Run to the end. Exits with the command's last words when it fails."""
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complained,
        )
        guard = Timer(LONGEST, process.kill)
        guard.daemon = True
        guard.start()
        # The peak holds this process's own memory too, until exec; so it imports little.
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        guard.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        output, words = (_text(file) for file in (said, complained))
    if process.returncode:
        named = " ".join(str(word) for word in command)
        last = (words or output).strip().splitlines()[-1:] or ["it said nothing"]
        sys.exit(f"{named} ended with {process.returncode}: {last[0]}")
    cpu = used.ru_utime + used.ru_stime
    return Cost(seconds, cpu, used.ru_maxrss / 1024, output)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def heading(title: str) -> str:
    """When and on what; numbers without that mean little."""
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{title}\n{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · Python {platform.python_version()} · "
        f"{os.cpu_count()} cores · {platform.machine()} · load before {load}\n"
        "Each time runs from process start to exit; nothing is thrown away as warm-up."
    )


def table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    cells = [Row("what", "result", "database", "how it was measured"), *rows]
    widths = [max(len(row[place]) for row in cells) for place in range(3)]
    lines = [
        "  ".join([*(row[place].ljust(widths[place]) for place in range(3)), row.how])
        for row in cells
    ]
    return "\n".join(lines)
