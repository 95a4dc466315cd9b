"""Every fault at its full length, a line for each: ``python -m tests.faults``.

Run it from the checkout with its own Python: .venv/bin/python -m tests.faults [--kills N]
[--people N] [--seed N] [--postgresql] [--only WORD]. Ends with 1 when one has failed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.conftest import Databases
from tests.faults.every import Fault, long, short
from tests.faults.ground import ground


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true", help="PostgreSQL instead of SQLite")
    parser.add_argument("--only", action="append", help="a fault's name; may be given again")
    parser.add_argument("--short", action="store_true", help="as short as in bin/test")
    chosen = parser.parse_args()
    kind = "postgresql" if chosen.postgresql else "sqlite"
    every = short() if chosen.short else long(people=chosen.people, kills=chosen.kills)
    wanted = [f for f in every if kind in f.kinds and f.name in (chosen.only or [f.name])]
    with tempfile.TemporaryDirectory(prefix="notifier-faults-") as text:
        databases = Databases(Path(text))
        try:
            bad = [fault for fault in wanted if not shown(fault, databases, kind, chosen.seed)]
        finally:
            databases.stop()
    print(f"{len(wanted) - len(bad)} of {len(wanted)} faults lost nothing; seed {chosen.seed}")
    return 1 if bad else 0


def shown(fault: Fault, databases: Databases, kind: str, seed: int) -> bool:
    """Run one and print its line; whether all held."""
    folder = databases.folder / f"{kind}-{fault.name}".replace(" ", "-").replace("%", "")
    folder.mkdir()
    since = time.monotonic()
    try:
        with ground(databases, kind, fault.people, folder) as made:
            verdict = fault.run(made, seed)
    except Exception:
        print(f"fault {fault.name} ({kind}) could not be judged", flush=True)
        traceback.print_exc()
        return False
    print(f"{verdict} [{time.monotonic() - since:.0f} s]", flush=True)
    return verdict.good


if __name__ == "__main__":
    sys.exit(main())
