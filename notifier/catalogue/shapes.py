"""What kind of value stands where in a catalogue file: a slip is a sentence, not a crash."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from notifier.errors import Refused

Shapes = Mapping[str, tuple[type, ...]]  # key: the types it may have; a key not named is a text

ALL_TEXT: Shapes = MappingProxyType({})
ANY = (object,)  # read, and refused, by its own reader: dates, effects, yes and no
LIST = (list,)
MAPPING = (dict,)
TEXT = (str,)
WORDS = {str: "a text", list: "a list", dict: "a mapping of keys to values", bool: "yes or no"}
DEEPEST = 12  # levels; YAML lets a list hold itself


def check(where: str, mapping: Mapping[str, Any], shapes: Shapes) -> None:
    """Refuse a value of the wrong type, and what no database and no JSON can hold."""
    for key, value in mapping.items():
        types = shapes.get(key, TEXT)
        if not isinstance(value, types):
            words = " or ".join(WORDS[t] for t in types)
            raise Refused(f"{where}: {key} must be {words}, not {str(value)[:40]!r}.")
    sound(where, mapping)


def sound(where: str, value: object, depth: int = 0) -> None:
    """Refuse NUL, broken Unicode, numbers that are none, and nesting without end."""
    if depth > DEEPEST:
        raise Refused(f"{where} is nested more than {DEEPEST} levels deep.")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            sound(where, key, depth + 1)
            sound(where, inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            sound(where, inner, depth + 1)
    elif isinstance(value, str):
        if "\0" in value or any("\ud800" <= c <= "\udfff" for c in value):
            raise Refused(f"{where} holds a character that is none; take it out.")
    elif isinstance(value, float) and not math.isfinite(value):
        raise Refused(f"{where} holds {value}, which is no number.")
    elif not isinstance(value, int | float | date | None):
        raise Refused(f"{where} holds {str(value)[:40]!r}, which is neither text, number nor date.")


def plain(value: Any) -> Any:
    """The value as JSON can keep it: dates as ISO text."""
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value
