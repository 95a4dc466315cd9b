"""The keys that DKIM signs with, and what is wrong with one that cannot."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from notifier.errors import Refused
from notifier.settings import Settings

_SMALLEST_RSA = 2048  # bits
_PKCS1, _HASHED = padding.PKCS1v15(), Prehashed(hashes.SHA256())
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Key:
    """A ``dkim.Signer``. ``key_pem`` is an RSA key of 2048 bits or more, or an Ed25519 key, in PEM
    without a password. Raises Refused, without the key, when it is anything else.
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
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(digest, _PKCS1, _HASHED)
        return self._key.sign(digest)


def keys(settings: Settings) -> list[Key]:
    """The RSA key first, then Ed25519. Raises Refused when one is malformed or there is none."""
    given = (
        (settings.dkim_selector, settings.dkim_key),
        (settings.dkim_ed25519_selector, settings.dkim_ed25519_key),
    )
    found = [Key(selector, settings.dkim_domain, key) for selector, key in given if key]
    if not found:
        raise Refused("DKIM_DOMAIN is set but no key: give DKIM_KEY, or leave the domain empty.")
    return found
