"""Who did what, when and why: append-only rows, hash-chained per object, a head for each day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from notifier.clock import at_london, london_date
from notifier.store.db import Base, session


@dataclass(frozen=True)
class By:
    """Who acts. ``basis`` tells how we know: signed_in, asserted (at the command line by the
    operating system's user ``os_user``), token, person (a subscriber) or system."""

    basis: str
    staff_id: int | None = None
    name: str = ""
    os_user: str = ""

    @property
    def words(self) -> str:
        """For people: the name and, at the command line, that it was asserted there."""
        if self.basis == "asserted":
            return f"{self.name or self.os_user}, asserted at the command line by {self.os_user}"
        return self.name or self.basis


TOGETHER = 1_000  # rows that are held at once
SETTLED = timedelta(hours=1)  # after midnight; the longest unit of work is an import of minutes
SYSTEM = By("system", name="Notifier")
PERSON = By("person", name="the person")


class History(Base):
    __tablename__ = "history"
    __table_args__ = (UniqueConstraint("object", "seq"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    object: Mapped[str]  # "notice:12"; ids only, never an address
    seq: Mapped[int]
    at: Mapped[datetime]
    action: Mapped[str]
    by: Mapped[dict[str, Any]]
    why: Mapped[str] = mapped_column(default="")
    data: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]
    # Who, once more, to ask by; what counts is ``by``, which the hash covers.
    staff_id: Mapped[int | None] = mapped_column(index=True)


class HistoryHead(Base):
    """The head over all chains at the end of a day: mailed out, so that nobody can rewrite it."""

    __tablename__ = "history_head"

    day: Mapped[date] = mapped_column(primary_key=True)  # London
    head: Mapped[str]  # SHA-256, hex
    objects: Mapped[int]


class Head(NamedTuple):
    """SHA-256 (hex) over the last hash of each object's chain, and how many objects there were."""

    sha256: str
    objects: int


def record(
    about: str, action: str, *, by: By, now: datetime, why: str = "", **data: Any
) -> History:
    """Append one row to the chain of ``about`` ("notice:12").

    Two writers of one object collide on (object, seq); the loser's unit of work is rolled back.
    """
    last = session.scalars(
        select(History).where(History.object == about).order_by(History.seq.desc()).limit(1)
    ).first()
    row = History(
        object=about,
        seq=last.seq + 1 if last else 1,
        at=now,
        action=action,
        by={"basis": by.basis, "staff": by.staff_id, "name": by.name, "os_user": by.os_user},
        why=why,
        data=json.loads(json.dumps(data, default=str)),
        previous=last.hash if last else "",
        hash="",
        staff_id=by.staff_id,
    )
    row.hash = digest(row)
    session.add(row)
    session.flush()
    return row


def digest(row: History) -> str:
    """SHA-256 over the canonical JSON of the row and its predecessor's hash, hex."""
    body = [row.object, row.seq, row.at.isoformat(), row.action, row.by, row.why, row.data]
    text = json.dumps([row.previous, *body], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def is_whole(row: History) -> bool:
    """Whether a row says what it said when it was written."""
    return row.hash == digest(row) and row.staff_id == row.by.get("staff")


def of(about: str) -> list[History]:
    """The chain of one object, oldest first."""
    rows = session.scalars(select(History).where(History.object == about).order_by(History.seq))
    return list(rows)


def broken(*which: ColumnElement[bool]) -> Iterator[str]:
    """Each object whose chain does not add up, of all or of ``which``; a few rows at a time are
    held, however many there are."""
    query = select(History).where(*which).order_by(History.object, History.seq)
    about, seq, last = "", 0, ""
    for row in session.scalars(query.execution_options(yield_per=TOGETHER)):
        if row.object != about:
            about, seq, last = row.object, 0, ""
        if row.seq != seq + 1 or row.previous != last or not is_whole(row):
            yield row.object
        seq, last = row.seq, row.hash


def head(day: date) -> Head:
    """The head over all chains as they stood at the end of that London day.

    One line for each object, "notice:12 HASH", sorted by bytes, joined by line feeds and hashed as
    UTF-8. It tells a chain that was cut off at its end, which the chain itself cannot.
    """
    ends = at_london(day + timedelta(days=1), time.min)
    last = (
        select(History.object.label("object"), func.max(History.seq).label("seq"))
        .where(History.at < ends)
        .group_by(History.object)
        .subquery()
    )
    rows = session.execute(
        select(History.object, History.hash).join(
            last, (last.c.object == History.object) & (last.c.seq == History.seq)
        )
    )
    lines = sorted(f"{about} {hash_}".encode() for about, hash_ in rows)
    return Head(hashlib.sha256(b"\n".join(lines)).hexdigest(), len(lines))


def day_to_close(*, now: datetime) -> date | None:
    """Yesterday, while its head is not kept; None when it is, or when it is too early to be sure.

    A unit of work that began before midnight may commit after it with a row of yesterday, so a day
    is closed an hour later.
    """
    day = london_date(now - SETTLED) - timedelta(days=1)
    return day if session.get(HistoryHead, day) is None else None


def keep(day: date, found: Head) -> None:
    """Keep the head of a day. It is made before the unit of work begins: over 500,000 rows that
    took 3 s, for which nobody else could have written on SQLite."""
    session.add(HistoryHead(day=day, head=found.sha256, objects=found.objects))
    session.flush()


def last_head() -> HistoryHead | None:
    """The newest head that is kept."""
    return session.scalars(select(HistoryHead).order_by(HistoryHead.day.desc()).limit(1)).first()


def broken_heads(*, days: int = 7) -> Iterator[date]:
    """Each of the newest ``days`` kept days of which the head is no longer what it was.

    The newest alone would find any row that was altered; the others tell since when.
    """
    query = select(HistoryHead).order_by(HistoryHead.day.desc()).limit(days)
    for kept in session.scalars(query).all():
        if head(kept.day) != (kept.head, kept.objects):
            yield kept.day


def latest(about: str, action: str, *, staff_id: int) -> History | None:
    """The last time that a member of staff did that to an object, among its last fifty rows."""
    query = select(History).where(History.object == about).order_by(History.seq.desc()).limit(50)
    return next(
        (
            row
            for row in session.scalars(query)
            if row.action == action and row.by.get("staff") == staff_id
        ),
        None,
    )


def newest(about: str, *, limit: int) -> list[History]:
    """The end of an object's chain, newest first."""
    query = select(History).where(History.object == about).order_by(History.seq.desc())
    return list(session.scalars(query.limit(limit)))
