"""Chains of history as they can be handed out, each with what a check of it finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from notifier.store.bulk import among
from notifier.store.db import session
from notifier.store.history import History, digest


@dataclass(frozen=True)
class Chain:
    """The history of one object until some moment. ``problem`` says where it does not add up, ""
    where it does; ``name`` is what people call the object."""

    object: str
    name: str
    rows: list[History]
    problem: str


def chains(objects: Mapping[str, str], *, until: datetime) -> list[Chain]:
    """The chain of each object that has one, in their order. ``objects`` are names by object."""
    query = select(History).where(among(History.object, list(objects)), History.at <= until)
    by: dict[str, list[History]] = defaultdict(list)
    for row in session.scalars(query.order_by(History.object, History.seq)):
        by[row.object].append(row)
    return [Chain(name, objects[name], by[name], problem(by[name])) for name in objects if by[name]]


def problem(rows: list[History]) -> str:
    """The first row that does not follow from the one before it."""
    before = ""
    for seq, row in enumerate(rows, 1):
        if row.seq != seq:
            return f"row {seq} is missing"
        if row.previous != before:
            return f"row {seq} does not follow row {seq - 1}"
        if row.hash != digest(row):
            return f"row {seq} was altered"
        before = row.hash
    return ""
