"""Tells a WebSub hub of news, beside the ticks: one that is slow or dead keeps nobody waiting."""

from __future__ import annotations

from datetime import datetime

import structlog

from notifier.store.db import look, unit
from notifier.worker.engine import Engine

LARGEST = 100_000  # bytes of an answer; nobody reads it
HERE = ("127.0.0.0/8", "::1/128")

log = structlog.get_logger()


def note_news(engine: Engine, now: datetime) -> None:
    """Write down of what the hub is to be told. A failure here must not hold up the mail."""
    if not engine.settings.websub_hub:
        return
    from notifier.feeds import websub  # noqa: PLC0415  # feeds: for sites with a hub only

    try:
        with look():
            found = websub.news(now=now)
        if found is not None:
            with unit():
                websub.keep(found, now=now)
    except Exception:
        log.exception("news for the hub could not be noted")


def tell_hub(engine: Engine) -> None:
    """One POST about everything that is due; no transaction is open meanwhile."""
    if not engine.settings.websub_hub:
        return
    from notifier.feeds import websub  # noqa: PLC0415

    with look():
        if not websub.is_due(now=engine.now()):
            return
    with unit():
        ids, paths = websub.claim(now=engine.now())
    if not ids:
        return
    why = said(engine, paths)
    with unit():
        websub.settle(ids, why, now=engine.now())
    log.info("the hub was not told" if why else "the hub was told", events=len(ids), why=why)


def said(engine: Engine, paths: list[str]) -> str:
    """Why the hub did not take it, or ""."""
    from notifier.feeds import websub  # noqa: PLC0415
    from notifier.fetch import Unreachable, post  # noqa: PLC0415

    given = engine.settings
    allow = given.fetch_allow if given.production else (*given.fetch_allow, *HERE)
    try:
        answer = post(
            given.websub_hub, websub.form(given.base_url, paths), allow=allow, most=LARGEST
        )
    except Unreachable as error:
        return str(error)
    return "" if 200 <= answer.status < 300 else f"it answers {answer.status}"
