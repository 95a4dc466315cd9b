"""What comes back by mail: bounces and complaints find their delivery and are judged."""

from __future__ import annotations

import structlog

from notifier.delivery import bounces
from notifier.mail import dsn, mailbox, verp
from notifier.store.db import unit
from notifier.worker.engine import Engine

log = structlog.get_logger()


def take(engine: Engine, raw: bytes) -> str:
    """Act on one returned message; says in a few words what was done.

    Which delivery it is about is told by the envelope sender's MAC or, weaker, by the Message-ID
    that came back; forged ones change nothing.
    """
    done: list[str] = []
    for report in dsn.parse(raw):
        about = delivery_of(engine, report)
        if report.kind not in ("bounce", "complaint") or about is None:
            done.append(report.kind if about or report.kind != "bounce" else "not ours")
            continue
        verdict = "complaint" if report.kind == "complaint" else report.verdict
        with unit():
            suppressed = bounces.apply(
                *about,
                verdict,
                now=engine.now(),
                pepper=engine.settings.suppression_pepper,
                code=report.code,
                status=report.status,
            )
        done.append(f"{verdict}, address suppressed" if suppressed else str(verdict))
    outcome = "; ".join(done) or "nothing in it"
    log.info("returned mail", outcome=outcome)
    return outcome


def delivery_of(engine: Engine, report: dsn.Report) -> tuple[int, int] | None:
    found = None
    if report.sender_token:
        found = verp.parse(report.sender_token, engine.stamps.envelope)
    if found is None and report.message_id:
        found = verp.parse_message_id(report.message_id, engine.stamps.message_id)
    return found


def read_mailbox(engine: Engine) -> int:
    """Read the bounce mailbox, if there is one; returns how many messages were taken."""
    if not engine.settings.bounce_mailbox:
        return 0
    taken = 0
    box = mailbox.from_url(engine.settings.bounce_mailbox)
    try:
        for key, raw in box.messages():
            if "malformed" in take(engine, raw):
                box.quarantine(key)
            else:
                box.done(key)
            taken += 1
    finally:
        box.close()
    return taken
