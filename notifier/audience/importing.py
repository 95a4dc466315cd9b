"""Brings in a CSV list with its statement of consent; refuses row by row, never the whole file.

Nobody's preferences are changed: who is known, has left, or is suppressed stays as they are.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import func, insert, select

from notifier.audience.models import (
    Consent,
    Reach,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from notifier.audience.rules import (
    FREQUENCIES,
    address,
    fold,
    masks,
    suppression_key,
    variant,
)
from notifier.audience.subscribe import wording_id
from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.rules import LANGUAGES
from notifier.clock import at_london
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import By, record

REQUIRED = ("email", "user_type", "topics")
COLUMNS = (*REQUIRED, "frequency", "language", "organisation", "confirmed_at", "name")
BATCH = 5000
LONGEST_CELL = 2000  # characters


@dataclass
class Report:
    """What became of the file. ``refused`` holds (row number in the file, reason), no address."""

    added: int = 0
    already: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One row that was read and understood."""

    number: int
    email: str
    key: str
    user_type: UserType
    topics: tuple[int, ...]
    frequency: str
    language: str
    organisation: str
    name: str
    confirmed_at: datetime


@dataclass(frozen=True)
class Known:
    """The catalogue, read once for the whole file."""

    topics: dict[str, Topic]
    types: dict[str, UserType]
    bits: dict[int, int]

    @classmethod
    def now(cls) -> Known:
        topics = {t.slug: t for t in session.scalars(select(Topic))}
        types = {t.slug: t for t in session.scalars(select(UserType))}
        return cls(topics, types, {t.id: t.bit for t in topics.values()})


def import_csv(
    lines: Iterable[str],
    *,
    filename: str,
    sha256: str,
    wording: str,
    by: By,
    now: datetime,
    pepper: str,
) -> Report:
    """Add everybody in the file who is new, in the caller's unit of work.

    ``lines`` is the decoded text; ``wording`` the consent sentence that the people agreed to (with
    each row's confirmed_at, the statement of consent). Raises Refused when the header is not ours.
    """
    rows = reader(lines)
    known, report = Known.now(), Report()
    kept = SubscriberImport(filename=filename, sha256=sha256, at=now, counts={})
    session.add(kept)
    session.flush()
    consent = (kept.id, wording_id(wording, "en")) if wording else None
    while batch := list(islice(rows, BATCH)):
        understood = []
        for number, cells in batch:
            try:
                understood.append(understand(number, cells, known, consent is not None, now))
            except Refused as refusal:
                report.refused.append((number, str(refusal)))
        if consent is not None:
            add(understood, report, known, consent, now=now, pepper=pepper)
    kept.counts = {
        "added": report.added,
        "already": report.already,
        "refused": len(report.refused),
    }
    if report.added:
        record(f"import:{kept.id}", "import", by=by, now=now, **kept.counts)
    return report


def reader(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, cells) of each row; the header is row 1."""
    source = csv.reader(lines)
    try:
        header = [name.strip().lower().lstrip("\ufeff") for name in next(source, [])]
    except csv.Error as error:
        raise Refused(f"The file is not CSV ({error}).") from error
    missing = [name for name in REQUIRED if name not in header]
    if missing or len(set(header)) != len(header):
        raise Refused(
            f"The first row must name the columns once each: {','.join(COLUMNS[:-1])}; "
            f"missing: {', '.join(missing) or 'none, but one stands twice'}."
        )
    return numbered(source, header)


def numbered(
    source: Iterator[list[str]], header: list[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(source)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refused(f"Row {number} is not CSV ({error}); correct the file there.") from error
        if cells:
            yield number, dict(zip(header, cells, strict=False))


def understand(
    number: int, cells: dict[str, str], known: Known, has_consent: bool, now: datetime
) -> Row:
    """The row's meaning, or a refusal without the address in it."""
    if any(len(cell) > LONGEST_CELL or "\0" in cell for cell in cells.values()):
        raise Refused("a cell is longer than 2,000 characters or holds a NUL")
    try:
        email = address(cells.get("email", ""))
    except Refused:
        raise Refused("the email address is not in the correct format") from None
    user_type = known.types.get(cells.get("user_type", "").strip())
    if user_type is None:
        raise Refused(f"there is no user type {cells.get('user_type', '').strip()[:60]!r}")
    slugs = [slug.strip() for slug in cells.get("topics", "").split(";") if slug.strip()]
    for slug in slugs:
        if slug not in known.topics:
            raise Refused(f"there is no topic {slug[:60]!r}")
    if not slugs:
        raise Refused("it names no topic")
    frequency = cells.get("frequency", "").strip() or "immediate"
    language = cells.get("language", "").strip() or "en"
    if frequency not in FREQUENCIES:
        raise Refused(f"frequency must be one of {', '.join(FREQUENCIES)}")
    if language not in LANGUAGES:
        raise Refused(f"language must be one of {', '.join(LANGUAGES)}")
    confirmed = cells.get("confirmed_at", "").strip()
    if not has_consent or not confirmed:
        raise Refused("no statement of consent: give --consent WORDING and confirmed_at")
    return Row(
        number=number,
        email=email,
        key=fold(email),
        user_type=user_type,
        topics=tuple(dict.fromkeys(known.topics[slug].id for slug in slugs)),
        frequency=frequency,
        language=language,
        organisation=cells.get("organisation", "").strip(),
        name=cells.get("name", "").strip(),
        confirmed_at=moment(confirmed, now),
    )


