"""Staff and what they may do."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.store.db import Base

ROLES = ("author", "approver", "hop", "deputy", "admin")


class Staff(Base):
    __tablename__ = "staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    password_hash: Mapped[str | None]
    invitation_hash: Mapped[str | None] = mapped_column(index=True)
    invitation_expires: Mapped[datetime | None]
    created_at: Mapped[datetime]
    roles: Mapped[list[Role]] = relationship(back_populates="staff", cascade="all, delete-orphan")


class Role(Base):
    """One role in one team, or in every team when ``team_id`` is null."""

    __tablename__ = "role"
    __table_args__ = (UniqueConstraint("staff_id", "role", "team_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    role: Mapped[str]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    staff: Mapped[Staff] = relationship(back_populates="roles")


class Absence(Base):
    """Days on which somebody is away, both inclusive (London): requests reach the deputies then."""

    __tablename__ = "absence"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
