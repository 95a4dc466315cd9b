"""Opens the lists that people bring, in bounded memory, and writes those that they take along."""

from __future__ import annotations

import csv
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TextIO

from notifier.errors import Refused

LARGEST = 500_000_000  # bytes
LARGEST_WORDS = 2_000_000  # bytes
MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # what Excel calls Unicode text


def octets(file: Path) -> bytes:
    """The whole of a small file of words. Raises Refused for a large one; a device never ends."""
    with file.open("rb") as raw:
        found = raw.read(LARGEST_WORDS + 1)
    if len(found) > LARGEST_WORDS:
        raise Refused(f"{file.name} is larger than 2 MB; give the path of a YAML file.")
    return found


def must_be_a_list(file: Path) -> None:
    """Refuse what is no ordinary file, or too large: a device never ends."""
    if not file.is_file():
        raise Refused(f"{file.name} is not a file; give the path of a CSV file.")
    if file.stat().st_size > LARGEST:
        raise Refused("The file is larger than 500 MB; split it into several files.")


def sha256(file: Path) -> str:
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


@contextmanager
def opened(file: Path) -> Iterator[TextIO]:
    """The file as text: UTF-8, or UTF-16 by its mark. Raises Refused for anything else."""
    with file.open("rb") as raw:
        start = raw.read(2)
    encoding = dict(MARKS).get(start, "utf-8-sig")
    try:
        with file.open(encoding=encoding, newline="") as lines:
            yield lines
    except UnicodeError:
        raise Refused(
            f"{file.name} is not UTF-8 text; in Excel, save it as “CSV UTF-8”. Nothing was changed."
        ) from None


class Refusals:
    """The report of refused rows beside the file, written as they come; never an address.

    It is there, under its name, once the ``with`` ends well and somebody was refused.
    """

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.stem}.refused.csv")
        self._fresh = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        self._out: TextIO | None = None
        self._count = 0

    def append(self, refused: tuple[int, str], /) -> None:
        if self._out is None:
            try:
                self._out = self._fresh.open("w", encoding="utf-8", newline="")
            except OSError as error:
                raise Refused(
                    f"The report {self.path} cannot be written ({error.strerror}); move the file "
                    "to a folder that can be written to. Nothing was changed."
                ) from error
            self._write = csv.writer(self._out).writerow
            self._write(("row", "reason"))
        self._write(refused)
        self._count += 1

    def __len__(self) -> int:
        return self._count

    def __enter__(self) -> Refusals:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, *_: BaseException | TracebackType | None
    ) -> None:
        if self._out is None:
            return
        self._out.close()
        if kind is None:
            self._fresh.replace(self.path)
        else:
            self._fresh.unlink(missing_ok=True)


def write_private(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """Write CSV that only its owner may read, whole or not at all; returns how many rows. "-" is
    standard output."""
    if str(path) == "-":
        return write_rows(sys.stdout, rows)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}).") from error
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as out:
            count = write_rows(out, rows)
        fresh.replace(path)
    except OSError as error:
        raise Refused(f"{path} cannot be written ({error.strerror}).") from error
    finally:
        fresh.unlink(missing_ok=True)
    return count


def write_rows(out: TextIO, rows: Iterable[Sequence[str]]) -> int:
    writer = csv.writer(out, lineterminator="\r\n" if out is not sys.stdout else "\n")
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count
