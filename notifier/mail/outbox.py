"""Mail into a Maildir instead of to a server: what development sends, and what its inbox shows."""

from __future__ import annotations

import itertools
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

from notifier.errors import NotFound
from notifier.mail.envelope import Envelope, Outcome

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,120}")
_HEAD = 65_536  # octets read to find the headers of an entry


class Entry(NamedTuple):
    """A line of an inbox; ``date`` is the Date header as it stands."""

    key: str
    to: str
    subject: str
    date: str


class Outbox:
    """Writes each envelope into the Maildir at ``path`` and calls it accepted.

    The file is the message, octet by octet, below a Return-Path that keeps the envelope sender.
    Safe for any number of processes: written under tmp/, then renamed. It is not synced to disk:
    a kill loses nothing, a power cut may.
    """

    name = "outbox"
    limit = 0.0

    def __init__(self, path: Path) -> None:
        self._path = path
        self._count = itertools.count(1)
        self._ready = False

    def send(self, envelopes: Iterable[Envelope]) -> Iterator[Outcome]:
        for envelope in envelopes:
            yield self._keep(envelope)

    def close(self) -> None:
        """Nothing is open."""

    def _keep(self, envelope: Envelope) -> Outcome:
        # A fork copies the count but not the number of the process, which may itself come again.
        name = f"{os.getpid()}_{next(self._count):09d}_{secrets.token_hex(4)}"
        fresh, final = self._path / "tmp" / name, self._path / "new" / name
        try:
            if not self._ready:
                for folder in ("tmp", "new", "cur"):
                    (self._path / folder).mkdir(parents=True, exist_ok=True)
                self._ready = True
            fresh.write_bytes(
                b"Return-Path: <%b>\r\n%b" % (envelope.sender.encode(), envelope.data)
            )
            fresh.rename(final)
        except OSError as error:
            return Outcome(envelope.key, "deferred", 0, "", f"outbox: {error.strerror}")
        return Outcome(envelope.key, "accepted", 250, "2.0.0", f"kept in the outbox as {name}")


def entries(path: Path, *, limit: int = 200) -> list[Entry]:
    """The newest ``limit`` messages of the Maildir at ``path``, newest first; [] without one."""
    found = [file for folder in ("new", "cur") for file in _files(path / folder)]
    # The kernel's clock stands still for milliseconds; within a process the count decides.
    found.sort(key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return [_entry(file) for file in found[:limit]]


def read(path: Path, key: str) -> EmailMessage:
    """The message that ``entries`` calls ``key``; NotFound when there is none."""
    return BytesParser(EmailMessage, policy=policy.default).parsebytes(raw(path, key))


def raw(path: Path, key: str) -> bytes:
    """The source of that message; NotFound when there is none."""
    if _KEY.fullmatch(key):
        for folder in ("new", "cur"):
            for file in (path / folder).glob(f"{key}*"):
                if _key(file) == key:
                    return file.read_bytes()
    raise NotFound("There is no such message in the outbox; it may have been deleted.")


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.glob("*") if _KEY.fullmatch(_key(file))]


def _key(file: Path) -> str:
    return file.name.partition(":")[0]  # a mail client adds ":2,S" to what was read


def _entry(file: Path) -> Entry:
    with file.open("rb") as opened:
        head = opened.read(_HEAD)
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(head, headersonly=True)
    to, subject, date = (str(message.get(name, "")) for name in ("To", "Subject", "Date"))
    return Entry(_key(file), to, subject, date)


def forget(path: Path, address: str) -> int:
    """Delete every message to ``address``, in any letter case: erasure; returns how many."""
    gone = 0
    for file in [f for folder in ("new", "cur") for f in _files(path / folder)]:
        if _entry(file).to.strip().casefold() == address.casefold():
            file.unlink(missing_ok=True)
            gone += 1
    return gone
