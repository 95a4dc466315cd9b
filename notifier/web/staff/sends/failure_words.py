"""Why mail failed, in words that somebody without a mail server understands."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.delivery.bounces import SOFT_SPAN, SOFT_TIMES
from notifier.delivery.breakdown import Failure
from notifier.sends.rules import State

FULL = ("5.2.2", "4.2.2")
FULL_CODES = (452, 552)


@dataclass
class Reason:
    """``said`` holds what servers answered: code and status, as they sent them."""

    title: str
    note: str
    people: int
    said: list[str]


def reasons(found: list[Failure]) -> list[Reason]:
    """Failures with the same reason together, most people first."""
    together: dict[str, Reason] = {}
    for failure in found:
        title, note = words(failure)
        reason = together.setdefault(title, Reason(title, note, 0, []))
        reason.people += failure.people
        answer = " ".join(filter(None, (str(failure.code or ""), failure.status)))
        if answer and answer not in reason.said:
            reason.said.append(answer)
    return sorted(together.values(), key=lambda reason: -reason.people)


def words(failure: Failure) -> tuple[str, str]:
    if failure.state is State.BOUNCED:
        return bounced(failure)
    if failure.code == 0:
        return "We do not know", "The server's answer was lost until we gave up, or it was stopped."
    if failure.code // 100 == 4:
        return "Not taken within three days", "Their server put us off each time."
    return (
        "Refused by their filter",
        "It is about the message or where it came from, not about the address: nobody is stopped.",
    )


def bounced(failure: Failure) -> tuple[str, str]:
    if failure.status in FULL or (not failure.status and failure.code in FULL_CODES):
        return "Mailbox is full", "We try again with the next message."
    if failure.verdict == "hard":
        return "No such address", "Stopped: no more mail to them until they sign up again."
    if failure.verdict in ("soft", "delayed"):
        weeks = SOFT_SPAN.days // 7
        return (
            "Refused for now",
            f"We try with the next message; {SOFT_TIMES} times over {weeks} weeks, and we stop.",
        )
    if failure.verdict == "sender_fault":
        return (
            "Refused by their filter",
            "It is about the message or where it came from, not about the address: nobody is "
            "stopped.",
        )
    return "Address refused", "Once more with another message, and we stop writing to them."
