"""What came back: bounces, complaints and automatic replies, read from whatever arrives."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, message_from_string
from email.message import Message
from typing import Literal

from notifier.delivery.classify import Verdict, classify
from notifier.mail.autoreply import is_automatic, is_daemon, is_machine
from notifier.mail.envelope import legible

__all__ = ["Kind", "Report", "Verdict", "classify", "parse"]

Kind = Literal["bounce", "complaint", "autoreply", "not_a_report", "malformed"]

LARGEST = 1_048_576  # octets of what is read as a report
WHOLE = 10 * LARGEST  # octets of what a person may write, with pictures
PASSED_ON = "X-Notifier-Passed-On"  # marks what we passed on: coming back, it goes to a person

# Python's parser takes time in proportion to lines times nested boundaries, and an object per part
# or block; a real report comes nowhere near these.
_MOST_BOUNDARIES = 20
_MOST_SEPARATORS = 1000
_MOST_BLANK_LINES = 5000
_LONGEST_HEAD = 131_072
_MOST_RECIPIENTS = 500
_GUESSED_FROM = 65_536  # octets in which an unstandardised bounce is searched for its words

_TOKEN = re.compile(r"b\+[0-9a-f]{52}(?=@)", re.IGNORECASE)
_OUR_ID = re.compile(r"<m\.[0-9a-f]{52}@[A-Za-z0-9.-]+>", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_CODE = re.compile(r"(?<![\d.])([245]\d\d)(?=[ -]|$)")
_RECEIVERS = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "Return-Path", "Cc")
_COMPLAINTS = frozenset({"abuse", "opt-out", "opt-out-list"})  # RFC 5965 3.1 and its registry
_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_FEEDBACK_TYPES = frozenset({"message/feedback-report"})
_RETURNED_TYPES = frozenset(
    {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
)


@dataclass(frozen=True, slots=True)
class Report:
    """What one message says about one recipient.

    ``sender_token`` is the VERP local part it was sent to, ``message_id`` the returned message's:
    both unproved, see ``verp``. ``code`` is the SMTP code in the diagnostic, else 0. Text that is
    not known is "". ``by_person``: somebody may have written it, and waits for an answer.
    """

    kind: Kind
    original_recipient: str = ""
    final_recipient: str = ""
    action: str = ""
    status: str = ""
    code: int = 0
    diagnostic: str = ""
    sender_token: str = ""
    message_id: str = ""
    by_person: bool = False

    @property
    def verdict(self) -> Verdict:
        """What to conclude about the recipient of a bounce."""
        return classify(self.code, self.status, self.action)


def parse(raw: bytes) -> list[Report]:
    """One report per recipient that ``raw`` speaks of, at least one; never raises.

    ``malformed`` is for somebody to look at: a report that is hostile, over 1 MB, or cannot be
    read; or what a program sent that nobody understands.
    """
    try:
        if not is_readable(raw):
            return [_by_head(raw)]
        found = _read(message_from_bytes(raw), raw)
    except Exception:  # the parser, its codecs and flufl.bounce raise many kinds on hostile input
        logging.getLogger(__name__).info("a message in the bounce mailbox cannot be read")
        return [Report("malformed")]
    return found[:_MOST_RECIPIENTS]


def is_readable(raw: bytes) -> bool:
    """Whether Python's parser reads it in a moment: not empty, not huge, not a bomb."""
    return bool(raw.strip()) and len(raw) <= LARGEST and not _is_hostile(raw)


def head_of(raw: bytes) -> Message:
    """The headers alone; none where they do not end within 128 KB."""
    end = re.search(rb"\r?\n\r?\n", raw[:_LONGEST_HEAD])
    whole = raw if len(raw) <= _LONGEST_HEAD else b""
    return message_from_bytes(raw[: end.start()] if end else whole)


def _by_head(raw: bytes) -> Report:
    """What the headers tell of something that is not read: people write long letters, too."""
    head = head_of(raw)
    known = Report("malformed", sender_token=_token(head, None), message_id=_message_id(head, None))
    mark = "From" not in head or PASSED_ON in head or len(raw) > WHOLE
    if mark or is_daemon(head) or is_machine(head):
        return known
    return replace(known, kind="not_a_report", by_person=True)


def _is_hostile(raw: bytes) -> bool:
    head = re.search(rb"\r?\n\r?\n", raw)
    return (
        (head.start() if head else len(raw)) > _LONGEST_HEAD
        or raw.lower().count(b"boundary=") > _MOST_BOUNDARIES
        or raw.count(b"\n--") > _MOST_SEPARATORS
        or raw.count(b"\n\n") + raw.count(b"\n\r\n") > _MOST_BLANK_LINES
    )


def _read(message: Message, raw: bytes) -> list[Report]:
    if not message.keys():
        return [Report("malformed")]
    parts = list(_parts(message))
    returned = _returned(parts)
    known = Report(
        "not_a_report",
        sender_token=_token(message, returned),
        message_id=_message_id(message, returned),
    )
    if PASSED_ON in message:
        return [replace(known, kind="malformed")]
    types = {part.get_content_type() for part in parts}
    if types & _FEEDBACK_TYPES:
        return [_complaint(parts, returned, known)]
    if types & _STATUS_TYPES:
        bounces = [_recipient(block, known) for block in _blocks(parts) if _recipient_fields(block)]
        return bounces or _guessed(message, raw, known) or [replace(known, kind="malformed")]
    written = replace(known, by_person=not is_machine(message))
    if not is_daemon(message) and is_automatic(message):
        return [replace(written, kind="autoreply")]
    guessed = _guessed(message, raw, known)
    # A bounce that nobody understands, and no reply.
    if not guessed and (is_daemon(message) or "From" not in message):
        return [replace(known, kind="malformed")]
    return guessed or [written]


