"""Notices and releases as data: the facts of the contract, and the words beside them.

Instants are ISO 8601 in UTC, days ISO 8601. Only named keys leave the house, whatever a draft held.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from notifier.clock import london_date
from notifier.feeds import changed, horizon, notice_prose, release_prose
from notifier.feeds.addresses import NOTHING_YET, page
from notifier.notices import queries as notice_queries
from notifier.notices.derive import rows_of
from notifier.notices.leadtime import PROMISES, publish_by
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import kind_words
from notifier.releases import queries as release_queries
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window
from notifier.render import notice_view, notice_words

IMPACT = ("known", "direction", "size_low", "size_high", "unit", "text", "known_by")
COMPARABILITY = ("back_series", "from", "reason")
TO_DO = ("action", "by", "user_types")
SCOPE = (
    "geographies",
    "breakdowns",
    "identifiers",
    "reference_from",
    "history_from",
    "user_types",
)
CONSULTATION = ("opens", "closes", "response_due", "url", "questions")


@dataclass(frozen=True)
class Document:
    """JSON in UTF-8, and when anything in it last changed."""

    body: bytes
    changed: datetime


def notices(*, now: datetime, base_url: str) -> Document:
    """Every public notice, the one announced last first."""
    found = [
        n for n in notice_queries.all_public() if n.first_public_at and n.first_public_at <= now
    ]
    rows = [notice(each, base_url=base_url) for each in found]
    return Document(dumped(rows), max(changed.notices(found).values(), default=NOTHING_YET))


def one_notice(reference: str, *, base_url: str) -> Document:
    """Raises NotFound, also for a notice that is not yet public."""
    found = notice_queries.public_notice(reference)
    return Document(dumped(notice(found, base_url=base_url)), changed.notices([found])[found.id])


def releases(*, now: datetime, base_url: str) -> Document:
    """Public releases from 90 days back to 12 months ahead, soonest first, undated ones last."""
    ahead = horizon.AHEAD + horizon.AHEAD
    found = release_queries.calendar(now=now, back=horizon.AHEAD, ahead=ahead)
    changes: dict[int, list[str]] = {}
    told = []
    for each in notice_queries.all_public():
        if each.effect_release_id is not None and each.first_public_at is not None:
            changes.setdefault(each.effect_release_id, []).append(each.reference)
            told.append(each.first_public_at)
    seen = [each for each in found if in_sight(each, now)]
    rows = [release(each, sorted(changes.get(each.id, [])), base_url=base_url) for each in seen]
    turns = [
        horizon.turned(*window(each.day, each.precision), now=now) for each in found if each.day
    ]
    times = [*told, *changed.releases(found).values(), *(turn for turn in turns if turn)]
    return Document(dumped(rows), max(times, default=NOTHING_YET))


def in_sight(found: Release, now: datetime) -> bool:
    return found.day is None or horizon.shown(*window(found.day, found.precision), now=now)


def notice(found: ChangeNotice, *, base_url: str) -> dict[str, Any]:
    """A public notice: identity, class, timing, words."""
    return {
        **facts(found),
        "urn": found.urn,
        "url": page(base_url, "changes", found.reference),
        "type": found.type,
        "other_types": found.other_types,
        "type_words": kind_words(found.type, machine_breaking=found.machine_breaking),
        "materiality": found.materiality,
        "series_break": found.series_break,
        "machine_breaking": found.machine_breaking,
        "class_words": PROMISES[found.class_].words,
        "class_by_table": next(iter(rows_of(found))),
        "class_reasons": rows_of(found),
        "class_chosen_because": found.override_reason,
        "decision": found.decision,
        "effect_words": notice_prose.effect(found),
        "told_words": notice_words.told(found, "en"),
        "short_notice_reason": found.short_notice_reason,
        "next_update_by": day(found.next_update_by),
        "brief": found.brief,
        "what": found.what,
        "not_changing": found.not_changing,
        "why": found.why,
        "driver": found.driver,
        "technical": found.technical or found.what,
        "impact": only(found.impact, IMPACT),
        "comparability": only(found.comparability, COMPARABILITY),
        "what_to_do": [only(item, TO_DO) for item in found.what_to_do],
        "mapping": [{"old": old, "new": new} for old, new in notice_view.mapping(found)],
        "evidence": [
            {"title": link.label, "url": link.url} for link in notice_view.evidence(found)
        ],
        "consultation": only(found.consultation, CONSULTATION),
        "scope": only(found.scope or {}, SCOPE),
        "alternatives": [only(item, ("title", "url")) for item in found.alternatives or []],
        "contact": found.contact or found.series[0].team.contact,
    }


def facts(found: ChangeNotice) -> dict[str, Any]:
    """The keys that every list of notices has, as at the command line."""
    effect = found.effect_at and london_date(found.effect_at)
    release = notice_prose.public_release(found)
    return {
        "reference": found.reference,
        "headline": found.headline,
        "series": [series.slug for series in found.series],
        "state": found.state,
        "class": found.class_,
        "effect": instant(found.effect_at),
        "effect_release": release.id if release else None,
        "first_public_at": instant(found.first_public_at),
        "publish_by": day(publish_by(effect, found.minimum_days)) if effect else None,
        "minimum_days": found.minimum_days,
        "target_days": found.target_days,
        "lead_days": found.lead_days,
        "verdict": found.verdict,
        "revision": found.revision,
    }


def release(found: Release, references: Iterable[str], *, base_url: str) -> dict[str, Any]:
    """A public release; that it contains a change is told by the public notice of that change."""
    known = list(references)
    landing = release_prose.landing(found)
    exact = found.precision == "datetime" and found.at is not None
    return {
        "id": found.id,
        "series": found.series.slug,
        "title": found.title,
        "date": instant(found.at) if exact else earliest(found.day, found.precision),
        "date_words": release_prose.when(found),
        "precision": found.precision,
        "certainty": found.certainty,
        "state": found.state,
        "published_at": instant(found.published_at),
        "contains_change": bool(known),
        "notices": known,
        "date_changes": [move(each) for each in found.date_changes],
        "url": page(base_url, "releases", found.id),
        "landing_url": landing.url if landing else None,
    }


def move(found: ReleaseDateChange) -> dict[str, Any]:
    return {
        "from": earliest(found.from_date, found.from_precision),
        "from_precision": found.from_precision,
        "to": earliest(found.to_date, found.to_precision),
        "to_precision": found.to_precision,
        "direction": found.direction,
        "reason_code": found.reason_code,
        "reason": found.reason,
        "announced_at": instant(found.announced_at),
    }


def earliest(value: date | None, precision: str) -> str | None:
    """The first day that a date may mean: the day kept behind "in January" is not told."""
    return day(window(value, precision)[0]) if value else None


def only(entry: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: entry[key] for key in keys if key in entry}


def instant(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def dumped(rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False, indent=1).encode() + b"\n"
