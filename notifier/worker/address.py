"""Addresses one letter to one person: links, envelope sender and Message-ID of that delivery."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifier.mail.compose import Frame, Person
from notifier.mail.verp import message_id, sender
from notifier.render import reasons as why
from notifier.worker.engine import Engine

Reasons = tuple[why.Reason, ...]


def frame_for(engine: Engine, kept: dict[str, Any], *, date: datetime) -> Frame:
    """The headers that everybody's copy shares, from the frame that was frozen with the words."""
    settings = engine.settings
    one_off = bool(kept["one_off"])
    label = kept.get("list_label")
    return Frame(
        from_address=settings.mail_from_oneoff if one_off else settings.mail_from,
        from_name=kept["from_name"],
        date=date,
        reply_to=kept.get("reply_to") or settings.reply_to or None,
        list_id=f"{label}.{settings.mail_from.rpartition('@')[2]}" if label else None,
        list_id_phrase=kept.get("list_phrase") or "",
        one_off=one_off,
        language=kept.get("language") or "en",
    )


def person_for(
    engine: Engine,
    send_id: int,
    subscriber_id: int,
    *,
    address: str,
    name: str = "",
    reasons: Reasons = (),
    language: str = "en",
    one_off: bool = False,
) -> Person:
    """What is this person's own in the letter."""
    base, stamps = engine.settings.base_url, engine.stamps
    unsubscribe = f"{base}/u/{stamps.unsubscribe.make(send_id, subscriber_id)}"
    preferences = f"{base}/preferences/{stamps.preferences.make(send_id, subscriber_id)}"
    return Person(
        address=address,
        message_id=message_id(
            stamps.message_id, send_id, subscriber_id, engine.settings.bounce_domain
        ),
        unsubscribe_url=None if one_off else unsubscribe,
        values={
            "name": name,
            "preferences_url": preferences,
            "got_it_url": f"{base}/got-it/{stamps.got_it.make(send_id, subscriber_id)}",
            "reasons_text": why.text(reasons, language),
            "reasons_html": why.html(reasons, language),
        },
    )


def staff_for(engine: Engine, send_id: int, *, address: str, name: str = "") -> Person:
    """A member of staff in a letter of their own. Subscriber 0 is nobody: what comes back about it
    concerns no subscriber.
    """
    return Person(
        address=address,
        message_id=message_id(engine.stamps.message_id, send_id, 0, engine.settings.bounce_domain),
        unsubscribe_url=None,
        values={"name": name},
    )


def envelope_sender(engine: Engine, send_id: int, subscriber_id: int) -> str:
    """The address to which this delivery bounces (VERP)."""
    return sender(engine.stamps.envelope, send_id, subscriber_id, engine.settings.bounce_domain)
