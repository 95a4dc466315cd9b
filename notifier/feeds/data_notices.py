"""A public notice as data: the facts of the contract, and the words beside them.

Only named keys leave the house, whatever a draft held. ``schemas/change-notice-1.json`` describes
them; a key that goes or changes its meaning asks for a schema of the next number.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifier.clock import london_date
from notifier.feeds import changed, deprecation, notice_prose
from notifier.feeds.addresses import page
from notifier.feeds.data_values import day, harmless, instant, licence, only
from notifier.feeds.identifiers import named
from notifier.notices.derive import rows_of
from notifier.notices.fields import WELSH
from notifier.notices.leadtime import PROMISES, publish_by
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import PUBLIC, kind_words
from notifier.render import notice_view, notice_words
from notifier.store.db import session

SCHEMA = "change-notice-1"
IMPACT = ("known", "direction", "size_low", "size_high", "unit", "text", "known_by")
COMPARABILITY = ("back_series", "from", "reason")
TO_DO = ("action", "by", "user_types")
NAME = ("scheme", "value", "url")
MAPPING = ("old", "new", "what")
SCOPE = (
    "geographies",
    "breakdowns",
    "identifiers",
    "reference_from",
    "history_from",
    "user_types",
)
CONSULTATION = ("opens", "closes", "response_due", "url", "questions")


def notices(found: list[ChangeNotice], *, base_url: str) -> list[dict[str, Any]]:
    """Each of them as data, in their order."""
    times, terms = changed.notices(found), licence()
    return [{**notice(n, times[n.id], base_url=base_url), "licence": terms} for n in found]


def notice(found: ChangeNotice, updated: datetime, *, base_url: str) -> dict[str, Any]:
    """Identity, class, timing, words. ``updated`` is when anything public of it last changed."""
    told = {
        **facts(found),
        "schema": page(base_url, "schemas", f"{SCHEMA}.json"),
        "urn": found.urn,
        "url": page(base_url, "changes", found.reference),
        "updated": instant(updated),
        **kind(found),
        **timing(found),
        **ending(found),
        **words(found),
        **parts(found, base_url),
        "headers": deprecation.lines([found], base_url=base_url),
    }
    cleaned: dict[str, Any] = harmless(told)
    return cleaned


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


def kind(found: ChangeNotice) -> dict[str, Any]:
    """What kind of change it is, and how that was derived."""
    return {
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
    }


def timing(found: ChangeNotice) -> dict[str, Any]:
    return {
        "effect_words": notice_prose.effect(found),
        "told_words": notice_words.told(found, "en"),
        "short_notice_reason": found.short_notice_reason,
        "next_update_by": day(found.next_update_by),
        "took_effect_at": instant(found.took_effect_at),
    }


def ending(found: ChangeNotice) -> dict[str, Any]:
    """Why it waits, how it ended, and what became of it."""
    successor = (
        session.get(ChangeNotice, found.superseded_by_id) if found.superseded_by_id else None
    )
    return {
        "hold_reason": found.hold_reason if found.state == "on_hold" else "",
        "end_reason": found.end_reason,
        "superseded_by": successor.reference if successor and successor.state in PUBLIC else None,
        "outcome": only(found.outcome, ("word", "text", "at")) if found.outcome else None,
    }


def words(found: ChangeNotice) -> dict[str, Any]:
    """In English; ``cy`` has those that there are in Welsh."""
    return {
        "brief": found.brief,
        "what": found.what,
        "not_changing": found.not_changing,
        "why": found.why,
        "driver": found.driver,
        "technical": found.technical or found.what,
        "cy": only(found.cy or {}, WELSH),
    }


def parts(found: ChangeNotice, base_url: str) -> dict[str, Any]:
    codes = [only(row, MAPPING) for row in found.mapping]
    table = page(base_url, "changes", found.reference, "mapping.csv")
    return {
        "impact": only(found.impact, IMPACT),
        "comparability": only(found.comparability, COMPARABILITY),
        "what_to_do": [only(item, TO_DO) for item in found.what_to_do],
        "mapping": [{"old": None, "new": None, **row} for row in codes],
        "mapping_csv": table if codes else None,
        "evidence": [
            {"title": link.label, "url": link.url} for link in notice_view.evidence(found)
        ],
        "consultation": only(found.consultation, CONSULTATION),
        "scope": only(found.scope or {}, SCOPE),
        "identifiers": names(found),
        "alternatives": [only(item, ("title", "url")) for item in found.alternatives or []],
        "contact": found.contact or found.series[0].team.contact,
    }


def names(found: ChangeNotice) -> list[dict[str, Any]]:
    """The datasets that it names, or all that its series have."""
    own = named((found.scope or {}).get("identifiers"))
    all_ = [each for series in found.series for each in named(series.identifiers)]
    return [only(each, NAME) for each in own or all_]
