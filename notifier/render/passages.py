"""People's words on their way into a letter: scrubbed, each with the language it is written in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from notifier.render.markdown import safe_link
from notifier.render.reasons import listed
from notifier.render.slots import scrub


@dataclass(frozen=True)
class Passage:
    """Words in one language (en or cy)."""

    text: str
    lang: str = "en"

    @property
    def paragraphs(self) -> list[str]:
        return [" ".join(p.split()) for p in re.split(r"\n[ \t]*\n", self.text) if p.strip()]


@dataclass(frozen=True)
class Link:
    label: str
    url: str


def said(text: object, lang: str = "en") -> Passage | None:
    """A passage, or None when there are no words."""
    words = scrub(str(text or "")).strip()
    return Passage(words, lang) if words else None


def line(text: object, lang: str = "en") -> Passage:
    """A passage on one line."""
    return Passage(" ".join(scrub(str(text or "")).split()), lang)


def in_language(english: object, welsh: object, lang: str) -> Passage:
    """The Welsh line where it is asked for and there is one, else the English."""
    return line(welsh, "cy") if lang == "cy" and welsh else line(english)


def list_of(passages: Iterable[Passage], lang: str) -> str:
    """ "A, B and C" as plain words."""
    return listed([passage.text for passage in passages], lang)


def link(url: object, label: object = "") -> Link | None:
    """A link to a safe address, or None; the address itself is the label where there is none."""
    address = scrub(str(url or "")).strip()
    return Link(line(label).text or address, address) if safe_link(address) else None


def contact(text: str) -> Link | None:
    """A team's contact, an address of mail or of a page, as a link."""
    words = scrub(text).strip()
    return link(f"mailto:{words}" if "@" in words and ":" not in words else words, words)
