"""What must hold after any fault, and the one line that says whether it did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import func, select

from notifier.audience.models import Subscriber
from notifier.sends.models import Chunk, Delivery, Retry
from notifier.sends.rules import State
from tests.faults.ground import Ground
from tests.faults.server import Sink, Taken

IN_FLIGHT = 8  # two threads of a process that send to many, with four connections each
LATE = 1.0  # seconds after a kill in which the server still takes what had been written to it
UNHEARD = 3.0  # seconds for which a worker may not have come to read a reply, on a busy machine
TOGETHER = 0.3  # seconds between kills that cannot be told apart


@dataclass
class Verdict:
    """What one fault did."""

    fault: str
    kind: str
    people: int
    lost: int = 0
    doubled: int = 0
    allowed: int = 0
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    @property
    def good(self) -> bool:
        return not self.lost and not self.wrong and self.doubled <= self.allowed

    def __str__(self) -> str:
        said = (
            f"fault {self.fault} ({self.kind}, {self.people:,} people): lost {self.lost} "
            f"doubled {self.doubled} (allowed {self.allowed}) wrong {len(self.wrong)}"
        )
        return "; ".join([said, *([self.note] if self.note else []), *self.wrong[:5]])


def judge(
    ground: Ground,
    sink: Sink,
    fault: str,
    *,
    kills: Sequence[float] = (),
    each: int = IN_FLIGHT,
    never: Mapping[str, float] | None = None,
    note: str = "",
) -> Verdict:
    """Everything that must hold. ``kills`` are the instants (monotonic seconds) at which processes
    died, each with at most ``each`` messages in flight; ``never`` are people who must have no copy
    that was taken after that instant."""
    copies, refused, gone = sink.copies(), sink.refused(), never or {}
    everybody = {f"p{n}@example.org" for n in range(ground.people)}
    found = Verdict(fault, ground.kind, ground.people, note=note)
    found.lost = len(everybody - copies.keys() - refused - gone.keys())
    found.doubled = sum(len(taken) - 1 for to, taken in copies.items() if to in everybody)
    unheard = sum(not one.told for to in everybody for one in copies.get(to, ()))
    found.allowed = unheard + each * len(kills)
    found.wrong += [f"{to} has two Message-IDs" for to in differing(copies)]
    found.wrong += unexplained(copies, kills, each)
    found.wrong += [
        f"{to} was to get nothing"
        for to, since in gone.items()
        if any(one.at > since for one in copies.get(to, ()))
    ]
    found.wrong += ledger(ground, copies, refused, gone)
    return found


def differing(copies: Mapping[str, Sequence[Taken]]) -> list[str]:
    return [to for to, taken in copies.items() if len({one.message_id for one in taken}) > 1]


def unexplained(
    copies: Mapping[str, Sequence[Taken]], kills: Sequence[float], each: int
) -> list[str]:
    """Copies that neither a lost reply nor a kill while the message was in flight explains, and
    kills that explain more than were in flight."""
    by_kill: Counter[tuple[float, ...]] = Counter()
    wrong = []
    for to, taken in copies.items():
        for before, after in pairwise(taken):
            if not before.told:
                continue
            reason = nearest(before.at, after.at, kills)
            if reason is None:
                wrong.append(f"{to} has two copies for no reason")
            else:
                by_kill[tuple(at for at in kills if abs(at - reason) < TOGETHER)] += 1
    wrong += [
        f"{number} doubled by {len(those)} kills"
        for those, number in by_kill.items()
        if number > each * len(those)
    ]
    return wrong


def nearest(first: float, second: float, kills: Sequence[float]) -> float | None:
    """The kill that may have been while the first copy was in flight, before the second."""
    possible = [at for at in kills if first - LATE <= at <= min(second, first + UNHEARD)]
    return min(possible, key=lambda at: abs(at - first), default=None)


def ledger(
    ground: Ground,
    copies: Mapping[str, Sequence[Taken]],
    refused: Collection[str],
    gone: Collection[str],
) -> list[str]:
    """Finished, every row terminal, the sum the frozen audience, and the ledger says what was."""
    send = ground.send()
    mine = Delivery.send_id == send["id"]
    with ground.engine.connect() as connection:
        rows = connection.execute(
            select(Subscriber.email, Delivery.subscriber_id, Delivery.state)
            .join(Subscriber, Subscriber.id == Delivery.subscriber_id)
            .where(mine)
        ).all()
        waiting = connection.scalar(
            select(func.count()).select_from(Retry).where(Retry.send_id == send["id"])
        )
        chunks = connection.scalar(
            select(func.count())
            .select_from(Chunk)
            .where(Chunk.send_id == send["id"], Chunk.state != "done")
        )
    wrong = [] if send["state"] == "done" else [f"the Send is {send['state']}"]
    states = Counter(State(row.state) for row in rows)
    counted = {
        State.ACCEPTED: send["accepted"],
        State.BOUNCED: send["bounced"],
        State.FAILED: send["failed"],
        State.SKIPPED: send["skipped"],
    }
    if states != Counter({k: v for k, v in counted.items() if v}):
        wrong.append(f"the rows say {dict(states)}, the Send {counted}")
    if sum(counted.values()) != send["audience"]:
        wrong.append(f"{counted} is not the audience of {send['audience']}")
    if waiting or chunks:
        wrong.append(f"{waiting} retries and {chunks} chunks are left")
    for row in rows:
        has, state = row.email in copies, State(row.state)
        if state is State.ACCEPTED and not has:
            wrong.append(f"{row.email} is told by the ledger only")
        elif state is State.BOUNCED and row.email not in refused:
            wrong.append(f"{row.email} bounced by the ledger only")
        elif state is State.FAILED:
            wrong.append(f"{row.email} failed")
        elif state is State.SKIPPED and row.email not in gone:
            wrong.append(f"{row.email} was skipped")
    return wrong
