"""Simple clean HTML for feed entries: everything that people wrote is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from notifier.render.passages import Link, Passage

NOTHING = Markup()


def together(pieces: Iterable[Markup]) -> Markup:
    return Markup("\n").join(piece for piece in pieces if piece)


def paragraph(words: object, *, label: str = "") -> Markup:
    """A paragraph, after its label in bold; nothing where there are no words."""
    if not words:
        return NOTHING
    opening = Markup("<strong>{}:</strong> ").format(label) if label else NOTHING
    return Markup("<p>{}{}</p>").format(opening, words)


def strong(words: str) -> Markup:
    """A paragraph that is all in bold: the first sentence of an entry."""
    return Markup("<p><strong>{}</strong></p>").format(words) if words else NOTHING


def section(heading: str, passages: Iterable[Passage | None]) -> Markup:
    """A heading and the paragraphs below it; nothing where there are none."""
    return headed(heading, paragraphs(passages))


def paragraphs(passages: Iterable[Passage | None]) -> Markup:
    lines = [line for passage in passages if passage for line in passage.paragraphs]
    return together(paragraph(line) for line in lines)


def headed(heading: str, content: Markup) -> Markup:
    return Markup("<h3>{}</h3>\n{}").format(heading, content) if content else NOTHING


def bullets(items: Sequence[Markup | str]) -> Markup:
    lines = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    return Markup("<ul>{}</ul>").format(lines) if items else NOTHING


def anchor(label: str, url: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(url, label)


def linked(link: Link | None) -> Markup:
    return anchor(link.label, link.url) if link else NOTHING


def table(heads: tuple[str, str], rows: Sequence[tuple[str, str]]) -> Markup:
    if not rows:
        return NOTHING
    head = Markup('<tr><th scope="col">{}</th><th scope="col">{}</th></tr>').format(*heads)
    body = Markup("").join(
        Markup("<tr><td>{}</td><td><code>{}</code></td></tr>").format(old, new) for old, new in rows
    )
    return Markup("<table><thead>{}</thead><tbody>{}</tbody></table>").format(head, body)
