"""Two people act on one thing at once: one wins, the other is told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from threading import Barrier, BrokenBarrierError, Thread, local
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, event, select

from notifier.accounts import people
from notifier.audience.confirm import confirm
from notifier.audience.models import Consent, Subscription
from notifier.errors import Refused
from notifier.notices import follow, out
from notifier.notices.approve import approve, submit
from notifier.notices.end import cancel
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.pause import hold
from notifier.notices.publish import publish
from notifier.notices.release_cancelled import cancel as cancel_release
from notifier.notices.revise import revise
from notifier.releases.dated import exact
from notifier.releases.models import Release, ReleaseDateChange
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, broken, of
from tests.makers import (
    ALICE,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    asks,
    decided,
    draft,
    emissions,
    london,
    member,
    pepper,
)

REASON = "Quality assurance needs more time."
PATIENCE = 0.7  # seconds in which the other one must have read too; SQLite lets only one begin

Act = Callable[[], object]


class Together:
    """Runs two acts in two threads that have both read before either writes, if they can."""

    def __init__(self, app: Flask) -> None:
        self.app, self.here = app, local()
        self.barrier = Barrier(2)
        self.answers: dict[int, object] = {}

    def waits(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        """Before the first write of each thread."""
        wrote = getattr(self.here, "wrote", True)
        if wrote or not statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            return
        self.here.wrote = True
        with suppress(BrokenBarrierError):
            self.barrier.wait(timeout=PATIENCE)

    def run(self, number: int, act: Act) -> None:
        with self.app.app_context():
            self.here.wrote = False
            try:
                with unit():
                    act()
                self.answers[number] = "done"
            except Exception as error:
                self.answers[number] = error
            finally:
                session.remove()

    def __call__(self, *acts: Act) -> list[object]:
        """What became of each: "done", or the refusal; no other error is an answer."""
        session.remove()
        event.listen(Engine, "before_cursor_execute", self.waits)
        try:
            threads = [Thread(target=self.run, args=one) for one in enumerate(acts)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=60)
            assert not any(thread.is_alive() for thread in threads)
        finally:
            event.remove(Engine, "before_cursor_execute", self.waits)
        answers = [self.answers[number] for number in range(len(acts))]
        assert all(answer == "done" or isinstance(answer, Refused) for answer in answers), answers
        return answers


@pytest.fixture
def together(room: Flask) -> Iterator[Together]:
    yield Together(room)
    assert list(broken()) == []
    session.rollback()


def one_won(answers: list[object]) -> int:
    """The place of the winner; the other got a sentence to act on."""
    winners = [n for n, answer in enumerate(answers) if answer == "done"]
    assert len(winners) == 1, answers
    assert str(answers[1 - winners[0]]).endswith(".")
    return winners[0]


def the_notice(id_: int) -> ChangeNotice:
    return session.get_one(ChangeNotice, id_)


def states(object_: str) -> list[str]:
    return [row.data["now_is"] for row in of(object_) if "now_is" in row.data]


def test_two_approve(together: Together, clock: Clock) -> None:
    with unit():
        people.add("hugh@example.org", "hop", team_id=None, by=SYSTEM, now=clock())
    id_ = emissions().id
    with unit():
        submit(the_notice(id_), author=member(ALICE), by=acting(ALICE), now=clock())

    def approves(email: str) -> Act:
        return lambda: approve(
            the_notice(id_), approver=member(email), by=acting(email), now=clock()
        )

    won = one_won(together(approves(HANA), approves("hugh@example.org")))
    winner = (HANA, "hugh@example.org")[won]
    assert the_notice(id_).approver_id == member(winner).id
    assert of(f"notice:{id_}")[-1].by["name"] == winner
    assert states(f"notice:{id_}") == ["in_review", "approved"]


def test_two_announce(together: Together, clock: Clock) -> None:
    id_ = approved(emissions(), now=clock()).id

    def announces() -> None:
        publish(the_notice(id_), by=acting(ALICE), now=clock())

    one_won(together(announces, announces))
    notice = the_notice(id_)
    stages = list(session.scalars(select(Send.stage).where(Send.about == notice.reference)))
    assert len(stages) == len(set(stages)) == 6
    revisions = select(NoticeRevision.no).where(NoticeRevision.notice_id == id_)
    assert session.scalars(revisions).all() == [1]


def test_two_edit_a_public_notice(together: Together, clock: Clock) -> None:
    entry: dict[str, Any] = {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "headline": "Milk volumes will be estimated from a smaller panel",
        "why": "Forty dairies closed or merged.",
        "effect": {"date": "2027-02-10"},
        "impact": {"known": "yes"},
    }
    id_ = announced(draft(now=clock(), effect=entry["effect"]), now=clock()).id

    def edits(what: str) -> Act:
        given = {**entry, "what": what, "impact": {"known": "yes", "text": what}}
        return lambda: revise(
            the_notice(id_),
            given,
            summary=what,
            editorial=False,
            by=acting(ALICE),
            now=clock(),
        )

    answers = together(edits("The panel has 60 dairies."), edits("The panel has 70 dairies."))
    notice = the_notice(id_)
    done = sum(answer == "done" for answer in answers)
    assert done, answers
    log = select(NoticeRevision).where(NoticeRevision.notice_id == id_).order_by(NoticeRevision.id)
    rows = list(session.scalars(log))
    assert [row.no for row in rows] == list(range(1, done + 2)), (
        "each edit is a revision of its own"
    )
    assert notice.revision == done + 1
    assert rows[-1].words["what"] == notice.what
    told = select(Send).where(Send.about == notice.reference, Send.stage == "updated")
    assert len(list(session.scalars(told))) == done


def moving(release_id: int, to: str, clock: Clock) -> Act:
    return lambda: follow.move(
        session.get_one(Release, release_id),
        exact(date.fromisoformat(to)),
        decided(REASON),
        by=acting(ALICE),
        now=clock(),
    )


def carrier(clock: Clock) -> tuple[int, int]:
    """Ids of an announced notice and the release that carries it."""
    notice = announced(emissions(), now=clock())
    assert notice.effect_release_id is not None
    return notice.id, notice.effect_release_id


def test_two_move_a_release(together: Together, clock: Clock) -> None:
    notice_id, release_id = carrier(clock)
    to = ("2027-04-15", "2027-05-13")
    together(*(moving(release_id, day, clock) for day in to))
    release = session.get_one(Release, release_id)
    changes = select(ReleaseDateChange).where(ReleaseDateChange.release_id == release_id)
    rows = list(session.scalars(changes.order_by(ReleaseDateChange.id)))
    line = [date(2027, 3, 1), *(row.to_date for row in rows)]
    assert [row.from_date for row in rows] == line[:-1], "each move starts where the last one ended"
    assert release.day == line[-1]
    assert the_notice(notice_id).effect_at == release.at
    moved = select(Send).where(Send.about == f"release:{release_id}", Send.stage == "moved")
    planned = [send for send in session.scalars(moved) if send.state == "planned"]
    assert len(planned) == 1, "one message, about the date that stands"


def test_one_cancels_what_the_other_holds(together: Together, clock: Clock) -> None:
    id_ = announced(emissions(), now=clock()).id

    def cancels() -> None:
        both = {"person": member(ALICE), "approved_by": member(HANA)}
        cancel(the_notice(id_), reason=REASON, by=acting(ALICE), now=clock(), **both)

    def holds() -> None:
        news = date(2026, 12, 7)
        hold(the_notice(id_), reason=REASON, next_update=news, by=acting(ALICE), now=clock())

    answers = together(cancels, holds)
    # Held first, it may still be cancelled after: two acts in a row, both told.
    if answers != ["done", "done"]:
        one_won(answers)
    done = states(f"notice:{id_}")
    assert done[-1] == the_notice(id_).state
    assert sum(answer == "done" for answer in answers) == len(done) - 3
    about = the_notice(id_).reference
    dated = select(Send.state).where(Send.about == about, Send.wall_date.is_not(None))
    wanted = {"cancelled"} if done[-1] == "cancelled" else {"paused"}
    assert set(session.scalars(dated)) == wanted


def test_one_publishes_the_release_that_the_other_cancels(together: Together, clock: Clock) -> None:
    notice_id, release_id = carrier(clock)
    clock.instant = london("2027-03-01 09:30")

    def publishes() -> None:
        release = session.get_one(Release, release_id)
        out.publish(release, person=member(ALICE), by=acting(ALICE), now=clock())

    def cancels() -> None:
        cancel_release(
            session.get_one(Release, release_id),
            reason=REASON,
            person=member(ALICE),
            approved_by=member(HANA),
            by=acting(ALICE),
            now=clock(),
        )

    won = one_won(together(publishes, cancels))
    ends = [("released", "in_effect"), ("cancelled", "on_hold")]
    release = session.get_one(Release, release_id)
    assert (release.state, the_notice(notice_id).state) == ends[won]
    stages = set(session.scalars(select(Send.stage).where(Send.about == f"release:{release_id}")))
    assert ("cancelled" in stages) is (won == 1)


def test_a_link_is_pressed_twice_at_once(together: Together, clock: Clock) -> None:
    signup_id, key = asks(now=clock()).id, pepper()

    def presses() -> None:
        confirm(signup_id, now=clock(), pepper=key)

    answers = together(presses, presses)
    assert "done" in answers
    assert len(list(session.scalars(select(Subscription)))) == 1
    assert len(list(session.scalars(select(Consent)))) == 1
