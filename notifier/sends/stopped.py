"""What staff or the storm brake stopped stays stopped: the mark that a new date leaves alone."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from notifier.sends.models import Send

STOPPED = "stopped"  # in a Send's context

How = Literal["paused", "braked", "cancelled"]


def mark(send: Send, how: How, why: str, *, now: datetime) -> None:
    """Keep how a Send was stopped, why, and the second since 1970."""
    stop = {"how": how, "why": why, "at": int(now.timestamp())}
    send.context = {**send.context, STOPPED: stop}


def clear(send: Send) -> None:
    """It goes on, or something else has ended it."""
    if STOPPED in send.context:
        send.context = {key: value for key, value in send.context.items() if key != STOPPED}


def is_stopped(send: Send) -> bool:
    """Whether a person or the brake stopped it, and not the state of what it is about."""
    return STOPPED in send.context


def was_braked(send: Send) -> bool:
    return bool(send.context.get(STOPPED, {}).get("how") == "braked")


def why(send: Send) -> str:
    """The reason that was given, or ""."""
    return str(send.context.get(STOPPED, {}).get("why", ""))


def stopped_at(send: Send) -> int:
    """Seconds since 1970; 0 when it was not stopped."""
    return int(send.context.get(STOPPED, {}).get("at", 0))
