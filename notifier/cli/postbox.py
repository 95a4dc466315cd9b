"""How the demo reads its mail, and what it looks like when a mail comes back."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

from notifier.mail import outbox


def mails(box: Path, about: str) -> list[EmailMessage]:
    """The mails in the outbox whose text holds ``about``."""
    found = [outbox.read(box, e.key) for e in outbox.entries(box, limit=5000)]
    return [mail for mail in found if about in text_of(mail)]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


def letter_to(box: Path, email: str, about: str) -> EmailMessage:
    """The newest mail to ``email`` about that.

    Only that person's are parsed: reading the whole outbox each time took a quarter of the story.
    """
    kept = outbox.entries(box, limit=5000)
    mine = (outbox.read(box, entry.key) for entry in kept if entry.to == email)
    return next(mail for mail in mine if about in text_of(mail))


def returned(mail: EmailMessage) -> bytes:
    """A delivery report as mail servers write it. [RFC 3464]"""
    sender = str(mail["Return-Path"]).strip("<>")
    lines = [
        "From: MAILER-DAEMON@example.org",
        f"To: {sender}",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=b"',
        "",
        "--=b",
        "Content-Type: text/plain",
        "",
        "There is no such mailbox.",
        "--=b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.example.org",
        "",
        f"Final-Recipient: rfc822; {mail['To']}",
        "Action: failed",
        "Status: 5.1.1",
        "Diagnostic-Code: smtp; 550 5.1.1 no such user",
        "--=b--",
        "",
    ]
    return "\r\n".join(lines).encode()
