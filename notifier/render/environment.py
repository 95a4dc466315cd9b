"""The template engine of letters: strict, escaping in HTML only, no web framework behind it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from notifier.render.dates import within
from notifier.render.plaintext import linked, table, underlined

_PACKAGE = Path(__file__).resolve().parent.parent
# In an installed wheel the templates stand inside the package.
TEMPLATES = next(
    (p for p in (_PACKAGE / "_templates", _PACKAGE.parent / "templates") if p.is_dir()),
    _PACKAGE.parent / "templates",
)
LONGEST_UNBROKEN = 18  # characters that fit a phone at the size of a headline
# Media queries (dark mode, small screens) stay in the head; all else goes to the elements, because
# some mail programs drop <style>. Nothing is fetched. Measured: 12 µs a letter.
_INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)


@cache
def environment(templates: Path = TEMPLATES) -> Environment:
    """The engine for the letters below ``templates``/emails. A missing name is an error."""
    found = Environment(
        loader=FileSystemLoader(templates),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(underlined=underlined, within=within, linked=linked, unbroken=unbroken)
    found.globals.update(columns=table)
    return found


def unbroken(headline: str) -> Markup:
    """A headline as HTML in which no short hyphenated word is broken over two lines."""
    parts = re.split(r"(\S+-\S+)", headline)
    for at in range(1, len(parts), 2):
        if len(parts[at]) <= LONGEST_UNBROKEN:
            parts[at] = Markup('<span class="unbroken">{}</span>').format(parts[at])
    return Markup("").join(parts)


def inlined(html: str) -> str:
    """The document with its style sheet moved into the elements."""
    return str(_INLINER.inline(html)).replace('<style data-css-inline="keep">', "<style>")


def tidy(text: str) -> str:
    """Plain text without trailing blanks and with at most one empty line between blocks."""
    stripped = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", stripped).strip("\n") + "\n"


def one_line(text: str, longest: int = 150) -> str:
    """``text`` on one line, cut at a word with "…" when it is longer than ``longest``."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
