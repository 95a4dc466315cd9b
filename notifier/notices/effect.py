"""A change takes effect: at its date, or when the release that carries it is out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import SYSTEM
from notifier.store.moves import move

REMINDERS = ("T-", "open", "midpoint", "close-", "last-edition")  # stages before the effect


def take_effect(*, now: datetime) -> list[ChangeNotice]:
    """Move every announced notice whose effect has come to in_effect; returns them.

    A notice anchored to a release waits until that release is released, however late it is. What is
    only proposed waits until it is decided.
    """
    query = select(ChangeNotice).where(
        ChangeNotice.state == "announced",
        ChangeNotice.decision == "decided",
        ChangeNotice.effect_at.is_not(None),
        ChangeNotice.effect_at <= now,
    )
    moved = []
    for notice in session.scalars(query):
        release = notice.effect_release
        if release is not None and release.state != "released":
            continue
        move(notice, "take_effect", NOTICE, by=SYSTEM, now=now)
        notice.changed_at = now
        moved.append(notice)
    return moved


def may_go(stage: str, notice: ChangeNotice) -> bool:
    """Whether a stage that has fallen due may go out: T0 and later wait for the effect itself."""
    return not stage.startswith(("T0", "T+")) or notice.state in ("in_effect", "closed")


def too_late(send: Send, now: datetime) -> str:
    """Why a reminder that is due is not sent any more, or "".

    After days without a worker several may be due at once: the newest one says it all, and none
    goes out when the change has taken effect.
    """
    notice = session.get(ChangeNotice, send.context.get("notice", 0))
    if send.kind != "notice" or notice is None or not send.stage.startswith(REMINDERS):
        return ""
    over = send.stage.startswith("T-") and notice.effect_at is not None and notice.effect_at <= now
    newer = select(Send.id).where(
        Send.kind == "notice",
        Send.about == send.about,
        Send.state == "planned",
        Send.wall_date.is_not(None),
        Send.due_at > send.due_at,
        Send.due_at <= now,
    )
    return "its time had passed" if over or session.scalar(newer.limit(1)) is not None else ""
