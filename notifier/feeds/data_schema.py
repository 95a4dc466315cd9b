"""The published shape of a change notice: JSON Schema 2020-12, a file for each version for ever."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from notifier.errors import NotFound
from notifier.feeds.addresses import page
from notifier.feeds.data_values import Document, dumped, licence

FOLDER = Path(__file__).parent / "schemas"
NEWEST = "change-notice-1"
LATEST = {"change-notice": NEWEST}  # the name without a number
FIRST = datetime(2026, 11, 23, tzinfo=UTC)  # when version 1 was written


def document(name: str, *, base_url: str) -> Document:
    """The schema of that name. Raises NotFound, with those that there are."""
    known = versions()
    version = LATEST.get(name, name)
    if version not in known:
        names = ", ".join([*LATEST, *known])
        raise NotFound(f"There is no schema {name[:60]!r}; there are: {names}.")
    house = licence()
    terms = (
        f"Data in this shape are published under {house['name']}, {house['url']}" if house else ""
    )
    head = {
        "$schema": known[version]["$schema"],
        "$id": page(base_url, "schemas", f"{version}.json"),
        **({"$comment": terms} if terms else {}),
    }
    return Document(dumped({**head, **known[version]}), FIRST)


@cache
def versions() -> dict[str, dict[str, Any]]:
    """Every version that there is, by name."""
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))
    }
