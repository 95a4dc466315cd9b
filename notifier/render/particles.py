"""PM2.5 and PM10 as the field sets them, in pages and in letters."""

from __future__ import annotations

import re

PARTICLES = re.compile(r"\bPM(2\.5|10)\b")
# A tag, or an element whose words stay plain: a title cannot hold tags, code is copied.
_KEPT = re.compile(r"(?s)(<(title|code|style)\b.*?</\2>|<[^>]*>)")


def lowered(escaped: str) -> str:
    """Escaped text with the sizes of particles below the line."""
    return PARTICLES.sub(r"PM<sub>\1</sub>", escaped)


def in_html(html: str) -> str:
    """A document with the sizes below the line in its text, not in its tags and addresses."""
    if "PM2.5" not in html and "PM10" not in html:
        return html
    pieces = _KEPT.split(html)  # text, tag, name of the element; again and again
    pieces[2::3] = [""] * len(pieces[2::3])
    pieces[::3] = [lowered(text) for text in pieces[::3]]
    return "".join(pieces)
