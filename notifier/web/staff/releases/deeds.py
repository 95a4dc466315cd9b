"""What was done to a release and by whom, and how its date became what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from notifier.clock import london_date, london_time
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.store.history import History, of
from notifier.web.public.releases.release_words import date_became

WORDS = {
    "add": "Added",
    "generate": "Made by its rule",
    "announce": "Made public",
    "confirm": "Confirmed",
    "move": "Moved",
    "postpone": "Postponed",
    "cancel": "Cancelled",
    "publish": "Published",
    "withdraw": "Taken back",
    "describe": "Description changed",
    "breach": "Breach recorded",
    "explain": "Reason given",
    "contains_change": "Marked as containing a change",
    "contains_no_change": "Mark of a change taken off",
    "followed_on": "Its followers go on with another",
    "ask_to_move": "Asked for another date",
    "ask_to_confirm": "Asked for confirmation",
    "ask_to_postpone": "Asked for postponing",
    "ask_to_cancel": "Asked for cancelling",
    "ask_to_withdraw": "Asked for taking it back",
    "ask_to_unmark": "Asked to take the mark off",
    "not_move": "The other date not agreed",
    "not_confirm": "Confirmation not agreed",
    "not_postpone": "Postponing not agreed",
    "not_cancel": "Cancelling not agreed",
    "not_withdraw": "Taking back not agreed",
    "not_unmark": "Mark left on",
}
OF_WORDS = {
    "write": "Words written",
    "edit": "Words changed",
    "arm": "Words approved and armed",
    "disarm": "Approval taken back",
    "withhold": "Held back",
    "wait": "Armed for the next date",
    "announce": "Words sent",
    "name_reader": "Early reader named",
    "end_reader": "Early reader taken off",
    "open": "Words opened",
    "return": "Words sent back",
}
ASIDE = ("open", "name_reader", "end_reader")  # what leaves the words as they are
LATEST = 30


@dataclass(frozen=True)
class Deed:
    at: str
    words: str
    why: str


@dataclass(frozen=True)
class Step:
    """One change of the date, as users were told it."""

    words: str
    told: str
    people: str
    url: str


def deeds(about: str, me: int, words: Mapping[str, str] = WORDS) -> list[Deed]:
    """The latest, newest first."""
    return [deed(row, me, words) for row in reversed(of(about)[-LATEST:])]


def sent_back(about: str, me: int) -> Deed | None:
    """Why a second person sent the words back, while nobody has changed them since."""
    rows = [row for row in of(about) if row.action not in ASIDE]
    last = rows[-1] if rows else None
    if last is None or last.action not in ("return", "disarm") or not last.why:
        return None
    return deed(last, me, {"return": "Sent back", "disarm": "Sent back"})


def deed(row: History, me: int, words: Mapping[str, str]) -> Deed:
    what = words.get(row.action, row.action.replace("_", " ").capitalize())
    who = "you" if row.by.get("staff") == me else row.by.get("name") or "Notifier"
    at = f"{dates.short(london_date(row.at))} {london_time(row.at):%H:%M}"
    return Deed(at, f"{what} by {who}", row.why)


def steps(release: Release, today: date) -> list[Step]:
    """How the date became what it is, newest first."""
    return [step(change, today) for change in reversed(release.date_changes)]


def step(change: ReleaseDateChange, today: date) -> Step:
    told = dates.past(london_date(change.announced_at))
    both = change.decided_by, change.approved_by
    names = f" Decided by {both[0]}, agreed by {both[1]}." if all(both) else ""
    send = change.send
    people = ""
    if send is not None:
        number = send.accepted if send.frozen_at is not None else None
        people = "Being told now" if number is None else f"{number:,} told by mail"
    return Step(
        words=date_became(change, today),
        told=f"Users were told on {told}.{names}",
        people=people,
        url=f"/staff/sends/{send.id}" if send is not None else "",
    )
