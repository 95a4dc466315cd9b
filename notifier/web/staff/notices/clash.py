"""Two people saved the same notice: what only one of them changed is taken as it is, and of what
both changed both texts are shown. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from notifier.web.staff.notices.fields import FIELDS, Field, Typed, names_of, part

Marks = dict[str, str]  # of each field, a mark of what it said when the form was opened


@dataclass(frozen=True)
class Clash:
    """A field that both changed."""

    field: Field
    theirs: Typed
    mine: Typed


@dataclass(frozen=True)
class Merged:
    """``typed`` holds mine where both changed; ``taken`` are the fields that are theirs now."""

    typed: Typed
    clashes: list[Clash]
    taken: list[Field]


def mark(typed: Typed, field: Field) -> str:
    """The same for the same words; two that differ by chance would need 65,000 edits."""
    return f"{crc32(repr(sorted(part(typed, field).items())).encode()):x}"


def marks(typed: Typed) -> str:
    """What a form keeps of how it began: "headline=1a2b what=…"; only of what says something."""
    return " ".join(f"{f.name}={mark(typed, f)}" for f in FIELDS if part(typed, f))


def read_marks(text: str) -> Marks:
    found = dict(pair.split("=", 1) for pair in text.split()[: len(FIELDS)] if "=" in pair)
    empty: Typed = {}
    return {field.name: found.get(field.name, mark(empty, field)) for field in FIELDS}


def merged(mine: Typed, theirs: Typed, began: str) -> Merged:
    """``began`` is what ``marks`` said of the version from which I typed."""
    was = read_marks(began)
    typed, clashes, taken = dict(mine), [], []
    for field in FIELDS:
        if part(mine, field) == part(theirs, field):
            continue
        if mark(mine, field) == was[field.name]:
            put(typed, theirs, field)
            taken.append(field)
        elif mark(theirs, field) != was[field.name]:
            clashes.append(Clash(field, part(theirs, field), part(mine, field)))
    return Merged(typed, clashes, taken)


def put(typed: Typed, other: Typed, field: Field) -> None:
    """Take one field from the other."""
    for name in names_of(field):
        typed.pop(name, None)
        if name in other:
            typed[name] = other[name]
