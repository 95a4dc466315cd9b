"""Deletes the files in which an erased address still stands: the outbox, and returned mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

from notifier.mail.addresses import wire
from notifier.mail.mailbox import QUARANTINE
from notifier.mail.returned import FOLDER
from notifier.settings import Settings

_SOFT_BREAK = re.compile(rb"=\r?\n")  # of quoted-printable


def erase(settings: Settings, address: str) -> int:
    """Delete each message that names the address, in any letter case; returns how many.

    It reaches Maildirs only. What stands in an IMAP mailbox, a mail server's log, a backup or an
    export is for a person to delete.
    """
    gone = 0
    shape = named(address)
    for file in files(settings):
        if holds(file.read_bytes(), shape):
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def files(settings: Settings) -> Iterator[Path]:
    own = settings.instance / FOLDER
    maildirs = [settings.instance / "outbox", own, own / f".{QUARANTINE}"]
    scheme, _, rest = settings.bounce_mailbox.partition(":")
    if scheme == "maildir" and rest:
        maildirs += [Path(rest), Path(rest) / f".{QUARANTINE}"]
    for maildir in maildirs:
        for folder in ("tmp", "new", "cur"):
            yield from (file for file in (maildir / folder).glob("*") if file.is_file())


def named(address: str) -> re.Pattern[bytes]:
    """Finds the address as a whole: not ann@ in joann@."""
    forms = {address.lower(), wire(address).lower()}
    either = b"|".join(re.escape(form.encode()) for form in sorted(forms))
    return re.compile(rb"(?<![\w.+-])(?:" + either + rb")(?![\w-]|\.\w)")


def holds(raw: bytes, shape: re.Pattern[bytes]) -> bool:
    """Whether a message names it: as it stands, over soft line breaks, or in base64."""
    if shape.search(_SOFT_BREAK.sub(b"", raw).lower()):
        return True
    if b"base64" not in raw.lower():
        return False
    parts = message_from_bytes(raw).walk()
    decoded = (part.get_payload(decode=True) for part in parts if not part.is_multipart())
    return any(isinstance(each, bytes) and shape.search(each.lower()) for each in decoded)
