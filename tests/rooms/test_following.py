"""Following one change or one release: who it reaches, what else it tells, and when it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from notifier.audience import queries as people
from notifier.audience.confirm import confirm
from notifier.audience.leave import leave_everything
from notifier.audience.models import Acknowledgement, Signup, Subscriber
from notifier.audience.receivers import Audience, receivers
from notifier.audience.rules import COMES_BACK_WITHIN
from notifier.audience.subscribe import subscribe
from notifier.catalogue import queries as catalogue
from notifier.delivery.freeze import freeze
from notifier.delivery.unsubscribe import unsubscribe
from notifier.errors import Refused
from notifier.notices.end import cancel, supersede
from notifier.notices.followers import end_what_is_over, followers
from notifier.notices.latecomers import open_for, standings, tell_at_once
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import audience_of, tell, tell_end
from notifier.releases.models import Release
from notifier.render.letters import write
from notifier.render.links import site_for
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from tests.makers import (
    ALICE,
    BOB,
    CLEO,
    DAN,
    WORDING,
    Clock,
    acting,
    announced,
    draft,
    emissions,
    joins,
    member,
    pepper,
)


def follows(
    email: str,
    clock: Clock,
    *,
    notices: list[int] = (),
    releases: list[int] = (),  # type: ignore[assignment]
) -> Subscriber:
    """Somebody who follows single things and nothing else."""
    with unit():
        subscribe(
            email,
            topics=[],
            notices=notices,
            releases=releases,
            user_type=catalogue.user_type("academic"),
            wording=WORDING,
            now=clock(),
        )
    signup = session.scalars(select(Signup.id).order_by(Signup.id.desc())).first()
    with unit():
        return confirm(signup or 0, now=clock(), pepper=pepper())


def reached(audience: Audience) -> set[int]:
    return {row[0] for row in session.execute(receivers(audience))}


def live(person: Subscriber) -> list[tuple[int | None, int | None]]:
    session.refresh(person)
    return [(s.notice_id, s.release_id) for s in person.subscriptions if s.ended_at is None]


def goes_out(send: Send, room: Flask, clock: Clock, *, state: State = State.ACCEPTED) -> None:
    """Freeze a Send and have each of its readers get it."""
    with unit():
        site = site_for(room.config["SETTINGS"])
        freeze(send, write(send, site=site, now=clock()), now=clock())
        for row in session.scalars(select(Delivery).where(Delivery.send_id == send.id)):
            row.state = int(state)
        if send.state == "sending":
            send.state = "done"


def announcement(notice: ChangeNotice) -> Send:
    query = select(Send).where(Send.about == notice.reference, Send.stage == "announce")
    return session.scalars(query).one()


def test_nothing_chosen_at_all_is_refused(room: Flask, clock: Clock) -> None:
    with pytest.raises(Refused, match="at least one topic"):
        follows(CLEO, clock)


def test_every_stage_and_event_reaches_who_follows_the_change_or_its_release(
    room: Flask, clock: Clock
) -> None:
    notice = announced(emissions(), now=clock())
    assert notice.effect_release_id is not None
    cleo = follows(CLEO, clock, notices=[notice.id])
    dan = follows(DAN, clock, releases=[notice.effect_release_id])
    for stage in ("T-90", "T0"):
        assert reached(audience_of(notice, stage)) == {cleo.id, dan.id}
    with unit():
        told = tell(notice, "updated", now=clock(), revision=2)
        ended = tell_end(notice, "cancelled", now=clock(), summary="No.")
    assert reached(Audience.of(told.receivers or {})) == {cleo.id, dan.id}
    assert reached(Audience.of(ended.receivers or {})) == {cleo.id}, "no message told of it yet"


def test_following_ends_after_the_last_message(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    cleo = follows(CLEO, clock, notices=[notice.id])
    with unit():
        assert end_what_is_over(now=clock()) == 0, "it is not over"
        last = cancel(
            notice,
            reason="No.",
            person=member(ALICE),
            approved_by=member(BOB),
            by=acting(ALICE),
            now=clock(),
        )
    with unit():
        assert end_what_is_over(now=clock()) == 0, "its last message is not out"
    goes_out(last, room, clock)
    with unit():
        assert end_what_is_over(now=clock()) == 1
    assert (cleo.state, cleo.end_reason) == ("left", "it is over")
    assert cleo.subscriptions[0].end_reason == "it is over"


def test_who_follows_a_superseded_change_goes_on_with_the_next(room: Flask, clock: Clock) -> None:
    old = announced(draft(now=clock()), now=clock(), by=BOB)
    cleo = follows(CLEO, clock, notices=[old.id])
    new = announced(draft(now=clock(), headline="Another panel"), now=clock(), by=BOB)
    with unit():
        last = supersede(old, new, by=acting(ALICE), now=clock())
    assert cleo.id in reached(followers(new)), "not even for a moment is anything missed"
    goes_out(last, room, clock)
    with unit():
        end_what_is_over(now=clock())
    assert live(cleo) == [(new.id, None)]
    assert cleo.state == "active"
    assert new.reference in cleo.subscriptions[0].end_reason


def test_who_joined_late_hears_that_another_takes_its_place(room: Flask, clock: Clock) -> None:
    """They know the old one from the list in their welcome, and no Send about it went to them."""
    joins(CLEO, now=clock(), follows=["livestock"])
    old = announced(draft(now=clock()), now=clock(), by=BOB)
    goes_out(announcement(old), room, clock)
    dan = joins(DAN, now=clock(), follows=["livestock"])
    new = announced(draft(now=clock(), headline="Another panel"), now=clock(), by=BOB)
    with unit():
        last = supersede(old, new, by=acting(ALICE), now=clock())
    assert dan.id in reached(Audience.of(last.receivers or {}))


def test_following_a_release_ends_when_it_is_out_and_all_is_said(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())
    release = session.get_one(Release, notice.effect_release_id)
    cleo = follows(CLEO, clock, releases=[release.id])
    with unit():
        release.state, release.published_at = "released", clock()
    with unit():
        assert end_what_is_over(now=clock()) == 0, "T0 is still to be said"
    t0 = session.scalars(
        select(Send).where(Send.about == notice.reference, Send.stage == "T0")
    ).one()
    with unit():
        t0.state, notice.state = "done", "in_effect"
        for later in session.scalars(select(Send).where(Send.about == notice.reference)):
            later.state = "done"
    with unit():
        assert end_what_is_over(now=clock()) == 1
    assert live(cleo) == []


def test_what_one_joined_for_is_in_the_catch_up(room: Flask, clock: Clock) -> None:
    notice, other = announced(emissions(), now=clock()), announced(draft(now=clock()), now=clock())
    cleo = follows(CLEO, clock, notices=[other.id])
    dan = follows(DAN, clock, releases=[notice.effect_release_id or 0])
    assert open_for(cleo, now=clock()) == [other]
    assert open_for(dan, now=clock()) == [notice]


def test_one_click_in_a_letter_to_earlier_readers_ends_what_brought_the_earlier_one(
    room: Flask, clock: Clock
) -> None:
    cleo = joins(CLEO, now=clock(), follows=["livestock", "food"])
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    goes_out(announcement(notice), room, clock)
    with unit():
        last = tell_end(notice, "cancelled", now=clock(), summary="No.")
    with unit():
        unsubscribe(last.id, cleo.id, now=clock())
    session.refresh(cleo)
    food = catalogue.topic("food").id
    assert [s.topic_id for s in cleo.subscriptions if s.ended_at is None] == [food]


def test_what_somebody_knows_is_what_the_ledger_says(room: Flask, clock: Clock) -> None:
    cleo, dan = joins(CLEO, now=clock(), follows=["livestock"]), joins(DAN, now=clock())
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    assert not standings(cleo.id, [notice])[notice.id].up_to_date
    goes_out(announcement(notice), room, clock)
    assert standings(cleo.id, [notice])[notice.id].up_to_date
    assert standings(dan.id, [notice])[notice.id].told_at is None
    clock.forward(days=1)
    with unit():
        leave_everything(cleo, now=clock())
        news = tell(notice, "updated", now=clock(), revision=2)
    goes_out(news, room, clock, state=State.SKIPPED)
    known = standings(cleo.id, [notice])[notice.id]
    assert (known.told_at is not None, known.news) == (True, True)


def test_a_mail_that_bounced_told_nothing(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), follows=["livestock"])
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    goes_out(announcement(notice), room, clock, state=State.BOUNCED)
    assert standings(cleo.id, [notice])[notice.id].told_at is None


def test_too_close_is_told_at_once_and_never_twice(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    assert notice.effect_at is not None
    clock.instant = notice.effect_at - timedelta(days=8)
    cleo = joins(CLEO, now=clock(), follows=["livestock"])
    with unit():
        assert tell_at_once(cleo, now=clock()) == [], "it waits for the next stage"
    clock.forward(days=1)
    with unit():
        first = tell_at_once(cleo, now=clock())
        again = tell_at_once(cleo, now=clock())
    assert [send.id for send in first] == [send.id for send in again]
    assert (first[0].kind, first[0].about) == ("notice_now", notice.reference)
    goes_out(announcement(notice), room, clock)
    dan = joins(DAN, now=clock(), follows=["livestock"])
    clock.instant = notice.effect_at
    with unit():
        assert tell_at_once(dan, now=clock()) == [], "it is too late: the day itself is told to all"


def test_who_was_told_already_gets_no_mail_of_its_own(room: Flask, clock: Clock) -> None:
    cleo = joins(CLEO, now=clock(), follows=["livestock"])
    notice = announced(draft(now=clock()), now=clock(), by=BOB)
    goes_out(announcement(notice), room, clock)
    assert notice.effect_at is not None
    clock.instant = notice.effect_at - timedelta(days=3)
    with unit():
        assert tell_at_once(cleo, now=clock()) == []


@pytest.mark.parametrize("away", [COMES_BACK_WITHIN, COMES_BACK_WITHIN + timedelta(seconds=1)])
def test_got_it_survives_four_weeks_away(room: Flask, clock: Clock, away: timedelta) -> None:
    person = joins(CLEO, now=clock())
    with unit():
        session.add(Acknowledgement(about="X-1", subscriber_id=person.id, at=clock()))
        leave_everything(person, now=clock())
    clock.instant += away
    joins(CLEO, now=clock())
    kept = session.get(Acknowledgement, ("X-1", people.known(CLEO).id))
    assert (kept is not None) == (away <= COMES_BACK_WITHIN)
