"""What has this person been sent, and why: the ledger read from the person's side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from notifier.audience import brought
from notifier.audience.receivers import Audience
from notifier.audience.why import reasons
from notifier.delivery.held import KIND
from notifier.delivery.rules import WORDS, changed
from notifier.notices.followers import Named, named
from notifier.sends import queries as sends
from notifier.sends.models import Delivery, DigestItem, Send
from notifier.sends.rules import State
from notifier.store.db import session


def sent_to(subscriber_id: int) -> list[dict[str, Any]]:
    """Every message that was promised to a person, oldest first: kind, about, stage, at (instant),
    state in words, and why they are or were to get it."""
    rows = [one(send) for send in sends.to_person(subscriber_id)]
    told = in_digests(subscriber_id)
    query = (
        select(Send, Delivery)
        .join(Delivery, Delivery.send_id == Send.id)
        .where(Delivery.subscriber_id == subscriber_id)
    )
    for send, delivery in session.execute(query):
        digest = told.get(send.id)
        rows.append(
            {
                "kind": send.kind,
                "about": send.about,
                "stage": send.stage,
                "at": changed(delivery.at, send.frozen_at or send.due_at),
                "state": WORDS[State(delivery.state)],
                "why": why(send, delivery, digest, told),
                "digest": digest.stage if digest is not None else None,
            }
        )
    return sorted(rows, key=lambda row: row["at"])


def why(send: Send, delivery: Delivery, digest: Send | None, told: Mapping[int, Send]) -> str:
    """Why a row is there, and with which digest it was told or that it waits for one."""
    if send.kind == KIND:
        things = sum(each.id == send.id for each in told.values())
        return f"tells {things} thing{'s' if things != 1 else ''}"
    who, at = delivery.subscriber_id, send.frozen_at or send.due_at
    found = named(reasons(Audience.of(send.receivers or {}), who, who, at=at)).get(who, ())
    parts = [in_words(found)]
    if delivery.state == State.HELD:
        parts.append("waits for a digest")
    elif digest is not None:
        parts.append(f"in the digest of {date.fromisoformat(digest.stage):%-d %B %Y}")
    return "; ".join(part for part in parts if part)


def in_digests(subscriber_id: int) -> dict[int, Send]:
    """By item Send the digest in whose letter it stood; the latest, where one was given back."""
    query = (
        select(DigestItem.item_id, Send)
        .join(Send, Send.id == DigestItem.digest_id)
        .join(
            Delivery,
            (Delivery.send_id == DigestItem.digest_id) & (Delivery.variant == DigestItem.variant),
        )
        .where(Delivery.subscriber_id == subscriber_id, Delivery.state != int(State.SKIPPED))
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(Send.id))}


def in_words(why: Named) -> str:
    """ "follows Air quality, Emissions of fine particles will fall"."""
    follows = [name for kind, name, _ in why if kind not in ("earlier", "week", "segment")]
    parts = ["follows " + ", ".join(follows)] if follows else []
    kinds = {kind for kind, _, _ in why}
    parts += ["asked for the week ahead"] if "week" in kinds else []
    parts += ["got an earlier message"] if "earlier" in kinds else []
    parts += [f"it went to {name}" for kind, name, _ in why if kind == "segment"]
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
        "why": send.end_reason or brought.why(send) or "asked for it",
    }
