"""From what is typed to an entry of the catalogue's shape, and back. The room makes the rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from notifier.catalogue.document import SECTIONS
from notifier.clock import SEND_TIME
from notifier.errors import Refused
from notifier.notices.models import ChangeNotice
from notifier.web.public.shapes import Error
from notifier.web.staff.notices.fields import (
    BOXES,
    BY_NAME,
    FIELDS,
    MOST_ROWS,
    ROWS,
    Field,
    Typed,
    one,
)
from notifier.web.staff.written_days import read_day, read_moment, write_day, write_moment

REQUIRED = {
    "series": "Choose at least one publication",
    "type": "Say what kind of change it is",
    "headline": "Write a headline",
    "what": "Say what is changing",
    "why": "Say why",
    "effect": "Say when it takes effect, or that there is no date yet",
}
assert set(REQUIRED) == SECTIONS["notices"].required  # noqa: S101 (the catalogue's is the rule)
ARROW, BAR = re.compile(r"\s*(?:→|->)\s*"), re.compile(r"\s*\|\s*")
DELETED = "Choose it again: there is no such release any more."


def entry_of(typed: Typed, releases: Mapping[str, str]) -> tuple[dict[str, Any], list[Error]]:
    """The entry, and what is wrong with how it is written: dates, numbers, what must be there.

    ``releases`` are titles by the number that the form holds. The entry is whole only without
    errors; what it says is for the room to check.
    """
    entry: dict[str, Any] = {}
    errors: list[Error] = []
    for field in FIELDS:
        try:
            put(entry, field, value_of(typed, field))
        except Refused as refusal:
            errors.append(Error(refusal.field or field.name, str(refusal).rstrip(".")))
    wrong = {error.field for error in errors}
    effect = effect_of(typed, releases, errors, wrong)
    entry.pop("effect", None)
    if effect:
        entry["effect"] = effect
    elif not any(error.field.startswith("effect") for error in errors):
        errors.append(Error("effect_kind", REQUIRED["effect"]))
    for path, words in REQUIRED.items():
        if path != "effect" and not entry.get(path):
            errors.append(Error(path, words))
    order = {field.name: place for place, field in enumerate(FIELDS)}
    return entry, sorted(errors, key=lambda error: order.get(error.field, -1))


def value_of(typed: Typed, field: Field) -> Any:
    """As the entry writes it; None for nothing."""
    if field.kind == "rows":
        return rows_of(typed, field.name)
    if field.name == "mapping":
        # A line may begin with a tab: a code that is new has no old one.
        lines = "\n".join(typed.get(field.name, [])).splitlines()
        return [code_of(line) for line in lines if line.strip()]
    if field.kind == "lines":
        return lines_of(typed, field.name)
    if field.kind == "choices":
        return [value for value in typed.get(field.name, []) if value]
    text = one(typed, field.name)
    if not text:
        return None
    if field.kind == "day":
        return read_day(text, field.name).isoformat()
    if field.kind == "moment":
        return moment_of(text, field.name)
    return number_of(text, field.name) if field.kind == "number" else text


def lines_of(typed: Typed, name: str) -> list[str]:
    return [line.strip() for line in one(typed, name).splitlines() if line.strip()]


def moment_of(text: str, name: str) -> str:
    day, wall = read_moment(text, name)
    return day.isoformat() if wall is None else f"{day.isoformat()} {wall:%H:%M}"


def number_of(text: str, name: str) -> int | float:
    plain = text.replace("%", "").replace(",", "").replace("−", "-").strip()
    if not re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", plain):
        raise Refused("Write a number like 8 or 8.5; the unit has its own box.", field=name)
    return float(plain) if "." in plain else int(plain)


def code_of(line: str) -> dict[str, str]:
    """ "LIQ → LIQ_ML | Liquid milk"; columns that come from a spreadsheet have tabs between."""
    if "\t" in line:
        cells = [cell.strip() for cell in line.split("\t", 2)]
    else:
        codes, *words = BAR.split(line, maxsplit=1)
        old, *new = ARROW.split(codes, maxsplit=1)
        cells = [old.strip(), *(new or [""]), *words]
    found = dict(zip(("old", "new", "what"), (cell.strip() for cell in cells), strict=False))
    return {key: words for key, words in found.items() if words}


def rows_of(typed: Typed, name: str) -> list[dict[str, Any]]:
    keys = {"identifiers": ("scheme", "value", "url"), "what_to_do": ("action", "by")}
    parts = keys.get(name, ("title", "url"))
    columns = [typed.get(field, []) for field in ROWS[name]]
    found = []
    for number in range(min(max(map(len, columns), default=0), MOST_ROWS)):
        given = [column[number] if number < len(column) else "" for column in columns]
        cells = [cell.strip().replace("\r\n", "\n") for cell in given]
        row: dict[str, Any] = {key: cell for key, cell in zip(parts, cells, strict=True) if cell}
        if name == "what_to_do":
            types = typed.get(f"{BOXES}{number}", [])
            if types and row:
                row["user_types"] = types
            if "by" in row:
                row["by"] = read_day(row["by"], name).isoformat()
        if row:
            found.append({**dict.fromkeys(NEEDED[name], ""), **row})
    return found


NEEDED = {
    "identifiers": ("value",),
    "what_to_do": ("action",),
    "alternatives": ("title",),
    "evidence": ("title", "url"),
}


def put(entry: dict[str, Any], field: Field, value: Any) -> None:
    if field.path.startswith("class.") and value:
        entry.setdefault("class", {"is": "", "because": ""})
    if value in (None, "", []):
        return
    first, _, rest = field.path.partition(".")
    if rest and first != "effect":
        entry.setdefault(first, {})[rest] = value
    elif not rest:
        entry[first] = value


def effect_of(
    typed: Typed, releases: Mapping[str, str], errors: list[Error], wrong: set[str]
) -> dict[str, Any]:
    """What the chosen way says; slips in the fields of the others do not matter."""
    kind = one(typed, "effect_kind")
    used = {"date": ("effect_date",), "reference_period": ("effect_period", "effect_from")}
    others = {name for names in used.values() for name in names} - set(used.get(kind, ()))
    errors[:] = [error for error in errors if error.field not in others]
    if kind == "tbc":
        return {"tbc": True}
    if kind == "release":
        title = releases.get(one(typed, "effect_release"))
        if title is None:
            errors.append(Error("effect_release", "Choose the release with which it comes"))
            return {}
        return {"release": title}
    found: dict[str, Any] = {}
    for name in used.get(kind, ()):
        text = one(typed, name)
        if not text:
            errors.append(Error(name, MISSING[name]))
        elif name not in wrong:
            plain = name == "effect_period"
            found[BY_NAME[name].path.partition(".")[2]] = text if plain else moment_of(text, name)
    return found if len(found) == len(used.get(kind, ())) else {}


MISSING = {
    "effect_date": "Give the day on which it takes effect",
    "effect_period": "Say of which period the data are",
    "effect_from": "Give the day from which those data are published",
}


def typed_of(notice: ChangeNotice) -> Typed:
    """What the form shows of a stored notice; reading it again changes nothing."""
    found: Typed = {}
    for field in FIELDS:
        for name, values in shown(notice, field).items():
            if values := [value for value in values if value is not None]:
                found[name] = values
    return found


def in_order(typed: Typed, notice: ChangeNotice) -> Typed:
    """The same boxes ticked in the order in which the notice has them: a form sends them as they
    stand on the page, and another order would count as a change of meaning."""
    stored, found = typed_of(notice), dict(typed)
    for name, values in typed.items():
        kept = stored.get(name, [])
        if name.startswith(BOXES) or (name in BY_NAME and BY_NAME[name].kind == "choices"):
            found[name] = [v for v in kept if v in values] + [v for v in values if v not in kept]
    return found


def shown(notice: ChangeNotice, field: Field) -> Typed:
    first, _, rest = field.path.partition(".")
    if first in SPECIAL:
        return SPECIAL[first](notice, field)
    kept = getattr(notice, first)
    value = (kept or {}).get(rest) if rest else kept
    if field.kind == "rows":
        return shown_rows(value or [], field.name)
    if field.name == "mapping":
        return {"mapping": ["\n".join(code_line(row) for row in value or [])]}
    if field.kind == "lines":
        return {field.name: ["\n".join(str(line) for line in value or [])]}
    if field.kind == "choices":
        return {field.name: [str(each) for each in value or []]}
    if field.kind == "day":
        return {field.name: [write_day(value)]}
    if isinstance(value, bool):
        return {field.name: ["yes" if value else "no"]}
    return {field.name: ["" if value is None else str(value)]}


def shown_rows(rows: list[Any], name: str) -> Typed:
    keys = {"identifiers": ("scheme", "value", "url"), "what_to_do": ("action", "by")}
    parts = keys.get(name, ("title", "url"))
    found: Typed = {
        field: [str(row.get(key) or "") for row in rows]
        for field, key in zip(ROWS[name], parts, strict=True)
    }
    if name == "what_to_do":
        found["todo_by"] = [write_day(row.get("by")) for row in rows]
        for number, row in enumerate(rows):
            found[f"{BOXES}{number}"] = [str(slug) for slug in row.get("user_types") or []]
    return found


def code_line(row: Mapping[str, Any]) -> str:
    cells = [" ".join(str(row.get(key) or "").split()) for key in ("old", "new", "what")]
    if any(mark in cell for cell in cells for mark in ("→", "->", "|")):
        return "\t".join(cells)
    return f"{cells[0]} → {cells[1]}" + (f" | {cells[2]}" if cells[2] else "")


def shown_series(notice: ChangeNotice, field: Field) -> Typed:
    return {"series": [series.slug for series in notice.series]}


def shown_class(notice: ChangeNotice, field: Field) -> Typed:
    kept = notice.override if field.name == "class_is" else notice.override_reason
    return {field.name: [kept]}


def shown_scope(notice: ChangeNotice, field: Field) -> Typed:
    """The period of an effect stands there alone."""
    key = field.path.partition(".")[2]
    value = notice.scope.get(key)
    if key == "reference_from" and notice.effect_kind == "reference_period":
        value = ""
    if field.kind == "rows":
        return shown_rows(value or [], field.name)
    if field.kind == "line":
        return {field.name: [str(value or "")]}
    joined = ["\n".join(str(v) for v in value or [])]
    return {field.name: list(value or []) if field.kind == "choices" else joined}


def shown_effect(notice: ChangeNotice, field: Field) -> Typed:
    kind = notice.effect_kind
    if field.name == "effect_kind":
        return {"effect_kind": [kind]}
    written = write_moment(notice.effect_at, SEND_TIME)
    of_kind = {
        ("release", "effect_release"): str(notice.effect_release_id or ""),
        ("date", "effect_date"): written,
        ("reference_period", "effect_from"): written,
        ("reference_period", "effect_period"): str(notice.scope.get("reference_from", "")),
    }
    return {field.name: [of_kind.get((kind, field.name), "")]}


SPECIAL = {
    "series": shown_series,
    "class": shown_class,
    "scope": shown_scope,
    "effect": shown_effect,
}
