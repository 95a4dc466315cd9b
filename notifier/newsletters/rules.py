"""What an issue of a newsletter may become. Pure."""

from __future__ import annotations

from notifier.lifecycle import Lifecycle

NEWSLETTER = Lifecycle(
    "newsletter",
    {
        ("draft", "submit"): "in_review",
        ("in_review", "return"): "draft",
        ("in_review", "approve"): "approved",
        ("approved", "return"): "draft",
        ("approved", "send"): "sent",
        ("draft", "cancel"): "cancelled",
        ("in_review", "cancel"): "cancelled",
        ("approved", "cancel"): "cancelled",
    },
)
