"""How fast a ledgered, personalised send is, beside Postfix's own load generator.

Run it with the checkout's own Python: .venv/bin/python benchmarks/delivery.py [--people N]
[--runs K] [--postgresql] [--signed] [--usual]. Both senders talk to smtp-sink on 127.0.0.1, in
turn; needs the package postfix for smtp-sink and smtp-source. ``--signed`` measures with DKIM keys
too, ``--usual`` beside EmailMessage, Jinja2 and smtplib for each person.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import Cost, Row, heading, run, table
from place import Place, places, write_list
from sink import Sink, need

PROCESSES = 3
SIZE = 28 * 1024  # octets of a message
ONE_DEPTH = ("academic",)  # everybody gets the same variant, so that messages are of one size
MOST_USUAL = 10_000  # people; at 2.5 ms each
GOALS = {"": 0.9, "ed25519": 0.8, "rsa": 0.45}
SENTENCE = "The panel is drawn again each year and the new weights are published beside the table. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5, help="medians of so many (default 5)")
    parser.add_argument("--postgresql", action="store_true", help="measure PostgreSQL too")
    parser.add_argument("--signed", action="store_true", help="measure with DKIM too")
    parser.add_argument("--usual", action="store_true", help="measure the usual way too")
    chosen = parser.parse_args()
    kinds = ["SQLite", *(["PostgreSQL"] if chosen.postgresql else [])]
    print(heading("Delivery"))
    signed = ("ed25519", "rsa") if chosen.signed else ()
    print(table(list(rows(kinds, chosen.people, chosen.runs, signed, usual=chosen.usual))))


def rows(
    kinds: list[str], people: int, runs: int, signed: Sequence[str], *, usual: bool
) -> Iterator[Row]:
    """What ``main`` prints; DKIM and the usual way are measured on SQLite alone."""
    tools = need()
    with places(kinds) as found:
        listing = found[0].folder.parent / "people.csv"
        write_list(listing, people, types=ONE_DEPTH)
        length, size = fitted(found[0].folder.parent)
        for place in found:
            reference = furnished(place, listing, length)
            first = place is found[0]
            for how in ("", *(signed if first else ())):
                place.more = keys(how)
                yield from compared(place, reference, people, runs, size, tools, how)
            place.more = {}
            if usual and first:
                yield usual_way(place, min(people, MOST_USUAL), length, runs, tools[0])
            place.remove()


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


def keys(how: str) -> dict[str, str]:
    """The settings for a fresh DKIM key: "ed25519", "rsa" (2048 bits), or "" for none.

    Imported late: what this process holds counts into the peaks that it measures.
    """
    if not how:
        return {}
    from cryptography.hazmat.primitives import serialization as form  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa  # noqa: PLC0415

    key: ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey
    key = (
        ed25519.Ed25519PrivateKey.generate()
        if how == "ed25519"
        else rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    name = "NOTIFIER_DKIM_ED25519" if how == "ed25519" else "NOTIFIER_DKIM"
    return {
        "NOTIFIER_DKIM_DOMAIN": "notifier.example",
        f"{name}_SELECTOR": "s1",
        f"{name}_KEY": pem.decode(),
    }


def compared(
    place: Place,
    reference: str,
    people: int,
    runs: int,
    size: int,
    tools: tuple[str, str],
    how: str,
) -> Iterator[Row]:
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
    signed = f", signed with {how}" if how else ""
    yield Row(
        f"notifier worker --drain --processes {PROCESSES}{signed}",
        f"{statistics.median(ours):,.0f} a second ({span(ours)})",
        place.database,
        f"{each}; frozen, personalised, ledgered, until every row is terminal",
    )
    yield Row(
        "smtp-source -s 10 -d",
        f"{statistics.median(theirs):,.0f} a second ({span(theirs)})",
        "none",
        f"{each}; one message over and over, no ledger",
    )
    yield Row(
        f"ratio{signed}",
        f"{ratio:.2f} ({min(pairs):.2f} to {max(pairs):.2f})",
        place.database,
        f"{GOALS[how]} is the goal; the first over the second; in brackets, of single pairs",
    )
    yield Row(
        f"worker's own work{signed}",
        f"{cpu:.0f} µs CPU a message, peak {max(cost.peak for cost in costs):.0f} MB",
        place.database,
        "with the start of Python; less noisy than the rate where the machine is shared",
    )
    if not how:
        yield Row(
            "ledger per recipient",
            f"{planned:.1f} B planned, {finished:.1f} B finished",
            place.database,
            "the table delivery with its indexes, on disk",
        )


def usual_way(place: Place, people: int, length: int, runs: int, sink_path: str) -> Row:
    """The engine's rate over that of usual.py, both for as many people, in turn."""
    ratios, rates = [], []
    listing = place.folder.parent / "few.csv"
    write_list(listing, people, types=ONE_DEPTH)
    few = Place(place.folder.with_name("few"))
    reference = furnished(few, listing, length)
    for number in range(runs):
        ours = people / told(few, reference, people, sink_path, number)[0].seconds
        copy = few.copy(few.folder.with_name(f"few-{number}"))
        copy.python(Path(__file__).with_name("freezing.py"))
        with Sink(sink_path) as sink:
            copy.more["NOTIFIER_MAIL_URL"] = f"smtp://{sink.address}"
            rates.append(people / copy.python(Path(__file__).with_name("usual.py")).seconds)
        if sink.messages != people:
            sys.exit(f"the usual way sent {sink.messages} of {people}")
        copy.remove()
        ratios.append(ours / rates[-1])
    few.remove()
    return Row(
        "against a usual Flask way",
        f"{statistics.median(ratios):.1f} × ({statistics.median(rates):,.0f} a second)",
        "SQLite",
        f"15 × is the goal; {people:,} messages, medians of {runs}; Jinja2, EmailMessage and "
        "smtplib on one connection for each person, no ledger",
    )


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
        cost = copy.notifier("worker", "--drain", "--processes", str(PROCESSES))
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
