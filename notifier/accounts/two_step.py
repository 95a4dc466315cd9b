"""Two-step sign-in: set up, prove, codes for the day when the telephone is gone."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from notifier.accounts.letters import tell
from notifier.accounts.models import Staff
from notifier.accounts.sessions import own
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.tokens import fingerprint

METHOD = "authenticator"
CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is taken for something else
GROUPS, LENGTH = 4, 4  # 79 bit: too many to try, at our doors and against the fingerprints


def is_on(person: Staff) -> bool:
    return person.tf_primary_method == METHOD and person.tf_totp_secret is not None


def is_owed(person: Staff, roles: Collection[str]) -> bool:
    """Whether one of their roles asks for a second step and there is none, nor a passkey. With
    single sign-on it is the directory's business."""
    asked = person.identity is None and any(r.role in roles for r in person.roles)
    return asked and not is_on(person) and not person.passkeys


def turn_on(person: Staff, secret: str, *, counter: int | None, now: datetime) -> list[str]:
    """Keep the (encrypted) secret of the app; returns new recovery codes, to be shown once.

    ``counter`` is that of the code which proved that the app works: it is used up.
    """
    person.tf_primary_method, person.tf_totp_secret = METHOD, secret
    person.totp_counter = counter
    record(f"staff:{person.id}", "turn_on_two_step", by=own(person), now=now)
    tell(person, "two-step-on", now=now)
    return make_codes(person, now=now)


def turn_off(person: Staff, *, by: By, now: datetime) -> None:
    """Without it a password is enough again; the recovery codes go with it."""
    person.tf_primary_method = person.tf_totp_secret = person.totp_counter = None
    person.mf_recovery_codes = []
    record(f"staff:{person.id}", "turn_off_two_step", by=by, now=now)
    tell(person, "two-step-off", now=now)


def make_codes(person: Staff, *, now: datetime) -> list[str]:
    """New recovery codes; the earlier ones end. Only fingerprints are kept."""
    made = [one_code() for _ in range(CODES)]
    person.mf_recovery_codes = [fingerprint(plain(code)) for code in made]
    session.flush()
    record(f"staff:{person.id}", "make_recovery_codes", by=own(person), now=now)
    return made


def one_code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def plain(code: str) -> str:
    """As it is typed: in any case, with or without the hyphens."""
    return "".join(c for c in code.lower() if c.isalnum())


def use_code(person: Staff, code: str, *, now: datetime) -> bool:
    """Spend a recovery code; False when it is none of theirs, or was used."""
    hold(person)
    found = fingerprint(plain(code))
    if found not in person.mf_recovery_codes:
        return False
    person.mf_recovery_codes = [kept for kept in person.mf_recovery_codes if kept != found]
    left = len(person.mf_recovery_codes)
    record(f"staff:{person.id}", "use_recovery_code", by=own(person), now=now, left=left)
    tell(person, "recovery-code-used", now=now, left=left)
    return True


def hold(person: Staff) -> None:
    """Two requests with the same code: the second one sees that it was used."""
    session.flush()
    session.refresh(person, with_for_update=True)
