"""What second persons answered, and the words that they read: so that the next one is shown what
changed since, and nobody can say afterwards that they approved something else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from typing import Any, cast

from sqlalchemy import inspect, select, update

from notifier.accounts.models import Ruling, Staff
from notifier.errors import Conflict, Refused
from notifier.store.db import session

APPROVED, RETURNED, SHORT = "approved", "returned", "short"
LONGEST = 4_000  # characters of a remark


def keep(
    about: str,
    answer: str,
    words: Mapping[str, Any],
    *,
    person: Staff,
    now: datetime,
    remark: str = "",
    until: date | None = None,
) -> Ruling:
    """Keep an answer with everything that was read. ``about`` is the object's name in history."""
    row = Ruling(
        about=about,
        staff_id=person.id,
        at=now,
        answer=answer,
        remark=remark.strip(),
        words=dict(words),
        until=until,
    )
    session.add(row)
    session.flush()
    return row


def remark_of(text: str) -> str:
    """A remark as it is kept. Raises Refused for one that is empty or too long."""
    said = text.strip()
    if not said:
        raise Refused("Say what is to be changed (--reason); its author is told.", field="comments")
    if len(said) > LONGEST:
        raise Refused(f"Shorten your comments to {LONGEST:,} characters.", field="comments")
    return said


def answered(about: str, *, now: datetime) -> None:
    """It was submitted again: what was remarked is answered."""
    waiting = (Ruling.about == about) & (Ruling.answer == RETURNED) & Ruling.answered_at.is_(None)
    session.execute(update(Ruling).where(waiting).values(answered_at=now))


def last(about: str, *answers: str, person: Staff | None = None) -> Ruling | None:
    """The newest of these answers, by that person where one is given."""
    query = select(Ruling).where(Ruling.about == about, Ruling.answer.in_(answers))
    if person is not None:
        query = query.where(Ruling.staff_id == person.id)
    return session.scalars(query.order_by(Ruling.id.desc()).limit(1)).first()


def unanswered(abouts: Collection[str]) -> dict[str, Ruling]:
    """The newest remark that waits for its author, by what it is about."""
    query = select(Ruling).where(
        Ruling.about.in_(abouts), Ruling.answer == RETURNED, Ruling.answered_at.is_(None)
    )
    return {row.about: row for row in session.scalars(query.order_by(Ruling.id))}


def remarks(about: str) -> list[Ruling]:
    """Everything that was remarked, newest first."""
    query = select(Ruling).where(Ruling.about == about, Ruling.answer == RETURNED)
    return list(session.scalars(query.order_by(Ruling.id.desc())))


def of(person: Staff, *, limit: int) -> list[Ruling]:
    """What somebody decided last, newest first."""
    query = select(Ruling).where(Ruling.staff_id == person.id)
    return list(session.scalars(query.order_by(Ruling.id.desc()).limit(limit)))


def contents(row: Any, *, but: Collection[str]) -> dict[str, Any]:
    """Every column of a row by its name, but these, as JSON keeps it."""
    names = [column.key for column in inspect(type(row)).column_attrs]
    return plain({name.rstrip("_"): getattr(row, name) for name in names if name not in but})


def plain(words: Mapping[str, Any]) -> dict[str, Any]:
    """The same as it comes back from the database: days and instants as ISO text."""
    return cast("dict[str, Any]", json.loads(json.dumps(words, default=iso)))


def iso(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)


def digest(words: Mapping[str, Any]) -> str:
    """SHA-256 over canonical JSON, hex; history holds it, so that the words cannot be changed."""
    text = json.dumps(words, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def version(state: str, changed_at: datetime, words: Mapping[str, Any]) -> str:
    """What a page holds to say which version it shows: where it stands, since when, and what it
    says."""
    return f"{state}.{changed_at.isoformat()}.{digest(words)[:16]}"


def still(read: str | None, current: str) -> None:
    """Raise Conflict when what was read is not what stands; None: read at the command line."""
    if read is not None and read != current:
        raise Conflict("It changed while you were reading. Read it as it stands, then decide.")
