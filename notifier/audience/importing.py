"""Brings in a CSV list with its statement of consent; refuses row by row, never the whole file.

Nobody's preferences are changed: who is known, has left, or is suppressed stays as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import exists, func, select

from notifier.audience.models import (
    Consent,
    Reach,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
)
from notifier.audience.reading import Reader, Row
from notifier.audience.rules import joined_on, suppression_key, variant
from notifier.audience.subscribe import wording_id
from notifier.errors import Refused
from notifier.store.bulk import among, append, collector_paused, stored
from notifier.store.db import session
from notifier.store.history import By, record

BATCH = 5000
PERSON_COLUMNS = (
    "id",
    "email",
    "email_key",
    "state",
    "user_type_id",
    "language",
    "kinds",
    "name",
    "organisation",
    "created_at",
    "confirmed_at",
    "end_reason",
    "uses",
    "takes_part",
    "asked_by",
    "source",
)


@dataclass
class Report:
    """What became of the file. ``refused`` holds (row number in the file, reason), no address."""

    added: int = 0
    already: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


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
    reader, report = Reader(lines, has_consent=bool(wording), now=now), Report()
    kept = SubscriberImport(filename=filename, sha256=sha256, at=now, counts={})
    session.add(kept)
    session.flush()
    consent = (kept.id, wording_id(wording, "en")) if wording else None
    rows = reader.rows()
    with collector_paused():
        while batch := list(islice(rows, BATCH)):
            understood = []
            for number, cells in batch:
                try:
                    understood.append(reader.understand(number, cells))
                except Refused as refusal:
                    report.refused.append((number, str(refusal)))
            if consent is not None:
                add(understood, report, consent, now=now, pepper=pepper)
    kept.counts = {
        "added": report.added,
        "already": report.already,
        "refused": len(report.refused),
    }
    if report.added:
        record(f"import:{kept.id}", "import", by=by, now=now, **kept.counts)
    return report


def add(
    rows: list[Row], report: Report, consent: tuple[int, int], *, now: datetime, pepper: str
) -> None:
    """Insert those of the batch who are new: person, subscriptions, consent, reach."""
    fresh = unknown_people(rows, report, pepper)
    if not fresh:
        return
    people = list(zip(new_ids(len(fresh)), fresh, strict=True))
    import_id, wording = consent
    at = stored(now)
    confirmed = {moment: stored(moment) for moment in {row.confirmed_at for row in fresh}}
    append(
        Subscriber,
        PERSON_COLUMNS,
        [
            (
                i,
                row.email,
                row.key,
                "active",
                row.user_type.id,
                row.language,
                row.kinds,
                row.name,
                row.organisation,
                at,
                confirmed[row.confirmed_at],
                "",
                "",
                0,
                "",
                "",
            )
            for i, row in people
        ],
    )
    append(
        Subscription,
        ("subscriber_id", "topic_id", "started_at", "end_reason"),
        [(i, topic, at, "") for i, row in people for topic in row.follows.topics],
    )
    append(
        Consent,
        ("subscriber_id", "wording_id", "at", "confirmed_at", "how", "basis", "import_id"),
        [
            (
                i,
                wording,
                confirmed[row.confirmed_at],
                confirmed[row.confirmed_at],
                "import",
                "consent",
                import_id,
            )
            for i, row in people
        ],
    )
    append(
        Reach,
        ("subscriber_id", "user_type_id", "variant", "kinds", "takes_part", "joined", "t0", "t1"),
        [reach_of(i, row) for i, row in people],
    )
    report.added += len(fresh)


def reach_of(subscriber_id: int, row: Row) -> tuple[int, ...]:
    return (
        subscriber_id,
        row.user_type.id,
        variant(row.user_type.depth, row.language),
        row.kinds,
        0,
        joined_on(row.confirmed_at),
        *row.follows.masks,
    )


def unknown_people(rows: list[Row], report: Report, pepper: str) -> list[Row]:
    """Rows of people whom we neither know nor must leave alone; each address once."""
    unique: dict[str, Row] = {}
    for row in rows:
        unique.setdefault(row.key, row)
    have = set(
        session.scalars(
            select(Subscriber.email_key).where(among(Subscriber.email_key, list(unique)))
        )
    )
    stopped = suppressed(unique.keys() - have, pepper)
    report.already += len(rows) - len(unique) + len(have)
    report.refused += sorted(
        (unique[key].number, "this person asked us not to write to them") for key in stopped
    )
    return [row for key, row in unique.items() if key not in have and key not in stopped]


def suppressed(keys: Iterable[str], pepper: str) -> set[str]:
    """Those of the folded addresses that must get nothing."""
    if not session.scalar(select(exists().select_from(Suppression))):
        return set()
    hashed = {suppression_key(key, pepper): key for key in keys}
    query = select(Suppression.key).where(among(Suppression.key, list(hashed)))
    return {hashed[found] for found in session.scalars(query)}


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
