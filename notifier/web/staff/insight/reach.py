"""Who hears from us and who does not: topics by user types, gaps outlined."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any

from flask import Blueprint, Response, current_app

from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.sight import sight
from notifier.cells import defused
from notifier.clock import london_date, london_time
from notifier.insight import who_follows
from notifier.insight.who_follows import Gap, Table, Tables
from notifier.insight.who_hears import FEW
from notifier.render import dates
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.desk.desk_words import counted
from notifier.web.staff.frame import page
from notifier.web.staff.security import now

blueprint = Blueprint("staff_reach", __name__)

STEPS = (10, 50, 150, 400, 800)  # people from which the next of six steps of teal begins
SHOWN = 12


@dataclass(frozen=True)
class Cell:
    people: str
    step: int
    gap: bool


@dataclass(frozen=True)
class Row:
    name: str
    depth: int
    cells: list[Cell]
    all: str


@dataclass(frozen=True)
class GapRow:
    who: str
    topic: str
    people: str
    next: str


def tables() -> Tables:
    found: Tables = current_app.extensions.setdefault("notifier.follows", Tables())
    return found


@blueprint.get("/staff/reach")
@door.member()
def show() -> Any:
    moment = now()
    with reading():
        tree = who_follows.in_order(moment)
        topics = [topic for topic, _ in tree]
        kinds = who_follows.user_types()
        table = tables().of(topics, now=moment)
        thin = who_follows.gaps(table, topics, sight(door.me()), now=moment)
    return page(
        "reach",
        kinds=kinds,
        rows=[row(topic, depth, kinds, table) for topic, depth in tree],
        gaps=[gap_row(gap) for gap in thin[:SHOWN]],
        more=max(len(thin) - SHOWN, 0),
        total=f"{table.total:,}",
        one=table.total == 1,
        sentence=sentence(len(thin)),
        few=FEW,
        as_of=f"{london_time(table.at):%H:%M}",
        most=STEPS[-1],
    )


def sentence(gaps: int) -> str:
    if not gaps:
        return "No group that these statistics are meant for is missing."
    are = "is" if gaps == 1 else "are"
    groups = counted(gaps, "group that uses", "groups that use").capitalize()
    return f"{groups} these statistics {are} hardly here."


def row(topic: Topic, depth: int, kinds: list[UserType], table: Table) -> Row:
    meant = {kind.id for kind in topic.intended}
    numbers = [table.cells.get((topic.id, kind.id), 0) for kind in kinds]
    cells = [
        Cell(f"{number:,}", step(number), kind.id in meant and number < FEW)
        for kind, number in zip(kinds, numbers, strict=True)
    ]
    return Row(topic.name, min(depth, 3), cells, f"{sum(numbers):,}")


def step(people: int) -> int:
    return sum(1 for least in STEPS if people >= least)


def gap_row(gap: Gap) -> GapRow:
    words = "Nothing planned"
    if gap.next is not None and gap.next.day is not None:
        by = "public by " if gap.next.due else ""
        words = f"{gap.next.title}, {by}{dates.past(gap.next.day)}"
    return GapRow(gap.user_type.name, gap.topic.name, f"{gap.people:,}", words)


@blueprint.get("/staff/reach.csv")
@door.member()
def as_csv() -> Response:
    """The same numbers; whom a topic is meant for stands beside each."""
    moment = now()
    tree = who_follows.in_order(moment)
    table = tables().of([topic for topic, _ in tree], now=moment)
    out = StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow(["topic", "user_type", "people", "intended", "as_of"])
    for topic, _ in tree:
        meant = {kind.id for kind in topic.intended}
        for kind in who_follows.user_types():
            people = table.cells.get((topic.id, kind.id), 0)
            said = "yes" if kind.id in meant else "no"
            cells = [defused(topic.name), defused(kind.name), people, said, table.at.isoformat()]
            write.writerow(cells)
    answer = Response(out.getvalue(), mimetype="text/csv")
    name = f"reach-{london_date(moment).isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
