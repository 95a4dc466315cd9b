"""Envelope senders and Message-IDs that say, with a MAC, which delivery they belong to."""

from __future__ import annotations

import re

from notifier.tokens import Stamp

_LOCAL = re.compile(r"b\+([0-9a-f]{52})(?=@|$)")
_ID = re.compile(r"<?m\.([0-9a-f]{52})@")


def sender(stamp: Stamp, send_id: int, subscriber_id: int, domain: str) -> str:
    """The envelope sender of one delivery; its local part has 54 of the 64 octets allowed."""
    return f"b+{stamp.make(send_id, subscriber_id)}@{domain}"


def parse(address: str, stamp: Stamp) -> tuple[int, int] | None:
    """``(send_id, subscriber_id)`` of an envelope sender, or of its local part alone.

    None when it is not one of ours. Letter case is ignored: relays may lower or raise it.
    """
    found = _LOCAL.match(address.strip().strip("<>").lower())
    return stamp.read(found[1]) if found else None


def message_id(stamp: Stamp, send_id: int, subscriber_id: int, domain: str) -> str:
    """The Message-ID, in angle brackets: the same each time this delivery is tried."""
    return f"<m.{stamp.make(send_id, subscriber_id)}@{domain}>"


def parse_message_id(value: str, stamp: Stamp) -> tuple[int, int] | None:
    """``(send_id, subscriber_id)`` of a Message-ID that came back, or None."""
    found = _ID.match(value.strip().lower())
    return stamp.read(found[1]) if found else None
