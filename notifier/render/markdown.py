"""People's Markdown as safe HTML for pages and mail, and as plain text that reads well.

CommonMark and tables; no raw HTML, no images but our own where they are asked for, and links to
http, https and mailto only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from notifier.render.plaintext import write
from notifier.render.slots import scrub

SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"\x00-\x1f\x7f]+", re.IGNORECASE)
TAGS = {
    "p",
    "a",
    "em",
    "strong",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "br",
    "img",
}
ATTRIBUTES = {
    "a": {"href"},
    "th": {"scope"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
    "*": set[str](),
}
# A picture that is stored with us; its size is in its address, so that pages do not jump.
PICTURE = re.compile(r"/pictures/([A-Za-z0-9_-]{22})/(\d{1,5})x(\d{1,5})\.(png|jpg)")
WIDEST = 536  # pixels within a letter
CLASSES = {"th": {"right", "centre"}, "td": {"right", "centre"}}
_ALIGNED = {"text-align:right": "right", "text-align:center": "centre"}


def safe_link(url: str) -> bool:
    """Whether an address may stand in a link: absolute, and http, https or mailto."""
    return SAFE_LINK.fullmatch(url) is not None


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        return safe_link(url)


class _PicturesToo(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        return safe_link(url) or PICTURE.fullmatch(url) is not None


_PARSER = _Parser("commonmark", {"html": False}).enable("table")
_PICTURED = _PicturesToo("commonmark", {"html": False}).enable("table")


def parse(source: str, *, pictures: str | None = None) -> list[Token]:
    """The tokens of ``source``; headings start at h2, because a page or letter has its own h1.

    ``pictures`` is what the address of our own pictures begins with: the site's in a letter,
    nothing on a page. Without it their words stand in their place, as those of any other do.
    """
    tokens = (_PARSER if pictures is None else _PICTURED).parse(scrub(source))
    headings = [t for t in tokens if t.type in ("heading_open", "heading_close")]
    deeper = any(heading.tag == "h1" for heading in headings)
    for heading in headings:
        heading.tag = f"h{min(int(heading.tag[1]) + deeper, 6)}"
    for token in tokens:
        if token.type in ("th_open", "td_open"):
            aligned = _ALIGNED.get(str(token.attrs.pop("style", "")))
            if aligned:
                token.attrs["class"] = aligned
            if token.type == "th_open":
                token.attrs["scope"] = "col"
        elif token.type == "inline":
            token.children = [_with_picture(child, pictures) for child in token.children or []]
    return tokens


def _with_picture(token: Token, pictures: str | None) -> Token:
    """An image of ours with its whole address and its size, the words of any other; a link to one
    of ours has its whole address too."""
    if token.type not in ("image", "link_open"):
        return token
    name = "src" if token.type == "image" else "href"
    own = PICTURE.fullmatch(str(token.attrs.get(name, "")))
    if own and pictures is not None:
        token.attrs[name] = pictures.rstrip("/") + own[0]
        if name == "src":
            wide, high = int(own[2]), int(own[3])
            shown = min(wide, WIDEST)
            token.attrs |= {"width": shown, "height": max(1, round(high * shown / max(wide, 1)))}
            token.attrs.pop("title", None)
        return token
    return Token("text", "", 0, content=token.content) if name == "src" else token


def as_html(tokens: Sequence[Token]) -> Markup:
    """Sanitised HTML of parsed tokens."""
    rendered = _PARSER.renderer.render(tokens, _PARSER.options, {})
    cleaned = nh3.clean(
        rendered,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    return Markup(cleaned)  # noqa: S704 (nh3 has just cleaned it)


def page(source: str) -> Markup:
    """``source`` as HTML for a page or a mail."""
    return as_html(parse(source))


def plain(source: str) -> str:
    """``source`` as plain text: underlined headings, "text (address)" for links, aligned tables."""
    return write(parse(source))
