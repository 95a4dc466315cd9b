"""Reads a year of releases from a table that a team keeps: CSV in, checked plain cells out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import NamedTuple

from notifier.cells import FORMULA, defused
from notifier.errors import Refused

LARGEST = 100_000  # bytes: 200 rows of 500
MOST = 200  # rows; a team has some dozens a year. Each takes 4 ms, with the database held
LONGEST = 1_000  # characters of a cell
NEEDED = ("series", "title", "date")
COLUMNS = (
    *NEEDED,
    *("certainty", "period", "landing_url", "contact", "welsh_title", "contains_change"),
    *("reason_code", "reason"),
)
EXAMPLE = (
    *("SERIES", "TITLE OF THE EDITION", "2027-03-25 09:30"),
    *("provisional", "2026", "", "", "", "no", "", ""),
)


class Row(NamedTuple):
    """``number`` is the line of the file; ``cells`` by column, all of them, without spaces around
    them."""

    number: int
    cells: dict[str, str]


def read(raw: bytes) -> list[Row]:
    """The rows of a file. Raises Refused for what is too large, no CSV, or lacks a column."""
    if len(raw) > LARGEST:
        raise Refused("The file is larger than 100 KB; bring it in parts.", field="file")
    lines = text(raw).splitlines(keepends=True)
    if not any(line.strip() for line in lines):
        raise Refused("The file is empty.", field="file")
    delimiter = max(",;\t", key=lines[0].count)
    try:
        table = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Refused(f"The file is not CSV ({error}).", field="file") from error
    heads = columns(table[0])
    found = [Row(number, named(heads, row)) for number, row in enumerate(table[1:], 2) if any(row)]
    if len(found) > MOST:
        raise Refused(f"The file has more than {MOST} rows; bring it in parts.", field="file")
    if not found:
        raise Refused("The file has a heading and no row.", field="file")
    return found


def text(raw: bytes) -> str:
    """UTF-8, UTF-16 by its mark, or what Excel for Windows writes."""
    if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("The file is not text; save it as “CSV UTF-8”.", field="file")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").replace("\0", "")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def columns(heads: Sequence[str]) -> list[str]:
    found = [head.strip().lower().replace(" ", "_") for head in heads]
    while found and not found[-1]:
        found.pop()
    for head in found:
        if head not in COLUMNS:
            raise Refused(
                f"There is no column “{head[:40]}”; the columns are: {', '.join(COLUMNS)}.",
                field="file",
            )
    if twice := next((head for head in found if found.count(head) > 1), None):
        raise Refused(f"The column {twice} stands there twice.", field="file")
    if lacks := next((head for head in NEEDED if head not in found), None):
        raise Refused(f"The file lacks the column {lacks}.", field="file")
    return found


def named(heads: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    cells = dict.fromkeys(COLUMNS, "")
    cells.update({head: cell.strip() for head, cell in zip(heads, row, strict=False)})
    if any(cell.strip() for cell in row[len(heads) :]):
        cells["beyond"] = "yes"
    return cells


def legible(row: Row) -> None:
    """Refuse a row that nobody could have meant."""
    if "beyond" in row.cells:
        raise Refused("It has more cells than the heading; put text with commas in quotes.")
    for name, cell in row.cells.items():
        if len(cell) > LONGEST:
            raise Refused(f"{name} has more than {LONGEST:,} characters.")
        if cell.startswith(FORMULA):
            raise Refused(
                f"{name} begins like a formula; take off the “{cell[0]}” at its beginning."
            )
        if any(ord(sign) < 32 for sign in cell):
            raise Refused(f"{name} has a line break or a sign that nobody sees; take it out.")
    for name in NEEDED:
        if not row.cells[name]:
            raise Refused(f"It has no {name}.")


def template(rows: Sequence[Sequence[str]] = ()) -> str:
    """A table to fill in, with the editions that there are; no cell is run as a formula."""
    out = StringIO()
    written = csv.writer(out, lineterminator="\r\n")
    written.writerow(COLUMNS)
    written.writerows([defused(cell) for cell in row] for row in (rows or [EXAMPLE]))
    return out.getvalue()
