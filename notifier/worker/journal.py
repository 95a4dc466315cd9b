"""What the mail server took since the last commit, on disk: a process that is killed sends none of
it twice.

One file per thread that sends, locked while it lives and emptied with each commit. It holds numbers
only: Send, subscriber (0 for a Send to one person), reply code. It is not synced: it outlives the
process, not the machine (DESIGN.md section 4).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import structlog

from notifier.delivery import digest_settle, lease, single
from notifier.delivery.held import KIND
from notifier.delivery.record import Found, record
from notifier.sends.models import Send
from notifier.store.db import session, unit

FOLDER = "journal"
NOBODY = 0  # in the place of the subscriber: the Send is to one person
# Begun and ended by a line end: what a full disk has cut off is no line, and spoils none.
_LINE = re.compile(rb"^(\d{1,12}) (\d{1,12}) (\d{3})$", re.MULTILINE)

log = structlog.get_logger()


class Journal:
    """One thread's file in the instance folder, named after the ``owner`` of its leases."""

    def __init__(self, instance: Path, owner: str) -> None:
        self._folder, self._owner = instance / FOLDER, owner
        self._path = self._folder / f"{owner}+{secrets.token_hex(4)}"
        self._file: int | None = None
        self._holds = False

    def open(self) -> None:
        """Make the file and lock it, before the first lease: see ``replay``."""
        while self._file is None:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            file = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            if os.fstat(file).st_nlink:
                self._file = file
            else:  # between the two, ``replay`` took it for a dead process's, and away
                os.close(file)

    def note(self, send_id: int, subscriber_id: int, code: int) -> bool:
        """This message was accepted, and the ledger does not say so yet; False when the disk does
        not take it, so that the ledger must say so before anything else is sent."""
        line = b"\n%d %d %03d\n" % (send_id, subscriber_id, code)
        self._holds = True
        try:
            self.open()
            return os.write(self._file or 0, line) == len(line)
        except OSError as error:
            log.warning("the journal cannot be written", reason=str(error))
            return False

    def clear(self) -> None:
        """It is all committed."""
        if self._file is not None and self._holds:
            os.ftruncate(self._file, 0)
            self._holds = False

    def close(self) -> None:
        """Give the file up; one that holds something is found by ``replay``."""
        if self._file is not None:
            if not self._holds:
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None


def replay(instance: Path, *, now: datetime) -> int:
    """Put into the ledger what dead processes of this machine had noted, and give back what they
    had leased; how many lines there were.

    Before anything is leased again: the lease outlives its process by 30 s. Only rows that are
    still open change, so a line that was committed counts once.
    """
    files = sorted((instance / FOLDER).glob("*+*"))
    with contextlib.ExitStack() as locks:
        held = {path: locks.enter_context(taken(path)) for path in files}
        dead = {path: file for path, file in held.items() if file is not None}
        alive = {owner_of(path) for path in files if path not in dead}
        found = defaultdict(list)
        for file in dead.values():
            for send_id, person, code in _LINE.findall(file.read()):
                found[int(send_id)].append(Found(int(person), "accepted", int(code), "", 0))
        with unit() if dead else contextlib.nullcontext():
            for send_id, outcomes in found.items():
                put_down(send_id, outcomes, now=now)
            for owner in {owner_of(path) for path in dead} - alive:
                lease.give_up(owner)
                single.give_up(owner)
        for path in dead:
            path.unlink(missing_ok=True)
    count = sum(map(len, found.values()))
    if count:
        log.warning("a process died; what it had sent is in the ledger", messages=count)
    return count


def put_down(send_id: int, outcomes: list[Found], *, now: datetime) -> None:
    """What was accepted: of a Send to many, of a digest with its things, of one to one person."""
    send = session.get(Send, send_id)
    if send is None:
        return
    people = [found for found in outcomes if found.subscriber_id != NOBODY]
    if send.to_one:
        single.settle(send, "accepted", code=outcomes[-1].code, status="", now=now)
    record(send_id, people, now=now)
    if send.kind == KIND:
        digest_settle.settle_some(send_id, [found.subscriber_id for found in people])


def living(instance: Path) -> set[str]:
    """Owners of leases whose processes live on this machine and have sent something."""
    found = set()
    for path in (instance / FOLDER).glob("*+*"):
        with taken(path) as file:
            if file is None:
                found.add(owner_of(path))
    return found


def owner_of(path: Path) -> str:
    return path.name.rpartition("+")[0]


@contextlib.contextmanager
def taken(path: Path) -> Iterator[BinaryIO | None]:
    """The file, locked, when nobody else has it; None while its process lives."""
    try:
        file = path.open("rb")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        yield None
        return
    with file:
        yield file
