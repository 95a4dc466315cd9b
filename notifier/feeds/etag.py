"""The name of exactly these bytes, for conditional requests."""

from __future__ import annotations

import hashlib


def cache_tag(body: bytes) -> str:
    """A strong entity tag (RFC 9110 section 8.8.3) of 32 hexadecimal digits, without its quotes.

    Equal for equal bytes and for no others; a compressed form of ``body`` needs a tag of its own.
    """
    return hashlib.sha256(body).hexdigest()[:32]
