"""Answers to a consultation: few mails, counted once, open on time, forgotten on time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.models import Subscriber
from notifier.audience.purge import purge_unconfirmed
from notifier.audience.suppress import suppress
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.notices import answered, consult
from notifier.notices import queries as notices
from notifier.notices.end import cancel
from notifier.notices.models import Answer, ChangeNotice
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests import makers
from tests.makers import ALICE, BOB, CLEO, DAN, Clock, acting, joins, member, pepper

USED, LOST = "Do you use the printed booklet?", "What would you lose if it stopped?"


@pytest.fixture
def asking(room: Flask, clock: Clock) -> ChangeNotice:
    """The pocketbook's notice, open for answers from 23 November 2026 to 18 January 2027."""
    found = next(n for n in notices.every() if "pocketbook" in n.headline)
    return makers.announced(found, now=clock())


def says(
    asking: ChangeNotice,
    email: str = DAN,
    *,
    now: Any,
    words: str = "Yes, in schools.",
    user_type: str = "academic",
    **more: Any,
) -> Answer:
    with unit():
        consult.answer(
            asking,
            email=email,
            user_type=catalogue.user_type(user_type),
            answers=[(USED, words)],
            now=now,
            **more,
        )
    return session.scalars(select(Answer).order_by(Answer.id.desc()).limit(1)).one()


def confirmed(row: Answer, *, now: Any) -> Answer:
    with unit():
        return consult.confirm_answer(row.id, now=now)


def mails(email: str = DAN) -> list[Send]:
    person = queries.known(email)
    return [s for s in sends.to_person(person.id) if s.kind == "answer_confirm"]


def counts(asking: ChangeNotice) -> dict[str, tuple[int, int]]:
    """Followers and answers of the user types that have any."""
    rows = answered.turnout(asking)
    return {r.user_type: (r.followers, r.answers) for r in rows if r.followers or r.answers}


def test_an_answer_counts_once_it_is_confirmed(asking: ChangeNotice, clock: Clock) -> None:
    joins(CLEO, now=clock(), follows=["food"], user_type="media")
    row = says(asking, now=clock(), organisation="  Leeds \n University ")
    person = queries.known(DAN)
    assert (person.state, person.subscriptions, person.confirmed_at) == ("pending", [], None)
    (mail,) = mails()
    assert (mail.about, mail.stage, mail.due_at) == (f"answer:{row.id}", "confirm", clock())
    assert mail.lapses_at == clock() + timedelta(days=7)
    assert counts(asking) == {"media": (1, 0)}
    clock.forward(hours=1)
    for _ in range(2):
        assert confirmed(row, now=clock()).confirmed_at == clock()
    assert counts(asking) == {"media": (1, 0), "academic": (0, 1)}
    assert row.answers == [{"question": USED, "answer": "Yes, in schools."}]
    assert row.organisation == "Leeds University"
    assert queries.known(DAN).state == "pending"  # nobody is signed up by it
    assert [r.action for r in of(f"answer:{row.id}")] == ["confirm"]


def test_of_several_answers_the_last_confirmed_counts(asking: ChangeNotice, clock: Clock) -> None:
    first = says(asking, now=clock(), words="Yes.", user_type="academic")
    clock.forward(days=1)
    second = says(asking, now=clock(), words="No.", user_type="business")
    confirmed(second, now=clock())
    assert counts(asking) == {"business": (0, 1)}
    clock.forward(hours=1)
    confirmed(first, now=clock())
    assert counts(asking) == {"academic": (0, 1)}
    assert [row.id for row in answered.given(asking)] == [first.id]


def test_a_button_pressed_twice_is_one_answer(asking: ChangeNotice, clock: Clock) -> None:
    first = says(asking, now=clock())
    assert says(asking, now=clock()).id == first.id
    assert len(mails()) == 1
    assert says(asking, now=clock(), words="No, never.").id != first.id


def test_three_mails_a_day_and_the_sign_ups_mails_are_among_them(
    asking: ChangeNotice, clock: Clock
) -> None:
    makers.asks(DAN, now=clock())
    for number in range(4):
        says(asking, now=clock(), words=f"Number {number}.")
    assert len(mails()) == 2
    clock.forward(days=1, seconds=1)
    says(asking, now=clock(), words="On the next day.")
    assert len(mails()) == 3


def test_a_suppressed_address_gets_one_mail_in_seven_days_and_stays_suppressed(
    asking: ChangeNotice, clock: Clock
) -> None:
    person = joins(DAN, now=clock())
    with unit():
        suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
    clock.forward(days=8)
    row = says(asking, now=clock())
    clock.forward(days=6)
    says(asking, now=clock(), words="Once more.")
    assert len(mails()) == 1
    confirmed(row, now=clock())
    assert queries.known(DAN).state == "suppressed"


