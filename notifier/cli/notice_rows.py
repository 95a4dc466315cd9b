"""A notice as the command line shows it, who acts on it, and what a verb on it answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.people import known, must_belong
from notifier.catalogue.document import when
from notifier.cli.door import Door, instant
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.approve import deciders
from notifier.notices.derive import judged, rows_of
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Send
from notifier.store.history import By


def row(notice: ChangeNotice, today: date) -> dict[str, Any]:
    """The contract's JSON shape of a notice; a draft is judged by what is promised today."""
    found = judged(notice, today)
    by = found.publish_by
    return {
        "reference": notice.reference,
        "headline": notice.headline,
        "series": [series.slug for series in notice.series],
        "state": notice.state,
        "class": found.class_,
        "effect": instant(found.effect_at),
        "first_public_at": instant(notice.first_public_at),
        "publish_by": by.isoformat() if by else None,
        "minimum_days": found.minimum_days,
        "target_days": found.target_days,
        "lead_days": notice.lead_days,
        "verdict": notice.verdict,
        "revision": notice.revision,
    }


def shown(notice: ChangeNotice, today: date) -> dict[str, Any]:
    """All that `show` tells of a notice."""
    found = judged(notice, today)
    return {
        **row(notice, today),
        "type": notice.type,
        "materiality": notice.materiality,
        "what": notice.what,
        "why": notice.why,
        "impact": notice.impact,
        "decision": notice.decision,
        "short_notice_reason": notice.short_notice_reason,
        "class_words": PROMISES[found.class_].words,
        **derivation(notice),
        "promise": found.rule,
        "scope": notice.scope,
        "brief": notice.brief,
        "driver": notice.driver,
        "alternatives": notice.alternatives,
        "contact": notice.contact,
    }


def derivation(notice: ChangeNotice) -> dict[str, Any]:
    """The rows of the truth table that fit, the first of which is the table's class; and why one
    was chosen against it."""
    rows = rows_of(notice)
    return {
        "class_by_table": next(iter(rows)),
        "class_reasons": [f"{class_}: {why}" for class_, why in rows.items()],
        "class_chosen_because": notice.override_reason,
    }


def done(door: Door, notice: ChangeNotice, sentence: str, *, send: Send | None = None) -> None:
    """Finish a verb: the sentence and who is told by which send, or the notice as it is now."""
    told = {"send": send.id} if send else {}
    if send:
        sentence += f" Those whom it concerns are told by send {send.id}."
    door.done(sentence, lambda: {**shown(notice, london_date(door.now())), **told})


def acting(door: Door, reference: str, email: str) -> tuple[ChangeNotice, Staff, By]:
    """The notice, who acts, and the proof that they belong to its team."""
    notice, person = queries.notice(reference), known(email)
    by = door.by(person)
    must_belong(by, team_ids=deciders(notice), what=notice.reference)
    return notice, person, by


def day(door: Door, text: str) -> date:
    return when("the date", text, london_date(door.now()))[0]


def said(door: Door, notice: ChangeNotice, send: Send | None) -> None:
    state = notice.state.replace("_", " ")
    done(door, notice, f"{notice.reference} is {state}.", send=send)
