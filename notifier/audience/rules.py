"""Addresses, variants and masks. Pure."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from email_validator import EmailNotValidError, validate_email

from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused
from notifier.lifecycle import Lifecycle

# "I would like to take part in": the bits of subscriber.takes_part, and how they like to be asked.
TAKES_PART = ("user_group", "survey_panel", "workshop", "training")
ASKED_BY = ("email", "phone", "video")
# Who comes back within this time is not told again what they were told, and what they ticked off
# stays so.
COMES_BACK_WITHIN = timedelta(days=28)
NOBODY = "@"  # stands where an address would; no address is so
MASK_BITS = 63  # a signed 64-bit integer without its sign
MASKED_TOPICS = 2 * MASK_BITS

SUBSCRIBER = Lifecycle(
    "subscriber",
    {
        ("pending", "confirm"): "active",
        ("active", "confirm"): "active",
        ("paused", "confirm"): "active",
        ("left", "confirm"): "active",
        ("suppressed", "confirm"): "active",
        ("active", "pause"): "paused",
        ("paused", "resume"): "active",
        ("active", "leave"): "left",
        ("paused", "leave"): "left",
        ("active", "suppress"): "suppressed",
        ("paused", "suppress"): "suppressed",
        ("pending", "suppress"): "suppressed",
        ("left", "suppress"): "suppressed",
        ("suppressed", "lift"): "active",
        ("suppressed", "lift_unsubscribed"): "left",
        ("pending", "forget"): "erased",
        ("active", "forget"): "erased",
        ("paused", "forget"): "erased",
        ("left", "forget"): "erased",
        ("suppressed", "forget"): "erased",
    },
)

# Addresses of this plain shape are valid as they stand; measured 15 times faster than the full
# validator, which sees all others.
PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,20}",
    re.ASCII | re.IGNORECASE,
)


def address(text: str) -> str:
    """The address as we keep it: trimmed, checked, domain in lower case.

    Raises Refused with a sentence for the person who typed it. RFC 5321's limits: 64 octets before
    the @, 254 in all.
    """
    typed = text.strip() if len(text) <= 1000 else ""
    plain = len(typed) <= 254 and PLAIN.fullmatch(typed) and typed.find("@") <= 64
    if plain and not special_use(typed):
        local, _, domain = typed.rpartition("@")
        return f"{local}@{domain.lower()}"
    try:
        # test_environment: the .test and .example domains are for demonstrations, and harmless
        found = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        found = None
    if found is None or len(found.local_part.encode()) > 64:  # the library does not count these
        raise Refused(
            "Enter an email address in the correct format, like name@example.com.", field="email"
        )
    return str(found.normalized)


def special_use(typed: str) -> bool:
    """Whether the domain is one that email-validator has opinions about."""
    return "--" in typed or typed.lower().endswith((".local", ".localhost", ".invalid", ".arpa"))


def fold(email: str) -> str:
    """The form under which an address is looked up: nobody means two people by case alone.

    Lower case, not casefold(): that takes straße for strasse, which are two domains (RFC 5891).
    """
    return email.lower()


def suppression_key(email: str, pepper: str) -> str:
    """Keyed HMAC-SHA-256 of an address, hex: what is kept when the address must not be."""
    return hmac.digest(pepper.encode(), fold(email).encode(), "sha256").hex()


def comes_back(left_at: datetime | None, now: datetime) -> bool:
    """Whether somebody who left then has been away for a short time only."""
    return left_at is not None and now - left_at <= COMES_BACK_WITHIN


def variant(depth: str, language: str) -> int:
    """One small number for which words a person gets."""
    return DEPTHS.index(depth) * len(LANGUAGES) + LANGUAGES.index(language)


VARIANTS = len(DEPTHS) * len(LANGUAGES)


def variant_words(number: int) -> tuple[str, str]:
    """(depth, language) of a variant. A letter that differs by what its readers follow has numbers
    beyond these: the same remainder, the same depth and language."""
    number %= VARIANTS
    return DEPTHS[number // len(LANGUAGES)], LANGUAGES[number % len(LANGUAGES)]


def joined_on(confirmed_at: datetime) -> int:
    """The UTC day of confirming as ``date.toordinal()``: a narrow number that can be compared."""
    return confirmed_at.astimezone(UTC).date().toordinal()


def masks(bits: Iterable[int]) -> tuple[int, int]:
    """The two masks over topic bits; bits beyond the masks are left out."""
    t0 = t1 = 0
    for bit in bits:
        if bit < MASK_BITS:
            t0 |= 1 << bit
        elif bit < MASKED_TOPICS:
            t1 |= 1 << (bit - MASK_BITS)
    return t0, t1
