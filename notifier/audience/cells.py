"""The cells of a CSV list of people: lines in bounded memory, columns, and what a cell means."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from notifier.audience import kinds
from notifier.audience.rules import PLAIN, address
from notifier.catalogue.rules import LANGUAGES
from notifier.clock import at_london
from notifier.errors import Refused

REQUIRED = ("email", "user_type", "topics")
COLUMNS = (*REQUIRED, "frequency", "language", "organisation", "confirmed_at", "name")
OURS = (*COLUMNS, "series")  # an export has the last where somebody follows a single series
LONGEST_CELL = 2000  # characters
LONGEST_RECORD = 1_000_000  # characters of one row, over all its lines
SHORT = 64  # characters: no part of such an address can be too long
# Ends of addresses, and what may stand in them, that email-validator has opinions about.
SPECIAL = (".local\n", ".localhost\n", ".invalid\n", ".arpa\n", "--")
DEFUSED = ("'=", "'+", "'-", "'@", "'\t", "'\r", "''")  # audience.exporting writes them so


class Lines:
    """Lines for the CSV reader, which holds a row as long as it may go on: a file without line
    ends, or with a quote that is never closed, must not fill the memory."""

    def __init__(self, source: Iterable[str]) -> None:
        readline = getattr(source, "readline", None)
        self._lines = iter(lambda: readline(LONGEST_RECORD + 1), "") if readline else iter(source)
        self.left = LONGEST_RECORD  # of the row that is being read

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.left -= len(line)
            if self.left < 0:
                raise Refused(
                    "The file holds a row of more than 1,000,000 characters; it is no list of "
                    "people, or a quotation mark is never closed."
                )
            yield line


def columns(source: Iterator[list[str]]) -> tuple[int, list[int]]:
    """How many columns the header names, and where each of ours stands."""
    try:
        header = [name.strip().lower().lstrip("\ufeff") for name in next(source, [])]
    except csv.Error as error:
        raise Refused(f"The file is not CSV ({error}).") from error
    if any("\0" in name for name in header):
        raise Refused("The file is not text, or UTF-16 without its mark; save it as CSV UTF-8.")
    missing = [name for name in REQUIRED if name not in header]
    if missing or len(set(header)) != len(header):
        raise Refused(
            f"The first row must name the columns once each: {','.join(COLUMNS[:-1])}; "
            f"missing: {', '.join(missing) or 'none, but one stands twice'}."
        )
    places = [header.index(name) if name in header else len(header) for name in OURS]
    return len(header), places


def addresses(cells: tuple[str, ...]) -> Sequence[str]:
    """The addresses as we keep them. Raises Refused when one is none."""
    lowered = "\n".join((*cells, "")).lower()
    if (
        not any(end in lowered for end in SPECIAL)
        and max(map(len, cells)) <= SHORT
        and all(map(PLAIN.fullmatch, cells))
    ):
        # Seven times as fast as ``address`` for each; capitals, which are few, go there.
        pairs = zip(cells, lowered.split("\n"), strict=False)
        return [cell if cell == low else address(cell) for cell, low in pairs]
    return [address(armed(cell)) for cell in cells]


def tidy(cells: tuple[str, ...]) -> bool:
    """Whether all of them stand as they would be kept, but for blanks at their ends."""
    if max(map(len, cells)) > LONGEST_CELL or not "".join(cells).isprintable():
        return False
    joined = "\n".join(("", *cells))
    return "  " not in joined and "\n'" not in joined


def armed(cell: str) -> str:
    """A cell without the quote that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell.startswith(DEFUSED) else cell


def read_language(text: str) -> str:
    language = text.strip() or "en"
    if language not in LANGUAGES:
        raise Refused(f"language must be one of {', '.join(LANGUAGES)}")
    return language


def moment(text: str) -> datetime:
    """When somebody confirmed, in UTC: a date (09:30 London) or an ISO instant."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            found = at_london(found.date()) if len(text) <= 10 else found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):  # an offset can push the year 1 over the edge
        shown = "" if "@" in text else f" {text[:40]!r}"
        raise Refused(f"confirmed_at{shown} is no date; write 2026-11-23") from None


def rhythm(text: str) -> int:
    """``kinds.read`` for a cell. Raises Refused."""
    if "@" in text:
        raise unknown("frequency", text)
    return kinds.read(text)


def unknown(noun: str, text: str) -> Refused:
    """The refusal of a word that is not known. An address in a column that is not its own is not
    repeated: the report must not hold one."""
    if "@" in text:
        return Refused(f"there is no such {noun}; the columns of this row are shifted")
    return Refused(f"there is no {noun} {text[:60]!r}")
