"""What a letter says of the place it comes from, and how it makes links to that place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote


@dataclass(frozen=True, kw_only=True)
class Site:
    """``base_url`` begins every link. ``confirm_url(signup_id)``, ``answer_url(answer_id)``,
    ``magic_url(subscriber_id, now)`` and ``address_url(change_id)`` give whole addresses with their
    tokens; the app makes them."""

    base_url: str
    organisation: str
    confirm_url: Callable[[int], str]
    answer_url: Callable[[int], str]
    magic_url: Callable[[int, datetime], str]
    address_url: Callable[[int], str] = str  # of address_change.id
    licence_name: str = ""
    licence_url: str = ""
    reply_to: str = ""

    def url(self, *path: str) -> str:
        """The address of a page: ``url("changes", "DEFRA-2026-014")``."""
        return "/".join([self.base_url.rstrip("/"), *(quote(step, safe="") for step in path)])

    def date_file(self, group: str, key: str, lang: str) -> str:
        """A date as a file for calendars: ``date_file("releases", "7", "cy")``."""
        return f"{self.url(group, key)}.ics" + ("?lang=cy" if lang == "cy" else "")
