"""Figures as a table with bars on the page, and the same table as a file: one source for both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, request

from notifier.cells import defused
from notifier.web.public.shapes import Tag
from notifier.web.staff import frame
from notifier.web.staff.insight.asked import Asked, choices
from notifier.web.staff.sends.people import as_file


@dataclass(frozen=True)
class Column:
    """``key`` is its name in the file; ``kind``: text | brief (text that is not
    broken) | number | bar (the page only)."""

    words: str
    key: str = ""
    kind: str = "number"


@dataclass(frozen=True)
class Cell:
    """``raw`` is what the file says, the words where it is left out."""

    words: str
    raw: Any = None
    url: str = ""
    note: str = ""
    tag: Tag | None = None


@dataclass(frozen=True)
class Part:
    """A part of a bar: its colour by name, and its width in whole percent."""

    kind: str
    width: int


@dataclass(frozen=True)
class Row:
    """``cells`` stand in the order of the columns that are not bars."""

    cells: list[Cell]
    parts: list[Part] = field(default_factory=list)
    strong: bool = False  # the one that is asked for, or the sum


MOST = 60  # rows of a table on a page; the file has all


@dataclass(frozen=True)
class Table:
    """``key`` explains the colours: (kind, words). ``none`` is said where there is no row."""

    slug: str
    title: str
    columns: list[Column]
    rows: list[Row]
    says: str = ""
    key: list[tuple[str, str]] = field(default_factory=list)
    none: str = "There is nothing to count."

    @property
    def shown(self) -> list[Row]:
        return self.rows[:MOST]


def number(value: int | None, *, url: str = "") -> Cell:
    """A count; a dash where there is none to give."""
    if value is None:
        return Cell("–", "")
    return Cell(f"{value:,}".replace("-", "−"), value, url if value else "")


def bar(counts: Iterable[tuple[str, int]], most: int) -> list[Part]:
    """Parts of a bar of which ``most`` is the whole width; whoever is there is seen."""
    found, left = [], 100
    for kind, count in counts:
        if count and most:
            width = min(max(round(100 * count / most), 1), left)
            left -= width
            found.append(Part(kind, width))
    return found


def show(
    asked: Asked, room: str, title: str, answer: str, tables: Sequence[Table], **given: Any
) -> Response:
    """A page of tables; with ``?table=`` that table as a file."""
    wanted = request.args.get("table")
    if wanted is not None:
        return file(asked, room, tables, wanted)
    answered: Response = frame.page(
        "insight_room",
        400 if asked.errors else 200,
        errors=list(asked.errors),
        asked=asked,
        room=room,
        title=title,
        answer=answer,
        tables=tables,
        **choices(asked),
        **given,
    )
    return answered


def file(asked: Asked, room: str, tables: Sequence[Table], wanted: str) -> Response:
    """One table as CSV: numbers as they are, text that a spreadsheet would run defused."""
    table = next((t for t in tables if t.slug == wanted), None)
    if table is None or asked.errors:
        abort(404)
    header = tuple(column.key for column in table.columns if column.kind != "bar")
    body = (tuple(map(raw, row.cells)) for row in table.rows)
    parts = (room, table.slug, asked.quarter.slug, asked.whose.slug.replace(":", "-"), asked.typed)
    return as_file(f"{'-'.join(filter(None, parts))}.csv", [header, *body])


def raw(cell: Cell) -> str:
    value = cell.words if cell.raw is None else cell.raw
    return str(value) if isinstance(value, int | float) else defused(str(value))
