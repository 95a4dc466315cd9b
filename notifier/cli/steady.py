"""Keeps what is done from what is said about it: a log whose disk is full must stop no mail."""

from __future__ import annotations

import contextlib
from typing import TextIO


class Steady:
    """A text file, as much of one as a log needs; what cannot be written is dropped."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._file.flush()
