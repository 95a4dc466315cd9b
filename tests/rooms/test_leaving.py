"""Leaving takes effect at once, ends what it says and no more, and erasure leaves no address."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from notifier.audience import queries
from notifier.audience.forget import forget
from notifier.audience.leave import leave, leave_everything, stop_newsletters
from notifier.audience.models import NewsletterOptOut, Reach, Subscription, Suppression
from notifier.audience.prefer import prefer
from notifier.audience.receivers import Audience, count
from notifier.audience.rules import suppression_key
from notifier.audience.suppress import suppress
from notifier.catalogue import queries as catalogue
from notifier.delivery.unsubscribe import unsubscribe
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import db, session, truncate_wal, unit
from notifier.store.history import of
from tests.makers import CLEO, DAN, HANA, Clock, acting, asks, joins, on_sqlite, pepper, topics


def about(*slugs: str) -> Audience:
    return Audience(topics=[t.id for t in topics(*slugs)])


def letter(clock: Clock, audience: Audience | None, **more: object) -> Send:
    with unit():
        return plan(
            more.pop("kind", "notice"),  # type: ignore[arg-type]
            "DEFRA-2026-001",
            stage="announce",
            due_at=clock(),
            now=clock(),
            receivers=audience.as_dict() if audience else None,
            **more,  # type: ignore[arg-type]
        )


def test_a_subscription_ends_with_its_reason_and_is_not_deleted(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), follows=["air-quality", "waste"])
    started = clock()
    clock.forward(days=3)
    with unit():
        assert leave(person, person.subscriptions[:1], now=clock(), reason="one click") == 1
    first, second = session.scalars(select(Subscription).order_by(Subscription.id))
    assert (first.started_at, first.ended_at, first.end_reason) == (started, clock(), "one click")
    assert second.ended_at is None
    assert person.state == "active"
    assert (count(about("air-quality")), count(about("waste"))) == (0, 1)


def test_who_follows_nothing_any_more_has_left(room: Flask, clock: Clock) -> None:
    person = joins(now=clock(), follows=["air-quality", "waste"])
    with unit():
        leave_everything(person, now=clock())
    assert (person.state, person.ended_at, person.end_reason) == (
        "left",
        clock(),
        "left everything",
    )
    assert session.get(Reach, person.id) is None
    with unit():
        assert leave(person, person.subscriptions, now=clock(), reason="again") == 0
    assert [row.action for row in of(f"subscriber:{person.id}")] == [
        "confirm",
        "unsubscribe",
        "leave",
    ]


def test_nobody_ends_another_persons_subscription(room: Flask, clock: Clock) -> None:
    cleo, dan = joins(now=clock()), joins(DAN, now=clock())
    with unit():
        assert leave(cleo, dan.subscriptions, now=clock(), reason="one click") == 0
    assert (cleo.state, dan.state) == ("active", "active")


def test_who_left_may_come_back(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        leave_everything(person, now=clock())
    clock.forward(days=1)
    person = joins(now=clock())
    assert (person.state, person.ended_at) == ("active", None)
    assert [s.ended_at is None for s in person.subscriptions] == [False, True]


def test_one_click_ends_what_brought_the_letter_and_keeps_the_rest(
    room: Flask, clock: Clock
) -> None:
    joins(now=clock(), follows=["environment", "air-quality", "food"])
    send = letter(clock, about("air-quality"))
    with unit():
        person = unsubscribe(send.id, queries.known(CLEO).id, now=clock())
    assert person is not None
    kept = [s.topic_id for s in person.subscriptions if s.ended_at is None]
    assert kept == [topics("food")[0].id]  # environment stands above air quality: it ended too
    with unit():
        unsubscribe(send.id, person.id, now=clock())
    assert len([s for s in person.subscriptions if s.ended_at is None]) == 1


def test_one_click_in_a_newsletter_stops_that_teams_newsletters_only(
    room: Flask, clock: Clock
) -> None:
    joins(now=clock(), follows=["people-and-nature"])
    team = catalogue.team("people-nature")
    send = letter(clock, about("people-and-nature"), kind="newsletter", team_id=team.id)
    person = queries.known(CLEO)
    for _ in range(2):
        with unit():
            unsubscribe(send.id, person.id, now=clock())
    assert session.scalar(select(func.count()).select_from(NewsletterOptOut)) == 1
    assert count(about("people-and-nature")) == 1
    issue = Audience(topics=about("people-and-nature").topics, team_newsletter=team.id)
    assert count(issue) == 0
    other = catalogue.team("forestry").id
    assert count(Audience(topics=issue.topics, team_newsletter=other)) == 1


def test_one_click_in_a_welcome_ends_what_was_asked_for_there(room: Flask, clock: Clock) -> None:
    joins(now=clock(), follows=["food"])
    clock.forward(hours=2)
    signup = asks(now=clock(), follows=["waste", "air-quality"])
    clock.forward(hours=2)
    joins(now=clock(), follows=["waste", "air-quality"])
    person = queries.known(CLEO)
    send = letter(
        clock, None, kind="welcome", subscriber_id=person.id, context={"signup": signup.id}
    )
    with unit():
        unsubscribe(send.id, person.id, now=clock())
    assert [s.topic_id for s in person.subscriptions if s.ended_at is None] == [
        topics("food")[0].id
    ]


def test_a_click_about_an_unknown_letter_or_person_does_nothing(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        assert unsubscribe(999, person.id, now=clock()) is None
        assert unsubscribe(letter_id(), 999, now=clock()) is None
    assert person.state == "active"


def letter_id() -> int:
    return session.scalars(select(Send.id)).first() or 0


def test_preferences_are_taken_as_a_page(room: Flask, clock: Clock) -> None:
    joins(now=clock(), follows=["air-quality", "waste"], series=["milk-utilisation"])
    person = queries.known(CLEO)
    with unit():
        prefer(
            person,
            topics=topics("waste", "food"),
            user_type=catalogue.user_type("media"),
            depth="technical",
            language="cy",
            now=clock(),
        )
    following = {(s.topic_id, s.series_id) for s in person.subscriptions if s.ended_at is None}
    milk = catalogue.series("milk-utilisation").id
    assert following == {(t.id, None) for t in topics("waste", "food")} | {(None, milk)}
    assert (person.reads, person.language) == ("technical", "cy")
    reach = session.get_one(Reach, person.id)
    assert (reach.variant, reach.user_type_id) == (7, catalogue.user_type("media").id)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"depth": "deep"}, "depth"), ({"language": "fr"}, "language"), ({"topics": []}, "topics")],
)
def test_a_choice_that_is_none_is_refused_and_nothing_changed(
    room: Flask, clock: Clock, changed: dict[str, object], field: str
) -> None:
    joins(now=clock())
    person = queries.known(CLEO)
    page = {
        "topics": topics("food"),
        "user_type": catalogue.user_type("media"),
        "depth": None,
        "language": "en",
        **changed,
    }
    with pytest.raises(Refused) as refusal, unit():
        prefer(person, now=clock(), **page)  # type: ignore[arg-type]
    assert refusal.value.field == field
    assert (count(about("air-quality")), person.user_type.slug) == (1, "academic")


def test_preferences_of_somebody_who_left_are_refused(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        leave_everything(person, now=clock())
    with pytest.raises(Refused, match="sign up again"), unit():
        prefer(
            person,
            topics=topics("food"),
            user_type=catalogue.user_type("media"),
            depth=None,
            language="en",
            now=clock(),
        )


def test_erasure_leaves_the_address_nowhere_in_the_database(room: Flask, clock: Clock) -> None:
    joins(now=clock(), follows=["air-quality"], series=["milk-utilisation"])
    person = queries.known(CLEO)
    send = letter(clock, about("air-quality"))
    with unit():
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    assert (person.state, person.email, person.email_key) == ("erased", None, None)
    assert all(s.end_reason == "erased" for s in person.subscriptions)
    assert count(about("air-quality")) == 0
    assert session.get(Suppression, suppression_key(CLEO, pepper())) is not None
    for table in inspect(db.engine).get_table_names():
        rows = session.execute(text(f'SELECT * FROM "{table}"')).all()  # noqa: S608
        assert not any(CLEO in str(row).lower() for row in rows), table
    with unit():
        assert unsubscribe(send.id, person.id, now=clock()) is None


@on_sqlite  # PostgreSQL keeps dead rows until its next vacuum
def test_erasure_leaves_the_address_nowhere_in_the_file(room: Flask, clock: Clock) -> None:
    joins(now=clock())
    path = Path(db.engine.url.database or "")
    assert CLEO.encode() in path.read_bytes() + path.with_name(f"{path.name}-wal").read_bytes()
    with unit():
        forget(queries.known(CLEO), by=acting(HANA), now=clock(), pepper=pepper())
    truncate_wal()
    for file in path.parent.glob(f"{path.name}*"):
        assert CLEO.encode() not in file.read_bytes(), file


def test_erasing_twice_is_refused_and_the_person_may_sign_up_anew(
    room: Flask, clock: Clock
) -> None:
    person = joins(now=clock())
    with unit():
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    with pytest.raises(Refused, match="This subscriber is erased"), unit():
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    anew = joins(now=clock())
    assert anew.id != person.id
    assert anew.state == "active"
    assert session.scalar(select(func.count(Suppression.key))) == 0


def test_suppressing_twice_changes_nothing(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    for reason in ("hard_bounce", "complaint"):
        with unit():
            suppress(person, reason=reason, now=clock(), pepper=pepper())
    assert (person.state, person.end_reason) == ("suppressed", "hard_bounce")
    assert [r.action for r in of(f"subscriber:{person.id}")] == ["confirm", "suppress"]


def test_a_newsletter_may_be_stopped_twice(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    team = catalogue.team("food").id
    for _ in range(2):
        with unit():
            stop_newsletters(person, team, now=clock())
    assert [r.action for r in of(f"subscriber:{person.id}")] == ["confirm", "stop_newsletters"]


def test_one_click_on_a_friday_ends_fridays_mail_and_nothing_else(
    room: Flask, clock: Clock
) -> None:
    person = joins(now=clock(), follows=["food"])
    with unit():
        person.week_ahead = True
    send = letter(clock, Audience(week_ahead=True), kind="week_ahead")
    assert count(Audience(week_ahead=True)) == 1
    with unit():
        unsubscribe(send.id, person.id, now=clock())
    assert (person.week_ahead, person.state, count(about("food"))) == (False, "active", 1)
    with unit():
        person.week_ahead = True
        leave_everything(person, now=clock())
    assert (person.week_ahead, person.state) == (False, "left")
