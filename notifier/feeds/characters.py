"""The characters that XML, JSON readers and calendars accept, made from whatever people pasted."""

from __future__ import annotations

import re
from urllib.parse import quote

# Python's own splitlines (which some calendar readers use) breaks at every one of these.
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Outside XML 1.0's Char production (section 2.2) or, like C1 controls, reported by feed validators.
_REFUSED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_URI = "%/:?#[]@!$&'()*+,;=~"  # reserved characters and the percent sign, RFC 3986 section 2


def clean(text: str) -> str:
    """``text`` with every line break as a single newline and without control characters."""
    return _REFUSED.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """``text`` cleaned, on one line, without space at its ends: for titles and names."""
    if text.isprintable() and "  " not in text:  # nearly always, and ten times as fast
        return text.strip()
    return _SPACES.sub(" ", clean(text)).strip()


def uri(address: str) -> str:
    """``address`` in ASCII, as RFC 3986 wants it: spaces and other letters percent-encoded.

    Hosts come from the configured base URL or were checked where they were typed in; an
    international host name belongs here as its A-label.
    """
    return quote(_LONE_PERCENT.sub("%25", clean(address).strip()), safe=_URI)
