"""Reads a mail service's batch of bounces and complaints: all of it is right, or none is taken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from notifier.errors import Refused
from notifier.mail.dsn import Report
from notifier.mail.envelope import legible

MOST = 1000  # entries
LONGEST = 1000  # characters of a text
AHEAD = timedelta(minutes=10)  # by which a sender's clock may differ from ours
TYPES = ("bounce", "complaint")
STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}", re.ASCII)


class Told(NamedTuple):
    """One entry: what it says, and when it happened."""

    report: Report
    at: datetime


def read(body: bytes, *, now: datetime) -> list[Told]:
    """The entries of a JSON array; Refused, naming the entry, when one is not as agreed.

    An entry: ``type`` bounce or complaint; which delivery, by ``envelope_recipient`` (the address
    that the message bounced to) or ``message_id``, or both; and, where they are known,
    ``recipient``, ``code`` (SMTP, 400 to 599), ``status`` (RFC 3463), ``diagnostic`` and ``at``
    (ISO 8601 with zone).
    """
    try:
        entries = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("The body is not JSON in UTF-8; send an array of objects.") from None
    if not isinstance(entries, list) or not entries:
        raise Refused("The body must be an array of one or more objects.")
    if len(entries) > MOST:
        raise Refused(f"The array has {len(entries):,} entries; send {MOST:,} or fewer at once.")
    return [one(number, entry, now) for number, entry in enumerate(entries, start=1)]


def one(number: int, entry: Any, now: datetime) -> Told:
    try:
        if not isinstance(entry, dict):
            raise Refused("it is not an object")
        if unknown := sorted(entry.keys() - FIELDS.keys()):
            raise Refused(f"{legible(unknown[0])[:60]!r} is no field of it")
        found = {name: reads(entry[name]) for name, reads in FIELDS.items() if name in entry}
        return told(found, now)
    except Refused as refusal:
        raise Refused(f"Entry {number} cannot be taken: {refusal}; nothing was.") from None


def told(found: dict[str, Any], now: datetime) -> Told:
    if "type" not in found:
        raise Refused("its type is missing, bounce or complaint")
    if not (found.get("message_id") or found.get("envelope_recipient")):
        raise Refused("it names no delivery, by envelope_recipient or message_id")
    at = found.get("at", now)
    if at > now + AHEAD:
        raise Refused("it happened in the future")
    report = Report(
        found["type"],
        original_recipient=found.get("recipient", ""),
        action="failed",
        status=found.get("status", ""),
        code=found.get("code", 0),
        diagnostic=found.get("diagnostic", ""),
        sender_token=found.get("envelope_recipient", ""),
        message_id=found.get("message_id", ""),
    )
    return Told(report, min(at, now))


def text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Refused(f"a text must have {LONGEST:,} characters or fewer")
    return legible(value)


def kind(value: Any) -> str:
    if value not in TYPES:
        raise Refused("its type must be bounce or complaint")
    return str(value)


def code(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 400 <= value <= 599:
        raise Refused("its code must be a number from 400 to 599")
    return value


def status(value: Any) -> str:
    if not isinstance(value, str) or not STATUS.fullmatch(value):
        raise Refused("its status must be like 5.1.1")
    return value


def instant(value: Any) -> datetime:
    wrong = Refused("its time must be like 2026-11-23T10:00:00Z")
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is None:
            raise wrong
        return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise wrong from None


FIELDS: dict[str, Callable[[Any], Any]] = {
    "type": kind,
    "envelope_recipient": text,
    "message_id": text,
    "recipient": text,
    "code": code,
    "status": status,
    "diagnostic": text,
    "at": instant,
}
