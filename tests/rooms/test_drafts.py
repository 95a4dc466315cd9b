"""Nobody has agreed to words that were changed since: a notice is edited, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from notifier.accounts import people
from notifier.catalogue import queries as catalogue
from notifier.errors import Conflict, Refused
from notifier.notices.approve import approve, submit
from notifier.notices.edit import edit
from notifier.notices.give_back import give_back
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, broken, of
from tests.makers import ALICE, BOB, DAN, HANA, Clock, acting, announced, approved, draft, member
from tests.rooms.test_two_at_once import Together, one_won

ENTRY: dict[str, Any] = {
    "series": ["milk-utilisation"],
    "type": "methodology",
    "materiality": "moderate",
    "headline": "Milk volumes will be estimated from a smaller panel",
    "what": "The panel shrinks from 100 to 60 dairies.",
    "why": "Forty dairies closed or merged.",
    "effect": {"date": "+60d"},
    "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
}
FEWER = {**ENTRY, "what": "The panel shrinks from 100 to 50 dairies."}


def edits(notice: ChangeNotice, entry: dict[str, Any], clock: Clock, by: str = ALICE) -> list[str]:
    with unit():
        return edit(notice, entry, person=member(by), by=acting(by), now=clock())


def gives_back(notice: ChangeNotice, clock: Clock, by: str, reason: str = "Say how many.") -> None:
    with unit():
        give_back(notice, reason=reason, person=member(by), by=acting(by), now=clock())


def mails(notice: ChangeNotice) -> list[tuple[int | None, str, str]]:
    """To whom, why and by whom each "sent back" is promised."""
    query = select(Send).where(Send.about == notice.reference, Send.stage == "returned")
    rows = session.scalars(query.order_by(Send.id))
    return [(row.staff_id, row.context["why"], row.context["who"]) for row in rows]


def test_a_draft_is_edited_and_nobody_becomes_its_author(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock())
    assert edits(notice, FEWER, clock) == ["what"]
    assert (notice.state, notice.author_id, notice.what) == ("draft", None, FEWER["what"])
    row = of(f"notice:{notice.id}")[-1]
    assert (row.action, row.by["name"], row.data["changed"]) == ("rewrite", ALICE, ["what"])
    heavier = {**FEWER, "materiality": "major", "effect": {"date": "2027-06-01"}}
    changed = edits(notice, heavier, clock)
    assert {"class", "materiality", "minimum_days", "effect_at"} <= set(changed)
    assert (notice.class_, notice.minimum_days) == ("A", 90)
    assert mails(notice) == []
    with unit():
        submit(notice, author=member(BOB), by=acting(BOB), now=clock())
    assert notice.author_id == member(BOB).id


def test_an_edit_after_the_approval_voids_it(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock()), now=clock())
    assert edits(notice, FEWER, clock, by=BOB) == ["what"]
    assert (notice.state, notice.approver_id, notice.approved_at) == ("draft", None, None)
    rewrite, back = of(f"notice:{notice.id}")[-2:]
    assert (rewrite.action, back.action, back.data["was"]) == ("rewrite", "return", "approved")
    assert back.data["approval_void_of"] == member(HANA).id
    assert mails(notice) == [(member(ALICE).id, "Its words were edited.", BOB)]
    with pytest.raises(Refused, match="is a draft, so it cannot be announced"), unit():
        publish(notice, by=acting(ALICE), now=clock())
    approved(notice, now=clock())
    assert notice.author_id == member(ALICE).id
    assert notice.approver_id == member(HANA).id


def test_what_waits_for_approval_leaves_the_review_with_an_edit(room: Flask, clock: Clock) -> None:
    """Hana reads in the morning, Alice edits at noon, Hana approves in the evening: not that."""
    notice = draft(now=clock())
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    edits(notice, FEWER, clock)
    with pytest.raises(Refused, match="is a draft, so it cannot be approved"), unit():
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())
    assert mails(notice) == []  # she did it herself


def test_who_edited_it_is_no_second_person(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock())
    edits(notice, FEWER, clock, by=BOB)
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match=f"{BOB} edited .*; ask an approver who did not"), unit():
        approve(notice, approver=member(BOB), by=acting(BOB), now=clock())
    with unit():
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())


def test_an_edit_that_says_nothing_new_leaves_the_approval(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock()), now=clock())
    before = len(of(f"notice:{notice.id}"))
    with pytest.raises(Refused, match="says all this already; nothing was changed"):
        edits(notice, ENTRY, clock)
    assert (notice.state, len(of(f"notice:{notice.id}"))) == ("approved", before)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({**ENTRY, "headline": "x" * 101}, "101 characters"),
        ({**ENTRY, "series": ["no-such"]}, "no series 'no-such'"),
        ({**ENTRY, "effect": {"date": "2026-11-02"}}, "is in the past"),
        ({**ENTRY, "impact": {"known": "no"}}, "next_update_by"),
        ({"headline": "All alone"}, "lacks the key"),
    ],
)
def test_a_bad_edit_changes_nothing(
    room: Flask, clock: Clock, entry: dict[str, Any], words: str
) -> None:
    notice = approved(draft(now=clock()), now=clock())
    before, chain = (notice.headline, notice.effect_at), len(of(f"notice:{notice.id}"))
    with pytest.raises(Refused, match=words):
        edits(notice, entry, clock)
    assert notice.state == "approved"
    assert notice.approver_id is not None
    assert (notice.headline, notice.effect_at) == before
    assert len(of(f"notice:{notice.id}")) == chain


def test_what_is_public_is_not_edited(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock())
    with pytest.raises(Refused, match="what was public once is not edited"):
        edits(notice, FEWER, clock)
    with pytest.raises(Refused, match="only what is in review or approved can be"):
        gives_back(notice, clock, HANA)


def test_it_is_given_back_with_a_reason_that_its_author_hears(room: Flask, clock: Clock) -> None:
    notice = draft(now=clock())
    with pytest.raises(Refused, match="is a draft, so it cannot be returned"):
        gives_back(notice, clock, HANA)
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match="Say what is to be changed"):
        gives_back(notice, clock, HANA, reason=" ")
    gives_back(notice, clock, HANA)
    row = of(f"notice:{notice.id}")[-1]
    assert (row.action, row.why, row.data["was"]) == ("return", "Say how many.", "in_review")
    assert (notice.state, notice.author_id) == ("draft", member(ALICE).id)
    approved(notice, now=clock.forward(hours=1))
    gives_back(notice, clock, BOB, reason="Not yet.")
    assert (notice.state, notice.approver_id) == ("draft", None)
    assert of(f"notice:{notice.id}")[-1].data["approval_void_of"] == member(HANA).id
    alice = member(ALICE).id
    assert mails(notice) == [(alice, "Say how many.", HANA), (alice, "Not yet.", BOB)]


def test_its_author_takes_it_back_and_no_mail_is_needed(room: Flask, clock: Clock) -> None:
    notice = approved(draft(now=clock()), now=clock())
    gives_back(notice, clock, ALICE)
    assert (notice.state, mails(notice)) == ("draft", [])


def test_who_neither_wrote_nor_approves_it_does_not_give_it_back(room: Flask, clock: Clock) -> None:
    other = catalogue.team("people-nature").id
    with unit():
        people.add(DAN, "author", team_id=other, by=SYSTEM, now=clock())
        people.add("eve@example.org", "deputy", team_id=None, by=SYSTEM, now=clock())
    notice = approved(draft(now=clock()), now=clock())
    with pytest.raises(Refused, match=f"{DAN} may not return"):
        gives_back(notice, clock, DAN)
    with pytest.raises(Refused, match=f"eve@example.org may not return .*; ask {BOB}"):
        gives_back(notice, clock, "eve@example.org")  # nobody is away
    assert notice.state == "approved"


@pytest.fixture
def together(room: Flask) -> Iterator[Together]:
    yield Together(room)
    assert list(broken()) == []
    session.rollback()


def test_one_approves_what_the_other_edits(together: Together, clock: Clock) -> None:
    id_ = draft(now=clock()).id
    with unit():
        notice = session.get_one(ChangeNotice, id_)
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())

    def approves() -> None:
        notice = session.get_one(ChangeNotice, id_)
        approve(notice, approver=member(HANA), by=acting(HANA), now=clock())

    def rewrites() -> None:
        notice = session.get_one(ChangeNotice, id_)
        edit(notice, FEWER, person=member(ALICE), by=acting(ALICE), now=clock.forward(seconds=1))

    check_one(together(approves, rewrites), id_)


def check_one(answers: list[object], id_: int) -> None:
    """Never approved with words that the approver has not read: approved as it was read, or a draft
    with the new words. Approved first and edited after, both act, and the approval is void."""
    notice = session.get_one(ChangeNotice, id_)
    if answers == ["done", "done"]:
        assert (notice.state, notice.approver_id, notice.what) == ("draft", None, FEWER["what"])
        return
    won = one_won(answers)
    state = ("approved", ENTRY["what"]) if won == 0 else ("draft", FEWER["what"])
    assert (notice.state, notice.what) == state


def test_an_approval_of_words_that_were_edited_and_submitted_again_is_a_conflict(
    room: Flask, clock: Clock
) -> None:
    """Its state is the same again; what was read is not."""
    notice = draft(now=clock())
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with unit():
        assert notice.state == "in_review"  # read, and kept
        newer = {"what": FEWER["what"], "changed_at": clock.forward(minutes=1)}
        session.execute(
            update(ChangeNotice).values(newer).where(ChangeNotice.id == notice.id),
            execution_options={"synchronize_session": False},
        )
        with pytest.raises(Conflict, match="Somebody else changed this a moment ago"):
            approve(notice, approver=member(HANA), by=acting(HANA), now=clock())
