"""What was cancelled while it was being sent comes to its end as soon as nothing is in flight."""

from __future__ import annotations

from datetime import datetime

import structlog

from notifier.delivery.wind_up import unfinished, wind_up
from notifier.errors import Conflict
from notifier.sends import queries as sends
from notifier.store.db import look, unit

log = structlog.get_logger()


def end_cancelled(now: datetime) -> None:
    """Wind up each cancelled Send; one that is in a worker's hands waits for the next look."""
    with look():
        found = unfinished()
    for send_id in found:
        try:
            with unit():
                wind_up(sends.send(send_id), now=now)
        except Conflict:
            log.info("ended by another worker", send=send_id)
