"""Mail that a machine wrote for a person: out of office, new address, prove you are human."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message

_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Challenge")
_PRECEDENCE = frozenset({"auto_reply", "auto-reply"})
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
_DAEMON = re.compile(r"mailer-daemon|postmaster|mail\s+delivery\s+(?:sub)?system", re.IGNORECASE)


def is_automatic(message: Message) -> bool:
    """Whether headers or subject say that no person wrote this (RFC 3834 and older customs)."""
    submitted = str(message.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(message.get("Precedence", "")).strip().lower()
    return (
        submitted != "no"
        or precedence in _PRECEDENCE
        or any(name in message for name in _HEADERS)
        or message.get_param("report-type") == "disposition-notification"
        or _SUBJECT.search(_subject(message)) is not None
    )


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
