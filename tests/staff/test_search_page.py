"""The search box: everything by its name, people by their whole address, nothing of other teams."""

from __future__ import annotations

import pytest

from notifier.accounts.people import known
from notifier.audience import queries
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import Clock
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.sending import sending

FAY, GIL, CLEO = "fay@example.org", "gil@example.org", "cleo@example.org"


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    desk.get("/staff/search")
    return desk


def test_words_lead_to_an_address_that_one_can_keep(world: World, fay: Desk) -> None:
    answer = fay.post("/staff/search", q="dry mixed & more")
    assert answer.headers["Location"] == "/staff/search?q=dry+mixed+%26+more"
    assert "Nothing has “dry mixed &amp; more” in its name." in fay.follow(answer).text
    words = says(fay.follow(fay.post("/staff/search", q="  MIXED dry ")))
    assert "1 thing has “MIXED dry” in its name." in words
    assert "Draft" in words


def test_each_kind_is_found(world: World, fay: Desk) -> None:
    reference = world.announces("milk volumes")
    words = says(fay.get("/staff/search?q=milk"))
    for head in ("Notices", "Publications"):
        assert head in words
    assert "Public" in words
    assert "Topics" in says(fay.get("/staff/search?q=air+quality"))
    assert "Releases" in says(fay.get("/staff/search?q=pocket"))
    assert reference in world.sends(reference)["announce"]["about"]
    number = sending(world)
    by_number = fay.get(f"/staff/search?q={number}")
    assert f'href="/staff/sends/{number}"' in by_number.text


def test_of_other_teams_only_what_is_public_is_found(world: World, clock: Clock, fay: Desk) -> None:
    other = sending(world, "food")
    gil, _ = enters(world, clock, GIL, "hop")
    for words in ("milk volumes", "printed pocketbook", "what is coming", str(other)):
        assert "Nothing has" in says(fay.get(f"/staff/search?q={words}")), words
        assert "Nothing has" not in says(gil.get(f"/staff/search?q={words}")), words
    world.announces("printed pocketbook")
    assert "/changes/" in fay.get("/staff/search?q=printed+pocketbook").text


def test_a_person_is_found_by_the_whole_address_alone(
    world: World, clock: Clock, fay: Desk
) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    found = fay.post("/staff/search", q=" Cleo@Example.org ")
    assert found.status_code == 200
    assert found.headers["Cache-Control"] == "no-store"
    words = says(found)
    assert "One person has the address" in words
    assert "Academic or researcher" in words
    assert "Welcome" in words
    for part in ("cleo@", "leo@example.org", "@example.org", "%@%", "_leo@example.org"):
        assert "Nobody is known" in says(fay.post("/staff/search", q=part)), part
    assert CLEO not in says(fay.get(f"/staff/search?q={CLEO}")).partition("Nobody")[0]
    with world.build(now=clock).app_context():
        looks = [row.by["name"] for row in of(f"subscriber:{number(CLEO)}") if row.action == "look"]
    assert looks == [FAY]


def number(email: str) -> int:
    return queries.known(email).id


def test_who_has_no_role_finds_nobody(world: World, clock: Clock, fay: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    with world.build(now=clock).app_context():
        strip(FAY)
    assert "Nothing needs you." in says(fay.get("/staff/"))
    assert "There is nothing like that." in says(fay.get("/staff/sends?show=coming"))
    words = says(fay.post("/staff/search", q=CLEO))
    assert "People are found by staff who hold a role." in words
    assert "Academic" not in words


def strip(email: str) -> None:
    with unit():
        for role in list(known(email).roles):
            session.delete(role)


@pytest.mark.parametrize(
    "words",
    ["%", "_", "a%", "\\", "'; drop table send; --", "<script>alert(1)</script>", "x" * 5000],
)
def test_odd_words_find_nothing_and_break_nothing(fay: Desk, words: str) -> None:
    answer = fay.follow(fay.post("/staff/search", q=words))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "have “" not in says(answer)
