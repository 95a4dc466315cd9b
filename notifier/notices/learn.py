"""What becomes known later: the decision after a proposal, the size of the impact."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import tell
from notifier.notices.revise import log
from notifier.notices.write import KNOWN, dated
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import By, record


def decide(notice: ChangeNotice, *, summary: str, by: By, now: datetime) -> Send:
    """Decide a proposal. One that was consulted on needs a public summary of what was said, what
    was done, and what could not be and why (DOMAIN.md section 4)."""
    if notice.decision == "decided":
        raise Refused(f"{notice.reference} is decided already.")
    if notice.state not in ("announced", "on_hold"):
        raise Refused(f"{notice.reference} is {notice.state.replace('_', ' ')}; nothing is open.")
    if not summary.strip():
        raise Refused("Publish a summary of what was said, what was done, and what could not be.")
    closes = notice.consultation.get("closes")
    if closes and london_date(now).isoformat() <= str(closes):
        raise Refused(f"The consultation is open until {closes}; decide after it has closed.")
    notice.decision = "decided"
    notice.consultation = {**notice.consultation, "response": summary.strip()}
    return told(notice, "decision", "Decided. " + summary.strip(), by=by, now=now)


def know_impact(notice: ChangeNotice, impact: Mapping[str, Any], *, by: By, now: datetime) -> Send:
    """The size is known now: everybody who was told hears it, also who said "got it"."""
    if notice.state not in ("announced", "on_hold", "in_effect"):
        raise Refused(f"{notice.reference} is {notice.state.replace('_', ' ')}; it has ended.")
    found = dated(impact, ("known_by",), notice.reference, london_date(now))
    if found.get("known") not in KNOWN or found.get("known") == "no":
        raise Refused("Say impact.known: yes, partly or not_applicable.")
    notice.impact = found
    if found["known"] != "partly":
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
