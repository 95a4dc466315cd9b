"""How delivery went: accepted, bounced, failed; how soon people were told, also by domain."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from notifier.audience.models import Subscriber
from notifier.delivery.breakdown import domain_of
from notifier.delivery.models import Bounce
from notifier.delivery.progress import NO_ADDRESS
from notifier.insight.quarters import Quarter
from notifier.sends.carry import carrier_of
from notifier.sends.models import Delivery, DigestItem, Send
from notifier.sends.rules import State
from notifier.store.bulk import among
from notifier.store.db import session

DIGEST = "digest"  # its people stand on the ledgers of the things that it told, too
MOST_ROWS = 200_000  # of the ledger that are read for times: the newest Sends first
SAMPLE = 5_000  # people whose domain is looked up; of mail that came back, everybody's
LOST = (State.BOUNCED, State.FAILED)


@dataclass(frozen=True)
class Sent:
    """One message to many, as it stood. ``people`` is without those who left before it went."""

    id: int
    kind: str
    about: str
    stage: str
    team_id: int | None
    due_at: datetime
    begun_at: datetime
    finished_at: datetime | None
    people: int
    accepted: int
    bounced: int
    failed: int

    @property
    def open(self) -> int:
        """People of whom nothing final was known: waiting, tried again, unsure, held."""
        return max(self.people - self.accepted - self.bounced - self.failed, 0)


@dataclass(frozen=True)
class Times:
    """Seconds from the moment a message was due until a server took it, for half of the people and
    for 95 of a hundred; None without anybody. ``rows`` is how many were looked at."""

    median: int | None
    p95: int | None
    rows: int


@dataclass(frozen=True)
class Domain:
    """Of a sample, ``people`` and ``accepted`` are estimates; who was lost is always counted."""

    name: str
    people: int
    accepted: int
    bounced: int
    failed: int
    median: int | None
    p95: int | None


@dataclass(frozen=True)
class Looked:
    """What a look at the ledgers found: one accepted person in ``every``, in the newest ``read`` of
    ``of`` messages."""

    every: int
    read: int
    of: int
    states: dict[str, Counter[State]] = field(default_factory=lambda: defaultdict(Counter))
    spent: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    @property
    def times(self) -> Times:
        whole = sum(self.spent.values(), Counter[int]())
        return Times(quantile(whole, 50), quantile(whole, 95), whole.total())

    def domains(self, most: int = 12) -> list[Domain]:
        """Those with most people, then all others as ""."""
        ranked = sorted(self.states, key=lambda name: (-self.states[name].total(), name))
        rows = [row(name, self.states[name], self.spent[name]) for name in ranked[:most]]
        if rest := ranked[most:]:
            states = sum((self.states[name] for name in rest), Counter[State]())
            rows.append(row("", states, sum((self.spent[n] for n in rest), Counter[int]())))
        return rows


def sent(
    wanted: Collection[Quarter],
    *,
    at: datetime | None = None,
    now: datetime,
    team_ids: Collection[int] | None = None,
) -> list[Sent]:
    """Messages to many that began in one of the quarters, in order; with ``at`` as their counters
    stood then."""
    begins, ends = min(q.begins for q in wanted), max(q.ends for q in wanted)
    query = select(Send).where(
        Send.receivers.is_not(None), Send.frozen_at >= begins, Send.frozen_at < ends
    )
    query = query.where(Send.frozen_at <= (at or now))
    if team_ids is not None:
        query = query.where(Send.team_id.in_(team_ids))
    found = [
        row
        for row in session.scalars(query.order_by(Send.frozen_at, Send.id))
        if carrier_of(row) is None
    ]
    return as_they_stood(found, at)


def as_they_stood(sends: Sequence[Send], at: datetime | None) -> list[Sent]:
    """With the counters that they have, or had at that moment."""
    counted = {} if at is None else counted_at(sends, at)
    return [shaped(row, counted.get(row.id)) for row in sends]


def shaped(send: Send, then: Counter[str] | None) -> Sent:
    stands = {"accepted": send.accepted, "bounced": send.bounced, "failed": send.failed}
    numbers: Mapping[str, int] = stands if then is None else then
    return Sent(
        id=send.id,
        kind=send.kind,
        about=send.about,
        stage=send.stage,
        team_id=send.team_id,
        due_at=send.due_at,
        begun_at=send.frozen_at or send.due_at,
        finished_at=send.finished_at,
        people=send.audience - send.skipped,
        accepted=numbers["accepted"],
        bounced=numbers["bounced"],
        failed=numbers["failed"],
    )


def counted_at(sends: Sequence[Send], at: datetime) -> dict[int, Counter[str]]:
    """Counters as they stood: of what was over, less what came back since; of what was not, from
    its ledger."""
    over = [s for s in sends if s.finished_at is not None and s.finished_at <= at]
    came_back = after_all([s.id for s in over], at)
    found = {
        s.id: Counter(
            accepted=s.accepted + came_back[s.id],
            bounced=s.bounced - came_back[s.id],
            failed=s.failed,
        )
        for s in over
    }
    going = [s.id for s in sends if s.id not in found]
    return {**found, **from_ledger(going, at)}


def after_all(ids: Collection[int], at: datetime) -> Counter[int]:
    """How many of each Send had been accepted by then and came back later."""
    query = (
        select(Bounce.send_id, func.count(Bounce.subscriber_id.distinct()))
        .join(
            Delivery,
            (Delivery.send_id == Bounce.send_id) & (Delivery.subscriber_id == Bounce.subscriber_id),
        )
        .where(
            Bounce.source != "smtp",
            Bounce.verdict != "complaint",
            Delivery.state == int(State.BOUNCED),
            Delivery.at > int(at.timestamp()),
            among(Bounce.send_id, list(ids)),
        )
        .group_by(Bounce.send_id)
    )
    return Counter({row[0]: row[1] for row in session.execute(query)})


def from_ledger(ids: Collection[int], at: datetime) -> dict[int, Counter[str]]:
    names = {State.ACCEPTED: "accepted", State.BOUNCED: "bounced", State.FAILED: "failed"}
    found: dict[int, Counter[str]] = {id_: Counter() for id_ in ids}
    query = (
        select(Delivery.send_id, Delivery.state, func.count())
        .where(
            among(Delivery.send_id, list(ids)),
            Delivery.state.in_([int(state) for state in names]),
            Delivery.at <= int(at.timestamp()),
        )
        .group_by(Delivery.send_id, Delivery.state)
    )
    for send_id, state, number in session.execute(query):
        found[send_id][names[State(state)]] += number
    return found


def newest(sends: Iterable[Sent], most: int = MOST_ROWS) -> list[Sent]:
    """The newest Sends whose ledgers hold no more than so many rows together; one at least. Digests
    are left out: their people stand with what was told."""
    kept: list[Sent] = []
    rows = 0
    for one in sorted(sends, key=lambda s: (s.begun_at, s.id), reverse=True):
        if one.kind == DIGEST or not one.people:
            continue
        rows += one.people
        if kept and rows > most:
            break
        kept.append(one)
    return kept


def dues(sends: Iterable[Sent]) -> dict[int, int]:
    return {one.id: int(one.due_at.timestamp()) for one in sends}


def cutoffs(ids: Collection[int]) -> dict[int, int]:
    """By item Send, the second from which its rows may be those of a digest."""
    query = (
        select(DigestItem.item_id, func.min(Send.due_at))
        .join(Send, Send.id == DigestItem.digest_id)
        .where(among(DigestItem.item_id, list(ids)))
        .group_by(DigestItem.item_id)
    )
    return {
        item: int(first.timestamp()) for item, first in session.execute(query) if first is not None
    }


def quantile(spent: Counter[int], percent: int) -> int | None:
    """The least number of seconds within which so many of a hundred were told."""
    wanted, seen = percent * spent.total(), 0
    for seconds in sorted(spent):
        seen += 100 * spent[seconds]
        if seen >= wanted:
            return seconds
    return None


def looked(sends: Sequence[Sent], *, at: datetime | None = None) -> Looked:
    """One walk over the ledgers of the newest Sends: of many people one in so many is looked at, of
    those who were lost everybody. Who chose to wait for a digest counts in no time."""
    read = newest(sends)
    due, cut = dues(read), cutoffs([one.id for one in read])
    every = one_in(sum(one.people for one in read))
    lost = Delivery.state.in_([int(state) for state in LOST])
    sample = (Delivery.state == int(State.ACCEPTED)) & (Delivery.subscriber_id % every == 0)
    query = (
        select(domain_of(Subscriber.email), Delivery.send_id, Delivery.state, Delivery.at)
        .outerjoin(Subscriber, Subscriber.id == Delivery.subscriber_id)
        .where(among(Delivery.send_id, [one.id for one in read]), lost | sample)
    )
    found = Looked(every, len(read), sum(bool(s.people) and s.kind != DIGEST for s in sends))
    for domain, send_id, state, second in session.execute(query):
        if at is None or second <= at.timestamp():
            name = domain or NO_ADDRESS
            found.states[name][State(state)] += every if state == State.ACCEPTED else 1
            if state == State.ACCEPTED and second < cut.get(send_id, second + 1):
                found.spent[name][max(second - due[send_id], 0)] += 1
    return found


def one_in(people: int) -> int:
    """Of how many people one is looked at, so that no more than SAMPLE are."""
    return max(-(-people // SAMPLE), 1)


def row(name: str, states: Counter[State], spent: Counter[int]) -> Domain:
    return Domain(
        name=name,
        people=states.total(),
        accepted=states[State.ACCEPTED],
        bounced=states[State.BOUNCED],
        failed=states[State.FAILED],
        median=quantile(spent, 50),
        p95=quantile(spent, 95),
    )
