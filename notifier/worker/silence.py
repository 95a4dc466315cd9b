"""Wakes staff when a message was to go out and reached nobody: silence looks like success."""

from __future__ import annotations

from datetime import datetime

from notifier.insight.went_out import silent
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.sends.staff import was_told
from notifier.store.db import look
from notifier.worker.brake import wake
from notifier.worker.nags import once

STAGE = "silent"


def alert_silent(now: datetime) -> None:
    """At any hour, once for each Send. Looked at with each tick, after all that is due was begun;
    no write lock while there is nobody to tell."""
    with look():
        found = [send.id for send in silent(now) if not told(send)]
    for send_id in found:
        once(alarm, send_id, now=now)


def told(send: Send) -> bool:
    return was_told(f"send:{send.id}", STAGE, STAGE)


def alarm(send_id: int, *, now: datetime) -> None:
    wake(sends.send(send_id), STAGE, STAGE, now=now)
