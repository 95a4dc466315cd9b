"""How plain values are written in data: instants, days, the licence, and whole documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from notifier.catalogue.queries import organisation
from notifier.feeds.characters import clean, one_line, uri


@dataclass(frozen=True)
class Document:
    """JSON or CSV in UTF-8, when anything in it last changed, and where it goes on.

    ``after`` is what ``?after=`` says on the next page, "" on the last one.
    """

    body: bytes
    changed: datetime
    after: str = ""


def instant(value: datetime | None) -> str | None:
    """ISO 8601 in UTC: 2026-11-23T09:30:00Z."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def only(entry: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The named keys of an entry, as far as it has them, with harmless words."""
    return {key: harmless(entry[key]) for key in keys if key in entry}


def harmless(value: Any) -> Any:
    """The same value without control characters and lone surrogates, which no UTF-8 can hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [harmless(each) for each in value]
    if isinstance(value, dict):
        return {clean(str(key)): harmless(each) for key, each in value.items()}
    return value


def licence() -> dict[str, str] | None:
    """{name, url} of the organisation's licence; None before it has chosen one."""
    house = organisation()
    if house is None or not house.licence_url:
        return None
    return {"name": one_line(house.licence_name), "url": uri(house.licence_url)}


def dumped(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"
