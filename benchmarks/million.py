"""A million people told, end to end, and what that takes: watched from start to finish.

Run it with the checkout's own Python: .venv/bin/python benchmarks/million.py [--people N]
[--postgresql]. 3 GB in the system's temporary folder for each database. The goals: frozen within
1 s on SQLite and 5 s on PostgreSQL; 100 MB a worker process, no more at the end than at the start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from delivery import ONE_DEPTH, PROCESSES, fitted, furnished
from measure import ROOT, Row, heading, table
from place import Place, places, write_list
from sink import Sink, need

WORKER = (sys.executable, "-P", "-m", "notifier", "worker", "--drain")
LOOK = 1.0  # seconds between two looks at the workers' memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    print(heading(f"{chosen.people:,} people"))
    print(table(list(rows(kinds, chosen.people))))


def rows(kinds: list[str], people: int) -> Iterator[Row]:
    with places(kinds) as found:
        listing = found[0].folder.parent / "people.csv"
        write_list(listing, people, types=ONE_DEPTH)
        length, size = fitted(found[0].folder.parent)
        for place in found:
            reference = furnished(place, listing, length)
            yield frozen(place, people)
            yield from told(place, reference, people, size)
            place.remove()


def frozen(place: Place, people: int) -> Row:
    """The tick that renders the words and writes a row for each, on a copy; three times."""
    took = []
    for number in range(3):
        copy = place.copy(place.folder.with_name(f"{place.folder.name}-{number}"))
        cost = copy.python(Path(__file__).with_name("freezing.py"))
        took.append(json.loads(cost.output.splitlines()[-1])["seconds"])
        copy.remove()
    goal = 5 if place.server else 1
    return Row(
        f"an audience of {people:,} frozen",
        f"{median(took):.2f} s ({min(took):.2f} to {max(took):.2f})",
        place.database,
        f"{goal} s is the goal; one tick: words rendered, a row for each, chunks cut, committed",
    )


def told(place: Place, reference: str, people: int, size: int) -> Iterator[Row]:
    """Send to everybody; the words of ``size`` octets, the workers looked at each second."""
    with Sink(need()[0]) as sink:
        place.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
        started = time.perf_counter()
        drain = subprocess.Popen(
            [
                sys.executable,
                "-P",
                "-m",
                "notifier",
                "worker",
                "--drain",
                "--processes",
                str(PROCESSES),
            ],
            env=place.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        looks = list(watched(drain))
        seconds = time.perf_counter() - started
    send = place.sends(reference)
    if drain.returncode or send["state"] != "done" or send["accepted"] != people:
        sys.exit(f"it ended with {drain.returncode}; the Send: {send}")
    tenth = max(len(looks) // 10, 1)
    first, last = median(looks[tenth : 2 * tenth]), median(looks[-2 * tenth : -tenth])
    yield Row(
        f"{people:,} people told, end to end",
        f"{seconds:.0f} s ({people / seconds:,.0f} a second)",
        place.database,
        f"messages of {size:,} octets to smtp-sink by {PROCESSES} processes, from the start of "
        "Python until every row is terminal",
    )
    yield Row(
        "memory of the largest process",
        f"peak {max(looks):.0f} MB; {first:.0f} MB in the second tenth, {last:.0f} in the ninth",
        place.database,
        "100 MB is the goal; resident, looked at each second",
    )


def watched(drain: subprocess.Popen[bytes]) -> Iterator[float]:
    """Resident MB of the largest process of the drain, each second until it ends."""
    while drain.poll() is None:
        sizes = [resident(number) for number in (drain.pid, *children(drain.pid))]
        yield max(sizes)
        time.sleep(LOOK)


def children(number: int) -> list[int]:
    try:
        found = Path(f"/proc/{number}/task/{number}/children").read_text()
    except OSError:
        return []
    return [int(child) for child in found.split()]


def resident(number: int) -> float:
    try:
        pages = int(Path(f"/proc/{number}/statm").read_text().split()[1])
    except (OSError, IndexError):  # it has just ended
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main()
