"""State tables as data: ``{(state, event): next}``, and the one function that reads them."""

from __future__ import annotations

from collections.abc import Mapping
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

        Raises Refused, naming the states from which the event is possible.
        """
        nxt = self.steps.get((state, event))
        if nxt is None:
            words = [s.replace("_", " ") for (s, e) in self.steps if e == event]
            raise Refused(
                f"This {self.noun} is {state.replace('_', ' ')}, so it cannot be "
                f"{PAST.get(event, event)}; that is possible from: "
                f"{', '.join(words) or 'no state'}."
            )
        return nxt


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
    "postpone": "postponed",
    "withdraw": "withdrawn",
}
