"""What a WebSub hub is to be told, and how far we looked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notifier.store.db import Base


class HubMark(Base):
    """How far the history was looked through for news; one row."""

    __tablename__ = "hub_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[datetime]  # when the hub was first known here: older news is nobody's
    history_id: Mapped[int]
    looked_at: Mapped[datetime]


class HubPing(Base):
    """One event of which the hub is to be told; ``next_at`` is null when that is over."""

    __tablename__ = "hub_ping"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # as happenings.Happening
    key: Mapped[str]
    paths: Mapped[list[Any]]  # of the feeds in which it stands
    noted_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(default="")  # what the last try came to
