"""A server's own words behind a number: why it refused, or why it could not be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from notifier.delivery.models import ServerReply
from notifier.store.db import session
from notifier.store.upsert import put

_ADDRESS = re.compile(r"<?[^\s<>,;:()]+@[^\s<>,;()]+")
_SHORTEST = 3  # characters of a name that can be told from a part of any word
HIDDEN = "…"


class Said(NamedTuple):
    """A reply about one person, in the server's words; ``code`` 0 when no server spoke."""

    code: int
    status: str
    text: str
    recipient: str


def keep(send_id: int, said: Iterable[Said], *, now: datetime) -> None:
    """The newest words behind each code of a Send, without anybody's address. Two workers may write
    one row: it says what either heard."""
    newest = {one.code: one for one in said}
    for code in sorted(newest):
        one = newest[code]
        text = without_person(one.text, one.recipient)
        row = {"send_id": send_id, "code": code, "status": one.status[:12], "said": text, "at": now}
        put(ServerReply, row)


def heard(send_id: int) -> dict[int, str]:
    """The newest words by code."""
    query = select(ServerReply.code, ServerReply.said).where(ServerReply.send_id == send_id)
    rows = session.execute(query)
    return {row.code: row.said for row in rows}


def without_person(text: str, recipient: str) -> str:
    """The words without any address, and without the recipient's name and domain: erasure must not
    have to look here."""
    text = _ADDRESS.sub(HIDDEN, text)
    name, _, domain = recipient.rpartition("@")
    for part in (domain, name):
        if len(part) >= _SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", HIDDEN, text, flags=re.IGNORECASE)
    return text.strip()
