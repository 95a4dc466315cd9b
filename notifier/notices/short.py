"""Less notice than promised, agreed to before it is published: at a page there is one person at a
time, so the Head of Profession agrees first and whoever publishes needs them no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from notifier.accounts import duty, rulings
from notifier.accounts.models import Ruling, Staff
from notifier.clock import london_date, working_day_after
from notifier.errors import Refused
from notifier.notices import contents
from notifier.notices.approve import deciders, editors, words_of
from notifier.notices.derive import judged, policy_of
from notifier.notices.leadtime import lead_days
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import NOTICE
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take


@dataclass(frozen=True)
class Shortfall:
    """What publishing today gives, and what is needed, in days; ``effect`` is a London date."""

    days: int
    needed: int
    effect: date
    kind: str  # "a major change of method, definition or source"

    @property
    def past(self) -> bool:
        """It has taken effect already: it can only be recorded."""
        return self.days < 0


@dataclass(frozen=True)
class Accepted:
    """Who agreed to how many days, why (public), and the last day on which that counts."""

    reason: str
    person: Staff
    days: int
    until: date


def shortfall(notice: ChangeNotice, *, now: datetime) -> Shortfall | None:
    """How much notice is missing if it is published now; None where enough is given, the effect
    has no date, or the notice is a correction."""
    today = london_date(now)
    found = judged(notice, today)
    if found.effect_at is None or found.class_ == "I":
        return None
    effect = london_date(found.effect_at)
    days = lead_days(today, effect)
    if found.effect_at <= now:
        days = min(days, -1)
    if days >= found.minimum_days:
        return None
    return Shortfall(days, found.minimum_days, effect, words_of(policy_of(notice, today)))


def accept(
    notice: ChangeNotice,
    reason: str,
    *,
    person: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
) -> Ruling:
    """Agree that an approved notice gives less notice than promised, for a reason that users read.

    It counts through the next working day: published later still, it gives less again. Raises
    Refused unless a Head of Profession agrees who neither wrote nor edited it, without a reason,
    and when nothing is short; Conflict when the words are not those that were read.
    """
    said = " ".join(reason.split())
    if not said:
        raise Refused("Give the reason that users will read.", field="reason")
    if len(said) > rulings.LONGEST:
        raise Refused(f"Shorten the reason to {rulings.LONGEST:,} characters.", field="reason")
    take(notice)
    rulings.still(read, contents.version(notice))
    NOTICE.after(notice.state, "announce")
    missing = shortfall(notice, now=now)
    if missing is None:
        raise Refused(f"{notice.reference} gives the notice that is promised; nothing is short.")
    if missing.past:
        raise Refused(
            f"{notice.reference} has taken effect; it can only be recorded "
            "(bin/notifier notices record-late)."
        )
    may_accept(notice, person, now=now)
    until = working_day_after(london_date(now) + timedelta(days=1))
    words = contents.read(notice)
    data = {"days": missing.days, "needed": missing.needed, "until": until}
    kept = {**data, "basis": by.basis, "words": rulings.digest(words)}
    record(f"notice:{notice.id}", "accept_short", by=by, now=now, why=said, **kept)
    about = f"notice:{notice.id}"
    return rulings.keep(
        about, rulings.SHORT, words, person=person, now=now, remark=said, until=until
    )


def may_accept(notice: ChangeNotice, person: Staff, *, now: datetime) -> None:
    """Raise Refused unless they are on duty as Head of Profession and did not write it."""
    teams, today = deciders(notice), london_date(now)
    if not duty.acts_as_hop(person, teams, today):
        raise Refused(
            f"Only a Head of Profession may agree to less notice: {duty.ask(teams, today)}."
        )
    if person.id == notice.author_id or person.id in editors(notice):
        raise Refused(
            f"{person.email} wrote words of {notice.reference}; another Head of Profession must "
            "agree to less notice."
        )


def accepted(notice: ChangeNotice, *, now: datetime) -> Accepted | None:
    """What was agreed to and still counts: for this approval and these words, and not too long
    ago. None also where nothing is short any more."""
    if notice.state != "approved" or notice.approved_at is None:
        return None
    row = rulings.last(f"notice:{notice.id}", rulings.SHORT)
    missing = shortfall(notice, now=now)
    if row is None or missing is None or missing.past:
        return None
    until = row.until or london_date(row.at)
    counts = row.at >= notice.approved_at and until >= london_date(now)
    if not counts or row.words != contents.read(notice):
        return None
    return Accepted(row.remark, session.get_one(Staff, row.staff_id), missing.days, until)
