"""What a Send may become. Pure."""

from __future__ import annotations

from notifier.lifecycle import Lifecycle

SEND = Lifecycle(
    "send",
    {
        ("planned", "freeze"): "sending",
        ("planned", "skip"): "skipped",
        ("planned", "cancel"): "cancelled",
        ("sending", "finish"): "done",
        ("sending", "skip"): "skipped",
        ("sending", "pause"): "paused",
        ("paused", "resume"): "sending",
        ("sending", "cancel"): "cancelled",
        ("paused", "cancel"): "cancelled",
    },
)

FINAL = ("done", "cancelled", "skipped")
