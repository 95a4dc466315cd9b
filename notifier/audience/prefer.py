"""Changing what one gets, from the preferences page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from notifier.audience.confirm import follow
from notifier.audience.hold import hold
from notifier.audience.kinds import unpack
from notifier.audience.leave import leave, stop_week_ahead
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.reach import sync
from notifier.catalogue.models import Series, Topic, UserType
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.errors import Refused
from notifier.store.db import session
from notifier.store.history import PERSON, By, record


def prefer(
    person: Subscriber,
    *,
    topics: Iterable[Topic],
    user_type: UserType,
    depth: str | None,
    language: str,
    now: datetime,
    series: Iterable[Series] = (),
    kinds: int | None = None,
    week_ahead: bool | None = None,
    drops: Collection[Subscription] = (),
    by: By = PERSON,
    why: str = "",
) -> None:
    """Take the whole page of preferences at once. ``depth`` None follows the user type; ``kinds``
    (``kinds.pack``) and ``week_ahead`` None leave what and how often, and Friday's mail, as they
    are.

    Topics that are not named end, and of the single series, changes and releases those in
    ``drops``; ``series`` are followed from now on. ``by`` is staff whom the person asked, who say
    ``why``. Raises Refused for a word that is not one of the choices, and for an empty choice:
    leaving is a button of its own.
    """
    wanted, only = {topic.id for topic in topics}, {one.id for one in series}
    hold(person)
    friday = person.week_ahead if week_ahead is None else week_ahead
    packed = person.kinds if kinds is None else kinds
    check(person, depth=depth, language=language, kinds=packed, week_ahead=friday)
    given_up = {s.id for s in drops}
    keeps = [s for s in person.subscriptions if s.topic_id is None and s.ended_at is None]
    if not (wanted or only or friday) and all(s.id in given_up for s in keeps):
        raise Refused("Select at least one topic, or use “Leave everything”.", field="topics")
    person.user_type_id, person.depth, person.language = user_type.id, depth, language
    person.kinds = packed
    if friday:
        person.week_ahead = True
    follow(person, sorted(wanted), sorted(only), now=now)
    session.flush()
    session.refresh(person)
    record(
        f"subscriber:{person.id}",
        "prefer",
        by=by,
        now=now,
        why=why,
        topics=sorted(wanted),
        series=sorted(only),
        user_type=user_type.id,
        depth=depth,
        language=language,
        kinds=unpack(packed),
        week_ahead=friday,
    )
    given = dropped(person, wanted, given_up)
    leave(person, given, now=now, reason="changed preferences", by=by)
    if not friday:
        stop_week_ahead(person, now=now, reason="changed preferences")
    sync(person)


def check(
    person: Subscriber, *, depth: str | None, language: str, kinds: int, week_ahead: bool
) -> None:
    """Raises Refused, naming the field, for what cannot be chosen."""
    if person.state not in ("active", "paused"):
        raise Refused("You no longer get updates from us; sign up again to start.")
    if depth is not None and depth not in DEPTHS:
        raise Refused(f"Choose how much detail you want: {', '.join(DEPTHS)}.", field="depth")
    if language not in LANGUAGES:
        raise Refused("Choose English, Welsh or both.", field="language")
    if not week_ahead and set(unpack(kinds).values()) == {"off"}:
        raise Refused("Choose at least one kind, or use “Leave everything”.", field="kinds")


def dropped(person: Subscriber, wanted: set[int], given_up: set[int]) -> list[Subscription]:
    """What ends: topics that were not named, and what was given up."""
    return [
        s
        for s in person.subscriptions
        if s.id in given_up or (s.topic_id is not None and s.topic_id not in wanted)
    ]
