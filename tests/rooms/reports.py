"""Letters that went to one person, and what mail servers and people write about them."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from notifier.audience import queries
from notifier.audience.receivers import Audience
from notifier.delivery.freeze import freeze
from notifier.delivery.models import Bounce
from notifier.delivery.record import Found, record
from notifier.mail import verp
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, unit
from notifier.tokens import Stamps
from notifier.worker.returns import Desk
from tests.makers import CLEO, Clock, joins, topics
from tests.rooms.crowd import WORDS

DOMAIN = "notifier.example"


def went_out(clock: Clock, stage: str = "announce", *, email: str = CLEO) -> Send:
    """A notice that the mail server took for Cleo; its team is the one of the topic's series."""
    person = queries.by_email(email) or joins(email, now=clock())
    with unit():
        send = plan(
            "notice",
            "DEFRA-2026-001",
            stage=stage,
            due_at=clock(),
            now=clock(),
            team_id=1,
            receivers=Audience(topics=[topics("air-quality")[0].id]).as_dict(),
        )
        freeze(send, WORDS, now=clock())
        record(send.id, [Found(person.id, "accepted", 250, "", 0)], now=clock())
    return send


def desk(app: Flask, clock: Clock) -> Desk:
    return Desk(app.config["SETTINGS"], clock)


def stamps(app: Flask) -> Stamps:
    return Stamps(app.config["SETTINGS"].keys)


def address(app: Flask, send: Send, email: str = CLEO) -> str:
    """Where this delivery bounces to."""
    return verp.sender(stamps(app).envelope, send.id, queries.known(email).id, DOMAIN)


def message_id(app: Flask, send: Send, email: str = CLEO) -> str:
    return verp.message_id(stamps(app).message_id, send.id, queries.known(email).id, DOMAIN)


def dsn(
    *recipients: tuple[str, str], to: str = "bounces@notifier.example", about: str = ""
) -> bytes:
    """A delivery report: (address, status) of each; ``about`` is the Message-ID that came back."""
    blocks = "\n\n".join(
        f"Final-Recipient: rfc822; {email}\nAction: failed\nStatus: {status}"
        for email, status in recipients
    )
    returned = f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about}\n" if about else ""
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        f"--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n{blocks}\n\n"
        f"{returned}--B--\n"
    ).encode()


def complaint(*, to: str = "bounces@notifier.example", about: str = "") -> bytes:
    """A feedback report by which a person says that it was spam (RFC 5965)."""
    return (
        f"From: fbl@mail.example\nTo: {to}\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=B\n\n"
        "--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {about}\n--B--\n"
    ).encode()


def answer(to: str, *, subject: str = "Re: Method change", words: str = "When?") -> bytes:
    """What Cleo writes back."""
    head = f"Return-Path: <{CLEO}>\nFrom: Cleo Quist <{CLEO}>\nTo: {to}\nSubject: {subject}\n"
    return f"{head}Message-ID: <1@example.org>\n\n{words}\n".encode()


def rows(email: str = CLEO) -> list[tuple[str, str]]:
    """(verdict, proof) of what is kept about a person."""
    session.rollback()
    query = select(Bounce).where(Bounce.subscriber_id == queries.known(email).id)
    return [(row.verdict, row.source) for row in session.scalars(query.order_by(Bounce.id))]


def state(email: str = CLEO) -> str:
    session.rollback()
    return queries.known(email).state
