"""How long it takes to make one digest for a million people, and in how much memory.

Run it with the checkout's own Python: .venv/bin/python benchmarks/digests.py [--people N]
[--postgresql]. Eight changes are announced; everybody takes changes by digest, half of them each
day; each person follows three topics or series.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from measure import ROOT, Row, heading, table
from place import ALICE, BOB, Place, places

CHANGES = 8
INSIDE = Path(__file__).with_name("digesting.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    print(heading("Digests"))
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    rows: list[Row] = []
    with places(kinds) as found:
        for place in found:
            rows += made(place, chosen.people)
            place.remove()
    print(table(rows))


def made(place: Place, people: int) -> list[Row]:
    place.furnish()
    place.more["PYTHONPATH"] = f"{ROOT}:{ROOT / 'benchmarks'}"
    rows = json.loads(place.notifier("releases", "list", "--json").output)
    known = sorted({row["series"] for row in rows})
    for number in range(CHANGES):
        announce(place, known[number % len(known)], number)
    place.more["NOTIFIER_BENCHMARK_PEOPLE"] = str(people)
    place.python(INSIDE)
    place.more["NOTIFIER_BENCHMARK_PEOPLE"] = "0"
    cost = place.python(INSIDE)
    told = json.loads(cost.output.strip().splitlines()[-1])
    return [
        Row(f"{told['items']} Sends frozen, held", f"{told['freeze']:.1f} s", place.database,
            f"{told['held']:,} ledger rows that wait"),
        Row(f"a digest for {told['people']:,}", f"{told['digest']:.1f} s", place.database,
            f"{told['letters']} letters; {told['gone']:.1f} s looking who left, "
            f"{told['read']:.1f} s read, {told['render']:.1f} s rendered, "
            f"{told['write']:.1f} s with the lock"),
        Row("peak of that process", f"{cost.peak:.0f} MB", place.database, "freezes and digest"),
    ]  # fmt: skip


def announce(place: Place, series: str, number: int) -> None:
    entry = {
        "series": [series],
        "type": "methodology",
        "materiality": "moderate",
        "headline": f"Change number {number} of the benchmark",
        "what": "The panel is drawn again. " * 20,
        "why": "The old panel has become too small.",
        "effect": {"date": "+200d"},
        "impact": {"known": "yes", "text": "Totals fall by about 1%."},
        "decision": "decided",
    }
    file = place.folder / "notice.yaml"
    file.write_text(json.dumps(entry), encoding="utf-8")  # JSON is YAML
    reference = place.notifier("notices", "new", "--from", file).output.split()[0]
    for verb, who in (("submit", ALICE), ("approve", BOB), ("publish", ALICE)):
        place.notifier("notices", verb, reference, "--by", who)


if __name__ == "__main__":
    main()
