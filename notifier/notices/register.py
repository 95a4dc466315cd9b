"""The register of promises: what each class asks for from a day on, set by whom and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select

from notifier.accounts.duty import acts_as_hop, ask
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.leadtime import OWN, PROMISES, Promise
from notifier.notices.models import PolicyRule
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.once import once

AT_ONCE = ("H", "I")  # told within a working day: no days could be promised
OF_DATES = "G"  # its 28 days are the Code's; reminders and the breach on record go by them
LONGEST = 3650  # days


def rules() -> list[PolicyRule]:
    """Every rule that was ever set, the newest first."""
    return list(session.scalars(select(PolicyRule).order_by(PolicyRule.id.desc())))


def in_force(day: date) -> dict[str, PolicyRule]:
    """By class, the rule that holds on that London day: the one that started last, and of two that
    started together the one that was set last. None where the built-in promise holds."""
    query = select(PolicyRule).where(PolicyRule.starts_on <= day)
    return {
        rule.class_: rule
        for rule in session.scalars(query.order_by(PolicyRule.starts_on, PolicyRule.id))
    }


@once
def promises_on(day: date) -> dict[str, Promise]:
    """What is promised for each class on that London day."""
    found = dict(PROMISES)
    for class_, rule in in_force(day).items():
        found[class_] = replace(
            PROMISES[class_], minimum=rule.minimum_days, target=rule.target_days, rule=OWN
        )
    return found


def is_shortened(rule: PolicyRule) -> bool:
    """Whether it promises less than the program does by itself."""
    return rule.minimum_days < PROMISES[rule.class_].minimum


def promise(
    class_: str,
    *,
    minimum: int,
    target: int,
    starts_on: date,
    reason: str,
    person: Staff,
    approved_by: Staff | None,
    by: By,
    now: datetime,
) -> PolicyRule:
    """Add a rule: from ``starts_on`` the class is promised ``minimum`` days, ``target`` aimed at.

    Lengthening is free to an admin or Head of Profession of the whole organisation. Raises Refused
    for a class without days, a day that is past, no public reason, and for a minimum below the
    built-in one or the one in force without a Head of Profession as second person.
    """
    check(class_, minimum, target, starts_on, reason, now=now)
    today = london_date(now)
    if not (has_role(person, "admin", team_ids=set()) or acts_as_hop(person, set(), today)):
        raise Refused(
            f"{person.email} may not set what is promised; an admin or Head of Profession of the "
            "whole organisation does."
        )
    held = promises_on(starts_on)[class_].minimum
    if minimum < max(held, PROMISES[class_].minimum):
        least = max(held, PROMISES[class_].minimum)
        gap = f"{minimum} days for class {class_} are fewer than the {least} promised."
        agreed(gap, person, approved_by, today)
    rule = PolicyRule(
        class_=class_,
        minimum_days=minimum,
        target_days=target,
        starts_on=starts_on,
        reason=reason.strip(),
        set_by=person.email,
        approved_by=approved_by.email if approved_by else "",
        at=now,
    )
    session.add(rule)
    session.flush()
    record(
        f"policy:{class_}",
        "promise",
        by=by,
        now=now,
        why=reason.strip(),
        was=held,
        minimum=minimum,
        target=target,
        starts_on=starts_on,
        approved_by=approved_by.id if approved_by else None,
    )
    return rule


def check(
    class_: str, minimum: int, target: int, starts_on: date, reason: str, *, now: datetime
) -> None:
    if class_ not in PROMISES:
        raise Refused(f"There is no class {class_!r}; choose one of {', '.join(PROMISES)}.")
    if class_ in AT_ONCE:
        raise Refused(
            f"Class {class_}, {PROMISES[class_].words}, is told within a working day; "
            "it has no days that could be promised."
        )
    if class_ == OF_DATES:
        raise Refused(
            "Class G, the date and time of a release, is promised 28 days by the Code of Practice; "
            "reminders and the breach on record go by them, so they are not chosen here."
        )
    if not 1 <= minimum <= target <= LONGEST:
        raise Refused(
            f"The minimum must be 1 day or more and the target at least as long, "
            f"{LONGEST} days at most; not {minimum} and {target}."
        )
    if starts_on < london_date(now):
        raise Refused(
            "A promise cannot start in the past, for notices were judged by the one before; "
            "give today or a day to come."
        )
    if not reason.strip():
        raise Refused("Give a public reason: it stands on the policy page.")


def agreed(gap: str, person: Staff, approved_by: Staff | None, today: date) -> None:
    """Less than was promised needs a Head of Profession who is not the one who sets it."""
    if approved_by is None or not acts_as_hop(approved_by, set(), today):
        raise Refused(
            f"{gap} The Head of Profession must agree: {ask(set(), today)}, "
            "and name them with --approved-by."
        )
    if approved_by.id == person.id:
        raise Refused(f"{gap} {person.email} sets it; another Head of Profession must agree.")
