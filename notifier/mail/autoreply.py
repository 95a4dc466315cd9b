"""Mail that a machine wrote for a person: out of office, new address, prove you are human."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Challenge")
_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
_TO_MANY = frozenset({"bulk", "junk", "list"})
_SUBJECT = re.compile(
    r"""
    auto(?:mat\w+)?[\s-]*(?:reply|response|answer)      # Exchange, Gmail
    | out\s+of\s+(?:the\s+)?office | \booo\b | on\s+(?:annual\s+|maternity\s+)?leave | vacation
    | ateb\s+awtomatig | allan\s+o[’']r\s+swyddfa
    | chang\w+\s+(?:of\s+)?(?:my\s+)?e?-?mail\s+address | new\s+e?-?mail\s+address
    | address\s+(?:has\s+)?chang | no\s+longer\s+(?:works?|with|at)\b
    | (?:confirm|verify|approve)\w*\s+(?:that\s+)?you\w*\s | challenge | sender\s+verification
    """,
    re.IGNORECASE | re.VERBOSE,
)
# How a machine begins. People, too, write of leave, vacations and new addresses.
_SURE = re.compile(
    r"\s*(?:auto(?:mat\w+)?[\s-]*(?:reply|response|answer)|auto:|out\s+of\s+(?:the\s+)?office"
    r"|ateb\s+awtomatig|allan\s+o[’']r\s+swyddfa)",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail\s+delivery\s+(?:sub)?system", re.IGNORECASE)


def is_automatic(message: Message) -> bool:
    """Whether headers or subject say that no person wrote this (RFC 3834 and older customs)."""
    return _marked(message) or _SUBJECT.search(_subject(message)) is not None


def is_machine(message: Message) -> bool:
    """Whether surely no person wrote this: a guess from the subject must not lose what one wrote.

    A null return path settles a doubtful subject: what may not be answered is seldom a person's.
    """
    null = str(message.get("Return-Path", "?")).strip() in ("", "<>")
    return (
        _marked(message)
        or _precedence(message) in _TO_MANY
        or message.get_content_type() == "multipart/report"
        or _SURE.match(_subject(message)) is not None
        or (null and _SUBJECT.search(_subject(message)) is not None)
    )


def _marked(message: Message) -> bool:
    """Headers by which machines own up."""
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return (
        submitted != "no"
        or _precedence(message) in _PRECEDENCE
        or any(name in message for name in _HEADERS)
        or message.get_param("report-type") == "disposition-notification"
    )


def _precedence(message: Message) -> str:
    return str(message.get("Precedence", "")).strip().lower()


def is_daemon(message: Message) -> bool:
    """Whether a mail server sent it: Exim and qmail mark their own bounces as automatic too."""
    return "X-Failed-Recipients" in message or bool(
        _DAEMON.search(str(message.get("From", ""))[:500])
    )


def _subject(message: Message) -> str:
    subject = str(message.get("Subject", ""))[:1000]
    try:
        return str(make_header(decode_header(subject)))
    except (ValueError, LookupError, MessageError):
        return subject
