"""Every public change as it stands, or as it stood at an earlier moment: read from its revisions
and its history, so that a figure of the past does not change with what happened since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.notices import leadtime
from notifier.notices.agree import SHORT
from notifier.notices.derive import classes_of
from notifier.notices.follow import RELEASE
from notifier.notices.judge import FROM_DECISION, VERDICTS
from notifier.notices.models import ChangeNotice, NoticeRevision, notice_series
from notifier.notices.rules import PUBLIC
from notifier.store.bulk import among
from notifier.store.db import session
from notifier.store.history import History

LOST = "lose_date"  # on hold already, its release lost its date
DRAFTING = ("submit", "return", "approve", "rewrite")  # nobody outside sees what they change
FACTS = (
    *("id", "reference", "headline", "class_", "state", "first_public_at", "judged_from"),
    *("approved_at", "effect_at", "minimum_days", "target_days", "policy", "verdict", "lead_days"),
    *("short_notice_reason", "outcome", "decision", "consultation"),
    *("type", "other_types", "materiality", "series_break", "machine_breaking", "cut"),
)


@dataclass(frozen=True)
class Stood:
    """One public change at one moment. ``lead_days``, ``decided_days`` and ``verdict`` are as
    ``notices.judge`` makes them; ``fits`` are the classes that its facts fit, the first of them
    the table's; ``decided_at`` is that of a proposal, "" for what was announced as decided."""

    id: int
    reference: str
    headline: str
    class_: str
    state: str
    first_public_at: datetime
    judged_from: datetime
    approved_at: datetime | None
    effect_at: datetime | None
    minimum_days: int
    target_days: int
    rule: str
    fits: tuple[str, ...]
    reason: str
    outcome: str
    decision: str
    decided_at: str
    after_the_fact: bool
    series: tuple[int, ...]

    @property
    def lead_days(self) -> int | None:
        if self.effect_at is None or self.class_ == "I":
            return None
        return leadtime.lead_days(london_date(self.judged_from), london_date(self.effect_at))

    @property
    def decided_days(self) -> int | None:
        """Days from the public decision to the effect, where they count, too."""
        wanted = self.class_ == FROM_DECISION and self.decision == "decided"
        if not wanted or not self.decided_at or self.effect_at is None:
            return None
        decided = london_date(datetime.fromisoformat(self.decided_at))
        return leadtime.lead_days(decided, london_date(self.effect_at))

    @property
    def verdict(self) -> str | None:
        """on_time | met | short | same_day | after; None without a day, and for corrections."""
        if self.lead_days is None:
            return None
        if self.after_the_fact and self.lead_days == 0:
            return "after"
        days = [d for d in (self.lead_days, self.decided_days) if d is not None]
        promise = {"minimum": self.minimum_days, "target": self.target_days}
        return min((leadtime.verdict(d, **promise) for d in days), key=VERDICTS.index)


def changes(*, at: datetime | None = None, series_id: int | None = None) -> list[Stood]:
    """Every change that is public, by day of effect, those without one last; of one series if
    given. With ``at`` those that were public at that instant, as they stood then."""
    query = select(*(getattr(ChangeNotice, name) for name in FACTS))
    if at is None:
        query = query.where(ChangeNotice.state.in_(PUBLIC))
    else:
        query = query.where(ChangeNotice.first_public_at <= at)
    found = rows(query)
    if at is not None:
        found = as_at(found, at)
    if series_id is not None:
        found = [one for one in found if series_id in one.series]
    return sorted(found, key=by_effect)


def by_effect(one: Stood) -> tuple[bool, datetime, int]:
    return (one.effect_at is None, one.effect_at or one.first_public_at, one.id)


def rows(query: Select[Any]) -> list[Stood]:
    """Not whole rows: their words are most of them, and nobody counts words."""
    series: dict[int, list[int]] = defaultdict(list)
    pairs = select(notice_series.c.notice_id, notice_series.c.series_id)
    for notice_id, series_id in session.execute(pairs.order_by(notice_series.c.series_id)):
        series[notice_id].append(series_id)
    return [stands(row, tuple(series[row.id])) for row in session.execute(query)]


def stands(row: Any, series: tuple[int, ...]) -> Stood:
    """``row`` holds FACTS."""
    fits = tuple(classes_of(row))
    first = row.first_public_at
    return Stood(
        id=row.id,
        reference=row.reference,
        headline=row.headline,
        class_=row.class_,
        state=row.state,
        first_public_at=first,
        judged_from=row.judged_from or first,
        approved_at=row.approved_at,
        effect_at=row.effect_at,
        minimum_days=row.minimum_days,
        target_days=row.target_days,
        rule=(row.policy or {}).get("rule") or leadtime.policy(fits).rule,
        fits=fits,
        reason=row.short_notice_reason,
        outcome=(row.outcome or {}).get("word", ""),
        decision=row.decision,
        decided_at=(row.consultation or {}).get("decided_at") or "",
        after_the_fact=row.verdict == "after" and row.lead_days == 0,
        series=series,
    )


