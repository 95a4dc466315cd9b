"""The per-person places in a frozen letter, and how a person's values may be written into them.

A slot stands in rendered words as ``U+E000 name U+E001``: two private-use characters that no
template engine, Markdown or CSS inliner touches, and that ``scrub`` takes out of people's words.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping

SLOTS = (
    "name",
    "address",
    "unsubscribe_url",
    "preferences_url",
    "got_it_url",
    "reasons_text",
    "reasons_html",
)

_OPEN, _CLOSE = "\ue000", "\ue001"
_SENTINEL = re.compile(f"{_OPEN}([a-z_]+){_CLOSE}")
# Lone surrogates are refused too: they cannot be written as UTF-8.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000\ue001]")
# RFC 3986's characters; the length keeps List-Unsubscribe under 998 octets, RFC 5322 2.1.1.
_URL = re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]{1,900}")

Write = Callable[[str, str], str]


def slot(name: str) -> str:
    """The mark that a template leaves for ``name``; ValueError when there is no such slot."""
    if name not in SLOTS:
        raise ValueError(f"There is no slot {name!r}; the slots are {', '.join(SLOTS)}.")
    return f"{_OPEN}{name}{_CLOSE}"


def scrub(text: str) -> str:
    """People's words without slot marks or control characters; every line break is one ``\\n``."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _REFUSED.sub("", text) if _REFUSED.search(text) else text


def split(words: str) -> tuple[list[str], list[str]]:
    """``words`` as the static texts between the slots, and the slots' names.

    There is one static text more than names; texts are scrubbed. ValueError for an unknown slot.
    """
    pieces = _SENTINEL.split(words)
    for name in pieces[1::2]:
        slot(name)
    return [scrub(text) for text in pieces[::2]], pieces[1::2]


def url(value: str) -> str:
    """``value`` itself if it is an http(s) address in RFC 3986's characters, else ValueError."""
    if not _URL.fullmatch(value):
        raise ValueError(f"A link slot holds {value[:80]!r}, which is no address of a page.")
    return value


def as_text(name: str, value: str) -> str:
    """``value`` as it stands in plain text or in a subject."""
    if name == "reasons_html":
        raise ValueError("The slot reasons_html belongs in the HTML part only.")
    return url(value) if name.endswith("_url") else scrub(value)


def as_html(name: str, value: str) -> str:
    """``value`` as it stands in HTML: escaped, but for ``reasons_html``, which render made."""
    if name == "reasons_html":
        return scrub(value)
    return html.escape(as_text(name, value))


def fill(words: str, values: Mapping[str, str], write: Write = as_text) -> str:
    """``words`` with each slot replaced; KeyError when a slot has no value."""
    texts, names = split(words)
    filled = [texts[0]]
    for name, text in zip(names, texts[1:], strict=True):
        filled += (write(name, values[name]), text)
    return "".join(filled)
