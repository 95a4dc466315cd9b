"""What is left of a page of Word in a field without script, as Markdown."""

from __future__ import annotations

import re

from notifier.errors import Refused
from notifier.render.pasted import LONGEST, Pasted, from_html
from notifier.render.pasted_inline import escaped
from notifier.render.slots import scrub

BULLET = re.compile(r"^[ \t]*([•·▪◦o§-]|\(?[0-9]{1,3}[.)])\t+(.*)$")


def from_plain(text: str) -> Pasted:
    """What is left of a page of Word in a field without script: bullets and numbers before a tab
    are lists, lines with tabs are tables; where there are tags, it is read as HTML."""
    if re.search(r"</(p|div|h[1-6]|table|li|span|html)>", text, re.IGNORECASE):
        return from_html(text)
    if len(text) > LONGEST:
        raise Refused("This is too long to paste at once; paste it in parts.", field="pasted")
    out: list[tuple[str, str]] = []
    for line in scrub(text).split("\n"):
        bullet = BULLET.match(line)
        if bullet:
            mark = "-" if not bullet[1].strip("(.)").isdigit() else "1."
            out.append(("item", f"{mark} {escaped(bullet[2].strip())}"))
        elif "\t" in line.strip():
            cells = [escaped(cell.strip()).replace("|", "\\|") for cell in line.split("\t")]
            first = not out or out[-1][0] != "row"
            out.append(("row", f"| {' | '.join(cells)} |"))
            if first:
                out.append(("row", "|" + "---|" * len(cells)))
        else:
            out.append(("prose", escaped(line.strip())))
    lines: list[str] = []
    before = ""
    for kind, words in out:
        if words and lines and not (kind == before and kind != "prose"):
            lines.append("")
        if words:
            lines.append(words)
            before = kind
    return Pasted("\n".join(lines) + ("\n" if lines else ""))
