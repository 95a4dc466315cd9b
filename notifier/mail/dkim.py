"""DKIM signatures (RFC 6376, RFC 8463), for sites whose mail server does not add them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from notifier.errors import Refused
from notifier.settings import Settings

_SIGNED = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
)
_SMALLEST_RSA = 2048  # bits
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

    def signature(self, octets: bytes) -> bytes:
        """The b= value before base64."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
        # RFC 8463 section 3: Ed25519 signs the hash, not the octets.
        return self._key.sign(hashlib.sha256(octets).digest())


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
    fields = [(m[1].lower(), m[2]) for m in _FIELD.finditer(head + b"\r\n")]
    # Of a header that stands twice the last is signed (RFC 6376 5.4.2); ours stand once.
    present = {name.decode("ascii"): value for name, value in fields}
    names = [name for name in _SIGNED if name in present]
    hashed = b"".join(_relaxed(name.encode(), present[name]) + b"\r\n" for name in names)
    body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    signatures = [_line(signer, names, hashed, body_hash) for signer in signers]
    return b"".join(signatures) + message


def _line(signer: Signer, names: list[str], hashed: bytes, body_hash: str) -> bytes:
    """The DKIM-Signature header, folded, with its CRLF."""
    value = (
        f" v=1; a={signer.algorithm}; c=relaxed/relaxed; d={signer.domain};\r\n"
        f" s={signer.selector}; h={':'.join(names[:5])}:\r\n"
        f"  {':'.join(names[5:])};\r\n"
        f" bh={body_hash};\r\n b="
    )
    octets = hashed + _relaxed(b"dkim-signature", value.encode())
    encoded = base64.b64encode(signer.signature(octets)).decode()
    folded = "\r\n  ".join(encoded[at : at + 72] for at in range(0, len(encoded), 72))
    return f"DKIM-Signature:{value}{folded}\r\n".encode()


def _relaxed(name: bytes, value: bytes) -> bytes:
    """RFC 6376 3.4.2, without the CRLF at the end; ``name`` is in lower case."""
    return name + b":" + _SPACE.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """RFC 6376 3.4.4, by replacements: regular expressions took ten times as long."""
    body = body.replace(b"\t", b" ")
    while b"  " in body:
        body = body.replace(b"  ", b" ")
    body = (body + b"\r\n").replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return body + b"\r\n" if body else b""
