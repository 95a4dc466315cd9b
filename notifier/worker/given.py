"""Remembers what was handed to the lanes: the same piece again only when it seems lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable
from typing import NamedTuple

from notifier.clock import elapsed

AGAIN = 60.0  # seconds; a task that did not run by then was lost, or waits behind others


class Once(NamedTuple):
    """When a piece was handed over, and how often it had been begun by then."""

    at: float
    turn: int


class Given:
    """One per process. A thread of a lane says what has ended; all else is the loop's."""

    def __init__(self) -> None:
        self._given: dict[Hashable, Once] = {}
        self._ended: deque[Hashable] = deque()

    def ended(self, piece: Hashable) -> None:
        """It was worked on, or was not free; where it is still open it may be given again."""
        self._ended.append(piece)

    def forget(self, open_: Collection[Hashable]) -> None:
        """Forget what ended and what is not open any more."""
        while self._ended:
            self._given.pop(self._ended.popleft(), None)
        self._given = {piece: once for piece, once in self._given.items() if piece in open_}

    def is_due(self, piece: Hashable, *, turn: int = 0) -> bool:
        """Whether it must be handed over: never given, given back since (its ``turn`` is another
        one), or given so long ago that it is lost."""
        once = self._given.get(piece)
        return once is None or once.turn != turn or elapsed() - once.at >= AGAIN

    def note(self, piece: Hashable, *, turn: int = 0) -> None:
        self._given[piece] = Once(elapsed(), turn)
