"""What a new member of a team met on their first day, and how it reads now."""

from __future__ import annotations

import re

import pytest

from notifier.web.staff.approve.who import begun
from notifier.web.staff.insight.words import lasting
from notifier.web.staff.notices.beside_reach import counted_readers
from notifier.web.staff.sends.words import rule_words
from tests.journeys.world import World
from tests.makers import HANA, Clock
from tests.staff.desk import says
from tests.staff.seats import Seat, decides

ALICE = "alice@example.org"
WORDS = "Say how big it is, in tonnes."


@pytest.fixture
def hana(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, HANA, "hop")


@pytest.fixture
def alice(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, ALICE, "author")


def waits(world: World) -> str:
    rows = world.cli("notices", "list", "--json").json
    ref = next(row["reference"] for row in rows if row["headline"].startswith("Dry mixed"))
    world.done("notices", "submit", ref, "--by", ALICE)
    return str(ref)


def active(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)" aria-current="page"', page)


def test_what_came_back_says_why_on_its_own_page(world: World, alice: Seat, hana: Seat) -> None:
    at = f"/staff/notices/{(ref := waits(world))}"
    decides(hana, f"{at}/approve", "return", comments=WORDS)
    page = says(alice.get(at))
    assert f"returned it: {WORDS}" in page
    assert f"Returned by {HANA}" in page
    assert "Taken back" not in page
    world.done("notices", "submit", ref, "--by", ALICE)
    assert "returned it:" not in says(alice.get(at))


def test_who_wrote_it_is_not_told_to_approve_it(world: World, alice: Seat, hana: Seat) -> None:
    at = f"/staff/notices/{waits(world)}"
    mine, theirs = says(alice.get(at)), says(hana.get(at))
    assert "See it as they do" in mine
    assert "Read and approve" not in mine
    assert "Read and approve" in theirs
    assert "See it as they do" not in theirs


def test_approving_is_work_of_the_approvals(world: World, hana: Seat) -> None:
    at = f"/staff/notices/{waits(world)}"
    assert active(hana.get(f"{at}/approve").text) == ["/staff/approvals"]
    assert active(hana.get(at).text) == ["/staff/notices"]


def test_an_empty_list_says_what_one_could_do(world: World, hana: Seat) -> None:
    assert "No notice is public." in says(hana.get("/staff/notices?show=public"))
    assert "No notice is over yet." in says(hana.get("/staff/notices?show=over"))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("T-90", "90 days before it takes effect"),
        ("T-1, moved by staff", "1 day before it takes effect, moved by staff"),
        ("T+30", "30 days after it takes effect"),
        ("T0", "when it takes effect"),
        ("T0 with the release", "when it takes effect, with the release"),
        ("at once", "at once"),
        ("halfway through the consultation", "halfway through the consultation"),
    ],
)
def test_no_code_stands_for_a_rule(rule: str, words: str) -> None:
    assert rule_words(rule) == words


def test_small_words() -> None:
    assert begun("alice@example.org") == "alice@example.org"
    assert begun("the author") == "The author"
    assert lasting(0) == "a second"
    assert counted_readers(1, "daily") == "1 daily reader"
    assert counted_readers(2, "weekly") == "2 weekly readers"
