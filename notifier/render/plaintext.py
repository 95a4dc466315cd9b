"""Parsed Markdown as plain text that a person can read and a screen reader can follow."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from textwrap import indent

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode


def write(tokens: Sequence[Token]) -> str:
    """The text of ``tokens``: paragraphs stand apart by one empty line, no line is wrapped."""
    return "\n\n".join(blocks(SyntaxTreeNode(tokens).children))


def underlined(heading: str, mark: str = "-") -> str:
    """A heading and its line, as long as the heading looks."""
    return f"{heading}\n{mark * min(width(heading), 100)}"


def linked(text: str, url: str) -> str:
    """ "text (address)", or the address alone where that is the text."""
    shown = url.removeprefix("mailto:")
    return shown if text in (url, shown, "") else f"{text} ({shown})"


def table(rows: Sequence[Sequence[str]], aligned: Sequence[str] = ()) -> str:
    """Rows as columns two spaces apart, a line below the first row; "right" aligns to the right."""
    sides = [*aligned, *[""] * (max(map(len, rows), default=0) - len(aligned))]
    widths = [
        max((width(row[i]) for row in rows if i < len(row)), default=0) for i in range(len(sides))
    ]
    lines = [_row(row, widths, sides) for row in rows]
    lines.insert(1, "  ".join("-" * max(each, 1) for each in widths))
    return "\n".join(lines)


def width(text: str) -> int:
    """Columns that ``text`` takes in a fixed font."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


def blocks(nodes: Iterable[SyntaxTreeNode]) -> list[str]:
    """Each block as its text; empty ones are left out."""
    return [text for node in nodes if (text := block(node))]


def block(node: SyntaxTreeNode) -> str:
    """The text of one block and all in it."""
    if node.type == "heading":
        return underlined(inline(node.children), "=" if node.tag in ("h1", "h2") else "-")
    if node.type in ("bullet_list", "ordered_list"):
        return _list(node)
    if node.type == "blockquote":
        return indent("\n\n".join(blocks(node.children)), "> ", lambda line: True)
    if node.type in ("fence", "code_block"):
        return indent(node.content.rstrip("\n"), "    ")
    if node.type == "hr":
        return "-" * 20
    if node.type == "table":
        return _table(node)
    if node.type == "inline" or node.type == "paragraph":
        return inline(node.children)
    return "\n\n".join(blocks(node.children))


def inline(nodes: Iterable[SyntaxTreeNode]) -> str:
    return "".join(_inline(node) for node in nodes)


def _inline(node: SyntaxTreeNode) -> str:
    if node.type in ("text", "code_inline"):
        return node.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    inner = inline(node.children)
    if node.type == "image":
        return f"[Picture: {inner}]" if inner else ""
    return linked(inner, str(node.attrs["href"])) if node.type == "link" else inner


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1) or 1)
    items = []
    for number, item in enumerate(node.children, start=first):
        mark = "* " if node.type == "bullet_list" else f"{number}. "
        parts = blocks(item.children)
        # A tight list has no paragraphs of its own to stand apart.
        text = ("\n" if _tight(item) else "\n\n").join(parts)
        items.append(mark + indent(text, " " * len(mark)).lstrip())
    return "\n".join(items)


def _tight(item: SyntaxTreeNode) -> bool:
    return all(child.type != "paragraph" or child.hidden for child in item.children)


def _table(node: SyntaxTreeNode) -> str:
    rows = [row for part in node.children for row in part.children]
    aligned = [str(cell.attrs.get("class", "")) for cell in rows[0].children]
    return table([[inline(cell.children) for cell in row.children] for row in rows], aligned)


def _row(cells: Sequence[str], widths: Sequence[int], aligned: Sequence[str]) -> str:
    padded = []
    for cell, wide, side in zip(cells, widths, aligned, strict=False):
        gap = " " * (wide - width(cell))
        padded.append(gap + cell if side == "right" else cell + gap)
    return "  ".join(padded).rstrip()
