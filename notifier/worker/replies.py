"""What people answer reaches the team that can answer them, though it came where programs read."""

from __future__ import annotations

import contextlib
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from notifier.catalogue.models import Team
from notifier.errors import Refused
from notifier.mail import dsn, verp
from notifier.mail.addresses import needs_utf8, wire
from notifier.mail.dkim import sign
from notifier.mail.envelope import Envelope, Outcome
from notifier.mail.passing import Passing, compose, writer
from notifier.mail.returned import Returned
from notifier.sends.models import Letter, Send
from notifier.store.db import look, session, unit
from notifier.store.history import SYSTEM, record
from notifier.worker.engine import Engine
from notifier.worker.returns import PASSED_ON, TRIES, Proof, proved, read_mailbox

log = structlog.get_logger()

AT_ONCE = 100  # answers of one look
MOST_A_DAY = 20  # answers to one letter of one person: more than that is no conversation


def look_in_mailbox(engine: Engine) -> None:
    """Read what came back and pass on what people wrote, by one process of an instance at a time;
    trouble is one sentence in the log."""
    box = Returned(engine.settings.instance)
    with box.alone(make=bool(engine.settings.bounce_mailbox)) as alone:
        if not alone:
            return
        try:
            read_mailbox(engine)
        except (OSError, Refused) as error:
            log.warning("the bounce mailbox was not read", why=str(error))
        try:
            pass_on(engine, box)
        except OSError as error:
            log.warning("answers wait", why=str(error))


def pass_on(engine: Engine, box: Returned) -> int:
    """Pass on the answers that wait; returns how many were taken over.

    The mail server has taken it before the mark is set: a kill between the two sends it once more,
    with the same Message-ID.
    """
    box.forget_marks(now=engine.now())
    taken = 0
    for name in box.waiting()[:AT_ONCE]:
        outcome = pass_one(engine, box, name)
        if outcome is not None and outcome.state == "accepted":
            taken += 1
        elif outcome is not None and outcome.code == 0:
            log.warning("answers wait: the mail server is away", why=outcome.text)
            break
    return taken


def pass_one(engine: Engine, box: Returned, name: str) -> Outcome | None:
    """One answer: passed on, left for later, or set aside for a person (None)."""
    raw = box.read(name)
    proof = proved(engine, dsn.parse(raw)[0])
    of = f"{proof.send_id}-{proof.subscriber_id}" if proof else "nothing"
    with look():
        to, organisation = monitored(engine, proof), engine.site.organisation
    if why := unwise(engine, raw, to, box.passed_lately(of, now=engine.now())):
        aside(box, name, why)
        return None
    try:
        envelope = enclosed(engine, raw, to, organisation)
    except Exception as error:  # what cannot be written in a message must not hold up the rest
        aside(box, name, f"No message can be made of it: {error}")
        return None
    (outcome,) = engine.transport.send([envelope])
    if outcome.state == "refused":
        aside(box, name, f"The mail server refused it: {outcome.code} {outcome.text}")
        return None
    if outcome.state == "accepted":
        box.passed(name, of=of, now=engine.now())
        keep_record(proof, engine.now())
    return outcome


def monitored(engine: Engine, proof: Proof | None) -> str:
    """The address that somebody reads: of the team whose letter was answered, as it is now; else
    the one that the letter gave; else the site's; "" when there is none."""
    send = session.get(Send, proof.send_id) if proof is not None else None
    if send is None:
        return engine.settings.reply_to
    team = session.get(Team, send.team_id) if send.team_id is not None else None
    if team is not None and "@" in team.contact:
        return team.contact
    frame = session.scalars(select(Letter.frame).where(Letter.send_id == send.id).limit(1)).first()
    return str((frame or {}).get("reply_to") or engine.settings.reply_to)


def unwise(engine: Engine, raw: bytes, to: str, lately: int) -> str:
    """Why it must not be passed on, or "": what could go round in circles, and floods."""
    settings = engine.settings
    ours = {settings.mail_from, settings.mail_from_oneoff}
    back = writer(raw).lower()
    if not to:
        return "Nobody is named who reads answers; set NOTIFIER_REPLY_TO or the team's contact."
    if same(to, back) or back in {address.lower() for address in ours}:
        return "It came from the address to which it would go, or from our own."
    if to.rpartition("@")[2].lower() == settings.bounce_domain.lower() and to.startswith("b+"):
        return f"{to} is an address to which bounces come."
    if lately >= MOST_A_DAY:
        return f"More than {MOST_A_DAY} answers to one letter came within a day."
    return ""


def same(one: str, other: str) -> bool:
    try:
        return wire(one).lower() == other
    except ValueError:
        return False


def enclosed(engine: Engine, raw: bytes, to: str, organisation: str) -> Envelope:
    """The message to the team. When it comes back, a person looks at it (``PASSED_ON``)."""
    settings = engine.settings
    passing = Passing(organisation, settings.mail_from_oneoff, to, settings.bounce_domain)
    data = compose(raw, passing, date=engine.now())
    return Envelope(
        key="answer",
        sender=verp.sender(engine.stamps.envelope, *PASSED_ON, settings.bounce_domain),
        recipient=to,
        data=sign(data, engine.signers) if engine.signers else data,
        utf8=needs_utf8(to),
    )


def keep_record(proof: Proof | None, now: datetime) -> None:
    """In the Send's history; what another process writes there at the same moment comes first."""
    if proof is None:
        return
    for _ in range(TRIES):
        with contextlib.suppress(IntegrityError):
            with unit():
                record(f"send:{proof.send_id}", "pass on an answer", by=SYSTEM, now=now)
            return


def aside(box: Returned, name: str, why: str) -> None:
    box.set_aside(name)
    log.error("an answer was not passed on; it lies in returned/.Quarantine", why=why)
