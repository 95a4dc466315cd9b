"""DKIM signatures (RFC 6376, RFC 8463), for sites whose mail server does not add them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import Protocol

from notifier.settings import Settings

SIGNED = (  # what everybody's copy shares first, so that its hash is made once (``seal``)
    "from",
    "subject",
    "date",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe-post",
    "to",
    "message-id",
    "list-unsubscribe",
)
_SPACE = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")


class Signer(Protocol):
    """A key (``dkim_keys``) whose public half is published at ``selector._domainkey.domain``."""

    @property
    def selector(self) -> str: ...

    @property
    def domain(self) -> str: ...

    @property
    def algorithm(self) -> str:
        """The a= tag."""
        ...

    def signature(self, digest: bytes) -> bytes:
        """The b= value before base64, of a SHA-256 digest (for Ed25519 too: RFC 8463 section 3)."""
        ...


def signers(settings: Settings) -> Sequence[Signer]:
    """The keys of ``DKIM_*``; none without DKIM_DOMAIN, which leaves signing to the mail server.

    Raises Refused when a key is malformed, or when there is a domain without a key.
    """
    if not settings.dkim_domain:
        return []
    from notifier.mail.dkim_keys import keys  # noqa: PLC0415  # cryptography takes 7 MB

    return keys(settings)


def sign(message: bytes, signers: Sequence[Signer]) -> bytes:
    """``message`` (CRLF line ends) with a DKIM-Signature per signer in front of it.

    relaxed/relaxed, the whole body, every header of STANDARDS.md that is there.
    """
    head, _, body = message.partition(b"\r\n\r\n")
    present = fields(head + b"\r\n")
    names = [name for name in SIGNED if name in present]
    signed = hashlib.sha256(b"".join(present[name] for name in names))
    body_hash = hashlib.sha256(relaxed_body(body))
    lines = [Line(signer, names).signed(signed, body_hash) for signer in signers]
    return b"".join(lines) + message


class Line:
    """A signer's DKIM-Signature for messages with these headers: all of it but its two hashes."""

    def __init__(self, signer: Signer, names: Sequence[str]) -> None:
        self._signer = signer
        self._start = (
            f" v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
            f" s={signer.selector}; h={':'.join(names[:5])}:\r\n"
            f"  {':'.join(names[5:])};\r\n bh="
        ).encode()
        self._relaxed = relaxed(b"dkim-signature", self._start)

    def signed(self, head: hashlib._Hash, body: hashlib._Hash) -> bytes:
        """The header, folded, with its CRLF; ``head`` and ``body`` have hashed what is relaxed."""
        body_hash = base64.b64encode(body.digest())
        whole = head.copy()
        whole.update(self._relaxed + body_hash + b"; b=")
        made = base64.b64encode(self._signer.signature(whole.digest()))
        folded = b"\r\n  ".join(made[at : at + 72] for at in range(0, len(made), 72))
        return b"DKIM-Signature:%b%b;\r\n b=%b\r\n" % (self._start, body_hash, folded)


def fields(head: bytes) -> dict[str, bytes]:
    """Names in lower case and the relaxed lines, with CRLF, of header lines.

    Of a header that stands twice the last counts (RFC 6376 5.4.2); ours stand once.
    """
    found = [(m[1].lower(), m[2]) for m in _FIELD.finditer(head)]
    return {name.decode("ascii"): relaxed(name, value) + b"\r\n" for name, value in found}


def relaxed(name: bytes, value: bytes) -> bytes:
    """RFC 6376 3.4.2, without the CRLF at the end; ``name`` is in lower case."""
    return name + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376 3.4.4."""
    body = relaxed_lines(body + b"\r\n").rstrip(b"\r\n")
    return body + b"\r\n" if body else b""


def relaxed_lines(lines: bytes) -> bytes:
    """Whole lines of a body, by replacements: regular expressions took ten times as long."""
    lines = lines.replace(b"\t", b" ")
    while b"  " in lines:
        lines = lines.replace(b"  ", b" ")
    return lines.replace(b" \r\n", b"\r\n")
