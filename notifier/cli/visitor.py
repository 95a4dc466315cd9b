"""How the demo reads a form and its answer, as a visitor's browser would."""

from __future__ import annotations

import re


def hidden(page: str, name: str) -> str:
    """The value of a hidden field; empty where the page has none of that name."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def assert_ok(status: int) -> None:
    if status != 200:
        raise RuntimeError(f"the demo's page answered {status}")
