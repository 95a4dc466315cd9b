"""A zip that is written while it is sent: the same bytes for the same files, and a list of
their SHA-256 sums as its last file.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator

SUMS = "SHA256SUMS"
THEN = (1980, 1, 1, 0, 0, 0)  # of every entry: the time of packing is no fact about the files
FILE = 0o644 << 16  # an ordinary file; zeros would make it one that nobody may read
UNIX = 3


class Pipe(io.RawIOBase):
    """What has been written and not been taken yet. It cannot go back, and zipfile knows."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self.kept.append(taken)
        return len(taken)

    def take(self) -> bytes:
        found = b"".join(self.kept)
        self.kept.clear()
        return found


def zipped(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip of (name, content), in their order, then SHA256SUMS as ``sha256sum -c`` reads it."""
    pipe, sums = Pipe(), []
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(entry(name), content, compresslevel=9)
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            yield pipe.take()
        packed.writestr(entry(SUMS), "".join(sums).encode(), compresslevel=9)
    yield pipe.take()


def entry(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, THEN)
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, FILE, UNIX
    return info
