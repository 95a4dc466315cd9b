"""Promises mail about somebody's own account: a link they asked for, or what has just changed."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from notifier.accounts.models import Staff
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.staff import next_copy
from notifier.store.db import session
from notifier.tokens import fingerprint

INVITED_FOR = timedelta(days=7)
RESET_FOR = timedelta(hours=1)
MOST = {"reset": 3, "invited": 3}  # to one person, in an hour
WITHIN = timedelta(hours=1)


def tell(person: Staff | None, stage: str, *, now: datetime, **context: Any) -> Send:
    """Promise at once the letter of that stage; ``context`` is what it says. One to nobody is as
    much work, and whoever asks for it takes it back."""
    about = f"staff:{person.id if person is not None else 0}"
    return plan(
        "account",
        about,
        stage=stage,
        due_at=now,
        now=now,
        revision=next_copy("account", about, stage),
        staff_id=person.id if person is not None else None,
        lapses_at=now + RESET_FOR if stage == "reset" else None,
        context=context,
    )


def is_enough(staff_id: int, stage: str, now: datetime) -> bool:
    """Whether somebody had as many such letters lately as one may ask for."""
    query = select(func.count(Send.id)).where(
        Send.kind == "account",
        Send.about == f"staff:{staff_id}",
        Send.stage == stage,
        Send.created_at > now - WITHIN,
    )
    return (session.scalar(query) or 0) >= MOST[stage]


def fresh_link(person: Staff, stage: str, *, now: datetime) -> str:
    """The secret of the link in a letter that is written now; only its fingerprint is kept.

    A letter that is written again, after the mail server was away, has a new link.
    """
    secret = secrets.token_urlsafe(32)
    if stage == "reset":
        person.reset_hash, person.reset_expires = fingerprint(secret), now + RESET_FOR
    else:
        person.invitation_hash, person.invitation_expires = fingerprint(secret), now + INVITED_FOR
    session.flush()
    return secret
