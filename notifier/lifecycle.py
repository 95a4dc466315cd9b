"""State tables as data: ``{(state, event): next}``, and the one function that reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from notifier.errors import Refused


@dataclass(frozen=True)
class Lifecycle:
    """What a noun may become. ``noun`` is the word used in refusals ("notice", "release")."""

    noun: str
    steps: Mapping[tuple[str, str], str]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state in the order in which the table first names it."""
        seen = dict.fromkeys(s for (state, _), nxt in self.steps.items() for s in (state, nxt))
        return tuple(seen)

    def after(self, state: str, event: str) -> str:
        """The state that ``event`` leads to from ``state``.

        Raises Refused in plain words: that it is done already, that nothing can follow, or what it
        would have to be first.
        """
        nxt = self.steps.get((state, event))
        if nxt is None:
            raise Refused(f"This {self.noun} is {self.why_not(state, event)}")
        return nxt

    def why_not(self, state: str, event: str) -> str:
        """The rest of the sentence that refuses ``event``."""
        now_is, done = standing(state), PAST.get(event, event)
        before = [s for (s, e) in self.steps if e == event]
        if done.endswith(now_is):
            return f"{now_is} already; it cannot be {done} again."
        if not any(s == state for s, _ in self.steps):
            return f"{now_is}, and that is its end: it cannot be {done} any more."
        if not before:
            return f"{now_is}, so it cannot be {done}: nothing can."
        return f"{now_is}, so it cannot be {done}; only what is {either(before)} can be."


def standing(state: str) -> str:
    """A state as it stands after "is": "a draft", "in review"."""
    return STANDING.get(state, state.replace("_", " "))


def either(states: Sequence[str]) -> str:
    """ "announced, on hold or in effect"."""
    words = [standing(state) for state in states]
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


STANDING = {
    "draft": "a draft",
    "pending": "not confirmed yet",
    "postponed_tbc": "postponed without a date",
    "done": "sent",
    "left": "unsubscribed",
    "retracted": "taken back",
}

PAST = {
    "submit": "submitted",
    "approve": "approved",
    "announce": "announced",
    "publish": "published",
    "take_effect": "marked as in effect",
    "close": "closed",
    "confirm": "confirmed",
    "move": "moved",
    "return": "returned",
    "send": "sent",
    "edit": "changed",
    "call_back": "called back",
    "cancel": "cancelled",
    "pause": "paused",
    "resume": "resumed",
    "freeze": "frozen",
    "finish": "finished",
    "hold": "put on hold",
    "plan": "planned",
    "skip": "skipped",
    "supersede": "superseded",
    "retract": "taken back",
    "record_late": "recorded late",
    "split": "split off",
    "postpone": "postponed",
    "lift": "allowed mail again",
    "lift_unsubscribed": "taken off the list of stopped addresses",
    "withdraw": "withdrawn",
}
