"""How long one person waits for a link while a campaign is mailed to 100,000.

Run it with the checkout's own Python: .venv/bin/python benchmarks/beside.py [--people N]
[--postgresql]. A real worker of one process; the p99 is to be 5 s at most.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from delivery import ONE_DEPTH, fitted, furnished
from measure import ROOT, Row, heading, run, table
from place import Place, places, write_list
from sink import Sink, need

GOAL = 5.0  # seconds
SCRIPT = Path(__file__).with_name("asking.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    print(heading("One-off mail beside a campaign"))
    print(table(list(rows(kinds, chosen.people))))


def rows(kinds: list[str], people: int) -> Iterator[Row]:
    with places(kinds) as found:
        listing = found[0].folder.parent / "people.csv"
        write_list(listing, people, types=ONE_DEPTH)
        length, _ = fitted(found[0].folder.parent)
        for place in found:
            reference = furnished(place, listing, length)
            yield beside(place, reference, people)
            place.remove()


def beside(place: Place, reference: str, people: int) -> Row:
    send = place.sends(reference)
    with Sink(need()[0]) as sink:
        place.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "notifier", "worker"],
            env=place.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{SCRIPT.parent}"}
            command = [sys.executable, "-P", SCRIPT, str(send["id"])]
            cost = run(command, {**place.environment, **path})
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
    waits = sorted(json.loads(cost.output.splitlines()[-1]))
    if len(waits) < 100:
        sys.exit(f"only {len(waits)} asked while the campaign ran; take more --people")
    worst = waits[int(len(waits) * 0.99)]
    return Row(
        f"one-off mail while a campaign of {people:,} runs",
        f"p99 {worst:.2f} s, median {waits[len(waits) // 2]:.2f} s",
        place.database,
        f"{GOAL:.0f} s is the goal; {len(waits)} links asked for, from asking to handed over; "
        "one worker process",
    )


if __name__ == "__main__":
    main()
