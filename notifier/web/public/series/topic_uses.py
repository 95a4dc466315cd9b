"""The block on a topic's page that says who uses its statistics, and for what."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace

from flask import current_app

from notifier.catalogue.models import Topic
from notifier.insight.reach import public_counts
from notifier.web.language import language
from notifier.web.public.people.choices import usual_name

# With a million people a count takes a third of a second; a rounded one may be an hour old.
KEPT = timedelta(hours=1)

Counts = list[tuple[str, str, int]]  # English and Welsh name of a user type, people


def uses(topic: Topic, now: datetime) -> SimpleNamespace | None:
    """The team's summary and the rounded counts; None where there is nothing to show."""
    welsh = language() == "cy"
    summary = topic.cy_uses if welsh and topic.cy_uses else topic.uses
    counts = [
        SimpleNamespace(who=usual_name(en, cy), number=number)
        for en, cy, number in counted(topic, now)
    ]
    if not (summary or counts):
        return None
    lang = "cy" if summary and summary == topic.cy_uses else "en"
    return SimpleNamespace(summary=summary, lang=lang, counts=counts)


def counted(topic: Topic, now: datetime) -> Counts:
    """The counts of a topic, made again after an hour."""
    kept: dict[int, tuple[datetime, Counts]]
    kept = current_app.extensions.setdefault("notifier.topic_counts", {})
    at, counts = kept.get(topic.id, (None, []))
    if at is None or not at <= now < at + KEPT:
        counts = [(kind.name, kind.cy, number) for kind, number in public_counts(topic)]
        kept[topic.id] = (now, counts)
    return counts
