"""Conditions of the receivers query that ask nothing of ``subscription``: kinds, and the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from notifier.audience.kinds import MACHINES_ONLY, mask
from notifier.audience.models import Reach
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import TOLD
from notifier.store.db import session

_FEW: ContextVar[bool] = ContextVar("few", default=False)


@contextmanager
def for_few() -> Iterator[None]:
    """What is built within is asked about a batch of people, not about everybody: SQLite looks each
    of them up, instead of making its index of all followers anew for each batch."""
    before = _FEW.set(True)
    try:
        yield
    finally:
        _FEW.reset(before)


def among(column: InstrumentedAttribute[Any], people: Select[Any]) -> ColumnElement[bool]:
    """Whether a person is one of ``people``, whose ids stand in ``column``.

    Beside an OR, PostgreSQL reads all rows of an IN anew for each person as soon as they do not
    fit into work_mem (262,000 people); an EXISTS it looks up. SQLite makes an index of an IN, which
    is the faster way for many, but not ``for_few``.
    """
    if _FEW.get() or session.get_bind().dialect.name == "postgresql":
        return people.where(column == Reach.subscriber_id).correlate(Reach).exists()
    return Reach.subscriber_id.in_(people)


def wants(kinds: Iterable[str], *, breaks_machines: bool) -> ColumnElement[bool]:
    """Who has not turned off all of these kinds."""
    named = set(kinds)
    if "change" not in named or breaks_machines:
        return Reach.kinds.bitwise_and(mask(named)) != 0
    changes = and_(
        Reach.kinds.bitwise_and(mask(["change"])) != 0,
        Reach.kinds.bitwise_and(MACHINES_ONLY) == 0,
    )
    others = mask(named - {"change"})
    return or_(changes, Reach.kinds.bitwise_and(others) != 0) if others else changes


def got_earlier(send_ids: Iterable[int]) -> ColumnElement[bool]:
    """People whom one of these Sends was handed over for, or still is; also a Send to one."""
    ids = list(send_ids)
    if not ids:
        return false()
    ledger, single = told_by(ids)
    return or_(among(Delivery.subscriber_id, ledger), among(Send.subscriber_id, single))


def told_by(send_ids: list[int]) -> tuple[Select[int], Select[int | None]]:
    """The people on the ledgers of these Sends, and those of Sends to one person."""
    ledger = select(Delivery.subscriber_id).where(
        Delivery.send_id.in_(send_ids), Delivery.state.in_(TOLD)
    )
    single = select(Send.subscriber_id).where(
        Send.id.in_(send_ids), Send.subscriber_id.is_not(None), Send.accepted > 0
    )
    return ledger, single
