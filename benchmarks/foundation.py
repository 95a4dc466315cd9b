"""What the README says of the start: the demo cold and warm, a list loaded, a notice frozen.

Run it with the checkout's own Python: .venv/bin/python benchmarks/foundation.py [--quick]
[--postgresql]. It writes to the system's temporary folder only and talks to 127.0.0.1 only, except
for the cold demo, which fetches the locked packages as any first start does.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import ROOT, Row, heading, run, table
from place import Place, places, write_list
from sink import Sink, tool

REFERENCE = "DEFRA-2026-001"
LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "node_modules", "__pycache__", ".*_cache", ".hypothesis", "built"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="5,000 people and no cold demo")
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    people = 5_000 if chosen.quick else 100_000
    print(heading("Foundation"))
    rows: list[Row] = []
    for row in [
        *(warm_only() if chosen.quick else demo()),
        *databases(people, ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]),
    ]:
        rows.append(row)
    print(table(rows))


def demo() -> Iterator[Row]:
    """The demo from a fresh copy with an empty home folder, then again."""
    with tempfile.TemporaryDirectory(prefix="notifier-demo-") as text:
        tree, home = Path(text) / "tree", Path(text) / "home"
        copy_tree(tree)
        home.mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("NOTIFIER_", "PYTHON"))}
        kept.pop("VIRTUAL_ENV", None)
        environment = {**kept, "HOME": str(home)}
        command = [str(tree / "bin" / "demo"), "--once"]
        for label, how in (
            (
                "demo, cold",
                "bin/demo --once in a copy of the tree, empty HOME: no .venv, no caches",
            ),
            ("demo, warm", "the same again"),
        ):
            cost = run(command, environment, cwd=tree)
            yield Row(label, f"{cost.seconds:.1f} s", "SQLite", how)


def warm_only() -> Iterator[Row]:
    with tempfile.TemporaryDirectory(prefix="notifier-demo-") as text:
        cost = Place(Path(text)).notifier("demo", "--once")
    yield Row("demo, warm", f"{cost.seconds:.1f} s", "SQLite", "notifier demo --once, this Python")


def copy_tree(to: Path) -> None:
    """What a clone would hold; where there is no git, all but what set-up made."""
    listed = None
    if (ROOT / ".git").exists() and shutil.which("git"):
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    if listed is None:
        shutil.copytree(ROOT, to, ignore=LEFT_OUT)
        return
    for name in listed.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def databases(people: int, kinds: list[str]) -> Iterator[Row]:
    with places(kinds) as found:
        file = found[0].folder.parent / "people.csv"
        write_list(file, people)
        for place in found:
            place.furnish()
            yield imported(place, file, people)
            place.announce(REFERENCE)
            yield frozen(place, people)
            yield told(place, people)


def imported(place: Place, file: Path, people: int) -> Row:
    cost = place.notifier("subscribers", "import", file, "--consent", "I agree to get emails.")
    if not cost.output.startswith(f"{people} added"):
        sys.exit(f"the import said: {cost.output.strip()}")
    return Row(
        f"{people:,} subscribers loaded",
        f"{cost.seconds:.1f} s, {people / cost.seconds:,.0f} rows/s, peak {cost.peak:.0f} MB",
        place.database,
        "notifier subscribers import, three topics each",
    )


def frozen(place: Place, people: int) -> Row:
    cost = place.python(Path(__file__).with_name("freezing.py"))
    inside = json.loads(cost.output.splitlines()[-1])["seconds"]
    send = place.sends(REFERENCE)
    if send["audience"] != people:
        sys.exit(f"frozen for {send['audience']} of {people} people")
    each = place.bytes_of("delivery") / people
    return Row(
        f"a notice frozen for {people:,}",
        f"{cost.seconds:.1f} s, of which the tick {inside:.2f} s; {each:.1f} B in the ledger each",
        place.database,
        "one tick in a process of its own: letters rendered, a ledger row for everyone",
    )


def told(place: Place, people: int) -> Row:
    label = f"{people:,} people told"
    path = tool("smtp-sink")
    if path is None:
        return Row(label, "not measured", place.database, "needs smtp-sink (package postfix)")
    with Sink(path) as sink:
        place.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
        cost = place.notifier("worker", "--drain")
    send = place.sends(REFERENCE)
    if send["state"] != "done" or send["accepted"] != people or sink.messages != people:
        sys.exit(f"{people} people; the sink took {sink.messages}; the Send: {send}")
    return Row(
        label,
        f"{cost.seconds:.1f} s, {people / cost.seconds:,.0f} a second, peak {cost.peak:.0f} MB",
        place.database,
        "notifier worker --drain to smtp-sink, one process, until every row is terminal",
    )


if __name__ == "__main__":
    main()
