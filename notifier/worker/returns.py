"""What comes back by mail: bounces and complaints find their delivery and are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from notifier.audience import queries as people
from notifier.clock import Now
from notifier.delivery import bounces
from notifier.errors import Conflict
from notifier.mail import dsn, mailbox, verp
from notifier.mail.returned import Returned
from notifier.settings import Settings
from notifier.store.db import look, unit
from notifier.tokens import Stamps
from notifier.worker.recipients import speaks_of

log = structlog.get_logger()

AT_ONCE = 10_000  # messages of one look
TRIES = 5
UNREAD = "cannot be read, kept for a person to look at"
REPLY = "a person's answer, kept to be passed on"
NOBODY = 0  # the subscriber of a letter to staff, or to an address that is not the person's yet
PASSED_ON = (0, NOBODY)  # stands in the envelope sender of what ``replies`` passes on


class House(Protocol):
    """What judging needs; a worker's engine has it, and a door's ``Desk``."""

    @property
    def settings(self) -> Settings: ...

    @property
    def stamps(self) -> Stamps: ...

    @property
    def now(self) -> Now: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a door judges with."""

    settings: Settings
    now: Now

    @property
    def stamps(self) -> Stamps:
        return Stamps(self.settings.keys)


class Proof(NamedTuple):
    """Which delivery a report is about, and what says so (``bounces.PROOFS``)."""

    send_id: int
    subscriber_id: int
    source: str


def take(house: House, raw: bytes) -> str:
    """Act on one returned message that no mailbox holds; says in a few words what was done.

    Which delivery it is about is told by the envelope sender's MAC or, weaker, by the Message-ID
    that came back; forged ones change nothing. What a person wrote is kept to be passed on to the
    team; what cannot be read is kept for somebody to look at.
    """
    outcome = act(house, raw)
    if outcome == UNREAD:
        Returned(house.settings.instance).quarantine(raw)
    return outcome


def act(house: House, raw: bytes) -> str:
    """As ``take``; what is UNREAD is left to the caller."""
    reports = dsn.parse(raw)
    first = reports[0]
    proof = proved(house, first)
    if first.kind == "autoreply" and not first.by_person:
        outcome = "an automatic reply"
    elif first.kind == "malformed" or (proof and proof[:2] == PASSED_ON):
        outcome = UNREAD
    elif first.by_person:
        Returned(house.settings.instance).keep(raw)
        outcome = REPLY
    elif first.kind in ("bounce", "complaint"):
        outcome = heed(house, reports, proof)
    else:
        outcome = "not a report"
    log.info("returned mail", outcome=outcome)
    return outcome


def heed(
    house: House, reports: Sequence[dsn.Report], proof: Proof | None, *, at: datetime | None = None
) -> str:
    """Judge what one message says about one delivery; ``at`` is when it happened, now by default.

    A letter of ours goes to one person, so that however many recipients a report names, it counts
    once, and about that person alone.
    """
    if proof is None:
        return "not ours"
    send_id, subscriber_id, source = proof
    with look():
        person = people.person(subscriber_id)
        address = (person.email if person is not None else None) or ""
        if not address:
            return "about nobody who gets mail"
        report = speaks_of(address, reports, surely=source != bounces.WEAK)
        if report is None:
            return "about another address"
        verdict = "complaint" if report.kind == "complaint" else report.verdict
        if bounces.out_of_date(send_id, subscriber_id, verdict, now=house.now()):
            return "too late to count"
    suppressed = counted(
        house,
        proof,
        verdict,
        {"code": report.code, "status": report.status, "at": at or house.now()},
    )
    said = f"{verdict} by Message-ID" if source == bounces.WEAK else str(verdict)
    return f"{said}, address suppressed" if suppressed else said


def counted(house: House, proof: Proof, verdict: str, found: dict[str, Any]) -> bool:
    """Apply it in a unit of work of its own; whether the address is suppressed by it.

    Two reports on one person may arrive at the same moment, through two doors: one of them finds
    that the other was first, and looks again. What was the same report changes nothing then.
    """
    for left in reversed(range(TRIES)):
        try:
            with unit():
                return bounces.apply(
                    proof.send_id,
                    proof.subscriber_id,
                    verdict,
                    now=house.now(),
                    pepper=house.settings.suppression_pepper,
                    source=proof.source,
                    **found,
                )
        except (IntegrityError, Conflict):
            if not left:
                raise
    return False


def proved(house: House, report: dsn.Report) -> Proof | None:
    """The delivery that a report proves it is about; None also when its two proofs disagree."""
    by_sender = verp.parse(report.sender_token, house.stamps.envelope)
    by_id = verp.parse_message_id(report.message_id, house.stamps.message_id)
    if by_sender and by_id and by_sender != by_id:
        return None
    if by_sender is not None:
        return Proof(*by_sender, "report")
    return Proof(*by_id, bounces.WEAK) if by_id is not None else None


def read_mailbox(house: House) -> int:
    """Read the bounce mailbox, if there is one; returns how many messages were taken.

    Marked only after it was acted on: a kill between the two makes it read again, which changes
    nothing. Raises mailbox.Away when the mailbox cannot be used now.
    """
    if not house.settings.bounce_mailbox:
        return 0
    taken = 0
    box = mailbox.from_url(house.settings.bounce_mailbox)
    try:
        for key, raw in box.messages(limit=AT_ONCE):
            if understood(house, raw):
                box.done(key)
            else:
                box.quarantine(key)
            taken += 1
    finally:
        box.close()
    return taken


def understood(house: House, raw: bytes) -> bool:
    """Act on one; whether it need not be looked at. One that trips us must not hold up the rest."""
    try:
        return act(house, raw) != UNREAD
    except (OperationalError, OSError):  # the database or the disk is away: later
        raise
    except Exception:
        log.exception("a returned message could not be taken")
        return False
