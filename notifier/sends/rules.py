"""What a Send may become, and what is known about one person on its ledger. Pure."""

from __future__ import annotations

from enum import IntEnum

from notifier.lifecycle import Lifecycle

SEND = Lifecycle(
    "send",
    {
        ("planned", "freeze"): "sending",
        ("planned", "skip"): "skipped",
        ("planned", "cancel"): "cancelled",
        ("planned", "pause"): "paused",
        ("paused", "plan"): "planned",
        ("skipped", "plan"): "planned",
        ("cancelled", "plan"): "planned",
        ("sending", "finish"): "done",
        ("sending", "skip"): "skipped",
        ("sending", "pause"): "paused",
        ("paused", "resume"): "sending",
        ("paused", "finish"): "done",  # it was on its way
        ("sending", "cancel"): "cancelled",
        ("paused", "cancel"): "cancelled",
    },
)

FINAL = ("done", "cancelled", "skipped")


class State(IntEnum):
    """States of a ledger row, named after what we know: accepted is not delivered."""

    WAITING = 0
    ACCEPTED = 1  # by the mail server
    RETRYING = 2  # the server said not now
    UNCERTAIN = 3  # it took the message, its reply was lost; the retry has the same Message-ID
    BOUNCED = 4  # refused for good, or came back
    FAILED = 5  # given up for a reason that is not the person's
    SKIPPED = 6  # left, paused or suppressed before it went out
    HELD = 7  # told with the person's next digest, which settles this row


# People to whom a message went, or is on its way: they are told when it turns out otherwise.
TOLD = tuple(
    int(s) for s in (State.WAITING, State.ACCEPTED, State.RETRYING, State.UNCERTAIN, State.HELD)
)