def test_it_is_open_to_the_end_of_its_last_day_in_london(
    asking: ChangeNotice, clock: Clock
) -> None:
    before = makers.london("2026-11-22 23:59")
    assert not consult.is_open(asking, before)
    assert consult.is_open(asking, clock.at("2026-11-23 00:00"))
    assert consult.is_open(asking, clock.at("2027-01-18 23:59"))
    assert answered.open_consultations(clock()) == [asking]
    late = clock.at("2027-01-19 00:00")
    assert not consult.is_open(asking, late)
    assert answered.open_consultations(late) == []
    with pytest.raises(Refused, match="closed on 18 January 2027, so no more answers"):
        says(asking, now=late)
    assert queries.by_email(DAN) is None


def test_nobody_can_answer_what_is_not_announced_or_has_ended(room: Flask, clock: Clock) -> None:
    draft = next(n for n in notices.every() if "pocketbook" in n.headline)
    assert not consult.is_open(draft, clock())
    found = makers.announced(draft, now=clock())
    row = says(found, now=clock())
    with unit():
        cancel(
            found,
            reason="We print on.",
            person=member(ALICE),
            approved_by=member(BOB),
            by=acting(ALICE),
            now=clock(),
        )
    assert not consult.is_open(found, clock())
    with pytest.raises(Refused, match="The consultation is over"):
        says(found, now=clock())
    with pytest.raises(Refused, match="can no longer be counted"):
        confirmed(row, now=clock())


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"email": "dan@"}, "correct format"),
        ({"words": " \r\n\t"}, "at least one question"),
        ({"words": "x" * 5001}, "has 5,001 characters; shorten it to 5,000"),
        ({"organisation": "x" * 201}, "Shorten the name of your organisation"),
    ],
)
def test_nothing_is_kept_of_a_refused_answer(
    asking: ChangeNotice, clock: Clock, said: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        says(asking, now=clock(), **said)
    assert session.scalar(select(func.count(Answer.id))) == 0
    assert session.scalar(select(func.count(Subscriber.id))) == 0


def test_a_question_that_is_not_asked_here_is_refused(asking: ChangeNotice, clock: Clock) -> None:
    with pytest.raises(Refused, match="questions have changed"), unit():
        consult.answer(
            asking,
            email=DAN,
            user_type=catalogue.user_type("media"),
            answers=[(USED, "Yes."), ("Which bank are you with?", "None.")],
            now=clock(),
        )


def test_words_are_kept_without_what_no_page_and_no_terminal_should_show(
    asking: ChangeNotice, clock: Clock
) -> None:
    row = says(asking, now=clock(), words="One\r\ntwo\x1b[2J\x9b3\x00.")
    assert row.answers[0]["answer"] == "One\ntwo[2J3."


def test_an_unconfirmed_answer_goes_after_seven_days_and_its_address_too(
    asking: ChangeNotice, clock: Clock
) -> None:
    lost = says(asking, now=clock())
    kept = confirmed(says(asking, "eve@example.org", now=clock(), words="Keep it."), now=clock())
    clock.forward(days=7)
    with pytest.raises(Refused, match="more than 7 days old"):
        confirmed(lost, now=clock() + timedelta(seconds=1))
    with unit():
        assert consult.purge_answers(now=clock()) == 1
        assert purge_unconfirmed(now=clock(), but=consult.lately(clock())) == 2
    assert session.scalars(select(Answer.id)).all() == [kept.id]
    assert session.scalars(select(Subscriber.email).distinct()).all() == [None]
    assert counts(asking) == {"academic": (0, 1)}
    assert answered.given(asking)[0].answers[0]["answer"] == "Keep it."


def test_who_answered_lately_keeps_the_address_to_confirm_by(
    asking: ChangeNotice, clock: Clock
) -> None:
    makers.asks(DAN, now=clock())
    clock.forward(days=6)
    row = says(asking, now=clock())
    clock.forward(days=2)
    with unit():
        assert consult.purge_answers(now=clock()) == 0
        assert purge_unconfirmed(now=clock(), but=consult.lately(clock())) == 0
    assert confirmed(row, now=clock()).confirmed_at == clock()


def test_a_number_that_sqlite_gives_again_gets_its_own_mail(
    asking: ChangeNotice, clock: Clock
) -> None:
    says(asking, now=clock())
    clock.forward(days=7)
    with unit():
        consult.purge_answers(now=clock())
    new = says(asking, "eve@example.org", now=clock())
    (mail,) = mails("eve@example.org")
    assert (mail.state, mail.context["answer"], mail.due_at) == ("planned", new.id, clock())


def test_consultations_of_a_team_or_of_series(asking: ChangeNotice, clock: Clock) -> None:
    series = asking.series[0]
    other = catalogue.series("wild-birds")
    assert answered.open_consultations(clock(), series_ids=[series.id]) == [asking]
    assert answered.open_consultations(clock(), series_ids=[other.id]) == []
    assert answered.open_consultations(clock(), team_id=series.team_id) == [asking]
    assert answered.open_consultations(clock(), team_id=other.team_id) == []
