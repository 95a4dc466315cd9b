"""DKIM for a compiled letter: what everybody's copy shares is made canonical and hashed once.

Signing 25 KB as a whole takes 107 µs, sealed 26, of which an ed25519 key takes 21: each copy's body
is hashed from the first gap on, and nothing is searched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from notifier.mail.dkim import SIGNED, Line, Signer, fields, relaxed, relaxed_lines

_ODD = (b"\t", b"  ", b" \r\n")  # a piece with none of them is canonical as it is


class Seal:
    """Signs the copies of one letter; ``signatures`` gives what ``dkim.sign`` puts in front.

    ``head`` holds the header lines that all share. ``pieces`` are the letter's as ``compile`` cuts
    it: a person's address goes to place 1, the Message-ID to 3 and, but for one-off mail, the link
    to 5; the body begins at ``start``. Other gaps are empty, and what goes there is whole lines.
    """

    def __init__(
        self, signers: Sequence[Signer], head: bytes, pieces: Sequence[bytes], start: int
    ) -> None:
        shared = fields(head)
        self._listed = start > 5
        names = [name for name in SIGNED[:-1] if name in shared or name in ("to", "message-id")]
        if self._listed:
            names.append(SIGNED[-1])
        self._lines = [Line(signer, names) for signer in signers]
        self._head = hashlib.sha256(b"".join(shared[name] for name in names if name in shared))
        canonical = [_canonical(piece) for piece in pieces[start:]]
        canonical[0] = canonical[0].removeprefix(b"\r\n")  # the empty line after the headers
        gap = next((at for at, piece in enumerate(canonical) if not piece), len(canonical))
        self._body = hashlib.sha256(b"".join(canonical[:gap]))
        self._rest, self._gap = canonical[gap:], start + gap

    def signatures(self, parts: Sequence[bytes]) -> bytes:
        """The DKIM-Signature lines of the copy with these parts."""
        head = self._head.copy()
        head.update(relaxed(b"to", parts[1]) + b"\r\nmessage-id:" + parts[3] + b"\r\n")
        if self._listed:
            head.update(b"list-unsubscribe:<" + parts[5] + b">\r\n")
        body = self._body.copy()
        rest = zip(self._rest, parts[self._gap :], strict=True)
        body.update(b"".join([shared or _canonical(own) for shared, own in rest]))
        return b"".join([line.signed(head, body) for line in self._lines])


def _canonical(piece: bytes) -> bytes:
    """Relaxed (RFC 6376 3.4.4); a letter ends with its boundary, not with empty lines."""
    return relaxed_lines(piece) if any(odd in piece for odd in _ODD) else piece
