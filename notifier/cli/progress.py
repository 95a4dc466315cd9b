"""Commands that show how a Send gets on: a look, and a watch until it is over."""

from __future__ import annotations

import json
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import click

from notifier.cli.door import Door, instant, pass_door
from notifier.cli.options import json_option, number_argument
from notifier.cli.sends import row, sends
from notifier.cli.terminal import escaped, one_line
from notifier.clock import london_date, london_time
from notifier.delivery import progress
from notifier.delivery.limits_staff import in_trouble
from notifier.delivery.put_off import number_put_off
from notifier.sends import queries
from notifier.sends.models import Send
from notifier.sends.rules import FINAL
from notifier.sends.stopped import why
from notifier.store.db import look

SECOND = 1.0
SMOOTH = 10  # looks over which a watch takes its rate
SOON = 60  # seconds: what falls due later than that is not waited for


def attach(root: click.Group) -> None:
    """Nothing of its own to hang up: these are more verbs of ``sends``."""


@dataclass(frozen=True)
class Look:
    """A Send's counters at one instant."""

    at: datetime
    state: str
    audience: int
    known: int
    accepted: int
    trouble: int
    due_at: datetime
    paused_because: str

    @property
    def as_json(self) -> str:
        facts = {**asdict(self), "at": instant(self.at), "due_at": instant(self.due_at)}
        return escaped(json.dumps(facts, ensure_ascii=False))

    @staticmethod
    def of(send: Send, at: datetime) -> Look:
        return Look(
            at,
            send.state,
            send.audience,
            send.audience - send.pending,
            send.accepted,
            send.bounced + send.failed,
            send.due_at,
            why(send),
        )


@sends.command("progress")
@number_argument
@json_option
@pass_door
def show_progress(door: Door, number: int) -> None:
    """How far a Send is, how fast, when it is done, and why and where it fails."""
    with door.app.app_context():
        send = queries.send(number)
        told = progress.shape(send, now=door.now())
        for each in told["limits"]:
            each["silent_until"] = instant(each["silent_until"])
        shown = {key: row(send)[key] for key in ("id", "kind", "about", "stage", "state")}
    door.facts({**shown, **told, "at": instant(door.now())})


@sends.command("watch")
@number_argument
@json_option
@pass_door
def watch(door: Door, number: int) -> None:
    """Watch a Send until it is over, paused, or waits for a digest; as JSON, a line each second."""
    with door.app.app_context():
        looks = until_over(door, number)
        if door.json:
            for each in looks:
                click.echo(each.as_json)
            return
        first = next(looks)
        last = bar(first, looks) if sys.stdout.isatty() else lines(first, looks)
        click.echo(ending(last))
        with look():
            tell_trouble(queries.send(number), door.now())


def until_over(door: Door, number: int) -> Iterator[Look]:
    """A look each second; the last one is of a Send that is over, stands still or is not due."""
    while True:
        now = door.now()
        with look():
            send = queries.send(number)
            seen, quiet = Look.of(send, now), stands_still(send, now)
        yield seen
        if quiet:
            return
        door.sleep(SECOND)


def stands_still(send: Send, now: datetime) -> bool:
    """Whether nothing more is to be seen here: its end, or a wait for a person or for a digest."""
    if send.state == "planned":
        return (send.due_at - now).total_seconds() > SOON
    if send.state != "sending":
        return send.state == "paused" or send.finished_at is not None
    if "holds" not in send.context:
        return False
    rows = progress.progress(send, now=now)
    return rows.held == rows.open


def bar(first: Look, looks: Iterator[Look]) -> Look:
    """A progress bar on a terminal."""
    last = first
    with click.progressbar(length=max(first.audience, 1), show_pos=True) as shown:
        shown.update(first.known)
        for each in looks:
            shown.length = max(each.audience, 1)
            shown.label = f"{each.trouble:,} in trouble" if each.trouble else ""
            shown.update(each.known - last.known)
            last = each
    return last


def lines(first: Look, looks: Iterator[Look]) -> Look:
    """A line a second, for a log."""
    recent = deque([first], maxlen=SMOOTH)
    click.echo(line(recent))
    for each in looks:
        recent.append(each)
        click.echo(line(recent))
    return recent[-1]


def line(recent: deque[Look]) -> str:
    """ "sending: 1,200 of 3,000, 40 bounced or failed, 400 a second, 4 s left"."""
    last, first = recent[-1], recent[0]
    parts = [f"{last.state}: {last.known:,} of {last.audience:,}"]
    if last.trouble:
        parts.append(f"{last.trouble:,} bounced or failed")
    seconds = (last.at - first.at).total_seconds()
    per_second = (last.known - first.known) / seconds if seconds else 0.0
    if per_second and last.state == "sending":
        left = (last.audience - last.known) / per_second
        parts.append(f"{per_second:,.0f} a second, {left:,.0f} s left")
    return ", ".join(parts)


def ending(last: Look) -> str:
    """Why the watch is over."""
    if last.state == "planned":
        due = f"{london_date(last.due_at)} at {london_time(last.due_at):%H:%M}"
        return f"It is planned for {due} in London; watch it then."
    if last.state == "paused":
        because = f": {last.paused_because}" if last.paused_because else ""
        return f"It is paused{because}"
    if last.state in FINAL:
        return f"It is {last.state}: {last.accepted:,} of {last.audience:,} have it."
    return f"{last.audience - last.known:,} wait for their digest; {last.accepted:,} have it."


def tell_trouble(send: Send, now: datetime) -> None:
    """Why and where it failed, if it did."""
    for found in progress.failures(send):
        code = found["code"] or "no reply"
        said = f" ({one_line(found['said'])})" if found["said"] else ""
        click.echo(f"  {found['people']:,} {found['state']}: {code}{said}")
    for found in progress.domains(send):
        click.echo(f"  {found['people']:,} at {found['domain']}")
    tell_limits(send, now)


def tell_limits(send: Send, now: datetime) -> None:
    """Who waits because a server has no room, and which servers asked for fewer messages."""
    if people := number_put_off(send):
        click.echo(f"  {people:,} put off: their domain has its limit")
    for found in in_trouble(now=now):
        said = f" ({one_line(found['said'])})" if found["said"] else ""
        click.echo(f"  {found['name']} gets {found['now']} at most: {found['code']}{said}")
