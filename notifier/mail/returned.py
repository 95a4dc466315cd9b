"""The instance's own mailbox: what people wrote waits here until it is passed on, and what came by
a door without a mailbox of its own, and cannot be read, waits for a person.

A Maildir: ``new`` waits, ``cur`` holds an empty mark for each reply that was passed on, so that a
second copy of it is not, and ``.Quarantine`` is for people.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from notifier.mail.dsn import WHOLE
from notifier.mail.mailbox import QUARANTINE
from notifier.settings import Settings

FOLDER = "returned"
MARKS_KEPT = timedelta(days=30)
A_DAY = timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{64}")


class Returned:
    """The Maildir in an instance folder. Its methods raise OSError when the disk says no."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FOLDER

    def keep(self, raw: bytes) -> bool:
        """Have it passed on; on disk when this returns. False when it is or was there already."""
        name = hashlib.sha256(raw).hexdigest()
        known = any(self._files(name))
        if not known:
            self._write(self.path, name, raw)
        return not known

    def quarantine(self, raw: bytes) -> None:
        """Keep it for a person; of what is larger than a message may be, the beginning."""
        self._write(self._aside, hashlib.sha256(raw).hexdigest(), raw[: WHOLE + 1])

    @contextlib.contextmanager
    def alone(self, *, make: bool = False) -> Iterator[bool]:
        """Whether no other process takes what came back at this moment. A killed one holds nothing.

        Where there is no folder there is nothing to do; ``make`` makes it.
        """
        if make:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not self.path.is_dir():
            yield False
            return
        lock = os.open(self.path / "lock", os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
        finally:
            os.close(lock)

    def waiting(self) -> list[str]:
        """Names of what is to be passed on, the oldest first."""
        found = [f for f in (self.path / "new").glob("*") if _NAME.fullmatch(f.name)]
        return [f.name for f in sorted(found, key=lambda file: file.stat().st_mtime_ns)]

    def read(self, name: str) -> bytes:
        return (self.path / "new" / name).read_bytes()

    def passed(self, name: str, *, of: str, now: datetime) -> None:
        """It was taken over: only an empty mark stays, with what it answered (``of``)."""
        mark = self.path / "cur" / f"{name}:{of}"
        mark.touch(mode=0o600)
        os.utime(mark, (now.timestamp(),) * 2)
        (self.path / "new" / name).unlink(missing_ok=True)

    def set_aside(self, name: str) -> None:
        """It cannot or must not be passed on: a person looks at it."""
        make(self._aside)
        (self.path / "new" / name).rename(self._aside / "new" / name)

    def passed_lately(self, of: str, *, now: datetime) -> int:
        """How many replies to ``of`` were passed on within a day."""
        marks = (self.path / "cur").glob(f"*:{of}")
        return sum(now.timestamp() - m.stat().st_mtime < A_DAY.total_seconds() for m in marks)

    def forget_marks(self, *, now: datetime) -> None:
        """Drop marks so old that no second copy will come."""
        oldest = (now - MARKS_KEPT).timestamp()
        for mark in (self.path / "cur").glob("*"):
            if mark.stat().st_mtime < oldest:
                mark.unlink(missing_ok=True)

    @property
    def _aside(self) -> Path:
        return self.path / f".{QUARANTINE}"

    def _files(self, name: str) -> Iterator[Path]:
        """Where this very message is, or was."""
        for maildir in (self.path, self._aside):
            yield from (f for f in ((maildir / "new") / name,) if f.exists())
            yield from (maildir / "cur").glob(f"{name}*")

    def _write(self, maildir: Path, name: str, raw: bytes) -> None:
        make(maildir)
        fresh = maildir / "tmp" / f"{name}.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(maildir / "new" / name)
        folder = os.open(maildir / "new", os.O_RDONLY)
        try:
            os.fsync(folder)  # the name, too, survives a power cut
        finally:
            os.close(folder)


def quarantined(settings: Settings) -> Iterator[tuple[Path, int]]:
    """Each folder of this machine where messages wait for a person, and how many."""
    maildirs = [settings.instance / FOLDER]
    scheme, _, rest = settings.bounce_mailbox.partition(":")
    if scheme == "maildir" and rest:
        maildirs.append(Path(rest))
    for maildir in maildirs:
        folder = maildir / f".{QUARANTINE}" / "new"
        yield folder, sum(1 for _ in folder.glob("*"))


def make(maildir: Path) -> None:
    for each in ("tmp", "new", "cur"):
        (maildir / each).mkdir(parents=True, exist_ok=True, mode=0o700)