def as_at(found: Iterable[Stood], at: datetime) -> list[Stood]:
    """Each as it stood; nothing for what was not public then."""
    kept = list(found)
    ids = [one.id for one in kept]
    said, chains = last_words(ids, at), steps(ids, at)
    slugs = {row.slug: row.id for row in session.execute(select(Series.slug, Series.id))}
    then = []
    for one in kept:
        words, chain = said.get(one.id), chains.get(one.id, [])
        states = [data["now_is"] for _, _, _, data in chain if "now_is" in data]
        if words is None or not states or states[-1] not in PUBLIC:
            continue
        then.append(replayed(replace(one, state=states[-1]), words, chain, slugs))
    return then


Words = Mapping[str, Any]  # of a revision
Step = tuple[datetime, str, str, Mapping[str, Any]]  # when, action, why, data of a row of history


def last_words(ids: Collection[int], at: datetime) -> dict[int, Words]:
    """By notice, its last revision until then."""
    last = (
        select(func.max(NoticeRevision.id))
        .where(NoticeRevision.at <= at, among(NoticeRevision.notice_id, list(ids)))
        .group_by(NoticeRevision.notice_id)
    )
    query = select(NoticeRevision.notice_id, NoticeRevision.words)
    found = session.execute(query.where(NoticeRevision.id.in_(last)))
    return {row.notice_id: row.words for row in found}


def steps(ids: Collection[int], at: datetime) -> dict[int, list[Step]]:
    """By notice, its history until then, oldest first."""
    about = {f"notice:{id_}": id_ for id_ in ids}
    query = select(History.object, History.at, History.action, History.why, History.data)
    query = query.where(
        among(History.object, list(about)), History.at <= at, History.action.not_in(DRAFTING)
    )
    found: dict[int, list[Step]] = defaultdict(list)
    for name, when, action, why, data in session.execute(query.order_by(History.seq)):
        found[about[name]].append((when, action, why, data))
    return found


def replayed(one: Stood, words: Words, chain: list[Step], slugs: Mapping[str, int]) -> Stood:
    """The last revision, and what history says has happened to its effect since."""
    one = replace(
        one,
        headline=words.get("headline", one.headline),
        class_=words.get("class", one.class_),
        decision=words.get("decision", one.decision),
        decided_at=(words.get("consultation") or {}).get("decided_at") or "",
        series=tuple(sorted(slugs[s] for s in words.get("series", ()) if s in slugs)),
        outcome="",
        after_the_fact=False,
    )
    if judged := words.get("judged"):  # of a revision from before it was kept, what stands counts
        one = replace(
            one,
            judged_from=instant(judged["from"]) or one.judged_from,
            effect_at=instant(judged["effect_at"]),
            minimum_days=judged["minimum"],
            target_days=judged["target"],
            rule=judged["rule"] or one.rule,
            fits=tuple(judged["fits"]),
            reason=judged["reason"],
        )
    worded = [n for n, (_, action, _, data) in enumerate(chain) if is_worded(action, data)]
    for when, action, why, data in chain[worded[-1] + 1 if worded else 0 :]:
        one = stepped(one, when, action, why, data)
    late = any(action == "record_late" for _, action, _, _ in chain)
    return replace(one, after_the_fact=late and one.lead_days == 0)


def is_worded(action: str, data: Mapping[str, Any]) -> bool:
    """Whether a revision was written with this row of history."""
    return "revision" in data or action in ("announce", "record_late", "split")


def stepped(one: Stood, when: datetime, action: str, why: str, data: Mapping[str, Any]) -> Stood:
    """What one row of history did to the effect, the outcome or the reason."""
    if action == "redate":
        reason = data.get("short_notice_reason", one.reason)
        return replace(one, effect_at=instant(data["effect_is"]), reason=reason)
    if action == LOST or (action == "hold" and data.get("cause") == RELEASE):
        return replace(one, effect_at=None)
    if action == "take_effect" and data.get("early"):
        one = replace(one, effect_at=when)
        kept = one.reason or one.verdict not in SHORT
        return one if kept else replace(one, reason=why.strip())
    if action == "close":
        return replace(one, outcome=data["outcome"])
    return one


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
