"""What time does to people: pauses end, topics go, and what one followed by itself is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from notifier.audience.merge import BATCH, carry_out, end_who_follow_nothing, may_be_done
from notifier.audience.pause import resume_due
from notifier.catalogue import merge as topics
from notifier.catalogue.models import Topic
from notifier.notices.followers import end_what_is_over
from notifier.notices.latecomers import tell_at_once
from notifier.store.db import session, unit

log = structlog.get_logger()


def move_on(now: datetime) -> None:
    """Each in units of work of its own; one that fails is logged and tried again in an hour."""
    for step in (resume, end_topics, end_single_things):
        try:
            step(now)
        except Exception:
            log.exception("people could not be moved on", step=step.__name__)


def resume(now: datetime) -> None:
    """Who named today, or an earlier day, gets mail again."""
    repeat(partial(resume_some, now))


def resume_some(now: datetime) -> int:
    found = resume_due(now=now, limit=BATCH)
    for person in found:
        tell_at_once(person, now=now)
    return len(found)


def end_topics(now: datetime) -> None:
    """Topics whose day has come take their people along."""
    with unit():
        due = [topic.id for topic in topics.due(now) if may_be_done(topic)]
    for topic_id in due:
        with unit():
            topic = session.get_one(Topic, topic_id)
            carry_out(topic, now=now)
        log.info("a topic ended", topic=topic_id)
        repeat(partial(end_some, topic_id, now))


def end_some(topic_id: int, now: datetime) -> int:
    return end_who_follow_nothing(session.get_one(Topic, topic_id), ended_at=now, now=now)


def end_single_things(now: datetime) -> None:
    repeat(partial(end_some_single_things, now))


def end_some_single_things(now: datetime) -> int:
    return end_what_is_over(now=now, limit=BATCH)


def repeat(some: Callable[[], int]) -> None:
    """Batch by batch, so that nobody waits long for the database."""
    while True:
        with unit():
            if some() < BATCH:
                return
