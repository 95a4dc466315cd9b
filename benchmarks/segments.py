"""Twelve named segments over a million people with three million subscriptions: counted and frozen.

Run it with the checkout's own Python: .venv/bin/python benchmarks/segments.py [--quick]
[--postgresql]. It writes to the system's temporary folder only (1.5 GB for each database). The
limits: to count < 600 ms on SQLite and < 300 ms on PostgreSQL, to freeze < 1 s and < 5 s.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import ROOT, Row, heading, run, table
from place import Place, places

LIMITS = {"SQLite": (0.6, 1.0), "PostgreSQL": (0.3, 5.0)}  # seconds to count, to freeze
SCRIPT = Path(__file__).with_name("segmenting.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="20,000 people")
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    people = 20_000 if chosen.quick else 1_000_000
    print(heading(f"Segments of {people:,} people"))
    print("But these are taken inside the process, the middle one of three.")
    with places(["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]) as found:
        rows = [row for place in found for row in measured(place, people)]
    print(table(rows))


def measured(place: Place, people: int) -> Iterator[Row]:
    place.furnish()
    path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{SCRIPT.parent}"}
    cost = run([sys.executable, "-P", SCRIPT, str(people)], {**place.environment, **path})
    for name, each in json.loads(cost.output.splitlines()[-1]).items():
        took = (each["count"], each["freeze"])
        late = any(
            seconds > limit for seconds, limit in zip(took, LIMITS[place.database], strict=True)
        )
        yield Row(
            name,
            f"{each['people']:>9,}  counted {took[0] * 1000:>5.0f} ms, "
            f"frozen {took[1] * 1000:>5.0f} ms{'  over the limit' if late else ''}",
            place.database,
            "receivers.count; delivery.freeze of a Send to it, committed",
        )


if __name__ == "__main__":
    main()
