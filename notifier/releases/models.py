"""Editions of a series, and the history of their dates."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.catalogue.models import Series
from notifier.sends.models import Send
from notifier.store.db import Base


class Release(Base):
    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("series_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    title: Mapped[str]
    cy_title: Mapped[str] = mapped_column(default="")
    period: Mapped[str] = mapped_column(default="")  # the reference period, in words
    state: Mapped[str]  # planned | provisional | confirmed | released | postponed_tbc | cancelled…
    day: Mapped[date | None]
    wall_time: Mapped[time | None]
    precision: Mapped[str]  # datetime | date | week | month | quarter | no_later_than | tbc
    at: Mapped[datetime | None]  # the earliest instant that date, time and precision allow
    first_announced_on: Mapped[date | None]  # the date that was first given
    confirmed_at: Mapped[datetime | None]
    confirmed_lead_days: Mapped[int | None]  # from confirmation to the release, London dates
    next_update_by: Mapped[date | None]  # while there is no date
    end_reason: Mapped[str] = mapped_column(default="")  # of a cancelled or withdrawn release
    contains_change: Mapped[bool] = mapped_column(default=False)
    landing_url: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")  # empty: the team's
    breached_on: Mapped[date | None]  # T-28 passed without an exact date: on record, for good
    breach_reason: Mapped[str] = mapped_column(default="")  # public; empty while it is owed
    published_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)  # of the calendar event
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    series: Mapped[Series] = relationship()
    date_changes: Mapped[list[ReleaseDateChange]] = relationship(
        back_populates="release", order_by="ReleaseDateChange.id"
    )

    @property
    def certainty(self) -> str:
        return "confirmed" if self.state in ("confirmed", "released") else "provisional"


class ReleaseDateChange(Base):
    """Append-only: a date that users were told, and the one that replaced it."""

    __tablename__ = "release_date_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), index=True)
    from_date: Mapped[date | None]
    from_time: Mapped[time | None]
    from_precision: Mapped[str]
    to_date: Mapped[date | None]
    to_time: Mapped[time | None]
    to_precision: Mapped[str]
    direction: Mapped[str]  # earlier | later | vaguer | firmer
    reason_code: Mapped[str]
    reason: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by: Mapped[str]
    approved_by: Mapped[str]
    announced_at: Mapped[datetime]
    send_id: Mapped[int | None] = mapped_column(ForeignKey("send.id"))  # whose ledger: who was told
    release: Mapped[Release] = relationship(back_populates="date_changes")
    send: Mapped[Send | None] = relationship()


class ReleaseAsk(Base):
    """What somebody asks a second person to agree to: one thing for each release at a time.

    It lapses when the release changes meanwhile.
    """

    __tablename__ = "release_ask"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    act: Mapped[str]  # confirm | move | postpone | cancel | withdraw | unmark
    given: Mapped[dict[str, Any]]  # what the act needs beside the two people
    base: Mapped[str]  # the release as it stood: see releases.asking.base
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    release: Mapped[Release] = relationship()


class Announcement(Base):
    """The words of a release mail: written, approved and armed before the instant.

    Nobody reads them before it but the named readers, and each view is kept.
    """

    __tablename__ = "release_announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), unique=True)
    state: Mapped[str]  # draft | armed | withheld | announced
    words: Mapped[dict[str, Any]]  # {en: {headline, detail, technical}, cy: {…}}, Markdown
    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    armed_at: Mapped[datetime | None]
    checked_at: Mapped[datetime | None]  # when the landing page was last asked
    check_result: Mapped[str] = mapped_column(default="")  # why it is not live; empty: it is
    alarmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    release: Mapped[Release] = relationship()
    readers: Mapped[list[EarlyReader]] = relationship(
        back_populates="announcement", order_by="EarlyReader.id"
    )


class EarlyReader(Base):
    """Somebody named who may read an announcement before its instant."""

    __tablename__ = "early_reader"
    __table_args__ = (UniqueConstraint("announcement_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("release_announcement.id"))
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken off the list; what they read stays on record
    announcement: Mapped[Announcement] = relationship(back_populates="readers")
    views: Mapped[list[EarlyView]] = relationship(order_by="EarlyView.id")


class EarlyView(Base):
    """Each time a named reader opened the words before the instant."""

    __tablename__ = "early_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(ForeignKey("early_reader.id"), index=True)
    at: Mapped[datetime]
