"""What a notice may become, and when it may be shown. Pure."""

from __future__ import annotations

from typing import Protocol

from notifier.lifecycle import Lifecycle, standing

NOTICE = Lifecycle(
    "notice",
    {
        ("draft", "submit"): "in_review",
        ("draft", "split"): "announced",
        ("in_review", "return"): "draft",
        ("in_review", "approve"): "approved",
        ("approved", "return"): "draft",
        ("approved", "announce"): "announced",
        ("approved", "record_late"): "in_effect",
        ("announced", "take_effect"): "in_effect",
        ("on_hold", "take_effect"): "in_effect",
        ("announced", "hold"): "on_hold",
        ("on_hold", "resume"): "announced",
        ("announced", "cancel"): "cancelled",
        ("on_hold", "cancel"): "cancelled",
        ("announced", "supersede"): "superseded",
        ("on_hold", "supersede"): "superseded",
        ("announced", "retract"): "retracted",
        ("in_effect", "close"): "closed",
    },
)

PUBLIC = ("announced", "on_hold", "in_effect", "closed", "cancelled", "superseded", "retracted")
OPEN = ("announced", "on_hold")
OUTCOMES = (
    "implemented_as_announced",
    "implemented_modified",
    "deferred",
    "dropped",
    "took_effect_early",
)

TYPE_WORDS = {
    "methodology": "Method",
    "data_source": "Data source",
    "definition_or_classification": "Definition",
    "coverage_or_scope": "Coverage",
    "geography": "Geography",
    "rebasing": "Base year",
    "seasonal_adjustment": "Seasonal adjustment",
    "scheduled_major_revision": "Planned revision",
    "questionnaire": "Questionnaire",
    "new_product": "New statistics",
    "discontinuation": "Stopping",
    "suspension": "Pausing",
    "frequency_or_timing": "Frequency",
    "format_or_layout": "Layout",
    "access_or_api": "Data access",
    "designation": "Label",
    "correction": "Correction",
    "consultation": "Consultation",
}


class Standing(Protocol):
    state: str


def state_words(notice: Standing) -> str:
    """What it is now, in a sentence: "a draft", "on hold"."""
    return standing(notice.state)


def kind_words(type_: str, *, machine_breaking: bool) -> str:
    """The kind of change as users read it: "Method", "Data format"."""
    if machine_breaking and type_ == "format_or_layout":
        return "Data format"
    return TYPE_WORDS[type_]
