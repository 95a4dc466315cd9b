"""Header lines that hold exactly what was meant: folded, encoded, and closed to injection."""

from __future__ import annotations

import re
import textwrap
from email import policy
from email.header import Header
from email.parser import BytesParser

from notifier.mail.addresses import wire
from notifier.render.slots import scrub

_SPACE = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")  # RFC 5322 3.2.3, without dots
_NAME = re.compile(r"[!-9;-~]{1,60}")  # RFC 5322 3.6.8
_WIDTH = 76
_LONGEST_WORD = 900  # octets; a line may have 998 with its name and folding space

Head = list[tuple[str, str]]
"""Names and unfolded or folded values; ``lines`` serialises them."""


def clean(text: str) -> str:
    """``text`` on one line, in which no reader finds an encoded word.

    Python's parser decodes ``=?utf-8?q?hi=0D=0AX-Injected:_1?=`` in a plain subject and writes the
    line break out again as a new header, so "=?" is taken apart wherever it stands.
    """
    return _SPACE.sub(" ", scrub(text)).strip(" ").replace("=?", "= ?")


def unstructured(name: str, text: str) -> str:
    """The value of a free-text header: ASCII as it is, else encoded words ≤ 75 (RFC 2047)."""
    text = clean(text)
    if text.isascii() and max(map(len, text.split(" "))) <= _LONGEST_WORD:
        return _fold(name, text)
    return _encoded(name, text)


def mailbox(name: str, phrase: str, address: str) -> str:
    """``Phrase <address>`` for From and Reply-To; only the address when there is no phrase."""
    return _phrased(name, phrase, wire(address)) if clean(phrase) else wire(address)


def list_id(phrase: str, identifier: str) -> str:
    """``Phrase <label.domain>`` (RFC 2919); ValueError when the identifier is not of that shape."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+", identifier) or len(identifier) > 255:
        raise ValueError(f"{identifier[:80]!r} is not a list identifier such as label.example.org.")
    return _phrased("List-Id", phrase, identifier) if clean(phrase) else f"<{identifier}>"


def lines(head: Head) -> bytes:
    """The header lines, each ended by CRLF; ValueError when a value would end its line early."""
    for name, value in head:
        if not _NAME.fullmatch(name) or re.search("\r\n(?! )|\r(?!\n)|(?<!\r)\n|\0", value):
            raise ValueError(f"The header {name[:60]!r} does not stay on its own lines.")
    return "".join(f"{name}: {value}\r\n" for name, value in head).encode()


def verify(message: bytes, head: Head) -> None:
    """Read ``message`` back; ValueError unless its headers are the ones in ``head``.

    Compared under the policy that decodes, and after writing what was decoded once more.
    """
    wanted = sorted(name.lower() for name, _ in head)
    if len(set(wanted)) < len(wanted):
        raise ValueError("A header is written twice.")
    found = BytesParser(policy=policy.SMTPUTF8).parsebytes(message, headersonly=True)
    again = "".join(f"{name}: {value}\r\n" for name, value in found.items())
    names = [line.partition(":")[0] for line in again.splitlines()]
    for read in (found.keys(), names):
        if sorted(name.lower() for name in read) != wanted:
            raise ValueError("The message's headers do not read back as they were written.")


def _phrased(name: str, phrase: str, address: str) -> str:
    phrase = clean(phrase)
    if not phrase.isascii() or len(phrase) > _LONGEST_WORD:
        phrase = _encoded(name, phrase)
    elif not _ATOMS.fullmatch(phrase):
        quoted = phrase.replace("\\", "\\\\").replace('"', '\\"')
        phrase = f'"{quoted}"'
    width = len(name) + len(phrase.rpartition("\n")[2]) + len(address) + 5
    return f"{phrase}\r\n <{address}>" if width > _WIDTH else f"{phrase} <{address}>"


def _encoded(name: str, text: str) -> str:
    # maxlinelen is also the longest encoded word: Header splits between characters, never inside.
    return Header(text, "utf-8", maxlinelen=75, header_name=name).encode(linesep="\r\n")


def _fold(name: str, text: str) -> str:
    folded = textwrap.wrap(
        f"{name}: {text}", _WIDTH, break_long_words=False, break_on_hyphens=False
    )
    return "\r\n ".join(folded).removeprefix(f"{name}:").removeprefix(" ")
