"""What mail servers say: bounces, their last words about a Send, and how fast each may be fed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, UniqueConstraint
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
    source: Mapped[str]  # of bounces.PROOFS
    at: Mapped[datetime]


class ServerReply(Base):
    """The newest words of a server behind a code that some people of a Send have; 0: it spoke no
    SMTP, or could not be reached. Nobody's address is in them."""

    __tablename__ = "server_reply"

    send_id: Mapped[int] = mapped_column(ForeignKey("send.id"), primary_key=True)
    code: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    status: Mapped[str]
    said: Mapped[str]
    at: Mapped[datetime]


class Limit(Base):
    """How many messages a relay, or a domain of recipients, may be given: ``limits_rules.Bucket``,
    in whole numbers. Workers of all machines share it."""

    __tablename__ = "send_limit"

    scope: Mapped[str] = mapped_column(primary_key=True)  # relay | domain | all
    name: Mapped[str] = mapped_column(primary_key=True)  # mail.example.org:587, gmail.com, warm-up
    own: Mapped[int] = mapped_column(BigInteger, default=0)  # a day, set by staff; 0 none
    base: Mapped[int] = mapped_column(BigInteger)  # a day
    tokens: Mapped[int] = mapped_column(BigInteger)  # millionths of a message
    at: Mapped[datetime]
    halvings: Mapped[int] = mapped_column(SmallInteger, default=0)
    slowed_at: Mapped[datetime | None]
    good_at: Mapped[datetime | None]
    line_until: Mapped[datetime | None]
    code: Mapped[int] = mapped_column(SmallInteger, default=0)  # of the last complaint
    said: Mapped[str] = mapped_column(default="")
