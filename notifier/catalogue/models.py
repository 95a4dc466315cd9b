"""What there is to tell about: organisation, bodies, teams, topics, series and user types."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.store.db import Base

topic_audience = Table(
    "topic_audience",
    Base.metadata,
    Column("topic_id", ForeignKey("topic.id"), primary_key=True),
    Column("user_type_id", ForeignKey("user_type.id"), primary_key=True),
)
series_topic = Table(
    "series_topic",
    Base.metadata,
    Column("series_id", ForeignKey("series.id"), primary_key=True),
    Column("topic_id", ForeignKey("topic.id"), primary_key=True),
)


class Organisation(Base):
    """One row: whose statistics these are and the rules it chose."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str]  # of references: DEFRA in DEFRA-2026-014
    standard_release_time: Mapped[time]
    hop_name: Mapped[str] = mapped_column(default="")
    hop_email: Mapped[str] = mapped_column(default="")
    hop_deputies: Mapped[list[Any]]
    licence_name: Mapped[str] = mapped_column(default="")
    licence_url: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[Any]]
    welsh: Mapped[str] = mapped_column(default="frame")  # frame | both_or_neither
    welsh_kinds: Mapped[dict[str, Any]] = mapped_column(default=dict)  # {kind: another choice}
    second_person: Mapped[dict[str, Any]]
    off_days: Mapped[str] = mapped_column(default="before")  # recurring editions: before|after|skip
    digest_time: Mapped[time] = mapped_column(default=time(10, 30))  # London
    digest_weekday: Mapped[int] = mapped_column(default=0)  # of the weekly digest; 0 is Monday


class Body(Base):
    __tablename__ = "body"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    hop_email: Mapped[str] = mapped_column(default="")
    hop_deputies: Mapped[list[Any]] = mapped_column(default=list)  # addresses


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    body: Mapped[Body | None] = relationship()


class Topic(Base):
    """A node of the tree that people subscribe to; ``bit`` is its place in the masks of reach."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    cy: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    bit: Mapped[int] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    retired_at: Mapped[datetime | None]  # merged or given up; its people were told
    uses: Mapped[str] = mapped_column(default="")  # for what people use it: the team's summary
    cy_uses: Mapped[str] = mapped_column(default="")
    intended: Mapped[list[UserType]] = relationship(
        secondary=topic_audience, order_by="UserType.position"
    )
    parent: Mapped[Topic | None] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list[Topic]] = relationship(
        back_populates="parent", foreign_keys=[parent_id], order_by="Topic.position"
    )
    merged_into: Mapped[Topic | None] = relationship(
        remote_side=[id], foreign_keys=[merged_into_id]
    )
    series: Mapped[list[Series]] = relationship(
        secondary=series_topic, back_populates="topics", order_by="Series.name"
    )


class Series(Base):
    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    cy: Mapped[str] = mapped_column(default="")
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    designation: Mapped[str] = mapped_column(default="Official statistics")
    frequency: Mapped[str] = mapped_column(default="")
    landing_url: Mapped[str] = mapped_column(default="")
    checks_landing: Mapped[bool] = mapped_column(default=False)  # before an armed release goes out
    recurrence: Mapped[str] = mapped_column(default="")
    identifiers: Mapped[list[Any]]  # [{scheme, value, url?}]
    exemption: Mapped[dict[str, Any] | None]  # from the standard time or days off: {time, days…}
    nothing_planned_on: Mapped[date | None]  # the day on which the team said so
    team: Mapped[Team] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary=series_topic, back_populates="series")


class UserType(Base):
    """Who somebody is to the statistics; decides the depth they get unless they choose one."""

    __tablename__ = "user_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    cy: Mapped[str] = mapped_column(default="")
    depth: Mapped[str] = mapped_column(default="detail")  # headline | detail | technical
    position: Mapped[int] = mapped_column(default=0)


class CatalogueLoad(Base):
    """Each file that was loaded, by its SHA-256."""

    __tablename__ = "catalogue_load"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    at: Mapped[datetime]
    counts: Mapped[dict[str, Any]]
