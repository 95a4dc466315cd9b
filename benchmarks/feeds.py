"""What the README says of feeds: kept copies against constant bytes, putting one together, pages.

Run it with the checkout's own Python: .venv/bin/python benchmarks/feeds.py [--seconds N]
[--rounds N] [--postgresql]. One gunicorn worker with threads serves; it and the readers share the
machine. It writes to the system's temporary folder only.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from measure import ROOT, Row, heading, run, table
from place import Place, places
from pulling import Pulled, flat_out, request, steadily

SCRIPT = Path(__file__).with_name("feeding.py")
FEED = "/feeds/topics/waste.atom"
CONNECTIONS = 8
RATE = 500  # requests a second
WAIT = 60.0  # seconds in which a server must answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    print(heading("Feeds"))
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    rows: list[Row] = []
    with places(kinds) as found:
        for place in found:
            place.furnish()
            inside(place, "fill")
            rows += together(place)
            rows += served(place, chosen.seconds, chosen.rounds)
    print(table(rows))


def inside(place: Place, *arguments: str) -> Any:
    output = run([sys.executable, "-P", SCRIPT, *arguments], place.environment).output
    return json.loads(output) if output.strip() else None


def together(place: Place) -> Iterator[Row]:
    told = inside(place, "render")
    yield Row(
        f"a feed of {told['entries']} entries put together",
        f"{told['ms']:.1f} ms (≤ 40 promised)",
        place.database,
        f"queries, words and Atom, {told['bytes'] // 1024} KB, nothing kept; median of 30",
    )
    told = inside(place, "pages")
    archives = told.pop("archives")
    yield Row(
        f"an archive among {archives:,}",
        ", ".join(f"page {number}: {ms:.0f} ms" for number, ms in told.items()),
        place.database,
        "10,000 releases and more; the same, put together anew; median of 5",
    )


def served(place: Place, seconds: float, rounds: int) -> Iterator[Row]:
    with server(place) as port:
        tag = tag_of(port)
        asked = {
            "feed": request(FEED),
            "unchanged": request(FEED, If_None_Match=tag),
            "constant": request("/constant"),
        }
        rates: dict[str, list[float]] = {name: [] for name in asked}
        for _ in range(rounds):  # in turns: what else the machine does hits all of them
            for name, what in asked.items():
                done = flat_out(port, what, seconds=seconds, connections=CONNECTIONS)
                must(done, 304 if name == "unchanged" else 200)
                rates[name].append(done.rate)
        yield from against(place, rates)
        done = steadily(port, asked["feed"], seconds=seconds * 2, connections=64, rate=RATE)
        must(done, 200)
        yield Row(
            f"p95 at {RATE} requests a second",
            f"{done.percentile(0.95):.1f} ms (≤ 50 promised)",
            place.database,
            f"kept feed, compressed; {done.rate:.0f} a second came; median "
            f"{done.percentile(0.5):.1f} ms; from the moment each was due",
        )


def against(place: Place, rates: dict[str, list[float]]) -> Iterator[Row]:
    """The median over the rounds of each round's ratio."""
    for name, words, least in (
        ("feed", "a kept feed against constant bytes", 0.8),
        ("unchanged", "a 304 against constant bytes", 0.9),
    ):
        pairs = zip(rates[name], rates["constant"], strict=True)
        ratio = statistics.median(one / constant for one, constant in pairs)
        rate, usual = statistics.median(rates[name]), statistics.median(rates["constant"])
        yield Row(
            words,
            f"{ratio:.2f} (≥ {least} promised)",
            place.database,
            f"{rate:.0f} and {usual:.0f} a second; one gunicorn worker, {CONNECTIONS} "
            "connections, gzip; the constant ones were compressed before",
        )


def must(done: Pulled, status: int) -> None:
    if set(done.statuses) != {status}:
        sys.exit(f"Not every answer was {status}: {done.statuses}")


@contextmanager
def server(place: Place) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-P", SCRIPT, "serve", str(port)],
        env=place.environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        await_answer(port)
        yield port
    finally:
        process.terminate()
        process.wait(WAIT)


def await_answer(port: int) -> None:
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        try:
            tag_of(port)
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The server does not answer.")


def tag_of(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", FEED, headers={"Accept-Encoding": "gzip"})
    tag = connection.getresponse().headers["ETag"]
    connection.close()
    return str(tag)


if __name__ == "__main__":
    main()
