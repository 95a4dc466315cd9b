"""The doctor's questions: each a sentence that says what was found and, if bad, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from notifier.catalogue.queries import organisation
from notifier.cli.door import Door
from notifier.errors import Refused
from notifier.insight.went_out import silent
from notifier.mail.dkim import signers
from notifier.mail.mailbox import from_url as mailbox_from_url
from notifier.mail.returned import quarantined
from notifier.mail.transport import from_url
from notifier.settings import Settings
from notifier.store import history
from notifier.store.db import db, session
from notifier.store.schema import require_current
from notifier.worker.lanes import lane


class Finding(NamedTuple):
    good: bool
    what: str


def findings(door: Door) -> Iterator[Finding]:
    """Everything that can be known without sending a mail."""
    settings = door.settings
    yield Finding(True, f"settings: {settings.env}, instance {settings.instance}")
    yield Finding(
        settings.base_url.startswith("https:") or not settings.production,
        f"base URL: {settings.base_url}"
        + ("" if settings.base_url.startswith("https:") else " (use https in production)"),
    )
    with door.bare_app.app_context():
        try:
            session.execute(text("SELECT 1"))
            yield Finding(True, f"database: {db.engine.dialect.name} answers")
            require_current(db.engine)
            yield Finding(True, "schema: up to date")
        except (Refused, SQLAlchemyError) as problem:
            yield Finding(False, f"database: {problem}")
            return
        found = organisation()
        yield Finding(
            found is not None,
            f"catalogue: {found.name}"
            if found
            else "catalogue: empty; load one with: bin/notifier load FILE.yaml",
        )
        broken = sorted(set(history.broken()))
        yield Finding(
            not broken,
            f"history: broken for {', '.join(broken[:5])}" if broken else "history: chains hold",
        )
        yield heads()
        yield went_out(door)
    yield set_aside(settings)
    yield mail(door)


def heads() -> Finding:
    """The kept heads against the chains as they are, and the newest to compare with a mail."""
    altered = sorted(history.broken_heads())
    if altered:
        days = ", ".join(day.isoformat() for day in altered[:5])
        return Finding(False, f"history: altered after its head was kept, for {days}")
    last = history.last_head()
    if last is None:
        return Finding(True, "history: no head is kept yet; the worker keeps one a day")
    return Finding(True, f"history: heads hold; that of {last.day.isoformat()} is {last.head}")


def went_out(door: Door) -> Finding:
    """Whether what was due an hour ago has reached anybody."""
    found = silent(door.now())
    if not found:
        return Finding(True, "sends: each that was due has reached somebody")
    named = "; ".join(f"send {s.id} ({s.about}, {s.stage})" for s in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    return Finding(
        False,
        f"sends: an hour after its time nobody has {named}{more}; "
        f"see: bin/notifier sends progress {found[0].id}",
    )


def mail(door: Door) -> Finding:
    settings = door.settings
    try:
        from_url(
            settings.mail_url, host_name=settings.host_name, instance=settings.instance
        ).close()
    except Refused as problem:
        return Finding(False, f"mail: {problem}")
    if settings.production and settings.mail_url == "outbox:":
        return Finding(False, "mail: stays in the outbox; set NOTIFIER_MAIL_URL to a mail server")
    if settings.production and settings.mail_from.endswith(".example"):
        return Finding(False, "mail: set NOTIFIER_MAIL_FROM to an address of your own domain")
    try:
        signers(settings)
        if settings.bounce_mailbox:
            mailbox_from_url(settings.bounce_mailbox).close()
        lane(settings, "oneoff")
    except Refused as problem:
        return Finding(False, f"mail: {problem}")
    where = "the outbox folder" if settings.mail_url == "outbox:" else "a mail server"
    return Finding(True, f"mail: goes to {where}, from {settings.mail_from}")


def set_aside(settings: Settings) -> Finding:
    """What came back and waits for somebody to look at it; in an IMAP mailbox nobody counts it."""
    waiting = {folder: number for folder, number in quarantined(settings) if number}
    if not waiting:
        return Finding(True, "returned mail: nothing waits to be looked at")
    found = ", ".join(f"{number:,} in {folder}" for folder, number in waiting.items())
    return Finding(True, f"returned mail: look at what could not be taken, then delete it: {found}")
