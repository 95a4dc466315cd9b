"""Change notices: what will change, when, how early it was said, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from notifier.catalogue.models import Series
from notifier.releases.models import Release
from notifier.store.db import Base

notice_series = Table(
    "notice_series",
    Base.metadata,
    Column("notice_id", ForeignKey("notice.id"), primary_key=True),
    Column("series_id", ForeignKey("series.id"), primary_key=True),
)


class ChangeNotice(Base):
    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(primary_key=True)
    urn: Mapped[str] = mapped_column(unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(default="draft")

    # Class (DOMAIN.md section 4): what kind of change, and how much of one.
    type: Mapped[str]
    other_types: Mapped[list[Any]]
    materiality: Mapped[str]  # minor | moderate | major
    series_break: Mapped[str]  # none | possible | yes
    machine_breaking: Mapped[bool]
    cut: Mapped[bool]
    class_: Mapped[str] = mapped_column("class")
    override: Mapped[str] = mapped_column(default="")  # a class that was chosen against the table
    override_reason: Mapped[str] = mapped_column(default="")  # public

    # Scope: {geographies, breakdowns, identifiers, reference_from, history_from, user_types}
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict)

    # Words. ``what`` and ``why`` are the detail words; technical falls back to them.
    headline: Mapped[str]
    cy: Mapped[dict[str, Any]]  # {headline, what, why…} where there is Welsh
    what: Mapped[str]
    not_changing: Mapped[str] = mapped_column(default="")
    why: Mapped[str]
    technical: Mapped[str] = mapped_column(default="")
    brief: Mapped[str] = mapped_column(default="")  # for who reads headlines; else ``what``
    driver: Mapped[str] = mapped_column(default="")  # what made it necessary
    alternatives: Mapped[list[Any]] = mapped_column(default=list)  # [{title, url?}]
    contact: Mapped[str] = mapped_column(default="")  # empty: the team's
    impact: Mapped[dict[str, Any]]
    comparability: Mapped[dict[str, Any]]
    what_to_do: Mapped[list[Any]]
    mapping: Mapped[list[Any]]
    evidence: Mapped[list[Any]]
    consultation: Mapped[dict[str, Any]]
    decision: Mapped[str]  # under_consideration | proposed | consulting | decided

    # Timing. ``judged_from`` is first_public_at, or the announcement of a later widening.
    effect_kind: Mapped[str]  # release | date | reference_period | tbc
    effect_release_id: Mapped[int | None] = mapped_column(ForeignKey("release.id"), index=True)
    effect_date: Mapped[date | None]
    effect_at: Mapped[datetime | None]
    next_update_by: Mapped[date | None]
    minimum_days: Mapped[int]
    target_days: Mapped[int]
    first_public_at: Mapped[datetime | None]  # set once, by publish; nobody can edit it
    judged_from: Mapped[datetime | None]
    lead_days: Mapped[int | None]
    verdict: Mapped[str | None]  # on_time | met | short | same_day | after
    short_notice_reason: Mapped[str] = mapped_column(default="")
    policy: Mapped[dict[str, Any]]  # the policy by which a published notice was judged
    # Days by which staff moved a dated message off its rule's day: {stage: days}.
    stage_shifts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # What became of each link when it was last asked: {url: {at, trouble}}.
    link_checks: Mapped[dict[str, Any]] = mapped_column(default=dict)

    # How it ended, or why it waits
    hold_reason: Mapped[str] = mapped_column(default="")
    end_reason: Mapped[str] = mapped_column(default="")  # of a cancelled or retracted notice
    outcome: Mapped[dict[str, Any] | None]  # {word, text, at}
    took_effect_at: Mapped[datetime | None]
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))

    author_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    approved_at: Mapped[datetime | None]
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    series: Mapped[list[Series]] = relationship(secondary=notice_series, order_by=Series.id)
    effect_release: Mapped[Release | None] = relationship()


class NoticeRevision(Base):
    """The public change log: what was public as revision ``no``, and what changed in it.

    An editorial edit keeps the number and tells nobody.
    """

    __tablename__ = "notice_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    no: Mapped[int]
    at: Mapped[datetime]
    editorial: Mapped[bool] = mapped_column(default=False)
    summary: Mapped[str]
    words: Mapped[dict[str, Any]]


class NoticeRequest(Base):
    """What somebody asked to do, that a second person has to agree to."""

    __tablename__ = "notice_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    verb: Mapped[str]  # of notices.asked.SECOND
    given: Mapped[dict[str, Any]]  # what the verb takes
    version: Mapped[datetime]  # when the notice was last changed: of another one nothing was asked
    asked_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(default="")  # agreed | turned down | asked again
    settled_at: Mapped[datetime | None]


class ReferenceCounter(Base):
    """The last number given to a notice in each year."""

    __tablename__ = "reference_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Answer(Base):
    """What somebody said in a consultation; it counts when its mail was confirmed.

    The words stay as they were sent, the address does not: who only answered is purged like any
    unconfirmed sign-up, and ``subscriber_id`` leads to an empty row then.
    """

    __tablename__ = "consultation_answer"
    # SQLite gives the number of a deleted row again, and old links hold the number.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    subscriber_id: Mapped[int] = mapped_column(ForeignKey("subscriber.id"), index=True)
    user_type_id: Mapped[int] = mapped_column(ForeignKey("user_type.id"))
    organisation: Mapped[str] = mapped_column(default="")
    answers: Mapped[list[Any]]  # [{question, answer}] as they stood on the page
    language: Mapped[str] = mapped_column(default="en")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class PolicyRule(Base):
    """The register of promises: what a class asks for from a day on. Append-only and public."""

    __tablename__ = "policy_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    class_: Mapped[str] = mapped_column("class")
    minimum_days: Mapped[int]
    target_days: Mapped[int]
    starts_on: Mapped[date]  # London
    reason: Mapped[str]
    set_by: Mapped[str]
    approved_by: Mapped[str] = mapped_column(default="")  # a Head of Profession, where it shortens
    at: Mapped[datetime]
