"""Brings in a CSV list with its statement of consent; refuses row by row, never the whole file.

Nobody's preferences are changed: who is known, has left, or is suppressed stays as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, cast

from sqlalchemy import (
    Boolean,
    CursorResult,
    Executable,
    String,
    TextClause,
    bindparam,
    column,
    exists,
    func,
    insert,
    select,
    text,
)

from notifier.audience.arriving import Batch, beside, pack, room_for_them
from notifier.audience.models import Subscriber, SubscriberImport, Subscription, Suppression
from notifier.audience.reading import Reader
from notifier.audience.rules import suppression_key
from notifier.audience.subscribe import wording_id
from notifier.store.bulk import collector_paused
from notifier.store.db import Instant, session
from notifier.store.history import By, record

BATCH = 2_000  # people; read twice as fast as 20,000, which the processor's cache does not hold
ACTIVE = {"state": "active", "active": True, "basis": "consent"}
NOT_TO_BE_WRITTEN_TO = "this person asked us not to write to them"


def sql(statement: str) -> TextClause:
    typed: dict[str, Any] = {"at": Instant(), "state": String(), "active": Boolean()}
    named = [bindparam(name, type_=typed[name]) for name in typed if f":{name}" in statement]
    return text(statement).bindparams(*named)


# The same on both databases. The first row of an address counts; who is known stays.
PEOPLE = sql(
    "INSERT INTO subscriber (id, email, email_key, state, user_type_id, language, kinds, name,"
    " organisation, created_at, confirmed_at, end_reason, uses, takes_part, asked_by, source,"
    " week_ahead)"
    " SELECT id + :plus, email, key, :state, user_type_id, language, kinds, name,"
    " organisation, :at, CASE WHEN :active THEN confirmed END, '', '', 0, '', '', false"
    " FROM arriving_person WHERE true ORDER BY id ON CONFLICT (email_key) DO NOTHING"
)
KNOWN = text(
    "DELETE FROM arriving_person WHERE id + :plus NOT IN"
    " (SELECT id FROM subscriber WHERE id BETWEEN :first AND :last)"
)
STOPPED = text(
    "DELETE FROM arriving_person WHERE hashed IN (SELECT key FROM suppression)"
    " AND key NOT IN (SELECT email_key FROM subscriber WHERE email_key = key) RETURNING number"
)
WHAT_THEY_GET = (
    # In the order of the people and, of each, of their topics: pages are filled from front to back.
    insert(Subscription).from_select(
        ["subscriber_id", "topic_id", "series_id", "started_at", "end_reason"],
        text(
            "SELECT p.id + :plus, f.topic_id, f.series_id, :at, '' FROM arriving_person p"
            " JOIN arriving_follow f ON f.set_id = p.topics ORDER BY p.id, f.place"
        )
        .bindparams(bindparam("at", type_=Instant()))
        .columns(*(column(n) for n in ("subscriber", "topic", "series", "at", "reason"))),
        include_defaults=False,
    ),
    text(
        "INSERT INTO consent"
        " (subscriber_id, wording_id, at, confirmed_at, how, basis, import_id)"
        " SELECT id + :plus, :wording, confirmed, confirmed, 'import', :basis, :import"
        " FROM arriving_person"
    ),
    text(
        "INSERT INTO reach"
        " (subscriber_id, user_type_id, variant, kinds, takes_part, joined, t0, t1)"
        " SELECT p.id + :plus, p.user_type_id, p.variant, p.kinds, 0, p.joined, s.t0, s.t1"
        " FROM arriving_person p JOIN arriving_set s ON s.id = p.topics"
    ),
)


class Refusals(Protocol):
    """Where refused rows go: a list, or a file for as many as there may be."""

    def append(self, refused: tuple[int, str], /) -> None: ...
    def __len__(self) -> int: ...


@dataclass
class Report:
    """What became of the file. ``refused`` takes (row number in the file, reason), no address."""

    refused: Refusals
    added: int = 0
    already: int = 0

    @property
    def counts(self) -> dict[str, Any]:
        return {"added": self.added, "already": self.already, "refused": len(self.refused)}


def import_csv(
    lines: Iterable[str],
    *,
    filename: str,
    sha256: str,
    wording: str,
    by: By,
    now: datetime,
    pepper: str,
    refused: Refusals | None = None,
    large: bool = False,
    rehearsal: bool = False,
) -> Report:
    """Add everybody in the file who is new, in a unit of work that is its own.

    ``lines`` is the decoded text; ``wording`` the consent sentence that the people agreed to (with
    each row's confirmed_at, the statement of consent). A ``large`` file is read by a process of its
    own meanwhile. Where nobody was added, or in a ``rehearsal``, it is all taken back. Raises
    Refused when the header is not ours, or what follows is not CSV.
    """
    reader = Reader(lines, has_consent=bool(wording), now=now)
    report = Report(refused=[] if refused is None else refused)
    kept = SubscriberImport(filename=filename, sha256=sha256, at=now, counts={})
    session.add(kept)
    session.flush()
    values = {**ACTIVE, "wording": wording_id(wording, "en"), "import": kept.id, "at": now}
    make = partial(images, reader, pepper if anybody_suppressed() else None)
    with collector_paused(), room_for_them() as enter:
        for batch in beside(make) if large else make():
            for row in batch.refused:
                report.refused.append(row)
            if batch.people:
                add(batch, report, enter, values)
    if rehearsal or not report.added:
        session.rollback()
        return report
    kept.counts = report.counts
    record(f"import:{kept.id}", "import", by=by, now=now, **report.counts)
    return report


def images(reader: Reader, pepper: str | None) -> Iterator[Batch]:
    """What the file holds, in batches; a ``pepper`` where somebody is suppressed."""
    hashed = partial(suppression_key, pepper=pepper) if pepper is not None else None
    for rows, refused in reader.batches(BATCH):
        image = pack(rows, reader.sets, hashed) if rows else b""
        yield Batch(image, len(rows), refused)


def add(
    batch: Batch,
    report: Report,
    enter: Callable[[bytes, Sequence[int]], int],
    values: dict[str, Any],
    also: Sequence[Executable] = WHAT_THEY_GET,
) -> Sequence[int]:
    """Insert those of the batch who are new: person, subscriptions, consent, reach, or what else
    ``also`` writes of them. Returns the ids of which theirs are some."""
    ids = new_ids(batch.people)
    plus = enter(batch.image, ids)
    stopped = sorted(session.scalars(STOPPED)) if anybody_suppressed() else []
    for number in stopped:
        report.refused.append((number, NOT_TO_BE_WRITTEN_TO))
    values = {**values, "plus": plus, "first": ids[0], "last": ids[-1]}
    added = changed(PEOPLE, values)
    report.added += added
    report.already += batch.people - len(stopped) - added
    if added < batch.people:
        changed(KNOWN, values)
    if added:
        for statement in also:
            changed(statement, values)
    return ids


def changed(statement: Executable, values: dict[str, Any]) -> int:
    """Run it with those of the values that it names; how many rows it wrote."""
    names = re.findall(r":(\w+)", str(statement))
    given = {name: values[name] for name in names}
    return cast("CursorResult[Any]", session.connection().execute(statement, given)).rowcount


def anybody_suppressed() -> bool:
    return bool(session.scalar(select(exists().select_from(Suppression))))


def new_ids(count: int) -> Sequence[int]:
    """Ids for ``count`` new people. PostgreSQL's sequence hands them out, so that a sign-up on the
    page cannot take the same; on SQLite the unit of work holds the write lock.
    """
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence("subscriber", "id")
        series = func.generate_series(1, count).table_valued("number")
        return sorted(session.scalars(select(func.nextval(sequence)).select_from(series)))
    first = (session.scalar(select(func.max(Subscriber.id))) or 0) + 1
    return range(first, first + count)
