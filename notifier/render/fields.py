"""Fields in the Markdown of a newsletter: a closed list of names that are looked up, nothing more.

People's text never reaches a template engine. A block (``{{ upcoming_releases }}``) is a paragraph
of its own; a word (``{{ name }}``) may stand anywhere in a sentence, not in code or an address.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from markdown_it.token import Token

from notifier.errors import Refused
from notifier.render.markdown import PICTURE, parse
from notifier.render.sections import split

BLOCKS = ("upcoming_releases", "upcoming_changes", "recent", "feedback", "events")
WORDS = ("name", "team", "organisation")
LONGEST = 40_000  # characters; mail programs clip a letter at 102 KB of HTML

_FIELD = re.compile(r"(?<!\{)\{\{[ \t]*([^{}\n]{0,80}?)[ \t]*\}\}(?!\})")


def check_fields(body: str, user_types: Collection[str] | None = None) -> None:
    """Refuse a body with an unknown or misplaced field, a section that is not right, a picture that
    is not ours or says nothing to who cannot see it, or one too long for a mail.

    ``user_types`` are the slugs that a section may name; None takes any. Raises Refused with field
    "body" and a sentence that names what is wrong.
    """
    if len(body) > LONGEST:
        raise Refused(
            f"The newsletter has {len(body):,} characters; shorten it to {LONGEST:,}, "
            "because mail programs cut off what is longer.",
            field="body",
        )
    known = ", ".join(f"{{{{ {name} }}}}" for name in (*BLOCKS, *WORDS))
    for match in _FIELD.finditer(body):
        if match[1] not in (*BLOCKS, *WORDS):
            raise Refused(
                f"There is no field {{{{ {match[1]} }}}}; the fields are {known}.", field="body"
            )
    rest = _FIELD.sub("", body)
    if "{{" in rest or "}}" in rest:
        raise Refused(
            f"Two curly brackets begin a field, and one is not complete; the fields are {known}.",
            field="body",
        )
    tokens = [parse(section.source, pictures="") for section in split(body, user_types)]
    _check_places(body, tokens)
    for each in tokens:
        _check_pictures(each)


def _check_pictures(tokens: Sequence[Token]) -> None:
    for token in tokens:
        if token.type == "image" and not token.content.strip():
            raise Refused(
                "A picture has no words for who cannot see it; say what it shows between the "
                "square brackets: ![what it shows](…).",
                field="body",
            )
        _check_pictures(token.children or [])


def pictures_in(body: str) -> set[str]:
    """The names of our own pictures that a body shows."""
    return {match[1] for match in PICTURE.finditer(body)}


def _check_places(body: str, parsed: Sequence[Sequence[Token]]) -> None:
    placed: list[str] = []
    for piece in (piece for tokens in parsed for piece in segments(tokens)):
        if isinstance(piece, str):
            placed.append(piece)
        else:
            texts = (token.content for token in _texts(piece))
            placed += [m[1] for text in texts for m in _FIELD.finditer(text) if m[1] in WORDS]
    for match in _FIELD.finditer(body):
        if match[1] in placed:
            placed.remove(match[1])
        elif match[1] in BLOCKS:
            raise Refused(
                f"{{{{ {match[1]} }}}} needs a paragraph of its own; put an empty line before and "
                "after it.",
                field="body",
            )
        else:
            raise Refused(
                f"{{{{ {match[1]} }}}} stands in code or in an address; move it into a sentence.",
                field="body",
            )


def segments(tokens: Sequence[Token]) -> Iterator[list[Token] | str]:
    """Runs of tokens, and between them the names of the blocks that stand there."""
    run: list[Token] = []
    at = 0
    while at < len(tokens):
        name = _block_at(tokens, at)
        if name is None:
            run.append(tokens[at])
            at += 1
            continue
        if run:
            yield run
        yield name
        run, at = [], at + 3
    if run:
        yield run


def _block_at(tokens: Sequence[Token], at: int) -> str | None:
    """The block that the paragraph beginning at ``at`` consists of, if it does."""
    if tokens[at].type != "paragraph_open" or tokens[at].level != 0:
        return None
    match = _FIELD.fullmatch(tokens[at + 1].content.strip())
    return match[1] if match and match[1] in BLOCKS else None


def fill(tokens: Sequence[Token], values: Mapping[str, str]) -> None:
    """Put the words of ``values`` where their fields stand, in place.

    Raises Refused for a field that ``check_fields`` would not have let through.
    """

    def word(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise Refused(f"There is no field {{{{ {match[1]} }}}}.", field="body")
        return values[match[1]]

    for token in _texts(tokens):
        token.content = _FIELD.sub(word, token.content)


def _texts(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type == "text":
            yield token
        yield from _texts(token.children or [])
