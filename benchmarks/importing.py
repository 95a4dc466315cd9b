"""What the README says of lists: how long they take to come in, again, and to go out.

Run it with the checkout's own Python: .venv/bin/python benchmarks/importing.py [--rows N]
[--postgresql]. It writes to the system's temporary folder only.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from measure import Cost, Row, heading, table
from place import TOPICS, TYPES, Place, places

CONSENT = ("--consent", "I agree to get emails.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    print(heading("Lists"))
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    print(table(list(measured(chosen.rows, kinds))))


def write_people(path: Path, people: int) -> None:
    """As a site's list may be: three topics each on average, three in ten with an organisation,
    one in ten with capitals in the address; seeded."""
    chance = random.Random(2026)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("email,user_type,topics,frequency,language,organisation,confirmed_at,name\n")
        for number in range(people):
            topics = ";".join(["air-quality", *chance.sample(TOPICS, chance.randint(0, 4))])
            where = f"Organisation {number % 5000}" if number % 10 < 3 else ""
            who = f"Person.{number}" if number % 10 == 9 else f"person.{number}"
            day = f"2026-0{chance.randint(1, 9)}-{chance.randint(10, 28)}"
            file.write(
                f"{who}@site{number % 997}.example.org,{chance.choice(TYPES)},{topics},immediate,"
                f"en,{where},{day},Person {number}\n"
            )


def measured(people: int, kinds: list[str]) -> Iterator[Row]:
    with places(kinds) as found:
        file = found[0].folder.parent / "people.csv"
        write_people(file, people)
        for place in found:
            place.furnish()
            for what, says in (("new", f"{people} added, 0"), ("known", f"0 added, {people}")):
                cost = place.notifier("subscribers", "import", file, *CONSENT)
                if not cost.output.startswith(says):
                    sys.exit(f"the import said: {cost.output.strip()}")
                how = "notifier subscribers import" + (", the same file again" * (what == "known"))
                yield row(f"{people:,} {what} people in", cost, people, place, how)
            out = place.folder / "out.csv"
            cost = place.notifier("subscribers", "export", out)
            yield row(f"{people:,} people out", cost, people, place, "notifier subscribers export")


def row(what: str, cost: Cost, people: int, place: Place, how: str) -> Row:
    rate = people / cost.seconds
    result = f"{cost.seconds:.1f} s, {cost.cpu:.1f} s of CPU, {rate:,.0f} rows/s"
    return Row(what, f"{result}, peak {cost.peak:.0f} MB", place.database, how)


if __name__ == "__main__":
    main()
