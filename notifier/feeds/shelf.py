"""Keeps rendered feeds in a folder that all processes of a machine share, until anything changes.

A folder a state of what is public: a copy of an older state is never found, and goes with its
folder. Only what is public is kept here.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cache, cached_property
from pathlib import Path

from notifier.feeds.etag import cache_tag
from notifier.feeds.items import to_second
from notifier.feeds.latest import Watch

MOST = 500  # copies of one state: a stranger may ask for any choice of topics
AT_HAND = 64  # of these in the memory of a process
PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A rendered document, also compressed (``small``). ``tag`` is that of ``body``; it is good
    from ``made`` until before ``until``, and ``changed`` is its Last-Modified."""

    body: bytes
    small: bytes
    tag: str
    media_type: str
    made: datetime
    until: datetime
    changed: datetime

    @cached_property
    def last_modified(self) -> str:
        """As HTTP writes it (RFC 9110 section 5.6.7)."""
        return format_datetime(to_second(self.changed), usegmt=True)

    @classmethod
    def of(
        cls,
        body: bytes,
        media_type: str,
        *,
        small: bytes,
        made: datetime,
        until: datetime,
        changed: datetime,
    ) -> Kept:
        tag = cache_tag(body)
        times = {"made": made, "until": until, "changed": changed}
        return cls(body=body, small=small, tag=tag, media_type=media_type, **times)


def compressed(body: bytes) -> bytes:
    """Without a time in its header the same body compresses to the same bytes."""
    return gzip.compress(body, compresslevel=6, mtime=0)


Place = tuple[str, ...]  # the state that is public, and what was asked for


class Shelf:
    """The copies of one installation below ``folder``, which need not exist."""

    def __init__(self, folder: Path, elapsed: Callable[[], float]) -> None:
        self.folder = folder
        self.watch = Watch(elapsed)
        self.hand: dict[Place, Kept] = {}

    def place(self, *asked: str) -> Place:
        """The place of a document in the state that is public now."""
        return (self.watch.state(), *asked)

    def file(self, place: Place) -> Path:
        key = hashlib.sha256("\n".join([program(), *place]).encode()).hexdigest()[:32]
        return self.folder / place[0] / key

    def find(self, place: Place, *, now: datetime) -> Kept | None:
        """The copy that was kept, unless its time is over or, by a clock set back, to come."""
        kept = self.hand.get(place)
        if kept is None and (kept := self.read(self.file(place))) is not None:
            self.hold(place, kept)
        return kept if kept is not None and kept.made <= now < kept.until else None

    def hold(self, place: Place, kept: Kept) -> None:
        """In memory, too: to read a file takes longer than all the rest of an answer."""
        if len(self.hand) >= AT_HAND:
            self.hand.clear()
        self.hand[place] = kept

    def read(self, path: Path) -> Kept | None:
        try:
            head, _, rest = path.read_bytes().partition(b"\n")
            told = json.loads(head)
            times = {key: datetime.fromisoformat(told[key]) for key in ("made", "until", "changed")}
            size, whole = told["size"], told["whole"]
        except (OSError, ValueError, KeyError):  # after a power cut a file may be empty
            return None
        if len(rest) != whole:
            return None
        tag, media_type = told["tag"], told["media_type"]
        return Kept(body=rest[:size], small=rest[size:], tag=tag, media_type=media_type, **times)

    def keep(self, place: Place, kept: Kept) -> None:
        """Put a copy there, whole or not at all; a disk that is full or read-only keeps none."""
        self.hold(place, kept)
        path = self.file(place)
        head = {
            **{key: getattr(kept, key).isoformat() for key in ("made", "until", "changed")},
            "tag": kept.tag,
            "media_type": kept.media_type,
            "size": len(kept.body),
            "whole": len(kept.body) + len(kept.small),
        }
        draft = path.parent / f"{path.name}.{secrets.token_hex(4)}"
        try:
            if not path.parent.is_dir():
                self.clear()
                path.parent.mkdir(parents=True, exist_ok=True)
            if len(os.listdir(path.parent)) < MOST or path.exists():
                draft.write_bytes(json.dumps(head).encode() + b"\n" + kept.body + kept.small)
                draft.replace(path)
        except OSError:
            with suppress(OSError):
                draft.unlink()

    def clear(self) -> None:
        """Forget every state; another process may do the same at this moment."""
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def program() -> str:
    """Another name for each version of the program: it may say the same in other words."""
    return str(max(path.stat().st_mtime_ns for path in PACKAGE.rglob("*.py")))