def moment(text: str, now: datetime) -> datetime:
    """When somebody confirmed: a date (09:30 London) or an ISO instant, not in the future."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"confirmed_at {text[:40]!r} is no date; write 2026-11-23") from None
    if found.tzinfo is None:
        found = at_london(found.date()) if len(text) <= 10 else found.replace(tzinfo=UTC)
    if found > now:
        raise Refused("confirmed_at is in the future")
    return found


def add(
    rows: list[Row],
    report: Report,
    known: Known,
    consent: tuple[int, int],
    *,
    now: datetime,
    pepper: str,
) -> None:
    """Insert those of the batch who are new: person, subscriptions, consent, reach."""
    fresh = unknown_people(rows, report, pepper)
    if not fresh:
        return
    ids = new_ids(len(fresh))
    import_id, wording = consent
    session.execute(
        insert(Subscriber),
        [
            {
                "id": i,
                "email": row.email,
                "email_key": row.key,
                "state": "active",
                "user_type_id": row.user_type.id,
                "depth": None,
                "language": row.language,
                "frequency": row.frequency,
                "name": row.name,
                "organisation": row.organisation,
                "created_at": now,
                "confirmed_at": row.confirmed_at,
                "end_reason": "",
            }
            for i, row in zip(ids, fresh, strict=True)
        ],
    )
    session.execute(
        insert(Subscription),
        [
            {"subscriber_id": i, "topic_id": topic, "started_at": now, "end_reason": ""}
            for i, row in zip(ids, fresh, strict=True)
            for topic in row.topics
        ],
    )
    session.execute(
        insert(Consent),
        [
            {
                "subscriber_id": i,
                "wording_id": wording,
                "at": row.confirmed_at,
                "confirmed_at": row.confirmed_at,
                "how": "import",
                "import_id": import_id,
            }
            for i, row in zip(ids, fresh, strict=True)
        ],
    )
    session.execute(
        insert(Reach), [reach_of(i, row, known) for i, row in zip(ids, fresh, strict=True)]
    )
    report.added += len(fresh)


def reach_of(subscriber_id: int, row: Row, known: Known) -> dict[str, int]:
    t0, t1 = masks(known.bits[topic] for topic in row.topics)
    return {
        "subscriber_id": subscriber_id,
        "user_type_id": row.user_type.id,
        "variant": variant(row.user_type.depth, row.language),
        "frequency": FREQUENCIES.index(row.frequency),
        "t0": t0,
        "t1": t1,
    }


def unknown_people(rows: list[Row], report: Report, pepper: str) -> list[Row]:
    """Rows of people whom we neither know nor must leave alone; each address once."""
    unique = {row.key: row for row in reversed(rows)}
    report.already += len(rows) - len(unique)
    have = set(
        session.scalars(select(Subscriber.email_key).where(Subscriber.email_key.in_(list(unique))))
    )
    keys = {suppression_key(key, pepper): key for key in unique}
    stopped = {
        keys[found]
        for found in session.scalars(select(Suppression.key).where(Suppression.key.in_(list(keys))))
    }
    fresh = []
    for key, row in sorted(unique.items(), key=lambda pair: pair[1].number):
        if key in have:
            report.already += 1
        elif key in stopped:
            report.refused.append((row.number, "this person asked us not to write to them"))
        else:
            fresh.append(row)
    return fresh


def new_ids(count: int) -> list[int]:
    """Ids for ``count`` new people. PostgreSQL's sequence hands them out, so that a sign-up on the
    page cannot take the same; on SQLite the unit of work holds the write lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence("subscriber", "id")
        series = func.generate_series(1, count).table_valued("number")
        return sorted(session.scalars(select(func.nextval(sequence)).select_from(series)))
    first = (session.scalar(select(func.max(Subscriber.id))) or 0) + 1
    return list(range(first, first + count))
