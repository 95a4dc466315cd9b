"""Editions of a series, and the history of their dates."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.catalogue.models import Series
from notifier.store.db import Base


class Release(Base):
    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("series_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    title: Mapped[str]
    cy_title: Mapped[str] = mapped_column(default="")
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
    release: Mapped[Release] = relationship(back_populates="date_changes")
