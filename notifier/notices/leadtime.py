"""How early is early enough: classes of change, what is promised for each, and the verdict. Pure.

Numbers from DOMAIN.md section 4. G and H are asked for by the Code of Practice for Statistics 3.0
(Standards 3.1 and 3.2); A, B and I rest on what producers publish about themselves (and ESCoP 6.6);
C to F, J and K are the product's own proposal. ``register`` overlays them with the organisation's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
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

# Types of which a major one is of the gravest class, in words.
SUBSTANCE = {
    "methodology": "method",
    "data_source": "data source",
    "definition_or_classification": "definition or classification",
    "coverage_or_scope": "coverage",
    "geography": "geography",
    "seasonal_adjustment": "seasonal adjustment",
    "questionnaire": "questionnaire",
}


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


CODE = "the Code of Practice for Statistics"
PRACTICE = "published practice"
OWN = "our own promise"

PROMISES = {
    p.class_: p
    for p in (
        Promise("A", "a major change of method, definition or source", 90, 180, "hop", PRACTICE),
        Promise("B", "a statistic that stops or is cut back", 90, 180, "hop", PRACTICE),
        Promise("C", "a planned major revision or new base year", 42, 90, "hop", OWN),
        Promise("D", "a moderate change of method or classification", 42, 90, "approver", OWN),
        Promise("E", "a change that breaks programs which read the data", 60, 90, "approver", OWN),
        Promise("F", "a minor change of presentation", 14, 28, "optional", OWN),
        Promise("G", "the date and time of a release", 28, 42, "optional", CODE),
        Promise("H", "a release date that changes", 0, 0, "approver", CODE),
        Promise("I", "a correction of an error", 0, 0, "approver", PRACTICE),
        Promise("J", "a change of designation or label", 28, 42, "hop", OWN),
        Promise("K", "a consultation", 14, 84, "approver", OWN),
    )
}


def rows(
    types: Collection[str],
    *,
    materiality: str,
    series_break: str,
    machine_breaking: bool,
    cut: bool,
) -> dict[str, str]:
    """Every row of the truth table that a change fits, in its order: the class, and why in words
    that follow "because". The first is its class."""
    kinds = set(types)
    found: dict[str, str] = {}
    if "correction" in kinds:
        found["I"] = "it corrects an error"
    if "designation" in kinds:
        found["J"] = "it changes a designation or label"
    if kinds & {"discontinuation", "suspension"} or cut:
        stops = kinds & {"discontinuation", "suspension"}
        found["B"] = "it stops or pauses a statistic" if stops else "it cuts coverage or frequency"
    if kinds == {"consultation"}:
        found["K"] = "it is a consultation alone"
    if kinds & {"scheduled_major_revision", "rebasing"}:
        planned = "scheduled_major_revision" in kinds
        found["C"] = "it is a planned major revision" if planned else "it changes the base year"
    if series_break == "yes" or (materiality == "major" and kinds & set(SUBSTANCE)):
        found["A"] = gravest(kinds, materiality, series_break)
    if machine_breaking or "access_or_api" in kinds:
        breaks = "programs that read the data will break"
        found["E"] = breaks if machine_breaking else "it changes access to the data"
    # DOMAIN.md's table says "moderate" alone: a major change of layout would get 14 days there, and
    # a moderate one 42. See docs/decisions.md.
    if materiality != "minor" or series_break == "possible":
        size = f"it is a {materiality} change"
        found["D"] = size if materiality != "minor" else "the series may break"
    return found or {"F": "no graver row of the table fits"}


def gravest(kinds: Collection[str], materiality: str, series_break: str) -> str:
    """Why a change is of class A."""
    of = [words for kind, words in SUBSTANCE.items() if kind in kinds]
    major = f"is a major change of {' and '.join(of)}" if materiality == "major" and of else ""
    breaks = "breaks the series" if series_break == "yes" else ""
    return f"it {' and '.join(part for part in (breaks, major) if part)}"


def fits(types: Collection[str], **facts: Any) -> list[str]:
    """Every class that a change fits, in the table's order; ``facts`` as for ``rows``."""
    return list(rows(types, **facts))


@dataclass(frozen=True)
class Policy:
    """The promise by which one notice is judged: the first class that fits, the longest minimum.

    ``derived`` is the class that the table gives; another than ``class_`` when that was chosen.
    """

    class_: str
    minimum_days: int
    target_days: int
    second_person: str
    rule: str
    fits: tuple[str, ...]
    derived: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def policy(
    classes: Collection[str],
    promises: Mapping[str, Promise] = PROMISES,
    *,
    override: str = "",
) -> Policy:
    """The policy for the classes that ``fits`` found. I is told at once: it has no minimum.

    A class that was chosen in its stead (``override``) is judged by its own promise alone.
    """
    derived = next(iter(classes))
    judged = [override] if override else list(classes)
    first = promises[judged[0]]
    if first.class_ == "I":
        longest = first
        target = first.target
    else:
        longest = max((promises[c] for c in judged), key=lambda p: p.minimum)
        target = max(promises[c].target for c in judged)
    persons = [promises[c].second_person for c in judged]
    second = next((p for p in ("hop", "approver") if p in persons), "optional")
    return Policy(
        first.class_, longest.minimum, target, second, longest.rule, tuple(judged), derived
    )


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
