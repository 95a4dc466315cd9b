"""Who will hear of a notice: how many, of what kind, at what depth, at once or with a digest.

One look at ``reach`` for each audience, kept for ten minutes like ``sizes``: people, never rows.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, literal

from notifier.audience.kinds import DAILY, IMMEDIATE, WEEKLY
from notifier.audience.models import Reach
from notifier.audience.receivers import Audience, follows_topics, receivers
from notifier.audience.rules import variant_words
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic, UserType
from notifier.catalogue.rules import with_ancestors
from notifier.delivery import held
from notifier.delivery.floor import held as held_rhythms
from notifier.insight.sizes import KEPT, MOST
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import audience_of
from notifier.sends.models import Send
from notifier.store.db import session

FEW = 15  # fewer people of a kind that is meant to hear are a gap


@dataclass(frozen=True)
class Counted:
    """People by id of their user type, depth, language, rhythm (``audience.kinds``), and by id of
    the topic through which they hear; a person may follow several topics."""

    total: int
    user_types: dict[int, int]
    depths: dict[str, int]
    languages: dict[str, int]
    rhythms: dict[int, int]
    topics: dict[int, int]


@dataclass(frozen=True)
class Gap:
    """Somebody whom it is meant for and who hardly follows."""

    user_type: UserType
    people: int


@dataclass(frozen=True)
class Hearing:
    """``at_once`` asked for that; ``also_now`` would have waited for a digest that comes too late;
    ``in_digest`` wait for theirs: (rhythm, its instant, people). ``only_digest``: it is no mail of
    its own."""

    counted: Counted
    at_once: int
    also_now: dict[int, int]
    in_digest: list[tuple[int, datetime, int]]
    too_late: dict[int, datetime]
    only_digest: bool
    gaps: list[Gap] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)


class Hearers:
    """Kept by one process, as ``sizes.Sizes``."""

    def __init__(self) -> None:
        self.found: dict[str, tuple[datetime, Counted]] = {}

    def of(self, audience: Audience, topics: Iterable[int], *, now: datetime) -> Counted:
        ids = sorted(topics)
        key = json.dumps([audience.as_dict(), ids], sort_keys=True)
        kept = self.found.get(key)
        if kept is not None and now - kept[0] < KEPT:
            return kept[1]
        if key not in self.found and len(self.found) >= MOST:
            del self.found[min(self.found, key=lambda each: self.found[each][0])]
        counted = count(audience, ids)
        self.found[key] = (now, counted)
        return counted


def count(audience: Audience, topics: Iterable[int]) -> Counted:
    """One query over the people whom the audience reaches."""
    ids, parents = list(topics), catalogue.parents()
    through = [
        func.sum(case((follows_topics(with_ancestors([each], parents)), 1), else_=0))
        for each in ids
    ]
    rhythm = held.rhythm_in_sql(audience) if audience.kinds else literal(IMMEDIATE)
    # By its name: PostgreSQL takes the same expression with other parameters for another one.
    named = rhythm.label("rhythm")
    query = receivers(audience).with_only_columns(
        Reach.user_type_id, Reach.variant, named, func.count(), *through
    )
    types: Counter[int] = Counter()
    depths, languages = Counter[str](), Counter[str]()
    rhythms, topics_of = Counter[int](), Counter[int]()
    rows = session.execute(query.group_by(Reach.user_type_id, Reach.variant, "rhythm"))
    for kind, variant, each, people, *of_topics in rows:
        depth, language = variant_words(variant)
        types[kind] += people
        depths[depth] += people
        languages[language] += people
        rhythms[each] += people
        for topic, number in zip(ids, of_topics, strict=True):
            topics_of[topic] += int(number or 0)
    return Counted(
        types.total(), dict(types), dict(depths), dict(languages), dict(rhythms), dict(topics_of)
    )


def hearing(notice: ChangeNotice, hearers: Hearers, *, now: datetime) -> Hearing:
    """Of its announcement, if that were made now."""
    topics = list({t.id: t for series in notice.series for t in series.topics}.values())
    audience = audience_of(notice, "announce")
    counted = hearers.of(audience, [topic.id for topic in topics], now=now)
    send = Send(
        kind="notice",
        stage="announce",
        about=notice.reference,
        due_at=now,
        wall_date=None,
        receivers=audience.as_dict(),
        context={"notice": notice.id},
    )
    facts = held.about_notice(send, notice, tuple(audience.kinds), now=now)
    at = {each: held.instant(held.digest_day(each, send, now=now)) for each in (DAILY, WEEKLY)}
    wait = held_rhythms(facts, daily_at=at[DAILY], weekly_at=at[WEEKLY])
    late = {each: counted.rhythms.get(each, 0) for each in (DAILY, WEEKLY) if each not in wait}
    waiting = {each: counted.rhythms.get(each, 0) for each in sorted(wait)}
    return Hearing(
        counted=counted,
        at_once=0 if IMMEDIATE in wait else counted.rhythms.get(IMMEDIATE, 0),
        also_now={each: people for each, people in late.items() if people},
        in_digest=[(each, at.get(each, at[DAILY]), n) for each, n in waiting.items() if n],
        too_late=at,
        only_digest=IMMEDIATE in wait,
        gaps=gaps(notice, topics, counted),
        topics=topics,
    )


def gaps(notice: ChangeNotice, topics: Iterable[Topic], counted: Counted) -> list[Gap]:
    """User types that its topics or the notice itself are meant for, of whom few or none hear."""
    named = set((notice.scope or {}).get("user_types", []))
    named |= {slug for item in notice.what_to_do for slug in item.get("user_types", [])}
    meant = {kind.id for topic in topics for kind in topic.intended}
    found = [
        Gap(kind, counted.user_types.get(kind.id, 0))
        for kind in catalogue.user_types()
        if kind.id in meant or kind.slug in named
    ]
    return [gap for gap in found if gap.people < FEW]
