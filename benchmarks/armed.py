"""How long after its instant an armed release has been mailed to everybody: by a real worker.

Run it with the checkout's own Python: .venv/bin/python benchmarks/armed.py [--people N]
[--postgresql]. The release comes out at the next full minute but one; the worker is started before.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from measure import ROOT, Row, heading, table
from place import ALICE, BOB, Place, places, write_list
from sink import Sink, need

PROMISED = 300  # seconds: 10,000 mails are handed over by T + 5 minutes
ENTRY = {
    "series": "emissions-air-pollutants",
    "title": "An armed release of the benchmark",
    "certainty": "confirmed",
}
WORDS = {"detail": "- Fine particles fell by **4%**.\n- Ammonia rose by 1%."}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    print(heading("Armed release"))
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    with places(kinds) as found:
        file = found[0].folder.parent / "people.csv"
        write_list(file, chosen.people)
        print(table([armed(place, file, chosen.people) for place in found]))


def armed(place: Place, file: Path, people: int) -> Row:
    sink_path, _ = need()
    place.furnish()
    place.notifier("subscribers", "import", file, "--consent", "I agree to get emails.")
    at = (datetime.now(ZoneInfo("Europe/London")) + timedelta(minutes=2)).replace(
        second=0, microsecond=0
    )
    number = arm(place, at)
    with Sink(sink_path) as sink:
        place.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "notifier", "worker"],
            env=place.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            seconds = until_done(place, number, at)
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.wait(60)
    send = place.sends(f"release:{number}", "released")
    if send["accepted"] != people or sink.messages != people:
        sys.exit(f"{people} people; the sink took {sink.messages}; the Send: {send}")
    return Row(
        f"an armed release mailed to {people:,}",
        f"T + {seconds:.0f} s ({PROMISED} s promised)",
        place.database,
        "notifier worker to smtp-sink; published, rendered, frozen and handed over; looked at "
        "each second",
    )


def arm(place: Place, at: datetime) -> str:
    """A confirmed release at that minute, its words approved by a second person."""
    folder = place.folder.parent
    release, words = folder / "release.json", folder / "words.json"  # JSON is YAML
    release.write_text(json.dumps({**ENTRY, "date": f"{at:%Y-%m-%d %H:%M}"}), "utf-8")
    words.write_text(json.dumps(WORDS), "utf-8")
    place.notifier(
        *("series", "exempt", ENTRY["series"], "--time", f"{at:%H:%M}", "--days-off"),
        *("--reason", "A measurement.", "--by", ALICE),
    )
    number = place.notifier("releases", "add", "--from", release).output.strip()
    place.notifier(
        "releases", "announce", number, "--from", words, "--by", ALICE, "--approved-by", BOB
    )
    return number


def until_done(place: Place, number: str, at: datetime) -> float:
    """Seconds from the instant until the Send is done."""
    time.sleep(max(at.timestamp() - time.time(), 0))
    while time.time() - at.timestamp() < PROMISED * 2:
        rows = json.loads(place.notifier("sends", "list", "--json").output)
        about = f"release:{number}"
        if any(r["about"] == about and r["state"] == "done" for r in rows):
            return time.time() - at.timestamp()
        time.sleep(1)
    sys.exit("The release was not mailed in time.")


if __name__ == "__main__":
    main()
