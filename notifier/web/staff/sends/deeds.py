"""What was done to a Send and by whom, from its history."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.clock import london_date, london_time
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.history import History, of

WORDS = {
    "plan": "Planned again",
    "freeze": "Begun",
    "pause": "Paused",
    "resume": "Let go on",
    "cancel": "Cancelled",
    "skip": "Not sent",
    "finish": "Finished",
    "retry": "Tried again",
    "ask_correction": "Correction asked for",
    "turn_down_correction": "Correction taken back",
    "correct": "Correction approved",
    "export": "List taken as a file",
}
LATEST = 20


@dataclass(frozen=True)
class Deed:
    at: str
    words: str
    why: str


def deeds(send: Send, me: int) -> list[Deed]:
    """The latest, newest last."""
    return [deed(row, me) for row in of(f"send:{send.id}")[-LATEST:]]


def deed(row: History, me: int) -> Deed:
    words = WORDS.get(row.action, row.action.replace("_", " ").capitalize())
    who = "you" if row.by.get("staff") == me else row.by.get("name") or "Notifier"
    at = f"{dates.short(london_date(row.at))} {london_time(row.at):%H:%M}"
    return Deed(at, f"{words} by {who}", row.why)
