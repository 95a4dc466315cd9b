"""What the bytes of a PNG or JPEG say, and the same image without what nobody sees. Pure.

PNG: ISO/IEC 15948; JPEG: ITU-T T.81. Nothing after the end is kept, so that no other file hides
behind the image, and no text, place or camera (EXIF, XMP) travels with it.
"""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

LARGEST = 2_000_000  # bytes
PNG = b"\x89PNG\r\n\x1a\n"
KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"}
KEPT_SEGMENTS = {0xE0, 0xEE}  # JFIF; Adobe says how colours are meant
SIZES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # start of frame
ALONE = {0x01, *range(0xD0, 0xD8)}  # markers without a length


class Image(NamedTuple):
    kind: str  # png | jpg
    width: int
    height: int
    data: bytes


def clean(data: bytes) -> Image | None:
    """The image, or None for what is none."""
    try:
        if data.startswith(PNG):
            return png(data)
        return jpeg(data) if data.startswith(b"\xff\xd8\xff") else None
    except (struct.error, IndexError):
        return None


def png(data: bytes) -> Image | None:
    kept, at = [PNG], len(PNG)
    size: tuple[int, int] | None = None
    has_pixels = False
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        name, chunk = data[at + 4 : at + 8], data[at : at + 12 + length]
        if len(chunk) != 12 + length or chunk[-4:] != struct.pack(">I", zlib.crc32(chunk[4:-4])):
            return None
        if (size is None) != (name == b"IHDR"):
            return None
        if size is None:
            size = struct.unpack_from(">II", chunk, 8)
        has_pixels = has_pixels or name == b"IDAT"
        if name in KEPT_CHUNKS:
            kept.append(chunk)
        at += len(chunk)
        if name == b"IEND":
            return image("png", size, b"".join(kept)) if has_pixels else None
    return None


def jpeg(data: bytes) -> Image | None:
    kept, at = [data[:2]], 2
    size: tuple[int, int] | None = None
    while True:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        if marker in ALONE:
            kept.append(data[at : at + 2])
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            return None
        if marker in SIZES:
            high, wide = struct.unpack_from(">HH", segment, 5)
            size = (wide, high)
        if marker == 0xDA:  # the scan: everything up to the last end of image
            end = data.rfind(b"\xff\xd9")
            if size is None or end < at:
                return None
            kept.append(data[at : end + 2])
            return image("jpg", size, b"".join(kept))
        if not (0xE0 <= marker <= 0xEF or marker == 0xFE) or marker in KEPT_SEGMENTS:
            kept.append(segment)
        at += len(segment)


def image(kind: str, size: tuple[int, int], data: bytes) -> Image | None:
    wide, high = size
    return Image(kind, wide, high, data) if 0 < wide < 100_000 and 0 < high < 100_000 else None
