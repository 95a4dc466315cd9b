"""The block of a Send that changes each second: number, bar, counts, and when it will be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.clock import london_date, london_time
from notifier.delivery.breakdown import tried_again_at, tried_twice
from notifier.delivery.held import HOLDS
from notifier.delivery.progress import by_state
from notifier.insight.going import is_under_way, next_digest
from notifier.render import dates
from notifier.sends.models import Send
from notifier.sends.rules import State
from notifier.sends.stopped import stopped_at
from notifier.store.history import of
from notifier.web.public.shapes import Tag
from notifier.web.staff.sends.pace import Pace
from notifier.web.staff.sends.words import number, people, state

LEGEND = ("accepted", "waiting", "again", "failed")
SOON = timedelta(minutes=2)  # before its time the page begins to look


@dataclass(frozen=True)
class Part:
    """Of the bar: ``width`` in whole percent, at least 1 for anyone at all."""

    mark: str  # accepted | again | failed | waiting
    people: int
    words: str
    width: int


@dataclass(frozen=True)
class Live:
    """``head`` over the ``clock``, ``notes`` below it. ``polls`` while it may change by itself;
    ``said`` is the ten of percent that was announced to screen readers last."""

    tag: Tag
    big: str
    of: str
    parts: list[Part]
    legend: list[Part]
    over: bool
    others: list[str]
    head: str
    clock: str
    notes: list[str]
    percent: int
    said: int
    polls: bool
    still: bool


def live(send: Send, *, now: datetime, pace: Pace, me: int) -> Live:
    under_way = is_under_way(send)
    again, first = tried_again_at(send) if send.state in ("sending", "paused") else (0, None)
    held = by_state(send)[State.HELD] if HOLDS in send.context and send.pending else 0
    reached = send.audience - send.skipped
    failed = send.bounced + send.failed
    waiting = max(send.pending - again - held, 0)
    percent = percent_of(send.accepted, reached)
    found = parts(send.accepted, again, failed, waiting, reached, held=held)
    told = Clock(send, now, under_way, waiting, held, first, pace, me)
    return Live(
        tag=state(send, under_way=under_way),
        big=number(send.accepted),
        of=of_words(send),
        parts=found,
        legend=sorted(found, key=lambda part: LEGEND.index(part.mark)) if send.frozen_at else [],
        over=is_over(send),
        others=others(send, held),
        head=told.head,
        clock=told.clock,
        notes=told.notes,
        percent=percent,
        said=percent // 10 * 10,
        polls=polls(send, under_way, now),
        still=send.state == "paused",
    )


def of_words(send: Send) -> str:
    """What follows the number."""
    if send.frozen_at is None:
        return "accepted: it has not begun"
    whole = f"of {number(send.audience - send.skipped)} accepted"
    return f"{whole}, {share(send)}" if is_over(send) else whole


def polls(send: Send, under_way: bool, now: datetime) -> bool:
    if send.state == "planned":
        return send.due_at - now < SOON
    if send.state == "cancelled":
        return send.finished_at is None
    return under_way


def is_over(send: Send) -> bool:
    return send.state in ("done", "cancelled", "skipped") and send.frozen_at is not None


def share(send: Send) -> str:
    """ "99.8%": never 100 while somebody is missing."""
    reached = send.audience - send.skipped
    if not reached or send.accepted >= reached:
        return "100%" if reached else "nobody"
    return f"{min(100 * send.accepted / reached, 99.9):.1f}%"


def percent_of(accepted: int, reached: int) -> int:
    return min(100 * accepted // reached, 100) if reached else 0


def parts(
    accepted: int, again: int, failed: int, waiting: int, reached: int, *, held: int = 0
) -> list[Part]:
    """The bar from left to right. What is small gets its pixel from what is large; who reads it in
    a digest is no part of it and leaves the ground free."""
    counts = {
        "accepted": (accepted, "accepted"),
        "again": (again, "trying again"),
        "failed": (failed, "failed"),
        "waiting": (waiting, "waiting"),
    }
    widths = shares([accepted, again, failed, waiting + held], reached)
    return [
        Part(mark, count, words, width)
        for (mark, (count, words)), width in zip(counts.items(), widths, strict=True)
    ]


def shares(counts: list[int], whole: int) -> list[int]:
    """Whole percent that add up to 100, none of them 0 for anyone at all."""
    if whole <= 0:
        return [0 for _ in counts]
    found = [max(round(100 * count / whole), 1) if count else 0 for count in counts]
    if any(found):
        largest = found.index(max(found))
        found[largest] = max(found[largest] + 100 - sum(found), 1)
    return found


def others(send: Send, held: int) -> list[str]:
    """What is known of more people, in words."""
    found = []
    if is_over(send) and not send.to_one and (twice := tried_twice(send)):
        found.append(f"{number(twice)} needed a second try")
    if held:
        found.append(f"{number(held)} read it in their digest")
    if send.skipped:
        found.append(f"{number(send.skipped)} left before it went")
    return found


class Clock:
    """When it will be, or was: a clock time first, then how long and how fast."""

    def __init__(
        self,
        send: Send,
        now: datetime,
        under_way: bool,
        waiting: int,
        held: int,
        again_at: datetime | None,
        pace: Pace,
        me: int,
    ) -> None:
        self.head, self.clock, self.notes, self.me = "", "", list[str](), me
        if send.state == "planned":
            self.at("Goes out at", send.due_at, now)
        elif send.state == "sending" and under_way:
            self.going(send, now, waiting, pace)
        elif send.state == "sending":
            head = "With the digest at" if held else "Counted within a minute"
            digest_at = next_digest() if held else None
            self.at("Tried again at" if again_at else head, again_at or digest_at, now)
        elif send.state in ("paused", "cancelled"):
            self.stopped(send, now)
        else:
            self.finished(send, now)

    def at(self, head: str, instant: datetime | None, now: datetime) -> None:
        self.head = head
        if instant is not None:
            self.clock = f"{london_time(instant):%H:%M}"
            day, today = london_date(instant), london_date(now)
            if day != today:
                self.notes.append(dates.on(day, today))

    def going(self, send: Send, now: datetime, waiting: int, pace: Pace) -> None:
        """The rate counts whom the server took or refused, and whoever waits comes at that rate."""
        rate = pace.per_second(send, now=now)
        if not rate:
            self.head, self.clock = "Done at about", "–"
            self.notes.append("It has only begun.")
            return
        left = timedelta(seconds=waiting / rate)
        self.at("Done at about", now + left, now)
        self.notes.append(f"{span(left)} left,")
        self.notes.append(speed(rate))

    def stopped(self, send: Send, now: datetime) -> None:
        event = "pause" if send.state == "paused" else "cancel"
        rows = [row for row in of(f"send:{send.id}") if row.action == event]
        at = rows[-1].at if rows else None
        if at is None and stopped_at(send):
            at = datetime.fromtimestamp(stopped_at(send), now.tzinfo)
        self.at("Paused at" if event == "pause" else "Cancelled at", at or send.finished_at, now)
        if rows:
            who = rows[-1].by
            mine = who.get("staff") == self.me
            self.notes.append(f"by {'you' if mine else who.get('name') or 'Notifier'}")

    def finished(self, send: Send, now: datetime) -> None:
        head = "Finished at" if send.state == "done" else "Not sent"
        self.at(head, send.finished_at, now)
        if send.frozen_at is not None and send.finished_at is not None and send.audience:
            took = send.finished_at - send.frozen_at
            self.notes.append(f"{span(took)},")
            seconds = max(took.total_seconds(), 1.0)
            self.notes.append(speed((send.audience - send.skipped) / seconds))


def span(length: timedelta) -> str:
    """ "1 minute 16 seconds", "2 hours 5 minutes", "3 days"."""
    seconds = max(int(length.total_seconds()), 0)
    units = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))
    found = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            found.append(f"{count} {name}{'s' if count != 1 else ''}")
        elif found:
            break
    return " ".join(found[:2]) or "1 second"


def speed(rate: float) -> str:
    if rate >= 1:
        return f"{rate:,.0f} a second"
    return f"{people(max(round(rate * 60), 1))} a minute"
