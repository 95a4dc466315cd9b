"""What people paste from Word, Outlook or a web page, as Markdown: headings, lists, links, tables,
bold and italic stay; everything else is left behind.

Only words come through: no tag, no attribute but a link's safe address, no picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from notifier.errors import Refused
from notifier.render.markdown import safe_link
from notifier.render.pasted_inline import Run, as_markdown
from notifier.render.slots import scrub

LONGEST = 2_000_000  # characters; Word writes forty of its own for one of a person's
DEEPEST = 200
NESTING = re.compile(
    r"<(/?)(?:div|span|ul|ol|table|blockquote|section|article|header|footer|address|b|strong|i|em|font"
    r"|u|a|big|small|code|nobr|s|strike|tt|center|details|fieldset|main|nav|aside|figure|dl|menu"
    r"|button|object|marquee|applet|svg|math|template|select)\b",
    re.IGNORECASE,
)
STEP = 4  # blanks for a level of a list
BLOCKS = {"p", "div", "blockquote", "pre", "section", "article", "header", "footer", "address"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
TAGS = {
    *(BLOCKS | HEADINGS),
    *("ul", "ol", "li", "table", "tr", "th", "td", "a", "b", "strong", "i", "em", "br", "span"),
    *("img", "hr", "thead", "tbody"),
}
DROPPED = {"script", "style", "title", "xml", "noscript", "template", "svg", "math", "iframe"}
MARKS = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic"}
LEVEL = re.compile(r"mso-list:\s*(l\d+)?[^;]*?level(\d)", re.IGNORECASE)
IGNORED = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
NUMBERED = re.compile(r"\(?[0-9a-zA-Z]{1,4}[.)]")
TO_THE_RIGHT = re.compile(r"text-align:\s*(right|end)", re.IGNORECASE)


@dataclass(frozen=True)
class Pasted:
    """``pictures`` is how many could not be taken along."""

    markdown: str
    pictures: int = 0


def from_html(html: str) -> Pasted:
    """Raises Refused with field "pasted" when it is too long."""
    if len(html) > LONGEST:
        raise Refused("This is too long to paste at once; paste it in parts.", field="pasted")
    if deepest(html) > DEEPEST:
        raise Refused("This is nested too deeply to read; paste its words alone.", field="pasted")
    clean = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED,
        attributes={"*": {"style", "class", "align"}, "a": {"href"}, "td": {"colspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
    reader = Reader()
    reader.feed(clean)
    reader.close()
    return Pasted(reader.written(), reader.pictures)


def deepest(html: str) -> int:
    """How deep tags are nested that a parser of HTML does not close by itself: with 100,000 of them
    it took 15 seconds."""
    depth = most = 0
    for match in NESTING.finditer(html):
        depth = max(0, depth - 1) if match[1] else depth + 1
        most = max(most, depth)
    return most


@dataclass
class Table:
    rows: list[list[str]] = field(default_factory=list)
    right: dict[int, int] = field(default_factory=dict)  # how many cells of a column are so

    def markdown(self) -> str:
        rows = [row for row in self.rows if any(row)]
        wide = max((len(row) for row in rows), default=0)
        if wide < 2:
            return "\n\n".join(row[0] for row in rows if row)
        filled = [row + [""] * (wide - len(row)) for row in rows]
        head, *body = filled
        head = [re.sub(r"^\*\*(.*)\*\*$", r"\1", cell) for cell in head]  # it is bold by itself
        sides = ["---:" if self.right.get(at, 0) * 2 > len(body) else "---" for at in range(wide)]
        return "\n".join(f"| {' | '.join(row)} |" for row in (head, sides, *body))


class Reader(HTMLParser):
    """Walks once over cleaned HTML, without recursion: nothing that is nested can exhaust it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[tuple[str, str]] = []  # kind, Markdown
        self.runs: list[Run] = []
        self.lists: list[list[object]] = []  # [tag, number of the last item]
        self.tables: list[Table] = []
        self.marks = {"bold": 0, "italic": 0}
        self.href: list[str] = []
        self.spans: list[bool] = []  # whether a span is Word's own bullet
        self.bullet = ""
        self.mso_level = self.heading = self.pictures = 0
        self.mso_list = ""
        self.counts: dict[tuple[int, str], int] = {}  # by level and list

    # What opens and closes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in BLOCKS or tag in HEADINGS:
            self.open_block(tag, given)
        elif tag in MARKS:
            self.marks[MARKS[tag]] += 1
        elif tag == "span":
            self.spans.append(bool(IGNORED.search(given.get("style", ""))))
        elif tag == "a":
            url = given.get("href", "").strip()
            self.href.append(url if safe_link(url) else "")
        elif tag == "br":
            self.runs.append(Run("\n"))
        elif tag == "img":
            self.pictures += 1
        elif tag in ("ul", "ol"):
            self.flush()
            self.lists.append([tag, 0])
        elif tag == "li":
            self.flush()
            self.begin_item()
        else:
            self.open_table(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS or tag in HEADINGS or tag == "li":
            self.flush()
        elif tag in MARKS:
            self.marks[MARKS[tag]] -= 1
        elif tag == "span" and self.spans:
            self.spans.pop()
        elif tag == "a" and self.href:
            self.href.pop()
        elif tag in ("ul", "ol") and self.lists:
            self.flush()
            self.lists.pop()
        elif tag in ("td", "th") and self.tables:
            self.close_cell()
        elif tag == "table" and self.tables:
            made = self.tables.pop()
            if not self.tables:
                self.emit("table", made.markdown())

    def handle_data(self, data: str) -> None:
        if any(self.spans):
            self.bullet += data
            return
        bold, italic = self.marks["bold"] > 0, self.marks["italic"] > 0
        href = self.href[-1] if self.href else ""
        self.runs.append(Run(data, bold and not self.heading, italic, href))

    # Blocks

    def open_block(self, tag: str, given: dict[str, str]) -> None:
        self.flush()
        if tag in HEADINGS:
            self.heading = int(tag[1])
        elif "MsoTitle" in given.get("class", ""):
            self.heading = 1
        level = LEVEL.search(given.get("style", ""))
        self.mso_level = int(level[2]) if level and not self.heading else 0
        self.mso_list = (level[1] or "") if level else ""

    def begin_item(self) -> None:
        if self.lists:
            self.lists[-1][1] = int(str(self.lists[-1][1])) + 1
            self.item = True

    item = False

    def flush(self) -> None:
        """The words since the last block, as a block."""
        text = as_markdown(self.runs)
        self.runs = []
        heading, level, bullet = self.heading, self.mso_level, self.bullet
        self.heading, self.mso_level, self.bullet = 0, 0, ""
        if not text:
            return
        if self.tables:  # a cell holds one line
            self.runs = [Run(text.replace("\n", " ") + " ", raw=True)]
        elif heading:
            self.emit("heading", f"{'#' * heading} {text.replace(chr(10), ' ')}")
        elif level:
            self.emit("item", self.word_item(text, level, bullet))
        elif self.lists:
            self.emit("item", self.list_item(text))
        else:
            self.emit("prose", text)

    def word_item(self, text: str, level: int, bullet: str) -> str:
        """A paragraph that Word shows as an item of a list."""
        numbered = NUMBERED.match(bullet.strip())
        self.counts = {at: n for at, n in self.counts.items() if at[0] <= level}
        key = (level, self.mso_list)
        self.counts[key] = self.counts.get(key, 0) + 1
        mark = f"{self.counts[key]}." if numbered else "-"
        return indented(f"{mark} ", text, (level - 1) * STEP)

    def list_item(self, text: str) -> str:
        tag, number = self.lists[-1]
        blanks = (len(self.lists) - 1) * STEP
        if not self.item:  # another paragraph of the same item
            return "\n" + indented("   " if tag == "ol" else "  ", text, blanks)
        self.item = False
        return indented(f"{number}. " if tag == "ol" else "- ", text, blanks)

    def emit(self, kind: str, text: str) -> None:
        if kind != "item":
            self.counts = {}
        if text.strip():
            self.out.append((kind, text))

    # Tables

    def open_table(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            self.flush()
            self.tables.append(Table())
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        elif tag in ("td", "th") and self.tables:
            self.runs = []
            table = self.tables[-1]
            if not table.rows:
                table.rows.append([])
            self.span = min(int(given["colspan"]), 50) if given.get("colspan", "").isdigit() else 1
            at = len(table.rows[-1])
            said = f"{given.get('align', '')};{given.get('style', '')}"
            if said.lower().startswith("right") or TO_THE_RIGHT.search(said):
                table.right[at] = table.right.get(at, 0) + 1

    span = 1

    def close_cell(self) -> None:
        self.flush()
        words = " ".join(as_markdown(self.runs).split()).replace("|", "\\|")
        self.runs = []
        row = self.tables[-1].rows
        if row:
            row[-1] += [words, *[""] * (self.span - 1)]
        if len(self.tables) > 1:  # a table within a cell is words of that cell
            self.runs = [Run(words + " ", raw=True)]

    def written(self) -> str:
        self.flush()
        lines: list[str] = []
        before = ""
        for kind, text in self.out:
            if lines and not (kind == before == "item" and same_list(lines[-1], text)):
                lines.append("")
            lines.append(text)
            before = kind
        return scrub("\n".join(lines)).strip("\n") + ("\n" if lines else "")


def same_list(one: str, other: str) -> bool:
    """Whether two items, one line each, are of one list: numbers do not go on after bullets."""
    if other.startswith((" ", "\n")) or one.startswith(" "):
        return True
    return one.startswith("- ") == other.startswith("- ")


def indented(mark: str, text: str, blanks: int) -> str:
    rest = text.replace("\n", "\n" + " " * (blanks + len(mark)))
    return f"{' ' * blanks}{mark}{rest}"
