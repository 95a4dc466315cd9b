"""What servers answer to a batch: whose rate is halved, who takes mail again, and in what words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import structlog

from notifier.delivery import limits, server_replies
from notifier.delivery.classify import slows
from notifier.delivery.limits import DOMAIN, RELAY
from notifier.delivery.limits_rules import LEARNED, Heard, asks_to_slow
from notifier.delivery.server_replies import Said, without_person
from notifier.mail.envelope import Outcome
from notifier.mail.transport import Transport
from notifier.worker.engine import Engine
from notifier.worker.insist import insist
from notifier.worker.pacing import domain_of

log = structlog.get_logger()


class Bad(NamedTuple):
    """A message that was not accepted: the server's words, and how often it was tried before."""

    said: Said
    tries: int

    @classmethod
    def of(cls, outcome: Outcome, recipient: str, tries: int) -> Bad:
        return cls(Said(outcome.code, outcome.status, outcome.text, recipient), tries)

    @property
    def domain(self) -> str:
        return domain_of(self.said.recipient)

    @property
    def asks(self) -> str:
        """Whether the server asks for fewer messages, or a mailbox that is tried for the first
        time: those that are tried again are busy for a reason of their own."""
        found = slows(self.said.code, self.said.status)
        return found if found == "server" or not self.tries else ""


class Told(NamedTuple):
    """Who complained: ``scope`` and ``name`` of a bucket, in which words, and whether nothing got
    through."""

    scope: str
    name: str
    people: int
    silent: bool
    said: Said


def listen(
    engine: Engine,
    relay: Transport,
    people: Counter[str],
    bad: Sequence[tuple[int, Bad]],
    seconds: float,
) -> None:
    """Act on a batch's answers: ``people`` by domain, ``bad`` of them with their Send."""
    kept, now = engine.pacing, engine.now()
    slowed = kept.in_force().slowed
    told = complaints(relay.name, people, [one for _, one in bad])
    fine = +(people - Counter(one.domain for _, one in bad))
    again = {
        DOMAIN: [name for name in fine if (DOMAIN, name) in slowed],
        RELAY: [relay.name] if fine and (RELAY, relay.name) in slowed else [],
    }
    if not bad and not any(again.values()):
        return
    relay_base = kept.relay_bases([relay])[relay.name]
    bases = {
        one.name: kept.domain_base(one.name) if one.scope == DOMAIN else relay_base for one in told
    }

    def act() -> None:
        # All at once and in one order: two workers that listen never wait in a ring.
        domains = [*again[DOMAIN], *(one.name for one in told if one.scope == DOMAIN)]
        limits.hold(DOMAIN, dict.fromkeys(domains), now=now)
        for scope, names in again.items():
            limits.good(scope, names, now=now)
        for one in told:
            halve(one, bases[one.name], seconds, now=now)
        for send_id in sorted({send_id for send_id, _ in bad}):
            words = [one.said for number, one in bad if number == send_id]
            server_replies.keep(send_id, words, now=now)

    insist(engine, act)
    if told:
        kept.forget()


def listen_to_many(
    engine: Engine,
    relay: Transport,
    send_id: int,
    to: Mapping[int, str],
    outcomes: Sequence[tuple[Outcome, int]],
    *,
    seconds: float,
) -> None:
    """Of a batch of one Send: those who are not ``accepted`` with the tries before."""
    if not outcomes and not engine.pacing.in_force().slowed:
        return
    bad = [(send_id, Bad.of(one, to[int(str(one.key))], tries)) for one, tries in outcomes]
    listen(engine, relay, Counter(map(domain_of, to.values())), bad, seconds)


def listen_to_singles(
    engine: Engine,
    relay: Transport,
    to: Mapping[int, str],
    outcomes: Sequence[Outcome],
    *,
    seconds: float,
) -> None:
    """Of Sends to one person each, whose addresses ``to`` has."""
    keys = [(int(str(one.key)), one) for one in outcomes if one.state != "accepted"]
    bad = [(send_id, Bad.of(one, to[send_id], 0)) for send_id, one in keys]
    listen(engine, relay, Counter(map(domain_of, to.values())), bad, seconds)


def complaints(relay: str, people: Counter[str], bad: Sequence[Bad]) -> list[Told]:
    """The domains that ask for fewer messages. Where most answers of several domains do, it is the
    relay that asks."""
    by_domain: defaultdict[str, list[Bad]] = defaultdict(list)
    for one in bad:
        if one.asks:
            by_domain[one.domain].append(one)
    found, asking = [], [one for mine in by_domain.values() for one in mine]
    for name, mine in sorted(by_domain.items()):
        slow = sum(one.asks == "server" for one in mine)
        if asks_to_slow(Heard(people[name], slow, len(mine) - slow)):
            silent = len(mine) >= people[name]
            found.append(Told(DOMAIN, name, people[name], silent, mine[-1].said))
    total = people.total()
    if len(found) > 1 and 2 * len(asking) >= total:
        return [Told(RELAY, relay, total, len(asking) >= total, asking[-1].said)]
    return found


def halve(told: Told, base: float | None, seconds: float, *, now: datetime) -> None:
    """Half the rate that is set, or else of that of this batch."""
    said = told.said
    limits.slow(
        told.scope,
        told.name,
        max(LEARNED, told.people / max(seconds, 0.001)),
        base,
        silent=told.silent,
        code=said.code,
        said=without_person(said.text, said.recipient),
        now=now,
    )
    log.warning(f"a {told.scope} asks for fewer messages", name=told.name, code=said.code)
