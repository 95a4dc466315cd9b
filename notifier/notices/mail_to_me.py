"""Mails a member of staff the letter of a notice as it would go out: to them and nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifier.accounts.models import Staff
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.staff import next_copy
from notifier.store.db import session
from notifier.store.history import By, record

MOST, WITHIN = 10, timedelta(hours=1)  # to one person


def mail_to_me(
    notice: ChangeNotice,
    *,
    depth: str,
    language: str,
    person: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Promise the letter at once. It is about the member of staff, not about the notice: nothing
    that counts who was told of the notice finds it. Raises Refused for an eleventh within an hour.
    """
    if depth not in DEPTHS or language not in LANGUAGES:
        raise Refused("Choose a depth and a language.", field="depth")
    about = f"staff:{person.id}"
    lately = select(func.count(Send.id)).where(
        Send.kind == "preview", Send.about == about, Send.created_at > now - WITHIN
    )
    if (session.scalar(lately) or 0) >= MOST:
        raise Refused(
            f"You had {MOST} previews by mail within the last hour; look at it on this page, or "
            "wait a little.",
            field="mail",
        )
    send = plan(
        "preview",
        about,
        stage="preview",
        due_at=now,
        now=now,
        revision=next_copy("preview", about, "preview"),
        staff_id=person.id,
        lapses_at=now + WITHIN,
        context={"reference": notice.reference, "depth": depth, "language": language},
    )
    record(f"notice:{notice.id}", "mail_preview", by=by, now=now, send=send.id)
    return send
