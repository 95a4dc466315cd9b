"""How fast a ledgered, personalised send is, beside Postfix's own load generator.

Run it with the checkout's own Python: .venv/bin/python benchmarks/delivery.py [--people N]
[--runs K] [--postgresql]. Both senders talk to smtp-sink on 127.0.0.1, in turn; needs the package
postfix for smtp-sink and smtp-source.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

from measure import Cost, Row, heading, run, table
from place import Place, places, write_list
from sink import Sink, need

SIZE = 28 * 1024  # octets of a message
ONE_DEPTH = ("academic",)  # everybody gets the same variant, so that messages are of one size
SENTENCE = "The panel is drawn again each year and the new weights are published beside the table. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5, help="medians of so many (default 5)")
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    chosen = parser.parse_args()
    tools = need()
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    print(heading("Delivery"))
    rows: list[Row] = []
    with places(kinds) as found:
        listing = found[0].folder.parent / "people.csv"
        write_list(listing, chosen.people, types=ONE_DEPTH)
        length, size = fitted(found[0].folder.parent)
        for place in found:
            reference = furnished(place, listing, length)
            rows += compared(place, reference, chosen.people, chosen.runs, size, tools)
            place.remove()
    print(table(rows))


def fitted(folder: Path) -> tuple[int, int]:
    """How long the notice's words must be for messages of ``SIZE``, and the size that they have."""
    short, long = 1_000, 6_000
    sizes = [probe(folder / f"probe{length}", length) for length in (short, long)]
    each = (sizes[1] - sizes[0]) / (long - short)
    length = round(short + (SIZE - sizes[0]) / each)
    size = probe(folder / "probe", length)
    if abs(size - SIZE) > SIZE / 50:
        sys.exit(f"the messages have {size:.0f} octets, not {SIZE}")
    return length, round(size)


def probe(folder: Path, length: int) -> float:
    """Mean size of the messages to a few people, kept in the outbox."""
    listing = folder.with_suffix(".csv")
    write_list(listing, 50, types=ONE_DEPTH)
    place = Place(folder)
    furnished(place, listing, length)
    place.notifier("worker", "--drain")
    sizes = [file.stat().st_size for file in (folder / "outbox" / "new").iterdir()]
    place.remove()
    return statistics.fmean(sizes)


def furnished(place: Place, listing: Path, length: int) -> str:
    """Fill a place and publish a notice of ``length`` characters; returns its reference."""
    place.furnish()
    place.notifier("subscribers", "import", listing, "--consent", "I agree to get emails.")
    entry = {
        "series": ["emissions-air-pollutants"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": "Emissions are estimated from a new panel",
        "what": (SENTENCE * (length // len(SENTENCE) + 1))[:length],
        "why": "The old panel has become too small.",
        "effect": {"date": "+200d"},
        "impact": {"known": "yes", "text": "Totals fall by about 1%."},
        "decision": "decided",
    }
    file = place.folder / "notice.yaml"
    file.write_text(json.dumps(entry), encoding="utf-8")  # JSON is YAML
    reference = place.notifier("notices", "new", "--from", file).output.split()[0]
    place.announce(reference)
    return reference


def compared(
    place: Place, reference: str, people: int, runs: int, size: int, tools: tuple[str, str]
) -> list[Row]:
    """Ours and theirs in turn, so that both meet the same moods of the machine."""
    planned, finished = planned_bytes(place, people), 0.0
    costs, theirs = [], []
    for number in range(runs):
        cost, finished = told(place, reference, people, tools[0], number)
        costs.append(cost)
        theirs.append(people / reference_seconds(people, size, tools))
    ours = [people / cost.seconds for cost in costs]
    ratio = statistics.median(ours) / statistics.median(theirs)
    pairs = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    cpu = statistics.median(cost.cpu for cost in costs) / people * 1e6
    each = f"{people:,} messages of {size:,} octets, medians of {runs}"
    return [
        Row(
            "notifier worker --drain --processes 2",
            f"{statistics.median(ours):,.0f} a second ({span(ours)})",
            place.database,
            f"{each}; frozen, personalised, ledgered, until every row is terminal",
        ),
        Row(
            "smtp-source -s 10 -d",
            f"{statistics.median(theirs):,.0f} a second ({span(theirs)})",
            "none",
            f"{each}; one message over and over, no ledger",
        ),
        Row(
            "ratio",
            f"{ratio:.2f} ({min(pairs):.2f} to {max(pairs):.2f})",
            place.database,
            "the first over the second; in brackets, of single pairs",
        ),
        Row(
            "worker's own work",
            f"{cpu:.0f} µs CPU a message, peak {max(cost.peak for cost in costs):.0f} MB",
            place.database,
            "with the start of Python; less noisy than the rate where the machine is shared",
        ),
        Row(
            "ledger per recipient",
            f"{planned:.1f} B planned, {finished:.1f} B finished",
            place.database,
            "the table delivery with its indexes, on disk",
        ),
    ]


def span(rates: list[float]) -> str:
    return f"{min(rates):,.0f} to {max(rates):,.0f}"


def planned_bytes(place: Place, people: int) -> float:
    copy = place.copy(place.folder.with_name(f"{place.folder.name}-planned"))
    copy.python(Path(__file__).with_name("freezing.py"))
    size = copy.bytes_of("delivery")
    copy.remove()
    return size / people


def told(
    place: Place, reference: str, people: int, sink_path: str, number: int
) -> tuple[Cost, float]:
    """What one send by a fresh copy cost, and its ledger's bytes per person in the end."""
    copy = place.copy(place.folder.with_name(f"{place.folder.name}-{number}"))
    with Sink(sink_path) as sink:
        copy.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
        cost = copy.notifier("worker", "--drain", "--processes", "2")
    send = copy.sends(reference)
    # It took reminders to staff, too.
    if send["state"] != "done" or send["accepted"] != people or sink.messages < people:
        sys.exit(f"{people} people; the sink took {sink.messages}; the Send: {send}")
    size = copy.bytes_of("delivery")
    copy.remove()
    return cost, size / people


def reference_seconds(people: int, size: int, tools: tuple[str, str]) -> float:
    sink_path, source_path = tools
    with Sink(sink_path) as sink:
        command = [source_path, "-s", "10", "-d", "-m", str(people), "-l", str(size)]
        addresses = ["-f", "statistics@notifier.example", "-t", "person@example.org"]
        cost = run([*command, *addresses, sink.address], os.environ)
    if sink.messages != people:
        sys.exit(f"smtp-source sent {people}; the sink took {sink.messages}")
    return cost.seconds


if __name__ == "__main__":
    main()
