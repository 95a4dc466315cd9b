"""Newsletters as staff have written them, and what they type into the form."""

from __future__ import annotations

import re
import struct
import zlib
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from notifier.newsletters import queries
from notifier.newsletters.models import Newsletter
from notifier.newsletters.write import write
from notifier.store.db import session, unit
from tests.journeys.world import World
from tests.staff.desk import Desk

TITLE = "Food this quarter"
FIELD = re.compile(r'<(?:input|textarea|select)\b[^>]*\bname="(\w+)"[^>]*>')


def written(
    world: World,
    team: str,
    *,
    title: str = TITLE,
    body: str = "Hello.\n",
    topics: tuple[str, ...] = ("food",),
) -> str:
    """The slug of a draft of that team that nobody at the desk has written yet."""
    entry = {"team": team, "title": title, "body": body, "audience": {"topics": list(topics)}}
    with world.build(now=world.clock).app_context(), unit():
        return write(entry, now=world.clock()).slug


def the(world: World, slug: str) -> Newsletter:
    """The issue as it stands now; for reading its columns."""
    with world.build(now=world.clock).app_context():
        issue = queries.issue(slug)
        session.expunge(issue)
        return issue


def form(answer: TestResponse) -> dict[str, Any]:
    """The fields of the editor's form as a browser would send them back."""
    page = answer.get_data(as_text=True)
    page = page[page.index('<form id="write"') :]
    page = page[: page.index("</form>")]
    found: dict[str, Any] = {"topics": [], "user_types": []}
    for match in re.finditer(r"<input\b[^>]*>", page):
        tag = match[0]
        name, value = attribute(tag, "name"), attribute(tag, "value")
        if 'type="checkbox"' in tag:
            if " checked" in tag:
                found[name].append(value)
        elif 'type="file"' not in tag and name != "csrf_token":
            found[name] = value
    for match in re.finditer(r'<textarea\b[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.S):
        found[match[1]] = unescape(match[2]).replace("\n", "\r\n")
    for match in re.finditer(r'<select\b[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', match[2])
        found[match[1]] = chosen[1] if chosen else ""
    return found


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def fills(desk: Desk, slug: str, act: str = "", **typed: Any) -> TestResponse:
    """Opens the page, types, presses a button."""
    fields = form(desk.get(f"/staff/newsletters/{slug}"))
    return desk.post(f"/staff/newsletters/{slug}{act}", **{**fields, **typed})


def png(wide: int = 3, high: int = 2, *more: bytes) -> bytes:
    """A small picture, with further chunks before its end."""

    def chunk(name: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + check

    rows = b"".join(b"\0" + b"\x0b\x6e\x69" * wide for _ in range(high))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0))
    text = b"".join(chunk(b"tEXt", each) for each in more)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + head + text + pixels + chunk(b"IEND", b"")
