"""DKIM signatures (RFC 6376, RFC 8463), for sites whose mail server does not add them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from notifier.errors import Refused
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
_SMALLEST_RSA = 2048  # bits
_PKCS1, _HASHED = padding.PKCS1v15(), Prehashed(hashes.SHA256())
_SPACE = re.compile(rb"[ \t]+")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Signer:
    """A key and where its public half is published: ``selector._domainkey.domain``.

    ``key_pem`` is an RSA key of 2048 bits or more, or an Ed25519 key, in PEM without a password.
    Raises Refused, without the key, when it is anything else.
    """

    selector: str
    domain: str
    key_pem: str = field(repr=False)
    _key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.selector) or not _NAME.fullmatch(self.domain):
            raise Refused("DKIM needs a selector and a domain, such as s1 and example.org.")
        try:
            key = serialization.load_pem_private_key(self.key_pem.encode(), password=None)
        except (ValueError, TypeError):
            key = None
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size < _SMALLEST_RSA:
            raise Refused(f"The DKIM key {self.selector} is too short; RSA needs 2048 bits.")
        if not isinstance(key, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
            raise Refused(
                f"The DKIM key {self.selector} must be an RSA or Ed25519 private key in PEM, "
                "without a password."
            )
        object.__setattr__(self, "_key", key)

    @property
    def algorithm(self) -> str:
        """The a= tag."""
        return "rsa-sha256" if isinstance(self._key, rsa.RSAPrivateKey) else "ed25519-sha256"

    def signature(self, digest: bytes) -> bytes:
        """The b= value before base64, of a SHA-256 digest (for Ed25519 too: RFC 8463 section 3)."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(digest, _PKCS1, _HASHED)
        return self._key.sign(digest)


def signers(settings: Settings) -> list[Signer]:
    """The keys of ``DKIM_*``: the RSA key first, then Ed25519; none without DKIM_DOMAIN.

    Raises Refused when a key is malformed, or when there is a domain without a key.
    """
    if not settings.dkim_domain:
        return []
    given = (
        (settings.dkim_selector, settings.dkim_key),
        (settings.dkim_ed25519_selector, settings.dkim_ed25519_key),
    )
    found = [Signer(selector, settings.dkim_domain, key) for selector, key in given if key]
    if not found:
        raise Refused("DKIM_DOMAIN is set but no key: give DKIM_KEY, or leave the domain empty.")
    return found


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
