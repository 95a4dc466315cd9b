"""Does a unit of work until the database has it: what a mail server took must not be forgotten
because the database is locked, full or being restarted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from notifier.store.db import unit
from notifier.worker.engine import Engine

AWAY = (OperationalError, InterfaceError, InternalError)
AGAIN = 1.0  # seconds

T = TypeVar("T")

log = structlog.get_logger()


def insist(engine: Engine, work: Callable[[], T]) -> T:
    """What ``work`` returns, in a unit of work that was committed; it is done again, and again,
    while the database cannot take it. It must come to the same when it is done twice: the answer
    to a commit may be what was lost.

    After SIGTERM the first failure is raised: the journal has what was accepted.
    """
    while True:
        try:
            with unit():
                return work()
        except AWAY as error:
            if engine.stopping.is_set():
                raise
            reason = str(error.orig or error).splitlines()[0]
            log.warning("the database cannot be written; trying again", reason=reason)
            engine.stopping.wait(AGAIN)
