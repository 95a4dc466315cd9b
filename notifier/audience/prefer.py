"""Changing what one gets, from the preferences page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from notifier.audience.confirm import follow
from notifier.audience.leave import leave, stop_week_ahead
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.reach import sync
from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import PERSON, record


def prefer(
    person: Subscriber,
    *,
    topics: Iterable[Topic],
    user_type: UserType,
    depth: str | None,
    language: str,
    now: datetime,
    week_ahead: bool | None = None,
    drops: Collection[Subscription] = (),
) -> None:
    """Take the whole page of preferences at once. ``depth`` None follows the user type, and
    ``week_ahead`` None leaves Friday's mail as it is.

    Topics that are not named end, and of the single series, changes and releases those in
    ``drops``. Raises Refused for a word that is not one of the choices, and for an empty choice:
    leaving is a button of its own.
    """
    if person.state not in ("active", "paused"):
        raise Refused("You no longer get updates from us; sign up again to start.")
    if depth is not None and depth not in DEPTHS:
        raise Refused(f"Choose how much detail you want: {', '.join(DEPTHS)}.", field="depth")
    if language not in LANGUAGES:
        raise Refused("Choose English, Welsh or both.", field="language")
    wanted, given_up = {topic.id for topic in topics}, {s.id for s in drops}
    keeps = [s for s in person.subscriptions if s.topic_id is None and s.ended_at is None]
    friday = person.week_ahead if week_ahead is None else week_ahead
    if not wanted and not friday and all(s.id in given_up for s in keeps):
        raise Refused("Select at least one topic, or use “Leave everything”.", field="topics")
    person.user_type_id, person.depth, person.language = user_type.id, depth, language
    if friday:
        person.week_ahead = True
    follow(person, sorted(wanted), [], now=now)
    session.flush()
    session.refresh(person)
    dropped = [
        s
        for s in person.subscriptions
        if s.id in given_up or (s.topic_id is not None and s.topic_id not in wanted)
    ]
    record(
        f"subscriber:{person.id}",
        "prefer",
        by=PERSON,
        now=now,
        topics=sorted(wanted),
        user_type=user_type.id,
        depth=depth,
        language=language,
        week_ahead=friday,
    )
    leave(person, dropped, now=now, reason="changed preferences")
    if not friday:
        stop_week_ahead(person, now=now, reason="changed preferences")
    sync(person)
