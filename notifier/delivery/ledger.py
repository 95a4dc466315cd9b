"""What has this person been sent, and why: the ledger read from the person's side."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from notifier.audience.receivers import Audience, reasons
from notifier.delivery.rules import WORDS
from notifier.notices.followers import Named, named
from notifier.sends import queries as sends
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session


def sent_to(subscriber_id: int) -> list[dict[str, Any]]:
    """Every message that was promised to a person, oldest first: kind, about, stage, at (instant),
    state in words, and why they are or were to get it."""
    rows = [one(send) for send in sends.to_person(subscriber_id)]
    query = (
        select(Send, Delivery)
        .join(Delivery, Delivery.send_id == Send.id)
        .where(Delivery.subscriber_id == subscriber_id)
    )
    for send, delivery in session.execute(query):
        audience = Audience.of(send.receivers or {})
        at = send.frozen_at or send.due_at
        why = named(reasons(audience, subscriber_id, subscriber_id, at=at)).get(subscriber_id, ())
        rows.append(
            {
                "kind": send.kind,
                "about": send.about,
                "stage": send.stage,
                "at": datetime.fromtimestamp(delivery.at, UTC),
                "state": WORDS[State(delivery.state)],
                "why": in_words(why),
            }
        )
    return sorted(rows, key=lambda row: row["at"])


def in_words(why: Named) -> str:
    """ "follows Air quality, Emissions of fine particles will fall"."""
    follows = [name for kind, name, _ in why if kind not in ("earlier", "week")]
    parts = ["follows " + ", ".join(follows)] if follows else []
    kinds = {kind for kind, _, _ in why}
    parts += ["asked for the week ahead"] if "week" in kinds else []
    parts += ["got an earlier message"] if "earlier" in kinds else []
    return "; ".join(parts)


def one(send: Send) -> dict[str, Any]:
    state = {"done": "accepted"}.get(send.state, send.state)
    if send.bounced or send.failed:
        state = "bounced" if send.bounced else "failed"
    return {
        "kind": send.kind,
        "about": send.about,
        "stage": send.stage,
        "at": send.finished_at or send.due_at,
        "state": state,
        "why": send.end_reason or "asked for it",
    }
