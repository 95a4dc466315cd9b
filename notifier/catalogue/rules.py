"""What the catalogue's words mean: depths, kinds of user, and the tree of topics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

DEPTHS = ("headline", "detail", "technical")
LANGUAGES = ("en", "cy", "both")
ADDRESS = re.compile(r"https?://[^\s/]+\S*")  # of a page
MAILBOX = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
CHOSEN = ("F", "G", "newsletter")  # where the organisation says whether a second person agrees
OFF_DAYS = ("before", "after", "skip")  # a recurring edition that falls on a day off


def with_ancestors(topics: Iterable[int], parents: Mapping[int, int | None]) -> set[int]:
    """The topics and all above them: who follows Environment gets what concerns Air quality."""
    found: set[int] = set()
    for topic in topics:
        step: int | None = topic
        while step is not None and step not in found:
            found.add(step)
            step = parents.get(step)
    return found
