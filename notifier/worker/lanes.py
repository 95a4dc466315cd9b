"""Huey hands the work out: two lanes, so that one-off mail never waits behind a campaign.

A task is a chunk, never one message. Nothing of Huey's own scheduling is used: a lost task is found
again by the tick, because the ledger is the truth.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError
from psycopg.errors import DuplicateTable, UniqueViolation

from notifier.clock import elapsed
from notifier.errors import Refused
from notifier.settings import Settings

NO_REDIS = "NOTIFIER_QUEUE_URL names a Redis: install what talks to it, notifier[redis]."
ATTEMPTS = 4  # tables and indexes are made one by one
LANES = {"oneoff": 1, "campaign": 2}  # threads each; a campaign thread holds one connection


class QuietConsumer(Consumer):  # type: ignore[misc]  # Huey has no types
    """Huey's consumer without its signal handlers: the worker's loop decides when to stop."""

    def _set_signal_handlers(self) -> None:
        return


def lane(settings: Settings, name: str) -> Huey:
    """The queue of one lane, where QUEUE_URL says; by default beside the database.

    Raises Refused for a URL of another kind, and for Redis without its package.
    """
    url = settings.queue_url or default_url(settings)
    scheme = urlsplit(url).scheme
    common: dict[str, Any] = {"name": f"notifier-{name}", "results": False}
    if scheme == "sqlite":
        path = "/" + url.removeprefix("sqlite:").lstrip("/")
        return SqliteHuey(filename=path, timeout=60, **common)
    if scheme in ("postgresql", "postgres"):
        return on_postgresql(url, common)
    if scheme in ("redis", "rediss"):
        try:
            return RedisHuey(url=url, **common)
        except ConfigurationError:
            raise Refused(NO_REDIS) from None
    raise Refused("NOTIFIER_QUEUE_URL must start with sqlite:, postgresql:// or redis://.")


def on_postgresql(url: str, common: dict[str, Any]) -> Huey:
    """Huey makes its tables where there are none. Workers that start at the same instant both do,
    and PostgreSQL's IF NOT EXISTS lets one of them fail; the next time they are there."""
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(UniqueViolation, DuplicateTable):
            return PostgresHuey(dsn=url, table_prefix="queue", **common)
    return PostgresHuey(dsn=url, table_prefix="queue", **common)


def default_url(settings: Settings) -> str:
    if settings.database_url.startswith("postgresql"):
        return "postgresql://" + settings.database_url.split("://", 1)[1]
    return f"sqlite:{settings.instance / 'queue.db'}"


def end_all(consumers: Sequence[QuietConsumer], *, patience: float) -> bool:
    """Take nothing new, and wait so many seconds for what is being done; False when it was not
    enough. The threads are daemons: they end with the process."""
    end = elapsed() + patience
    for one in consumers:
        one.stop_flag.set()
    for one in consumers:
        for _, thread in one.worker_threads:
            thread.join(max(0.0, end - elapsed()))
    return not any(thread.is_alive() for one in consumers for _, thread in one.worker_threads)


def consumer(queue: Huey, *, threads: int) -> QuietConsumer:
    """A consumer of one lane; threads, because each waits on the network most of the time."""
    return QuietConsumer(
        queue, workers=threads, periodic=False, initial_delay=0.05, max_delay=0.5, backoff=1.2
    )
