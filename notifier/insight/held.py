"""One export holds everything about a person. [UK GDPR, articles 15 and 20]"""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, select

from notifier.audience.describe import interests
from notifier.audience.kinds import MACHINES_ONLY, unpack
from notifier.audience.models import (
    Acknowledgement,
    AddressChange,
    Complaint,
    Consent,
    NewsletterOptOut,
    Signup,
    Subscriber,
    SubscriberImport,
    Subscription,
    Suppression,
    Wording,
)
from notifier.audience.private_feed import PrivateFeed
from notifier.catalogue.models import Series, Team, Topic, UserType
from notifier.delivery.ledger import sent_to
from notifier.delivery.models import Bounce
from notifier.notices.models import Answer, ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import Base, session
from notifier.store.history import of

Rows = list[dict[str, Any]]


def held(person: Subscriber) -> dict[str, Any]:
    """Everything that we hold about a person, ready for JSON; instants in UTC (ISO 8601).

    What follows from it by itself (the row that the receivers query reads) and what waits to be
    sent within seconds (a retry) is left out.
    """
    own = person.id
    return {
        "person": about(person),
        "follows": [subscription(row) for row in person.subscriptions],
        "consents": [
            consent(row) for row in every(select(Consent).where(Consent.subscriber_id == own))
        ],
        "sign_ups": [
            signup(row) for row in every(select(Signup).where(Signup.subscriber_id == own))
        ],
        "address_changes": [
            columns(row, "old_email", "new_email", "asked_at", "confirmed_at")
            for row in every(select(AddressChange).where(AddressChange.subscriber_id == own))
        ],
        "messages": [{**row, "at": text(row["at"])} for row in sent_to(own)],
        "bounces": [
            columns(row, "verdict", "code", "status", "at")
            for row in every(select(Bounce).where(Bounce.subscriber_id == own))
        ],
        "stopped": [
            columns(row, "reason", "note", "at")
            for row in every(select(Suppression).where(Suppression.subscriber_id == own))
        ],
        "got_it": [
            columns(row, "about", "at")
            for row in every(select(Acknowledgement).where(Acknowledgement.subscriber_id == own))
        ],
        "newsletters_stopped": [
            {"team": named(Team, row.team_id), "at": text(row.at)}
            for row in every(select(NewsletterOptOut).where(NewsletterOptOut.subscriber_id == own))
        ],
        "answers": [
            answer(row) for row in every(select(Answer).where(Answer.subscriber_id == own))
        ],
        "private_addresses": [
            columns(row, "count", "made_at", "ended_at")
            for row in every(select(PrivateFeed).where(PrivateFeed.subscriber_id == own))
        ],
        "complaints": [
            columns(row, "words", "at", "contact", "answer", "answered_at")
            for row in every(select(Complaint).where(Complaint.subscriber_id == own))
        ],
        "history": [
            {"at": text(row.at), "action": row.action, "why": row.why, "data": row.data}
            for row in of(f"subscriber:{own}")
        ],
    }


def every(query: Select[Any]) -> list[Any]:
    return list(session.scalars(query))


def about(person: Subscriber) -> dict[str, Any]:
    """The person's own row."""
    return {
        "email": person.email,
        "state": person.state,
        "user_type": person.user_type.slug,
        "depth": person.reads,
        "depth_chosen": person.depth is not None,
        "language": person.language,
        "how_often": unpack(person.kinds),
        "only_changes_that_break_scripts": bool(person.kinds & MACHINES_ONLY),
        "week_ahead": person.week_ahead,
        "takes_part": interests(person.takes_part),
        **columns(person, "name", "organisation", "uses", "asked_by", "source"),
        **columns(person, "paused_until", "created_at", "confirmed_at", "ended_at", "end_reason"),
    }


def subscription(row: Subscription) -> dict[str, Any]:
    kinds = (
        ("topic", Topic, row.topic_id, "slug"),
        ("series", Series, row.series_id, "slug"),
        ("change", ChangeNotice, row.notice_id, "reference"),
        ("release", Release, row.release_id, "title"),
    )
    followed = {
        kind: getattr(session.get_one(table, key), name) for kind, table, key, name in kinds if key
    }
    return {**followed, **columns(row, "started_at", "ended_at", "end_reason")}


def consent(row: Consent) -> dict[str, Any]:
    """What they agreed to, word for word, and the list on which they were brought, if any."""
    wording = session.get_one(Wording, row.wording_id)
    said = columns(wording, "version", "language")
    brought = session.get(SubscriberImport, row.import_id or 0)
    return {
        "wording": wording.text,
        **said,
        **columns(row, "at", "confirmed_at", "how", "basis"),
        "import": columns(brought, "filename", "at", "basis", "source") if brought else None,
    }


def signup(row: Signup) -> dict[str, Any]:
    return {
        "topics": [named(Topic, key) for key in row.topics],
        "series": [named(Series, key) for key in row.series],
        "changes": [named(ChangeNotice, key, "reference") for key in row.notices or ()],
        "releases": [named(Release, key, "title") for key in row.releases or ()],
        "user_type": named(UserType, row.user_type_id),
        **columns(row, "language", "source", "created_at", "confirmed_at", "lapses_at"),
        "network_code": row.network,
    }


def answer(row: Answer) -> dict[str, Any]:
    return {
        "change": named(ChangeNotice, row.notice_id, "reference"),
        "user_type": named(UserType, row.user_type_id),
        **columns(row, "organisation", "answers", "language", "created_at", "confirmed_at"),
    }


def named(table: type[Base], key: int, name: str = "slug") -> str | None:
    """The public name of what a row holds the number of; None when it is gone."""
    return cast("str | None", getattr(session.get(table, key), name, None))


def columns(row: Base, *names: str) -> dict[str, Any]:
    return {name: text(getattr(row, name)) for name in names}


def text(value: Any) -> Any:
    """An instant or a day as text; what JSON knows, as it is."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if hasattr(value, "isoformat") else value
