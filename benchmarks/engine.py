"""The engine's whole table by one command: rates, signing, memory, a million people, one-off mail.

Run it with the checkout's own Python: .venv/bin/python benchmarks/engine.py [--quick]
[--postgresql]. On two cores it takes half an hour for SQLite and as long for PostgreSQL; do nothing
else meanwhile. ``--quick`` takes two minutes and says little.
"""

from __future__ import annotations

import argparse

import beside
import delivery
import million
from measure import heading, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few people, one run")
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    people, runs = (5_000, 1) if chosen.quick else (100_000, 5)
    print(heading("The engine"))
    print(
        table(
            [
                *delivery.rows(kinds, people, runs, ("ed25519", "rsa"), usual=True),
                *million.rows(kinds, people * 10),
                *beside.rows(kinds, max(people, 60_000)),
            ]
        )
    )


if __name__ == "__main__":
    main()
