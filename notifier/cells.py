"""Cells of tables for spreadsheets, which run text as a formula where it looks like one. [OWASP]"""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(text: str) -> str:
    """``text``, with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if text.startswith(FORMULA) else text
