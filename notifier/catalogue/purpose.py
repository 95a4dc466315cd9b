"""For whom a topic is meant, and for what people use it: the team's own words, open to all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from notifier.catalogue.models import Topic, UserType
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import By, record

LONGEST = 2000  # characters of a summary


def intend(topic: Topic, user_types: Iterable[UserType], *, by: By, now: datetime) -> None:
    """Declare the audiences for which a topic is meant, in place of those declared before."""
    topic.intended = list(user_types)
    session.flush()
    slugs = [kind.slug for kind in topic.intended]
    record(f"topic:{topic.id}", "intended_audiences", by=by, now=now, user_types=slugs)


def summarise_uses(topic: Topic, text: str, *, welsh: str = "", by: By, now: datetime) -> None:
    """Set the summary of what people use these statistics for. Empty texts take it away.

    Raises Refused for Welsh without English, and for a text that is too long for a page.
    """
    if welsh.strip() and not text.strip():
        raise Refused("Give the English summary, too; the Welsh one stands beside it.")
    if max(len(text), len(welsh)) > LONGEST:
        raise Refused(f"A summary of uses has at most {LONGEST:,} characters; shorten it.")
    topic.uses, topic.cy_uses = text.strip(), welsh.strip()
    record(f"topic:{topic.id}", "uses", by=by, now=now, text=topic.uses, welsh=topic.cy_uses)
