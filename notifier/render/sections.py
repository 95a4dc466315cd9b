"""Parts of a newsletter for some readers only: ``:::technical`` or ``:::for academic`` opens one,
``:::`` on a line of its own closes it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from notifier.catalogue.rules import DEPTHS
from notifier.errors import Refused
from notifier.render.slots import scrub

_LINE = re.compile(r":::[ \t]*(.*?)[ \t:]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
HOW = (
    "a section begins with :::headline, :::detail, :::technical or :::for and kinds of user, and "
    "ends with ::: on a line of its own"
)


@dataclass(frozen=True)
class Section:
    """Markdown, and whom it is for: nothing named means everybody."""

    source: str
    depths: tuple[str, ...] = ()
    user_types: tuple[str, ...] = ()  # slugs

    @property
    def is_for_all(self) -> bool:
        return not self.depths and not self.user_types

    def shows(self, depth: str, user_type: str) -> bool:
        """Whether a reader sees it."""
        fits = not self.depths or depth in self.depths
        return fits and (not self.user_types or user_type in self.user_types)


def split(body: str, known: Collection[str] | None = None) -> list[Section]:
    """The sections of a body in order, those for everybody between the others.

    ``known`` are the slugs of user types; None takes any. Raises Refused with field "body" for a
    section that is not closed, not known, or within another. Lines in fenced code are code.
    """
    found: list[Section] = []
    lines: list[str] = []
    inside: Section | None = None
    for line, mark in marked(scrub(body)):
        if mark is None:
            lines.append(line)
            continue
        found += closed(lines, inside)
        lines = []
        if mark and inside is not None:
            raise wrong("One section begins within another; close the first with :::")
        if not mark and inside is None:
            raise wrong("There is ::: with no section to close")
        inside = opened(mark, known) if mark else None
    if inside is not None:
        raise wrong("A section is not closed; put ::: on a line of its own after it")
    return found + closed(lines, None)


def marked(body: str) -> Iterator[tuple[str, str | None]]:
    """Each line, and what its mark says: "" closes a section, None is no mark."""
    fence = ""
    for line in body.split("\n"):
        match = _FENCE.match(line)
        if fence:
            if match and match[1].startswith(fence) and not line[match.end() :].strip():
                fence = ""
        elif match:
            fence = match[1]
        elif line.startswith(":::"):
            found = _LINE.fullmatch(line.strip())
            yield line, (found[1].lower() if found else "")
            continue
        yield line, None


def opened(mark: str, known: Collection[str] | None) -> Section:
    depths, _, kinds = f" {mark} ".partition(" for ")
    found = Section("", tuple(listed(depths)), tuple(listed(kinds)))
    for depth in found.depths:
        if depth not in DEPTHS:
            raise wrong(f"There is no section :::{mark[:80]}; {HOW}")
    for kind in found.user_types:
        if known is not None and kind not in known:
            raise wrong(f"There is no kind of user {kind[:80]!r}; there are {', '.join(known)}")
    if found.is_for_all:
        raise wrong(f"It is not said whom :::{mark[:80]} is for; {HOW}")
    return found


def listed(words: str) -> list[str]:
    return list(dict.fromkeys(word for word in re.split(r"[,\s]+", words) if word))


def closed(lines: list[str], inside: Section | None) -> list[Section]:
    source = "\n".join(lines)
    if not source.strip():
        return []
    if inside is None:
        return [Section(source)]
    return [Section(source, inside.depths, inside.user_types)]


def wrong(sentence: str) -> Refused:
    return Refused(f"{sentence}.", field="body")
