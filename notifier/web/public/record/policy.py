"""What we promise: each kind of change, how early, whose rule it is, and where we fell below it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template

from notifier.notices import queries, register
from notifier.notices.leadtime import PROMISES, Promise
from notifier.notices.models import PolicyRule
from notifier.render import dates
from notifier.web.guard import public
from notifier.web.public.changes.change_class import overruled
from notifier.web.public.frame import today
from notifier.web.public.record import record_words
from notifier.web.public.shapes import Link, Tag, When, on_day

blueprint = Blueprint("policy", __name__)


@blueprint.get("/policy")
@public
def policy_page() -> str:
    """What is promised today, what is set to start, and every class that was chosen by hand."""
    return render_template("pages/public/policy.html", **context(today()))


def context(day: date) -> dict[str, Any]:
    """Every variable of the page."""
    held = register.in_force(day)
    own = [set_rule(rule, day) for rule in register.rules()]
    return {
        "promises": [
            promise_row(promise, held.get(class_), day)
            for class_, promise in register.promises_on(day).items()
        ],
        "rules": own,
        "shortened": [row for row in own if row.shortened],
        "chosen": [
            SimpleNamespace(
                link=Link(notice.headline, f"/changes/{notice.reference}"), text=overruled(notice)
            )
            for notice in queries.all_public()
            if notice.override
        ],
    }


def promise_row(promise: Promise, rule: PolicyRule | None, day: date) -> SimpleNamespace:
    """A kind of change and its days; G, H and I count otherwise and say so."""
    at_once = promise.class_ in register.AT_ONCE
    return SimpleNamespace(
        name=f"{record_words.name(promise.class_)} (class {promise.class_})",
        minimum="Within one working day" if at_once else dates.days(promise.minimum),
        target="The same day" if at_once else dates.days(promise.target),
        rule=record_words.capital(promise.rule),
        since=on_day(rule.starts_on, day) if rule else None,
        tag=tag(rule),
    )


def tag(rule: PolicyRule | None) -> Tag | None:
    """Whether the organisation promises more or less than it was given; None where the same."""
    if rule is None or rule.minimum_days == PROMISES[rule.class_].minimum:
        return None
    short = register.is_shortened(rule)
    was = dates.days(PROMISES[rule.class_].minimum)
    return Tag("Shortened" if short else "Lengthened", "umber" if short else "pine", f"from {was}")


def set_rule(rule: PolicyRule, day: date) -> SimpleNamespace:
    """A rule that the organisation set: from when, what, why, and in which office it was agreed."""
    starts: When = on_day(rule.starts_on, day)
    agreed = ", agreed by a Head of Profession" if rule.approved_by else ""
    return SimpleNamespace(
        day=starts,
        kind=record_words.name(rule.class_),
        what=f"{dates.days(rule.minimum_days)}, {rule.target_days} aimed at{agreed}",
        reason=rule.reason,
        tag=tag(rule),
        shortened=register.is_shortened(rule),
        coming=rule.starts_on > day,
    )
