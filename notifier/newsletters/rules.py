"""What an issue of a newsletter may become. Pure."""

from __future__ import annotations

from notifier.lifecycle import Lifecycle

NEWSLETTER = Lifecycle(
    "newsletter",
    {
        ("draft", "submit"): "in_review",
        ("in_review", "return"): "draft",
        ("in_review", "approve"): "approved",
        ("in_review", "edit"): "draft",
        ("approved", "edit"): "draft",
        ("approved", "return"): "draft",
        ("approved", "send"): "sent",
        ("sent", "call_back"): "approved",  # while nobody has it
        ("draft", "cancel"): "cancelled",
        ("in_review", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
    },
)
