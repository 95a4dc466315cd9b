"""Keeps a promise to one subscriber or member of staff. Never waits behind a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from threading import Event

import structlog

from notifier.accounts.models import Staff
from notifier.audience import address_change, reply
from notifier.audience import queries as people
from notifier.audience.models import Subscriber
from notifier.audience.reply import Correspondent
from notifier.clock import elapsed
from notifier.delivery import bounces, single
from notifier.mail.addresses import needs_utf8
from notifier.mail.compose import Person
from notifier.mail.envelope import Envelope, Outcome
from notifier.mail.transport import pick
from notifier.render.letters import Words, write_one
from notifier.sends.models import Letter, Send
from notifier.store.db import session, unit
from notifier.worker.address import envelope_sender, frame_for, person_for, staff_for
from notifier.worker.campaign import until_stopped
from notifier.worker.engine import Engine
from notifier.worker.insist import insist
from notifier.worker.journal import NOBODY
from notifier.worker.listening import listen_to_singles
from notifier.worker.pacing import count_singles

log = structlog.get_logger()

Anybody = Subscriber | Staff | Correspondent

# Whom each kind may reach: a confirm mail goes to people who are not, or no longer, active.
MAY_GET: dict[str, tuple[str, ...]] = dict.fromkeys(
    ("confirm", "answer_confirm"), ("pending", "active", "paused", "left", "suppressed")
)
MAY_GET |= dict.fromkeys(("welcome", "welcome_back", "notice_now"), ("active",))
MAY_GET["invitation"] = ("pending",)


def run_singles(engine: Engine, send_ids: Sequence[int]) -> None:
    """Make, hand over and settle Sends to one person each; a batch shares its commits.

    Those that somebody else has claimed, or that are finished, are left alone. After SIGTERM no
    other is begun; who comes next has what is left.
    """
    if engine.stopping.is_set():
        return
    engine.journal.open()
    envelopes = prepare(engine, send_ids)
    outcomes: dict[int, Outcome] = {}
    relay, begun = pick(engine.transport) or engine.transport, elapsed()
    full = Event()
    for outcome in relay.send(until_stopped(envelopes, engine.stopping, full)):
        number = int(str(outcome.key))
        outcomes[number] = outcome
        if outcome.state == "accepted" and not engine.journal.note(number, NOBODY, outcome.code):
            full.set()  # the ledger must say so before another is begun

    def settle_all() -> None:
        for envelope in envelopes:
            number = int(str(envelope.key))
            if number in outcomes:
                settle(engine, outcomes[number])
            else:
                single.give_back(session.get_one(Send, number))

    insist(engine, settle_all)
    engine.journal.clear()
    to = {int(str(e.key)): e.recipient for e in envelopes if int(str(e.key)) in outcomes}
    count_singles(engine, relay, list(to.values()))
    listen_to_singles(engine, relay, to, list(outcomes.values()), seconds=elapsed() - begun)


def prepare(engine: Engine, send_ids: Sequence[int]) -> list[Envelope]:
    """Claim, and make the messages of those that are still wanted."""
    now = engine.now()
    envelopes = []
    with unit():
        for send_id in send_ids:
            send = single.claim(send_id, owner=engine.owner, now=now)
            if send is None:
                continue
            person = recipient(send)
            reason = not_wanted(send, person, now)
            if reason or person is None:
                single.skip(send, reason, now=now)
                continue
            try:
                envelopes.append(make(engine, send, person))
            except Exception:  # its address, its words, what it is about; the others must not wait
                log.exception("a message could not be made", send=send_id)
                single.fail(send, "the message could not be made", now=now)
    return envelopes


def recipient(send: Send) -> Anybody | None:
    if send.staff_id is not None:
        return session.get(Staff, send.staff_id)
    if send.kind == reply.KIND:
        return reply.recipient(send)
    return people.person(send.subscriber_id or 0)


def settle(engine: Engine, outcome: Outcome) -> None:
    """Keep what the mail server said; a refused address is judged as a bounce."""
    send = session.get_one(Send, int(str(outcome.key)))
    now = engine.now()
    verdict = single.settle(send, outcome.state, code=outcome.code, status=outcome.status, now=now)
    # What comes back of a letter to another address says nothing about the person's own.
    if verdict and send.subscriber_id is not None and send.kind not in address_change.KINDS:
        bounces.apply(
            send.id,
            send.subscriber_id,
            verdict,
            now=now,
            pepper=engine.settings.suppression_pepper,
            code=outcome.code,
            status=outcome.status,
            source="smtp",
        )


def not_wanted(send: Send, person: Anybody | None, now: datetime) -> str:
    """Why this Send must not go out any more, or ""."""
    if send.lapses_at is not None and send.lapses_at <= now:
        return "its link would have lapsed" if send.staff_id is None else "the next one is due"
    if isinstance(person, Staff):
        return "" if person.active else "the person has left the staff"
    if person is None or person.email is None:
        return "the person is gone"
    if person.state not in MAY_GET.get(send.kind, ("active", "paused")):
        return f"the person is {person.state}"
    if send.kind in address_change.KINDS and address_change.mailbox(send) is None:
        return "the change of address is over"
    return ""


def make(engine: Engine, send: Send, person: Anybody) -> Envelope:
    """The message itself; its words are not kept, they may hold a link that opens an account."""
    words = write_one(send, site=engine.site, now=engine.now(), person=person)
    letter = Letter(
        send_id=send.id,
        variant=0,
        subject=words.subject,
        text=words.text,
        html=words.html,
        frame=words.frame,
    )
    addressed = address_of(engine, send, person, words)
    frame = frame_for(engine, words.frame, date=engine.now())
    data, plain = engine.message(letter, frame, addressed)
    return Envelope(
        key=send.id,
        sender=envelope_sender(engine, send.id, bounces_for(send)),
        recipient=addressed.address,
        data=data,
        utf8=needs_utf8(addressed.address),
        plain=plain,
    )


def bounces_for(send: Send) -> int:
    """Whom a bounce is about; 0 is nobody: a letter to another address than the person's."""
    return 0 if send.kind in address_change.KINDS else send.subscriber_id or 0


def address_of(engine: Engine, send: Send, person: Anybody, words: Words) -> Person:
    """A member of staff has no choices to change and nothing to unsubscribe from."""
    if isinstance(person, Staff):
        return staff_for(engine, send.id, address=person.email, name=person.name)
    return person_for(
        engine,
        send.id,
        bounces_for(send),
        address=mailbox(send, person),
        name=person.name,
        language=words.frame.get("language", "en"),
        one_off=bool(words.frame["one_off"]),
    )


def mailbox(send: Send, person: Subscriber | Correspondent) -> str:
    """The person's address, or the one that a change of address is confirmed or told at."""
    other = address_change.mailbox(send) if send.kind in address_change.KINDS else None
    return other or person.email or ""
