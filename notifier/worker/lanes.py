"""Huey hands the work out: two lanes, so that one-off mail never waits behind a campaign.

A task is a chunk, never one message. Nothing of Huey's own scheduling is used: a lost task is found
again by the tick, because the ledger is the truth.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer

from notifier.errors import Refused
from notifier.settings import Settings

LANES = {"oneoff": 1, "campaign": 2}  # threads each; a campaign thread holds one connection


class QuietConsumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """Huey's consumer without its signal handlers: the worker's loop decides when to stop."""

    def _set_signal_handlers(self) -> None:
        return


def lane(settings: Settings, name: str) -> Huey:
    """The queue of one lane, where QUEUE_URL says; by default beside the database.

    Raises Refused for a URL of another kind.
    """
    url = settings.queue_url or default_url(settings)
    scheme = urlsplit(url).scheme
    common: dict[str, Any] = {"name": f"notifier-{name}", "results": False}
    if scheme == "sqlite":
        path = "/" + url.removeprefix("sqlite:").lstrip("/")
        return SqliteHuey(filename=path, timeout=60, **common)
    if scheme in ("postgresql", "postgres"):
        return PostgresHuey(dsn=url, table_prefix="queue", **common)
    if scheme in ("redis", "rediss"):
        return RedisHuey(url=url, **common)
    raise Refused("NOTIFIER_QUEUE_URL must start with sqlite:, postgresql:// or redis://.")


def default_url(settings: Settings) -> str:
    if settings.database_url.startswith("postgresql"):
        return "postgresql://" + settings.database_url.split("://", 1)[1]
    return f"sqlite:{settings.instance / 'queue.db'}"


def consumer(queue: Huey, *, threads: int) -> QuietConsumer:
    """A consumer of one lane; threads, because each waits on the network most of the time."""
    return QuietConsumer(
        queue, workers=threads, periodic=False, initial_delay=0.05, max_delay=0.5, backoff=1.2
    )
