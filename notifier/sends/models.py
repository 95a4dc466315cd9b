"""Promises and their ledger: a Send says what is owed and when; a Delivery, what became of it."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notifier.store.db import Base


class Send(Base):
    """One message to an audience, or to one person. Unique by (kind, about, stage, revision).

    It keeps the wall date, wall time and rule from which ``due_at`` was made, so that it can be
    made again when holidays, time zones or settings change.
    """

    __tablename__ = "send"
    __table_args__ = (
        UniqueConstraint("kind", "about", "stage", "revision"),
        Index("ix_send_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # a folder of templates/emails
    about: Mapped[str] = mapped_column(index=True)  # DEFRA-2026-014, release:3, signup:9
    stage: Mapped[str]  # announce, T-30, T0, confirm…
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="planned")
    due_at: Mapped[datetime]
    wall_date: Mapped[date | None]
    wall_time: Mapped[time | None]
    rule: Mapped[str] = mapped_column(default="at once")
    lapses_at: Mapped[datetime | None]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    context: Mapped[dict[str, Any]]  # ids and numbers that the letter needs

    receivers: Mapped[dict[str, Any] | None]  # the audience, as audience.receivers reads it
    subscriber_id: Mapped[int | None] = mapped_column(ForeignKey("subscriber.id"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    created_at: Mapped[datetime]
    frozen_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")

    # Counters, kept with the ledger; nothing counts rows on a page view.
    audience: Mapped[int] = mapped_column(default=0)
    accepted: Mapped[int] = mapped_column(default=0)
    bounced: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)

    # The outcome of a Send to one person, which has no ledger rows of its own.
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_at: Mapped[datetime | None]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]

    @property
    def pending(self) -> int:
        """People of the frozen audience about whom nothing final is known yet."""
        return self.audience - self.accepted - self.bounced - self.failed - self.skipped

    @property
    def to_one(self) -> bool:
        return self.receivers is None


class Letter(Base):
    """The frozen words of one variant of a Send, with slots where each person's own words go."""

    __tablename__ = "letter"

    send_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)
    variant: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    frame: Mapped[dict[str, Any]]  # what the headers need: from_name, reply_to, list_id…


class Delivery(Base):
    """One person's row in the ledger of a Send: narrow, small integers, no other index."""

    __tablename__ = "delivery"
    __table_args__ = ({"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": 80}},)

    send_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    subscriber_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    variant: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[int] = mapped_column(SmallInteger)  # delivery.rules.State
    at: Mapped[int] = mapped_column(BigInteger)  # seconds since 1970, of the last change; 0: frozen
    code: Mapped[int] = mapped_column(SmallInteger)  # of the mail server's last reply
    tries: Mapped[int] = mapped_column(SmallInteger)


class DigestItem(Base):
    """What a digest's letter tells: its variant holds the item Sends whose held rows it settles."""

    __tablename__ = "digest_item"

    digest_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)
    variant: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    item_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)


class Chunk(Base):
    """A run of a Send's ledger rows that one worker leases: subscribers ``lo`` to ``hi``."""

    __tablename__ = "chunk"
    __table_args__ = (Index("ix_chunk_state_lease_until", "state", "lease_until"),)

    send_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lo: Mapped[int] = mapped_column(BigInteger)
    hi: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]  # queued | leased | done
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0)


class Retry(Base):
    """The few who are tried again, and when."""

    __tablename__ = "retry"
    __table_args__ = (Index("ix_retry_next_at", "next_at"),)

    send_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_at: Mapped[datetime]
    next_at: Mapped[datetime]
