"""The people of a batch: who may get their message now, and each message when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy import select

from notifier.audience.conditions import for_few
from notifier.audience.models import Subscriber
from notifier.audience.receivers import Audience, receivers
from notifier.audience.rules import variant_words
from notifier.audience.why import reasons
from notifier.clock import elapsed
from notifier.delivery.digest_check import check
from notifier.delivery.held import KIND
from notifier.delivery.record import settle
from notifier.mail.addresses import needs_utf8
from notifier.mail.compose import Frame
from notifier.mail.envelope import Envelope
from notifier.notices.followers import Named, Names, Reasons, named
from notifier.sends.models import Letter, Send
from notifier.sends.rules import State
from notifier.store.db import look, session, unit
from notifier.worker.address import envelope_sender, frame_for, person_for
from notifier.worker.engine import Engine
from notifier.worker.insist import AWAY

FRESH = 0.5  # seconds for which it is taken for true who may get a message

log = structlog.get_logger()

Row = tuple[int, int, int]  # subscriber_id, variant, tries
Checked = Callable[[int], set[int]]  # from a subscriber_id on, who may still get it


@dataclass
class Batch:
    """People who may get their message now; each is made when the connection asks for it."""

    send_id: int
    people: list[tuple[int, int, str, str, Named]]  # id, variant, address, name, reasons
    letters: dict[int, Letter]
    frames: dict[int, Frame]
    broken: list[int] = field(default_factory=list)  # those whose message could not be made
    gone: list[int] = field(default_factory=list)  # those who left while others had theirs
    unsure: bool = False  # the database is away: nobody knows who left

    def addresses(self) -> Iterator[tuple[int, str]]:
        return ((person[0], person[2]) for person in self.people)

    def without(self, off: set[int]) -> None:
        if off:
            self.people = [person for person in self.people if person[0] not in off]

    def settle(self, now: datetime) -> None:
        settle(self.send_id, self.broken, State.FAILED, code=0, now=now)
        settle(self.send_id, self.gone, State.SKIPPED, code=0, now=now)

    def envelopes(self, engine: Engine, checked: Checked) -> Iterator[Envelope]:
        """Each as it is asked for. Who may get it is looked up anew where the mail server is so
        slow that a second has passed: leaving takes effect within a second."""
        asked, may = elapsed(), {person[0] for person in self.people}
        reads = {
            variant: letter.frame.get("reads") or variant_words(variant)[1]
            for variant, letter in self.letters.items()
        }
        for subscriber_id, variant, address, name, why in self.people:
            if elapsed() - asked > FRESH:
                try:
                    may, asked = checked(subscriber_id), elapsed()
                except AWAY:  # raised in here it would take along what is in flight
                    self.unsure = True
                    return
            if subscriber_id not in may:
                self.gone.append(subscriber_id)
                continue
            person = person_for(
                engine,
                self.send_id,
                subscriber_id,
                address=address,
                name=name,
                reasons=why,
                language=reads[variant],
            )
            try:
                data, plain = engine.message(self.letters[variant], self.frames[variant], person)
            except Exception:  # this one's address or words; nobody else waits for it
                log.exception("a message could not be made", send=self.send_id, to=subscriber_id)
                self.broken.append(subscriber_id)
                continue
            sender = envelope_sender(engine, self.send_id, subscriber_id)
            yield Envelope(subscriber_id, sender, address, data, needs_utf8(address), plain)


def prepare(engine: Engine, send_id: int, rows: Sequence[Row], names: Names) -> Batch:
    """The batch's people and words; who left, was paused or suppressed since the freeze is
    skipped."""
    with look():
        digest = is_digest(send_id)
    with unit() if digest else look():  # a digest gives back what is not in it any more
        send = session.get_one(Send, send_id)
        people, reasons_of = still(send, rows, names, now=engine.now())
        why = named(reasons_of, names)
        # Those of the batch only: a digest may have thousands.
        some = Letter.variant.in_({variant for _, variant, _ in rows})
        letters = {
            letter.variant: letter
            for letter in session.scalars(select(Letter).where(Letter.send_id == send_id, some))
        }
        session.expunge_all()
    gone = [subscriber_id for subscriber_id, _, _ in rows if subscriber_id not in people]
    if gone:
        with unit():
            settle(send_id, gone, State.SKIPPED, code=0, now=engine.now())
    frames = {
        variant: frame_for(engine, letter.frame, date=send.frozen_at or engine.now())
        for variant, letter in letters.items()
    }
    present = [
        (subscriber_id, variant, *people[subscriber_id], why.get(subscriber_id, ()))
        for subscriber_id, variant, _ in rows
        if subscriber_id in people
    ]
    return Batch(send_id, present, letters, frames)


def still_there(
    engine: Engine, send_id: int, rows: Sequence[Row], names: Names, since: int
) -> set[int]:
    """Of the rows from subscriber ``since`` on, those who may still get it. Raises AWAY."""
    rest = [row for row in rows if row[0] >= since]

    with look():
        digest = is_digest(send_id)
    with unit() if digest else look():
        return set(still(session.get_one(Send, send_id), rest, names, now=engine.now())[0])


def still(
    send: Send, rows: Sequence[Row], names: Names, *, now: datetime
) -> tuple[dict[int, tuple[str, str]], dict[int, Reasons]]:
    """(address, name) of those of a batch who may still get it, and why each gets it."""
    ids = [row[0] for row in rows]
    query = select(Subscriber.id, Subscriber.email, Subscriber.name).where(Subscriber.id.in_(ids))
    if send.kind == KIND:
        may, why = check(send, rows, names=names.followed, now=now)
        query = query.where(Subscriber.id.in_(may))
    else:
        audience = Audience.of(send.receivers or {})
        with for_few():
            reach = receivers(audience).subquery()
        query = query.join(reach, reach.c.subscriber_id == Subscriber.id)
        at = send.frozen_at or now
        why = reasons(audience, ids[0], ids[-1], at=at, names=names.followed)
    return {id_: (email or "", name) for id_, email, name in session.execute(query)}, why


def is_digest(send_id: int) -> bool:
    return session.get_one(Send, send_id).kind == KIND
