"""What becomes known later: the decision after a proposal, the size of the impact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.agree import if_short
from notifier.notices.answered import turnout
from notifier.notices.consult import period
from notifier.notices.judge import judge_again, least_lead
from notifier.notices.models import ChangeNotice
from notifier.notices.parts import impact as impact_of
from notifier.notices.promises import tell
from notifier.notices.revise import log
from notifier.notices.rules import state_words
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take

LONGEST_SUMMARY = 10_000  # characters


def decide(
    notice: ChangeNotice,
    *,
    summary: str,
    by: By,
    now: datetime,
    short_notice_reason: str = "",
    approved_by: Staff | None = None,
) -> Send:
    """Decide a proposal. One that was consulted on needs a public summary of what was said, what
    was done, and what could not be and why (DOMAIN.md section 4).

    Who answered against who follows is frozen with it. Of class K the message is its last stage,
    ``response``; it reaches who follows, and of those who answered nobody else. Of class B the days
    count from the decision, too: fewer than promised need what a late announcement needs.
    """
    take(notice)
    may_decide(notice, summary, now)
    was, lead = notice.verdict, least_lead(notice)
    notice.decision = "decided"
    published: dict[str, Any] = {"response": summary.strip(), "decided_at": now.isoformat()}
    if notice.consultation.get("closes"):
        published["turnout"] = [row.as_dict() for row in turnout(notice)]
    notice.consultation = {**notice.consultation, **published}
    judge_again(notice)
    if_short(notice, was, reason=short_notice_reason, approved_by=approved_by, now=now, lead=lead)
    if notice.class_ == "K":
        said = "We have answered what was said. "
        return told(notice, "response", said + summary.strip(), by=by, now=now)
    return told(notice, "decision", "Decided. " + summary.strip(), by=by, now=now)


def may_decide(notice: ChangeNotice, summary: str, now: datetime) -> None:
    """Refuse a decision that is made already, has nothing to decide, or comes too soon."""
    if notice.decision == "decided":
        raise Refused(f"{notice.reference} is decided already.")
    if notice.state not in ("announced", "on_hold"):
        raise Refused(f"{notice.reference} is {state_words(notice)}; nothing is open.")
    if not summary.strip():
        raise Refused("Publish a summary of what was said, what was done, and what could not be.")
    if len(summary) > LONGEST_SUMMARY:
        raise Refused(
            f"The summary has {len(summary):,} characters; shorten it to {LONGEST_SUMMARY:,} and "
            "publish the whole as evidence."
        )
    opens, closes = period(notice)
    if closes is None and notice.decision == "consulting":
        raise Refused(
            f"{notice.reference} is in consultation without a last day; revise it with "
            "consultation.opens and consultation.closes first."
        )
    if closes is not None and london_date(now) <= closes:
        begun = opens is None or opens <= london_date(now)
        until = f"is open until {closes}" if begun else f"is from {opens} to {closes}"
        raise Refused(f"The consultation {until}; decide after it has closed.")


def know_impact(notice: ChangeNotice, impact: Mapping[str, Any], *, by: By, now: datetime) -> Send:
    """The size is known now: everybody who was told hears it, also who said "got it".

    The day for the next news goes, unless it is promised for the date, too.
    """
    take(notice)
    if notice.state not in ("announced", "on_hold", "in_effect"):
        raise Refused(
            f"{notice.reference} is {state_words(notice)}; the size is told of what is public and "
            "has not ended."
        )
    found = impact_of(impact, notice.type, notice.reference, london_date(now))
    if found["known"] == "no":
        raise Refused(
            "Say impact.known: yes, partly or not_applicable; while it is not known there is "
            "nothing to tell."
        )
    notice.impact = found
    no_date = notice.state == "on_hold" or notice.effect_kind == "tbc"
    if found["known"] != "partly" and not no_date:
        notice.next_update_by = None
    return told(notice, "impact", "The size of the change is known.", by=by, now=now)


def told(notice: ChangeNotice, stage: str, summary: str, *, by: By, now: datetime) -> Send:
    notice.revision += 1
    notice.sequence += 1
    notice.changed_at = now
    session.flush()
    log(notice, summary, editorial=False, now=now)
    record(f"notice:{notice.id}", stage, by=by, now=now, why=summary, revision=notice.revision)
    return tell(notice, stage, now=now, detail={"summary": summary})
