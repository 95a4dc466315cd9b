"""What a terminal is shown: somebody's words must not steer it, turn its lines or forge one."""

from __future__ import annotations

import re

# Controls (C1 too: 9b is an escape sequence's start), what ends a line, what turns its direction.
_ENDS = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_STEERS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """Without what steers a terminal; every line break is one ``\\n``."""
    return _STEERS.sub("", _ENDS.sub("\n", text))


def one_line(text: str) -> str:
    """As ``harmless``, on one line."""
    return harmless(text).replace("\n", " ")


def escaped(json: str) -> str:
    """JSON in which such characters are written as \\uXXXX: the same value to who reads it."""
    return _IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", json)
