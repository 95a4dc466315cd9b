"""A purged sign-up's number is never given again: old links hold it."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from notifier.audience.models import Signup
from notifier.audience.purge import purge_unconfirmed
from notifier.audience.subscribe import subscribe
from notifier.catalogue import queries as catalogue
from notifier.sends.models import Send
from notifier.store.db import session, unit
from tests.makers import Clock


def asks(email: str, clock: Clock) -> Signup:
    with unit():
        subscribe(
            email,
            topics=[catalogue.topic("waste")],
            user_type=catalogue.user_type("media"),
            wording="I agree.",
            now=clock(),
        )
    return session.query(Signup).order_by(Signup.id.desc()).first()


def test_who_signs_up_after_a_purge_gets_a_mail_and_a_link_of_their_own(
    house: Flask, clock: Clock
) -> None:
    with house.app_context():
        first = asks("cleo@example.org", clock).id
        clock.forward(days=8)
        with unit():
            purge_unconfirmed(now=clock() + timedelta(seconds=1))
        second = asks("dan@example.org", clock)
        assert second.id != first
        mails = session.query(Send).filter_by(kind="confirm", state="planned")
        assert [send.subscriber_id for send in mails] == [second.subscriber_id]
