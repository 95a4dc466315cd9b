"""Words with bold, italic and links as Markdown, in which nothing else is a mark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

MARK = re.compile(r"[\\*`\[\]<]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
AT_START = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|>|=+$|-{3,}\s*$|~~~)|^(\s*\d{1,9})([.)])(?=\s|$)"
)
BLANK = " \t\n"


@dataclass(frozen=True)
class Run:
    """Words of one look. ``raw`` is Markdown already."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    raw: bool = False

    @property
    def look(self) -> tuple[bool, bool, str, bool]:
        return self.bold, self.italic, self.href, self.raw


def as_markdown(runs: Sequence[Run]) -> str:
    """One paragraph; a line break within it stays one (two blanks before it)."""
    plain = [replace(run, text=spaced(run)) for run in runs]
    found = "".join(
        shown(replace(first, text=re.sub(r" {2,}", " ", "".join(each.text for each in same))))
        for same in (list(group) for _, group in groupby(plain, key=lambda run: run.look))
        for first in same[:1]
    )
    lines = [" ".join(line.split(" ")).strip() for line in found.split("\n")]
    kept = [re.sub(r" {2,}", " ", line) for line in lines]
    text = "\n".join(kept).strip("\n")
    return re.sub(r"\n+", "  \n", text)


def spaced(run: Run) -> str:
    if run.text == "\n":
        return "\n"
    return re.sub(r"[ \t\r\n\xa0\u2007\u202f]+", " ", run.text.replace("\xad", ""))


def shown(run: Run) -> str:
    """The run with its marks around its words, blanks outside."""
    words = run.text.strip(BLANK)
    if not words:
        return run.text
    before = run.text[: len(run.text) - len(run.text.lstrip(BLANK))]
    after = run.text[len(run.text.rstrip(BLANK)) :]
    if run.raw:
        return run.text
    text = escaped(words) if "\n" not in words else "\n".join(map(escaped, words.split("\n")))
    if run.href and "\n" not in words:
        if run.href.removeprefix("mailto:") == words:
            return f"{before}<{run.href}>{after}" if "<" not in run.href else f"{before}{text}"
        return f"{before}{emphasised(f'[{text}](<{run.href}>)', run)}{after}"
    return f"{before}{emphasised(text, run)}{after}"


def emphasised(text: str, run: Run) -> str:
    if "\n" in text:
        return text
    mark = "*" * (2 * run.bold + run.italic)
    return f"{mark}{text}{mark}"


def escaped(text: str) -> str:
    """Plain words, so that Markdown shows them as they are; {{ fields }} stay fields."""
    found = MARK.sub(lambda match: "\\" + match[0], text)
    return AT_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[3]}\\{m[4]}", found)
