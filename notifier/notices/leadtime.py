"""How early is early enough: classes of change, what is promised for each, and the verdict. Pure.

Numbers from DOMAIN.md section 4. A, B, G, H and I rest on published rules (Code of Practice for
Statistics 3.0, Standards 3.1 and 3.2; ESCoP 6.6); C to F, J and K are the product's own proposal.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

TYPES = (
    "methodology",
    "data_source",
    "definition_or_classification",
    "coverage_or_scope",
    "geography",
    "rebasing",
    "seasonal_adjustment",
    "scheduled_major_revision",
    "questionnaire",
    "new_product",
    "discontinuation",
    "suspension",
    "frequency_or_timing",
    "format_or_layout",
    "access_or_api",
    "designation",
    "correction",
    "consultation",
)
MATERIALITY = ("minor", "moderate", "major")
BREAKS = ("none", "possible", "yes")
DECISIONS = ("under_consideration", "proposed", "consulting", "decided")

# Types of which a major one is of the gravest class.
SUBSTANCE = frozenset(
    {
        "methodology",
        "data_source",
        "definition_or_classification",
        "coverage_or_scope",
        "geography",
        "seasonal_adjustment",
        "questionnaire",
    }
)


@dataclass(frozen=True)
class Promise:
    """What is promised for a class: calendar days between first public and effect (London dates).

    ``second_person`` is hop, approver or optional. ``rule`` says whose promise it is.
    """

    class_: str
    words: str
    minimum: int
    target: int
    second_person: str
    rule: str


CODE = "published rules and practice"
OWN = "our own promise"

PROMISES = {
    p.class_: p
    for p in (
        Promise("A", "a major change of method, definition or source", 90, 180, "hop", CODE),
        Promise("B", "a statistic that stops or is cut back", 90, 180, "hop", CODE),
        Promise("C", "a planned major revision or new base year", 42, 90, "hop", OWN),
        Promise("D", "a moderate change of method or classification", 42, 90, "approver", OWN),
        Promise("E", "a change that breaks programs which read the data", 60, 90, "approver", OWN),
        Promise("F", "a minor change of presentation", 14, 28, "optional", OWN),
        Promise("G", "the date and time of a release", 28, 42, "optional", CODE),
        Promise("H", "a release date that changes", 0, 0, "approver", CODE),
        Promise("I", "a correction of an error", 0, 0, "approver", CODE),
        Promise("J", "a change of designation or label", 28, 42, "hop", OWN),
        Promise("K", "a consultation", 14, 84, "approver", OWN),
    )
}


def fits(
    types: Collection[str],
    *,
    materiality: str,
    series_break: str,
    machine_breaking: bool,
    cut: bool,
) -> list[str]:
    """Every class that a change fits, in the order of the truth table; the first is its class."""
    kinds = set(types)
    found: list[str] = []
    if "correction" in kinds:
        found.append("I")
    if "designation" in kinds:
        found.append("J")
    if kinds & {"discontinuation", "suspension"} or cut:
        found.append("B")
    if kinds == {"consultation"}:
        found.append("K")
    if kinds & {"scheduled_major_revision", "rebasing"}:
        found.append("C")
    if series_break == "yes" or (materiality == "major" and kinds & SUBSTANCE):
        found.append("A")
    if machine_breaking or "access_or_api" in kinds:
        found.append("E")
    # DOMAIN.md's table says "moderate" alone: a major change of layout would get 14 days there, and
    # a moderate one 42. See docs/decisions.md.
    if materiality != "minor" or series_break == "possible":
        found.append("D")
    return found or ["F"]


@dataclass(frozen=True)
class Policy:
    """The promise by which one notice is judged: the first class that fits, the longest minimum."""

    class_: str
    minimum_days: int
    target_days: int
    second_person: str
    rule: str
    fits: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def policy(classes: Collection[str]) -> Policy:
    """The policy for the classes that ``fits`` found. I is told at once: it has no minimum."""
    first = PROMISES[next(iter(classes))]
    if first.class_ == "I":
        longest = first
        target = first.target
    else:
        longest = max((PROMISES[c] for c in classes), key=lambda p: p.minimum)
        target = max(PROMISES[c].target for c in classes)
    persons = [PROMISES[c].second_person for c in classes]
    second = next((p for p in ("hop", "approver") if p in persons), "optional")
    return Policy(first.class_, longest.minimum, target, second, longest.rule, fits=tuple(classes))


def lead_days(first_public: date, effect: date) -> int:
    """Days between the London dates of first public and effect; negative when told afterwards."""
    return (effect - first_public).days


def verdict(days: int, *, minimum: int, target: int) -> str:
    """on_time (target or more) | met (minimum or more) | short | same_day | after."""
    if days < 0:
        return "after"
    if days >= target:
        return "on_time"
    if days >= minimum:
        return "met"
    return "same_day" if days == 0 else "short"


def publish_by(effect: date, minimum: int) -> date:
    """The last day on which announcing still keeps the promise."""
    return effect - timedelta(days=minimum)
