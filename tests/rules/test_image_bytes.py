"""Pictures are what they say they are, and carry nothing that nobody sees."""

from __future__ import annotations

import struct

import pytest

from notifier.newsletters.image_bytes import clean
from tests.staff.writing import png


def jpeg(*segments: bytes, wide: int = 7, high: int = 5, after: bytes = b"") -> bytes:
    size = struct.pack(">BHHB", 8, high, wide, 1) + b"\x01\x11\x00"
    frame = b"\xff\xc0" + struct.pack(">H", 2 + len(size)) + size
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"pixels" + b"\xff\xd9"
    return b"\xff\xd8" + b"".join(segments) + frame + scan + after


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def test_a_png_keeps_its_pixels_and_loses_its_texts() -> None:
    found = clean(png(30, 20, b"Author\0Nia Rees"))
    assert found is not None
    assert (found.kind, found.width, found.height) == ("png", 30, 20)
    assert found.data == png(30, 20)


def test_a_jpeg_loses_place_camera_and_what_hides_behind_it() -> None:
    jfif, exif = segment(0xE0, b"JFIF\0\x01\x02"), segment(0xE1, b"Exif\0\0GPS 51.5")
    found = clean(jpeg(jfif, exif, segment(0xFE, b"made by"), after=b"PK\x03\x04 a zip"))
    assert found is not None
    assert (found.kind, found.width, found.height) == ("jpg", 7, 5)
    assert found.data == jpeg(jfif)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a\x01\x00\x01\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"\x89PNG\r\n\x1a\n",
        png()[:-20],
        png().replace(b"IDAT", b"IDAX"),
        png()[:40] + b"\0" + png()[41:],
        png(0, 5),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\xff\xd8" + b"\xff\xd0" * 1000,
        jpeg()[:20],
        jpeg(wide=0),
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 5000,
    ],
)
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert clean(data) is None


def test_what_follows_a_png_is_cut_off() -> None:
    found = clean(png() + b"<script>alert(1)</script>")
    assert found is not None
    assert found.data == png()
