"""Quoted-printable in pieces: a value can be put between two texts that were encoded before it.

Every piece ends with a soft or hard line break, so each begins on a line of its own and decodes to
itself whatever stands beside it (RFC 2045 6.7). No line begins with a dot, so SMTP's transparency
(RFC 5321 4.5.2) has nothing to do.
"""

from __future__ import annotations

import re
from email.quoprimime import body_encode

_SOFT = b"=\r\n"
_LINE = 75  # characters, and the "=" of the soft break makes 76
_PLAIN = re.compile(r"[ -\-/-<>-~][ -<>-~]*")  # printable ASCII but "="; no dot in front
_DOT = re.compile(rb"(?m)^\.")


def text(words: str) -> bytes:
    """``words`` (line breaks ``\\n``) encoded; the last line is left open."""
    # Narrower by two than a line, so that the first dot of a line may become "=2E".
    encoded = body_encode(words.encode().decode("latin-1"), _LINE - 2, "\r\n")
    return _DOT.sub(b"=2E", encoded.encode("ascii"))


def travels(data: bytes) -> bool:
    """Whether a message can go over SMTP as it is: it ends with CRLF, has no bare CR or LF, and no
    line that begins with a dot."""
    pairs = data.count(b"\r\n")
    clean = pairs == data.count(b"\n") == data.count(b"\r") and data.endswith(b"\r\n")
    return clean and not data.startswith(b".") and b"\r\n." not in data


def piece(words: str) -> bytes:
    """``words`` encoded and ended by a line break that adds nothing to them; b"" for nothing."""
    if _PLAIN.fullmatch(words):
        if len(words) <= _LINE:
            return words.encode() + _SOFT
        if "." not in words[_LINE::_LINE]:
            cut = [words[at : at + _LINE] for at in range(0, len(words), _LINE)]
            return "=\r\n".join([*cut, ""]).encode()
    encoded = text(words)
    return encoded if encoded.endswith(b"\r\n") or not encoded else encoded + _SOFT
