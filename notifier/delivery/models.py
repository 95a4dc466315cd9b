"""What came back: one row per bounce or complaint, so that a second report changes nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notifier.store.db import Base


class Bounce(Base):
    __tablename__ = "bounce"
    __table_args__ = (UniqueConstraint("send_id", "subscriber_id", "verdict"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber_id: Mapped[int] = mapped_column(index=True)
    send_id: Mapped[int]
    verdict: Mapped[str]  # delivery.classify.Verdict, or complaint
    code: Mapped[int] = mapped_column(SmallInteger, default=0)
    status: Mapped[str] = mapped_column(default="")
    source: Mapped[str]  # smtp | report
    at: Mapped[datetime]
