"""Sends in the middle of going out, written straight into the tables, and who looks at them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert

from notifier.audience.models import Subscriber
from notifier.audience.receivers import Audience
from notifier.catalogue import queries as catalogue
from notifier.delivery.models import Bounce
from notifier.sends.models import Chunk, Delivery, Retry, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.journeys.world import World
from tests.makers import topics

DOMAINS = ("ministry.example", "ministry.example", "council.example", "mail.example")


@dataclass(frozen=True)
class Ledger:
    """How many people of each state there are; the rest of ``people`` wait."""

    people: int = 60
    accepted: int = 40
    again: int = 3
    full: int = 2  # bounced: mailbox is full
    gone: int = 1  # bounced: no such address
    refused: int = 2  # failed: by a filter
    status: str = "5.2.2"

    def states(self) -> list[tuple[State, int]]:
        found = [(State.ACCEPTED, 250)] * self.accepted + [(State.RETRYING, 451)] * self.again
        found += [(State.BOUNCED, 552)] * self.full + [(State.BOUNCED, 550)] * self.gone
        found += [(State.FAILED, 554)] * self.refused
        return found + [(State.WAITING, 0)] * (self.people - len(found))


def sending(
    world: World,
    team: str = "waste",
    *,
    ledger: Ledger | None = None,
    state: str = "sending",
    about: str = "release:2",
    begun: int = 50,
    first: int = 5000,
) -> int:
    """A Send of that team that began ``begun`` seconds ago; its people have ids from ``first`` on.
    Returns its number."""
    with world.build(now=world.clock).app_context(), unit():
        return written(world, team, ledger or Ledger(), state, about, begun, first)


def written(
    world: World, team: str, ledger: Ledger, state: str, about: str, begun: int, first: int
) -> int:
    now = world.clock()
    send = plan(
        "release",
        about,
        stage="moved",
        revision=first,
        due_at=now - timedelta(seconds=begun),
        now=now,
        receivers=Audience(topics=[topic.id for topic in topics("waste")]).as_dict(),
        team_id=catalogue.team(team).id,
    )
    crowd(ledger.people, first, now=now)
    counts = Counter(state for state, _ in ledger.states())
    send.state, send.audience = state, ledger.people
    send.frozen_at = now - timedelta(seconds=begun)
    send.accepted, send.bounced = counts[State.ACCEPTED], counts[State.BOUNCED]
    send.failed = counts[State.FAILED]
    if state == "done":
        send.finished_at = now
    else:
        session.add(
            Chunk(send_id=send.id, no=1, lo=first, hi=first + ledger.people, state="queued")
        )
    rows(send, ledger, first, at=int(now.timestamp()) - begun, seconds=begun)
    return send.id


def crowd(number: int, first: int, *, now: object) -> None:
    kind = catalogue.user_type("media")
    people = [
        {
            "id": each,
            "email": f"p{each}@{DOMAINS[each % len(DOMAINS)]}",
            "email_key": f"p{each}@{DOMAINS[each % len(DOMAINS)]}",
            "state": "active",
            "user_type_id": kind.id,
            "created_at": now,
        }
        for each in range(first, first + number)
    ]
    session.execute(insert(Subscriber), people)


def rows(send: Send, ledger: Ledger, first: int, *, at: int, seconds: int) -> None:
    """The ledger, its retries and its bounces."""
    found = ledger.states()
    for place, (state, code) in enumerate(found):
        who = first + place
        moment = at + seconds * place // max(len(found), 1)
        session.add(
            Delivery(
                send_id=send.id,
                subscriber_id=who,
                variant=0,
                state=int(state),
                at=moment,
                code=code,
                tries=0 if state is State.WAITING else 1,
            )
        )
        if state is State.RETRYING:
            later = send.created_at + timedelta(minutes=3)
            session.add(
                Retry(send_id=send.id, subscriber_id=who, first_at=send.created_at, next_at=later)
            )
        if state is State.BOUNCED:
            full = code == 552
            session.add(
                Bounce(
                    send_id=send.id,
                    subscriber_id=who,
                    verdict="soft" if full else "hard",
                    code=code,
                    status=ledger.status if full else "5.1.1",
                    source="smtp",
                    at=send.created_at,
                )
            )


def the(world: World, send_id: int) -> Send:
    """The Send as it stands now. For reading its columns: the session is over then."""
    with world.build(now=world.clock).app_context():
        send = session.get_one(Send, send_id)
        session.expunge(send)
        return send
