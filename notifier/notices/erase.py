"""Erasure over the rooms: the person's own rows, and their address in what was answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, cast, or_, select

from notifier.audience.forget import forget, says, without
from notifier.audience.models import Subscriber
from notifier.notices.models import Answer
from notifier.store.db import session
from notifier.store.history import By


def erase(person: Subscriber, *, by: By, now: datetime, pepper: str) -> None:
    """As ``audience.forget``; and answers to a consultation lose the address, where somebody wrote
    it into them. What else they say stays: it was part of a decision."""
    if person.email is not None:
        clean_answers(person.id, person.email)
    forget(person, by=by, now=now, pepper=pepper)


def clean_answers(subscriber_id: int, email: str) -> None:
    written = or_(says(cast(Answer.answers, Text), email), says(Answer.organisation, email))
    found = select(Answer).where(or_(Answer.subscriber_id == subscriber_id, written))
    for row in session.scalars(found):
        row.organisation = without(row.organisation, email)
        row.answers = [{**one, "answer": without(one["answer"], email)} for one in row.answers]
