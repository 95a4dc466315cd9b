"""How soon a worker is at work when 100,000 mails wait, and what each of its looks costs then.

Run it with the checkout's own Python: .venv/bin/python -m tests.faults.ready [--people N]
[--postgresql]. Ends with 1 when a start took ten seconds or more.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from notifier import clock
from notifier.render.links import site_for
from notifier.store.db import session
from notifier.worker.engine import Engine
from notifier.worker.tick import tick
from tests.conftest import Databases
from tests.faults.ground import Ground, ground
from tests.faults.server import serving

PROMISED = 10.0  # seconds
LOOKS, STARTS = 9, 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL instead of SQLite")
    chosen = parser.parse_args()
    kind = "postgresql" if chosen.postgresql else "sqlite"
    with tempfile.TemporaryDirectory(prefix="notifier-ready-") as text:
        databases = Databases(Path(text))
        try:
            with ground(databases, kind, chosen.people, Path(text)) as made:
                first, others = looks(made)
                starts = [start(made) for _ in range(STARTS)]
        finally:
            databases.stop()
    print(f"{chosen.people:,} mails wait ({kind})")
    print(f"the first look, which freezes them: {first:.2f} s")
    print(f"each look after that: {statistics.median(others) * 1000:.0f} ms (median of {LOOKS})")
    print(
        f"from the start of a worker to its first mail: {statistics.median(starts):.1f} s, "
        f"at most {max(starts):.1f} s of {STARTS} ({PROMISED:g} s promised)"
    )
    return int(max(starts) >= PROMISED)


def looks(made: Ground) -> tuple[float, list[float]]:
    """Seconds of the look that freezes the Send, and of those that find it queued."""
    settings = made.app.config["SETTINGS"]
    with made.app.app_context():
        engine = Engine(settings, site=lambda: site_for(settings), now=clock.now)
        times = []
        for _ in range(LOOKS + 1):
            since = time.perf_counter()
            work = tick(engine)
            times.append(time.perf_counter() - since)
        session.remove()
    assert work.chunks, "nothing waits"
    return times[0], times[1:]


def start(made: Ground) -> float:
    """Seconds from the start of a process until the mail server has taken its first mail."""
    with serving(made.folder) as sink:
        made.mail_url = sink.url
        before, since = sink.count, time.monotonic()
        worker = made.worker()
        made.until(lambda: sink.count > before)
        seconds = time.monotonic() - since
        made.end(worker)
    return seconds


if __name__ == "__main__":
    sys.exit(main())
