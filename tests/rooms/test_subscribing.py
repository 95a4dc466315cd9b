"""Signing up: one answer for everybody, few mails, and consent only by a confirmed wish."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.confirm import confirm
from notifier.audience.magic import ask_for_link
from notifier.audience.models import Consent, Signup, Subscriber, Suppression, Wording
from notifier.audience.purge import purge_unconfirmed
from notifier.audience.receivers import Audience, count
from notifier.audience.suppress import suppress
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import CLEO, DAN, WORDING, Clock, asks, joins, pepper, topics


def mails(kind: str, email: str = CLEO) -> list[Send]:
    person = queries.known(email)
    query = select(Send).where(Send.kind == kind, Send.subscriber_id == person.id)
    return list(session.scalars(query.order_by(Send.id)))


def air() -> Audience:
    return Audience(topics=[topics("air-quality")[0].id])


def test_a_sign_up_is_not_a_subscription_yet(room: Flask, clock: Clock) -> None:
    signup = asks(now=clock())
    person = queries.known(CLEO)
    assert (person.state, person.subscriptions, person.confirmed_at) == ("pending", [], None)
    assert count(air()) == 0
    (mail,) = mails("confirm")
    assert (mail.state, mail.due_at) == ("planned", clock())
    assert mail.lapses_at == clock() + timedelta(days=7)
    assert mail.context == {"signup": signup.id}


def test_confirming_starts_the_subscription_and_keeps_the_consent(
    room: Flask, clock: Clock
) -> None:
    signup_id = asks(now=clock(), follows=("air-quality", "waste")).id
    asked_at = clock()
    clock.forward(hours=3)
    with unit():
        person = confirm(signup_id, now=clock(), pepper=pepper())
    assert person.state == "active"
    assert {s.topic_id for s in person.subscriptions} == {
        t.id for t in topics("air-quality", "waste")
    }
    consent = session.scalars(select(Consent)).one()
    assert (consent.at, consent.confirmed_at, consent.how) == (asked_at, clock(), "form")
    assert session.get_one(Wording, consent.wording_id).text == WORDING
    assert count(air()) == 1
    assert [m.stage for m in mails("welcome")] == ["welcome"]


def test_confirming_twice_changes_nothing(room: Flask, clock: Clock) -> None:
    signup_id = asks(now=clock()).id
    for _ in range(2):
        with unit():
            confirm(signup_id, now=clock(), pepper=pepper())
    assert len(mails("welcome")) == 1
    assert session.scalar(select(func.count(Consent.id))) == 1
    assert len(queries.known(CLEO).subscriptions) == 1


def test_a_link_older_than_seven_days_is_refused(room: Flask, clock: Clock) -> None:
    signup_id = asks(now=clock()).id
    clock.forward(days=7)
    late = clock() + timedelta(seconds=1)
    with pytest.raises(Refused, match="more than 7 days old; sign up again"), unit():
        confirm(signup_id, now=late, pepper=pepper())
    with unit():
        assert confirm(signup_id, now=clock(), pepper=pepper()).state == "active"


def test_an_unknown_sign_up_is_refused(room: Flask, clock: Clock) -> None:
    with pytest.raises(Refused, match="no longer works"), unit():
        confirm(999, now=clock(), pepper=pepper())


def test_a_second_sign_up_adds_topics_and_takes_the_new_user_type(
    room: Flask, clock: Clock
) -> None:
    joins(now=clock(), follows=["air-quality"], user_type="academic")
    clock.forward(hours=2)
    person = joins(now=clock(), follows=["air-quality", "waste"], user_type="media")
    assert [s.topic_id for s in person.subscriptions] == [
        t.id for t in topics("air-quality", "waste")
    ]
    assert (person.user_type.slug, person.reads) == ("media", "headline")


def test_an_address_in_another_case_is_the_same_person(room: Flask, clock: Clock) -> None:
    joins("Cleo@Example.org", now=clock())
    asks("CLEO@example.ORG", now=clock(), follows=["waste"])
    assert session.scalar(select(func.count(Subscriber.id))) == 1


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"email": "cleo@"}, "email"), ({"follows": ()}, "topics")],
)
def test_nothing_is_kept_of_a_refused_sign_up(
    room: Flask, clock: Clock, asked: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refusal:
        asks(now=clock(), **asked)
    assert refusal.value.field == field
    assert session.scalar(select(func.count(Subscriber.id))) == 0
    assert session.scalar(select(func.count(Send.id))) == 0


def test_one_confirm_mail_an_hour_for_the_same_choice(room: Flask, clock: Clock) -> None:
    for _ in range(3):
        asks(now=clock())
        clock.forward(minutes=19)
    assert len(mails("confirm")) == 1
    clock.forward(minutes=3)  # 60 minutes after the mail, however often it was asked for since
    asks(now=clock())
    assert len(mails("confirm")) == 2


def test_three_confirm_mails_a_day_at_most(room: Flask, clock: Clock) -> None:
    for choice in (["food"], ["farming"], ["waste"], ["water"], ["nature"]):
        asks(now=clock(), follows=choice)
    assert len(mails("confirm")) == 3
    clock.forward(days=1, seconds=1)
    asks(now=clock(), follows=["fisheries"])
    assert len(mails("confirm")) == 4


def test_limits_are_per_address(room: Flask, clock: Clock) -> None:
    for choice in (["food"], ["farming"], ["waste"], ["water"]):
        asks(now=clock(), follows=choice)
    asks(DAN, now=clock(), follows=["food"])
    assert len(mails("confirm", DAN)) == 1


def test_a_suppressed_address_gets_one_confirm_mail_in_seven_days(
    room: Flask, clock: Clock
) -> None:
    person = joins(now=clock())
    with unit():
        suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
    clock.forward(days=8)
    for choice in (["food"], ["farming"]):
        asks(now=clock(), follows=choice)
    assert len(mails("confirm")) == 2  # the very first, and one now
    clock.forward(days=7, seconds=1)
    asks(now=clock(), follows=["farming"])
    assert len(mails("confirm")) == 3


def test_only_the_persons_own_confirmation_lifts_a_suppression(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
    assert (person.state, count(air())) == ("suppressed", 0)
    clock.forward(days=8)
    signup_id = asks(now=clock(), follows=["waste"]).id
    assert queries.known(CLEO).state == "suppressed"
    with unit():
        person = confirm(signup_id, now=clock(), pepper=pepper())
    assert (person.state, person.end_reason) == ("active", "")
    assert session.scalar(select(func.count(Suppression.key))) == 0
    assert count(air()) == 1


def test_unconfirmed_sign_ups_are_purged_after_seven_days(room: Flask, clock: Clock) -> None:
    asks(now=clock())
    joins(DAN, now=clock())
    clock.forward(days=6, hours=23)
    with unit():
        assert purge_unconfirmed(now=clock()) == 0
    clock.forward(hours=2)
    with unit():
        assert purge_unconfirmed(now=clock()) == 1
    assert queries.by_email(CLEO) is None
    assert queries.known(DAN).state == "active"
    gone = session.scalars(select(Subscriber).where(Subscriber.state == "erased")).one()
    assert (gone.email, gone.email_key, gone.end_reason) == (None, None, "never confirmed")
    assert session.scalar(select(func.count(Signup.id))) == 1
    assert session.scalars(select(Send.state).where(Send.subscriber_id == gone.id)).all() == [
        "cancelled"
    ]
    with unit():
        assert purge_unconfirmed(now=clock()) == 0


def test_a_fresh_request_keeps_an_old_sign_up_from_the_purge(room: Flask, clock: Clock) -> None:
    asks(now=clock())
    clock.forward(days=6)
    asks(now=clock(), follows=["waste"])
    clock.forward(days=2)
    with unit():
        assert purge_unconfirmed(now=clock()) == 0


def test_who_was_purged_may_come_back(room: Flask, clock: Clock) -> None:
    asks(now=clock())
    clock.forward(days=8)
    with unit():
        purge_unconfirmed(now=clock())
    assert joins(now=clock()).state == "active"


def test_a_magic_link_goes_only_to_somebody_who_gets_updates(room: Flask, clock: Clock) -> None:
    with unit():
        ask_for_link(DAN, now=clock())
    assert session.scalar(select(func.count(Send.id))) == 0
    asks(DAN, now=clock())
    joins(now=clock())
    with unit():
        ask_for_link(DAN, now=clock())
        ask_for_link(CLEO.upper(), now=clock())
    assert mails("magic_link", DAN) == []
    (mail,) = mails("magic_link")
    assert mail.lapses_at == clock() + timedelta(minutes=10)


def test_three_magic_links_an_hour(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    for _ in range(5):
        clock.forward(minutes=1)
        with unit():
            ask_for_link(CLEO, now=clock())
    assert len(mails("magic_link")) == 3
    clock.forward(hours=1)
    with unit():
        ask_for_link(CLEO, now=clock())
    assert len(mails("magic_link")) == 4


def test_history_of_a_person_holds_no_address(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    rows = of(f"subscriber:{person.id}")
    assert [row.action for row in rows] == ["confirm"]
    assert not any("@" in f"{row.object}{row.by}{row.why}{row.data}" for row in rows)


def test_what_can_be_chosen_is_what_there_is(room: Flask) -> None:
    with pytest.raises(Refused, match="There is no topic 'fod'"):
        catalogue.topics_named(["fod"])
    with pytest.raises(Refused, match="There is no user type 'boss'; choose one of: government"):
        catalogue.user_type("boss")
