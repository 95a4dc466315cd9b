"""A person's answer, made into a message to the team that can answer it.

Enclosed, not redirected: with our own From it passes SPF and DMARC wherever the team's mail is.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import format_datetime, parseaddr
from typing import NamedTuple

from notifier.mail import headers
from notifier.mail.addresses import wire
from notifier.mail.dsn import PASSED_ON, head_of, is_readable
from notifier.mail.envelope import legible

_LONGEST_SUBJECT = 150  # characters
_LINE = 998  # octets, RFC 5322 2.1.1
WORDS = """\
{who} answered one of our emails. The answer came to an address that only programs read, so it is
passed on to you: it is attached, as it came.

To answer, reply to this email{where}. Nothing was sent to {who} about this.
"""


class Passing(NamedTuple):
    """Addresses of one message to a team: ``sender`` is our From, ``to`` the team's contact."""

    organisation: str
    sender: str
    to: str
    domain: str


def writer(raw: bytes) -> str:
    """The address that an answer to this message goes to, or ""."""
    message = head_of(raw)
    for name in ("Reply-To", "From"):
        address = parseaddr(str(message.get(name, "")))[1]
        # What is not ASCII stands there as question marks; the enclosed message has it.
        if address.isascii():
            with contextlib.suppress(ValueError):
                return wire(address)
    return ""


def compose(raw: bytes, passing: Passing, *, date: datetime) -> bytes:
    """The message with ``raw`` enclosed, CRLF line ends, 7 bit; the same Message-ID each time.

    Raises ValueError when one of our own addresses cannot be written in a header.
    """
    digest = hashlib.sha256(raw).hexdigest()
    mark, back = f"=_{digest}", writer(raw)
    head: headers.Head = [
        ("From", headers.mailbox("From", passing.organisation, passing.sender)),
        ("To", wire(passing.to)),
        *([("Reply-To", back)] if back else []),
        ("Subject", headers.unstructured("Subject", f"An answer for you: {subject(raw)}")),
        ("Date", format_datetime(date)),
        ("Message-ID", f"<p.{digest[:52]}@{passing.domain}>"),
        ("Auto-Submitted", "auto-generated"),
        (PASSED_ON, "1"),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/mixed; boundary="{mark}"'),
    ]
    where = "" if back else ", which does not name an address that works: look into the attachment"
    text = WORDS.format(who=back or "Somebody", where=where)
    parts = (_part("text/plain; charset=utf-8", text.encode()), _enclosed(raw))
    body = b"".join(b"--%b\r\n%b\r\n" % (mark.encode(), part) for part in parts)
    message = headers.lines(head) + b"\r\n" + body + b"--%b--\r\n" % mark.encode()
    headers.verify(message, head)
    return message


def subject(raw: bytes) -> str:
    """What it is about, on one line."""
    found = str(head_of(raw).get("Subject", ""))[:1000]
    with contextlib.suppress(ValueError, LookupError, MessageError):
        found = str(make_header(decode_header(found)))
    # What is not ASCII and not encoded stands there as surrogates, which no header can carry.
    plain = found.encode("utf-8", "replace").decode()
    return legible(plain)[:_LONGEST_SUBJECT] or "no subject"


def _enclosed(raw: bytes) -> bytes:
    """As a message where one of 7 bits may carry it (RFC 2046 5.2.1), else as a file."""
    message = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    if not _travels(message) and is_readable(raw):
        message = _in_seven_bits(message_from_bytes(raw))
    if _travels(message):
        name = b'Content-Disposition: attachment; filename="answer.eml"\r\n\r\n'
        return b"Content-Type: message/rfc822\r\n" + name + message
    return _part('application/octet-stream; name="answer.eml"', raw, attached="answer.eml")


def _in_seven_bits(message: Message) -> bytes:
    try:
        return message.as_bytes(policy=policy.compat32.clone(cte_type="7bit", linesep="\r\n"))
    except Exception:  # the library raises many kinds on hostile input; the file is left
        return b""


def _travels(message: bytes) -> bool:
    lines = message.split(b"\r\n")
    odd = b"\0" in message or re.search(rb"\r(?!\n)|(?<!\r)\n", message)
    return bool(message) and message.isascii() and not odd and max(map(len, lines)) <= _LINE


def _part(type_: str, content: bytes, *, attached: str = "") -> bytes:
    name = f'Content-Disposition: attachment; filename="{attached}"\r\n' if attached else ""
    head = f"Content-Type: {type_}\r\n{name}Content-Transfer-Encoding: base64\r\n\r\n"
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
