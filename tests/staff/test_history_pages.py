"""Who did what, when and why: each sees theirs, nobody can change it unseen, and a file is safe."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from notifier.accounts.people import known
from notifier.insight import audit
from notifier.notices import queries
from notifier.store import history
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, By, History, record
from tests.journeys.world import World, hidden
from tests.makers import ALICE, HANA, Clock, on_sqlite
from tests.staff.desk import Desk, says
from tests.staff.seats import Seat, decides
from tests.staff.test_approving_pages import EMISSIONS, WASTE, reference
from tests.staff.test_desk_page import counted

ADA, FAY, OLGA = "ada@example.org", "fay@example.org", "olga@example.org"


@pytest.fixture
def ada(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, ADA, "admin")


@pytest.fixture
def fay(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, FAY, "author", "--team", "waste")


def story(world: World, clock: Clock) -> str:
    """A notice of the waste team is submitted, returned with a remark, and submitted again."""
    bob = Seat(world, clock, "bob@example.org", "approver")
    ref = reference(world, WASTE)
    world.done("notices", "submit", ref, "--by", FAY)
    path = f"/staff/notices/{ref}/approve"
    assert decides(bob, path, "return", comments="=HYPERLINK(1) <script>").status_code == 303
    world.done("notices", "submit", ref, "--by", FAY)
    assert decides(bob, path, "approve").status_code == 303
    return ref


def name_of(world: World, ref: str) -> str:
    with world.build(now=world.clock).app_context():
        return f"notice:{queries.notice(ref).id}"


def test_a_team_reads_what_was_done_to_its_things_and_why(
    world: World, clock: Clock, fay: Seat
) -> None:
    ref = story(world, clock)
    page = fay.get("/staff/history")
    assert "Returned" in says(page)
    assert "bob@example.org" in says(page)
    assert "signed in, with the two-step code of 10am" in says(page)
    assert "asserted at the command line by" in says(page)
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text
    one = fay.follow(fay.get(f"/staff/history/{ref}"))
    assert one.status_code == 200
    assert "Four entries, each chained to the one before: unbroken." in says(one)
    assert says(one).index("Approved") < says(one).index("Returned")  # the newest first
    assert f'href="/staff/history/{name_of(world, ref)}"' in page.text


def test_another_team_sees_none_of_it_and_a_stranger_nothing(
    world: World, clock: Clock, fay: Seat
) -> None:
    ref = story(world, clock)
    olga = Seat(world, clock, OLGA, "author", "--team", "food")
    page = olga.get("/staff/history")
    assert WASTE not in page.text
    assert "bob@example.org" not in says(page).partition("When")[2]
    assert olga.get(f"/staff/history/{name_of(world, ref)}").status_code == 404
    assert WASTE not in olga.get("/staff/history.csv").text
    assert WASTE not in olga.post("/staff/history/check").text
    stranger = Desk(world.browser())
    for path in ("/staff/history", "/staff/history.csv", f"/staff/history/{ref}"):
        assert stranger.get(path).status_code == 404


def test_people_who_were_looked_up_are_in_it_for_whom_it_concerns(
    world: World, clock: Clock, fay: Seat, ada: Seat
) -> None:
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    fay.get("/staff/search")
    assert fay.post("/staff/search", q="cleo@example.org").status_code == 200
    olga = Seat(world, clock, OLGA, "author", "--team", "waste")
    assert "Looked at Reader" in says(fay.get("/staff/history"))
    assert "Looked at" not in says(olga.get("/staff/history"))  # of the same team
    whole = ada.get("/staff/history?kind=subscriber")
    assert "Looked at Reader 1 fay@example.org signed in" in says(whole)
    assert "cleo@example.org" not in whole.text
    assert "Confirmed" not in says(whole).partition("When")[2]
    readers = ada.get("/staff/history?kind=subscriber&who=readers")
    assert "The reader by themselves" in says(readers)
    assert ada.get("/staff/history/subscriber:1").status_code == 200
    assert fay.get("/staff/history/subscriber:1").status_code == 404


def test_by_one_person_by_kind_and_page_by_page(world: World, clock: Clock, ada: Seat) -> None:
    Seat(world, clock, FAY, "author")
    with world.build(now=clock).app_context(), unit():
        fay = By("signed_in", staff_id=known(FAY).id, name=FAY)
        for number in range(120):
            record(f"topic:{number}", "rename", by=fay, now=clock(), why=f"why {number}.")
        number = known(FAY).id
    seen: list[str] = []
    path = f"/staff/history?kind=topic&who={number}"
    for _ in range(4):
        page = ada.get(path)
        seen += [f"why {n}." for n in range(120) if f"“why {n}.”" in page.text]
        older = [a for a in page.text.split('href="') if "before=" in a.partition('"')[0]]
        if not older:
            break
        path = older[0].partition('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(f"why {n}." for n in range(120))
    assert "There is nothing like that." in says(ada.get("/staff/history?kind=policy&who=999999"))
    for odd in ("who=abc", "before=-1", "before=99999999999999999999", "kind=<b>", "who=٣"):
        assert ada.get(f"/staff/history?{odd}").status_code == 200


def test_the_chains_are_followed_on_demand(world: World, clock: Clock, ada: Seat) -> None:
    Seat(world, clock, FAY, "author", "--team", "waste")
    story(world, clock)
    ada.get("/staff/history")
    whole = says(ada.post("/staff/history/check"))
    assert "Unbroken to 10:00, 23 November 2026:" in whole
    clock.forward(days=1)
    ada.back()
    world.drain()  # the day before is sealed
    ada.get("/staff/history")
    sealed = says(ada.post("/staff/history/check"))
    assert "The days until 23 November 2026 are sealed, and the seals hold." in sealed


@pytest.mark.parametrize("tamper", ["why", "by", "staff", "gone", "last"])
def test_what_was_tampered_with_is_found(
    world: World, clock: Clock, ada: Seat, tamper: str
) -> None:
    fay = Seat(world, clock, FAY, "author", "--team", "waste")
    ref = story(world, clock)
    about = name_of(world, ref)
    clock.forward(days=1)
    ada.back()
    fay.back()
    world.drain()
    with world.build(now=clock).app_context(), unit():
        one = (History.object == about) & (History.seq == (4 if tamper == "last" else 2))
        act: Any = {
            "why": update(History).values(why="Nothing."),
            "by": update(History).values(by={"basis": "system", "staff": None}),
            "staff": update(History).values(staff_id=None),
            "gone": delete(History),
            "last": delete(History),
        }[tamper]
        session.execute(act.where(one))
    ada.get("/staff/history")
    found = says(ada.post("/staff/history/check"))
    assert "Broken:" in found
    if tamper == "last":  # the chain itself cannot tell; the seal of the day can
        assert "the seal of 23 November 2026 is not what was kept" in found
        return
    assert about in found
    assert "The chain is broken" in says(fay.get(f"/staff/history/{about}"))
    fay.get("/staff/history")
    assert "Broken:" in says(fay.post("/staff/history/check"))


def test_a_file_of_it_holds_no_formula_and_is_itself_in_it(
    world: World, clock: Clock, ada: Seat
) -> None:
    Seat(world, clock, FAY, "author", "--team", "waste")
    ref = story(world, clock)
    answer = ada.get("/staff/history.csv?kind=notice")
    assert answer.mimetype == "text/csv"
    body = answer.get_data(as_text=True).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [row["action"] for row in rows] == [
        *("Approved", "Asked for approval", "Returned", "Asked for approval"),
    ]
    assert rows[2]["why"] == "'=HYPERLINK(1) <script>"
    assert rows[2]["name"].startswith(WASTE)
    assert rows[0]["when"] == "2026-11-23T10:00:00+00:00"
    with world.build(now=clock).app_context():
        chain = history.of(name_of(world, ref))
        assert [row["sha256"] for row in rows] == [row.hash for row in reversed(chain)]
    assert "Taken as a file" in says(ada.get("/staff/history?kind=export"))


def test_loud_things_are_loud_in_it(world: World, clock: Clock, ada: Seat) -> None:
    hana = Seat(world, clock, HANA, "hop")
    Seat(world, clock, ALICE, "author")
    ref = reference(world, EMISSIONS)
    world.done("notices", "submit", ref, "--by", ALICE)
    clock.at("2027-02-23 10:00")
    hana.back()
    ada.back()
    way = f"/staff/notices/{ref}/emergency"
    token = hidden(hana.get(way).text, "version")
    assert hana.post(way, version=token, reason="A fault.", sure="yes").status_code == 303
    page = ada.get("/staff/history?kind=notice")
    assert 'class="past__loud"' in page.text
    assert "Published in an emergency Emergency" in says(page)
    assert "Made public Short notice" in says(page)


def test_what_is_in_it_for_whom_is_one_rule(world: World, clock: Clock) -> None:
    """Whatever a member reads in the list, they may open; and nothing that they may not."""
    Seat(world, clock, FAY, "author", "--team", "waste")
    story(world, clock)
    Seat(world, clock, OLGA, "author", "--team", "food")
    Seat(world, clock, ADA, "admin")
    with world.build(now=clock).app_context():
        every = {row.object for row in session.query(History)}
        for email in (FAY, OLGA, ADA):
            person = known(email)
            listed = {
                row.object
                for row in audit.rows(person, audit.Asked(also="readers"), limit=10_000)
                if row.object.partition(":")[0] not in audit.OF_PEOPLE
            }
            opened = {about for about in every if audit.may_see(person, about)}
            theirs = {a for a in opened if a.partition(":")[0] not in audit.OF_PEOPLE}
            assert theirs == listed, email
            if email == ADA:
                assert opened == every


@on_sqlite
def test_a_page_of_it_asks_little_of_the_database_however_much_there_is(
    world: World, clock: Clock, ada: Seat
) -> None:
    fay = Seat(world, clock, FAY, "author", "--team", "waste")
    with world.build(now=clock).app_context(), unit():
        for number in range(1, 400):
            record(f"subscriber:{number}", "confirm", by=SYSTEM, now=clock())
            record(f"series:{number % 20}", "describe", by=SYSTEM, now=clock())
    for desk in (ada, fay):
        desk.get("/staff/history")
        asked: list[str] = []
        with counted(asked):
            assert desk.get("/staff/history").status_code == 200
        assert len(asked) < 30, asked
    with world.build(now=clock).app_context():
        plan = session.execute(
            text("EXPLAIN QUERY PLAN SELECT * FROM history WHERE staff_id = 1 ORDER BY id DESC")
        ).all()
        assert "ix_history_staff_id" in str(plan)
