"""Addresses as mail servers take them: the domain in A-labels, nothing that could end a line."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email

# Dots are not counted: addresses such as a..b@ exist. "?" is left to the slow way, which refuses
# "=?": Python's header parser decodes an encoded word inside a local part, line breaks and all.
_PLAIN = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,188}")


def wire(address: str) -> str:
    """``address`` for a header or a command, its domain in ASCII (RFC 5890).

    The local part stays as it is, so the result may hold UTF-8: see ``needs_utf8``. Raises
    ValueError when it is no single address.
    """
    if _PLAIN.fullmatch(address):
        return address
    try:
        found = validate_email(
            address,
            check_deliverability=False,
            globally_deliverable=False,
            allow_quoted_local=True,
        )
    except EmailNotValidError as error:
        raise ValueError(f"{address[:80]!r} is not an email address: {error}") from None
    if "=?" in found.local_part:
        raise ValueError(f"{address[:80]!r} cannot be written safely in a mail header.")
    return f"{found.local_part}@{found.ascii_domain}"


def needs_utf8(address: str) -> bool:
    """Whether ``address`` can only be reached through a server with SMTPUTF8 (RFC 6531)."""
    return not address.rpartition("@")[0].isascii()
