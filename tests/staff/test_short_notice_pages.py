"""Less notice than promised: agreed to with a public reason, or in an emergency; never quiet."""

from __future__ import annotations

import pytest

from tests.journeys.world import World, hidden
from tests.makers import ALICE, BOB, HANA, Clock
from tests.staff.desk import says
from tests.staff.seats import Seat, decides
from tests.staff.test_approving_pages import (
    EMISSIONS,
    WASTE,
    edits,
    history,
    needs_of,
    reference,
    row_of,
    the,
)


@pytest.fixture
def hana(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, HANA, "hop")


@pytest.fixture
def alice(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, ALICE, "author")


def test_a_head_of_profession_accepts_a_short_lead_with_its_reason(
    world: World, clock: Clock, hana: Seat, alice: Seat
) -> None:
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    clock.at("2026-12-14 10:00")  # 77 days before the release
    hana.back()
    alice.back()
    world.done("notices", "submit", ref, "--by", ALICE)
    page = hana.get(path)
    assert "Users get 77 days ; 90 are needed." in says(page)
    assert "Short" in says(page)
    assert decides(hana, path, "approve").status_code == 303  # the words alone
    short = world.cli("notices", "publish", ref, "--by", ALICE)
    assert short.status == 1
    assert row_of(hana, EMISSIONS).startswith("Agree")
    assert "agree to less notice with a reason" in row_of(hana, EMISSIONS)
    assert EMISSIONS not in needs_of(alice)

    agreeing = hana.get(path)
    assert "77 days of notice instead of 90" in says(agreeing)
    assert decides(hana, path, "agree", reason="").status_code == 400
    done = decides(hana, path, "agree", reason="The supplier told us on 11 December.")
    assert "You agreed to less notice" in says(hana.follow(done))
    assert "agreed to less notice, if it is published by Tuesday 15 December 2026" in says(
        alice.get(path)
    )
    clock.forward(days=1)
    world.done("notices", "publish", ref, "--by", ALICE)
    notice = the(world, ref)
    assert (notice.state, notice.verdict, notice.lead_days) == ("announced", "short", 76)
    assert notice.short_notice_reason == "The supplier told us on 11 December."
    public = world.browser().get(f"/changes/{ref}").text
    assert "The supplier told us on 11 December." in public
    assert [action for action, _ in history(world, ref)][-2:] == ["accept_short", "announce"]


@pytest.mark.parametrize("spoils", ["late", "edited", "by an approver"])
def test_what_was_agreed_to_counts_for_two_days_and_these_words(
    world: World, clock: Clock, hana: Seat, spoils: str
) -> None:
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    clock.at("2026-12-14 10:00")
    hana.back()
    world.done("notices", "submit", ref, "--by", ALICE)
    if spoils == "by an approver":
        bob = Seat(world, clock, BOB, "approver")
        assert decides(hana, path, "approve").status_code == 303
        page = bob.get(path)
        assert "Agree to less notice" not in says(page)
        forged = bob.post(path, version=hidden(page.text, "version"), answer="agree", reason="x")
        assert forged.status_code == 400
    else:
        both = decides(hana, path, "approve", reason="The supplier told us late.")
        assert both.status_code == 303
        if spoils == "late":
            clock.forward(days=2)
        else:
            edits(world, ref, ALICE, why="The survey of PM2.5 shows fewer homes.")
            world.done("notices", "submit", ref, "--by", ALICE)
            assert decides(hana, path, "approve").status_code == 303
    refused = world.cli("notices", "publish", ref, "--by", ALICE)
    assert refused.status == 1
    assert the(world, ref).state == "approved"


def test_an_emergency_is_published_at_once_and_loudly(
    world: World, clock: Clock, hana: Seat, alice: Seat
) -> None:
    ref = reference(world, EMISSIONS)
    path, way = f"/staff/notices/{ref}/approve", f"/staff/notices/{ref}/emergency"
    world.done("notices", "submit", ref, "--by", ALICE)
    assert "gives the notice that is promised" in says(hana.get(way))
    clock.at("2027-02-23 10:00")  # 6 days before
    hana.back()
    alice.back()
    assert way in hana.get(path).text
    assert way not in alice.get(path).text
    assert alice.get(way).status_code == 404
    page = hana.get(way)
    assert "Users get 6 days ; 90 are promised." in says(page)
    token = hidden(page.text, "version")
    assert hana.post(way, version=token, reason="", sure="yes").status_code == 400
    assert hana.post(way, version=token, reason="A fault in the survey.").status_code == 400
    assert hana.post(way, version="x", reason="A fault.", sure="yes").status_code == 409
    assert the(world, ref).state == "in_review"
    done = hana.post(way, version=token, reason="A fault in the survey.", sure="yes")
    assert done.status_code == 303
    notice = the(world, ref)
    assert (notice.state, notice.verdict) == ("announced", "short")
    actions = [action for action, _ in history(world, ref)]
    assert actions == ["submit", "approve", "emergency", "announce"]
    loud = says(alice.get("/staff/"))
    assert "In an emergency hana@example.org published with 6 days of notice instead of 90" in loud
    assert "A fault in the survey." in loud
    clock.forward(days=8)
    alice.back()
    assert "In an emergency" not in says(alice.get("/staff/"))


def test_what_took_effect_is_recorded_in_an_emergency(
    world: World, clock: Clock, hana: Seat
) -> None:
    ref = reference(world, WASTE)
    way = f"/staff/notices/{ref}/emergency"
    world.done("notices", "submit", ref, "--by", ALICE)
    clock.at("2027-02-01 10:00")  # 65 days from the start are over
    hana.back()
    page = hana.get(way)
    assert "It took effect already" in says(page)
    done = hana.post(way, version=hidden(page.text, "version"), reason="We forgot.", sure="yes")
    assert done.status_code == 303
    notice = the(world, ref)
    assert (notice.state, notice.verdict) == ("in_effect", "after")
    assert "after the change" in says(hana.get("/staff/"))
