"""Passwords: which are good enough, and whether one is right, in the same time for everybody."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from notifier.errors import Refused

SHORTEST_PASSWORD = 12
LONGEST = 1_000  # characters that are looked at
FEWEST_DIFFERENT = 5
hasher = PasswordHasher()
# What an unknown address is compared with: the clock must not tell whom we know. Of a secret that
# was thrown away; a test sees to it that it takes as long as any other.
NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4$"
    "b0ALXNtPsA8AoBoB1eMNYA$lWnTbAkRRfwcf8cIoImgN59R73fC6zKKZ3LZepzW03Q"
)


def digest(password: str, *, email: str) -> str:
    """An argon2 hash. Raises Refused for a password that is short or easy to guess."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            f"Choose a password of {SHORTEST_PASSWORD} characters or more.", field="password"
        )
    if len(set(password)) < FEWEST_DIFFERENT:
        raise Refused(
            f"Choose a password with {FEWEST_DIFFERENT} different characters or more.",
            field="password",
        )
    if email.lower() in password.lower() or password.lower() in email.lower():
        raise Refused("Choose a password that is not your email address.", field="password")
    return hasher.hash(password[:LONGEST])


def matches(hashed: str | None, password: str) -> bool:
    """Whether the password is that of the hash; without one, False after the same work.

    It takes some 50 ms by design, so it is never asked inside a unit of work.
    """
    try:
        hasher.verify(hashed or NOBODY, password[:LONGEST])
    except (Argon2Error, InvalidHashError):
        return False
    return hashed is not None


def is_dated(hashed: str) -> bool:
    """Whether argon2's parameters have grown since."""
    return hasher.check_needs_rehash(hashed)