def _parts(message: Message) -> Iterator[Message]:
    """The message and its parts, but not the parts of a message that it carries."""
    yield message
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts(part)


def _returned(parts: list[Message]) -> Message | None:
    """The headers of the message that came back, if any did."""
    for part in parts:
        if part.get_content_type() not in _RETURNED_TYPES:
            continue
        payload = part.get_payload()
        if isinstance(payload, list) and payload:
            return payload[0] if isinstance(payload[0], Message) else None
        if isinstance(payload, str):
            return message_from_string(payload)
    return None


def _token(message: Message, returned: Message | None) -> str:
    for source in (message, returned):
        for name in _RECEIVERS if source is not None else ():
            for value in source.get_all(name, []) if source is not None else ():
                if found := _TOKEN.search(str(value)):
                    return found[0].lower()
    return ""


def _message_id(message: Message, returned: Message | None) -> str:
    """The returned Message-ID; else one of ours that the message refers to or quotes."""
    if returned is not None and returned.get("Message-ID"):
        return legible(str(returned["Message-ID"]))
    quoted = " ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References"))
    found = _OUR_ID.search(quoted) or _OUR_ID.search(_text(message))
    return found[0] if found else ""


def _text(message: Message) -> str:
    """What a person would read first, as text; "" when there is none."""
    for part in _parts(message):
        if part.get_content_maintype() == "text":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload[:_GUESSED_FROM].decode("utf-8", "replace")
    return ""


def _complaint(parts: list[Message], returned: Message | None, known: Report) -> Report:
    """RFC 5965: only the feedback types by which a person says "no more" are complaints."""
    for block in _blocks(parts, _FEEDBACK_TYPES):
        kind = str(block.get("Feedback-Type", "")).strip().lower()
        sender = _TOKEN.search(str(block.get("Original-Mail-From", "")))
        recipient = _address(block.get("Original-Rcpt-To"))
        if not recipient and returned is not None:
            recipient = _address(returned.get("To"))
        return replace(
            known,
            kind="complaint" if kind in _COMPLAINTS else "not_a_report",
            original_recipient=recipient,
            sender_token=known.sender_token or (sender[0].lower() if sender else ""),
        )
    return replace(known, kind="malformed")


def _blocks(
    parts: list[Message], types: frozenset[str] | set[str] = _STATUS_TYPES
) -> Iterator[Message]:
    """The groups of fields in the machine-readable parts."""
    for part in parts:
        if part.get_content_type() in types:
            payload = part.get_payload()
            if isinstance(payload, list):
                yield from (block for block in payload if isinstance(block, Message))
            elif isinstance(payload, str):
                yield message_from_string(payload)


def _recipient_fields(block: Message) -> bool:
    return bool(block.get("Final-Recipient") or block.get("Original-Recipient"))


def _recipient(block: Message, known: Report) -> Report:
    """RFC 3464 2.3; the diagnostic's own status counts where Status is absent or says nothing."""
    diagnostic = legible(str(block.get("Diagnostic-Code", "")))
    said = diagnostic.partition(";")[2] or diagnostic
    status = _first(_STATUS, str(block.get("Status", "")))
    inner = _first(_STATUS, said)
    if not status or (status.endswith(".0.0") and inner[:1] == status[:1]):
        status = inner
    return replace(
        known,
        kind="bounce",
        original_recipient=_address(block.get("Original-Recipient")),
        final_recipient=_address(block.get("Final-Recipient")),
        action=legible(str(block.get("Action", ""))).lower().partition(" ")[0],
        status=status,
        code=int(_first(_CODE, said) or 0),
        diagnostic=diagnostic,
    )


def _guessed(message: Message, raw: bytes, known: Report) -> list[Report]:
    """What flufl.bounce makes of a bounce in somebody's own format; nothing of a person's mail."""
    # No Return-Path is no null one: what is piped or posted to us may have lost it on the way.
    sender = str(message.get("Return-Path", "?")).strip()
    if sender not in ("", "<>") and not is_daemon(message):
        return []
    from flufl.bounce import all_failures  # noqa: PLC0415  # 34 modules, for few reports

    short = message_from_bytes(raw[:_GUESSED_FROM])
    try:
        temporary, permanent = all_failures(short)
    except Exception:  # flufl.bounce 6.0 trips over a From that is not ASCII or not there
        del short["From"]
        short["From"] = "mailer-daemon@localhost"
        temporary, permanent = all_failures(short)
    words = _text(message)
    status, code = _first(_STATUS, words), int(_first(_CODE, words) or 0)
    bounce = replace(known, kind="bounce", status=status, code=code)
    return [
        replace(bounce, final_recipient=_address(octets.decode("utf-8", "replace")), action=action)
        for addresses, action in ((permanent, "failed"), (temporary, "delayed"))
        for octets in sorted(addresses)
    ]


def _address(value: object) -> str:
    """``rfc822; cleo@example.org`` and ``<cleo@example.org>`` as the address alone."""
    text = legible(str(value or ""))
    return text.rpartition(";")[2].strip().strip("<>")


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
