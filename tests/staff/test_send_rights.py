"""Whose Sends somebody sees and may act on: role by team by route, and what an attacker tries."""

from __future__ import annotations

import pytest

from notifier.accounts import people
from notifier.accounts.models import Staff
from notifier.audience.models import Subscriber
from notifier.catalogue import queries as catalogue
from notifier.sends import stopped
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.journeys.world import World
from tests.makers import Clock
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.sending import Ledger, sending, the

FAY = "fay@example.org"
READS = ("", "/live")
ACTS_BY_GET = ("/people", "/people.csv", "/cancel", "/correct")
ACTS = ("/pause", "/resume", "/retry", "/cancel", "/correct", "/correct/approve", "/correct/return")


def seat(world: World, clock: Clock, role: str, team: str) -> Desk:
    """A member with one role, in one team or (team "") in all, at the desk."""
    more = ("--team", team) if team else ()
    if role == "author":
        desk = joins(world, FAY, role, *more)
        desk.sign_in(FAY)
        return desk
    return enters(world, clock, FAY, role, *more)[0]


def organisations(world: World) -> int:
    """A Send of no team: the topic mail that goes to everybody."""
    number = sending(world, state="done", ledger=Ledger(people=45, again=0), first=9000)
    with world.build(now=world.clock).app_context(), unit():
        session.get_one(Send, number).team_id = None
    return number


@pytest.mark.parametrize(
    ("role", "team", "own", "house"),
    [
        ("author", "waste", True, False),
        ("author", "food", False, False),
        ("author", "", True, True),
        ("approver", "waste", True, False),
        ("approver", "food", False, False),
        ("hop", "food", True, False),  # the same body: defra
        ("hop", "people-nature", False, False),
        ("hop", "", True, True),
        ("deputy", "waste", True, False),
        ("admin", "waste", True, False),
        ("admin", "", True, True),
    ],
)
def test_who_sees_and_acts_by_role_and_team(
    world: World, clock: Clock, role: str, team: str, own: bool, house: bool
) -> None:
    """``own``: a Send of the waste team; ``house``: one of the organisation, which everybody may
    look at and only who works for all may act on."""
    number, common = sending(world), organisations(world)
    desk = seat(world, clock, role, team)
    desk.get("/staff/sends")
    base, other = f"/staff/sends/{number}", f"/staff/sends/{common}"
    assert {desk.get(base + path).status_code for path in READS} == {200 if own else 404}
    assert {desk.get(other + path).status_code for path in READS} == {200}
    allowed = [desk.get(base + path).status_code for path in ACTS_BY_GET[:3]]
    assert set(allowed) == {200 if own else 404}
    assert desk.get(other + "/people.csv").status_code == (200 if house else 404)
    assert ("Pause" in says(desk.get(base))) is own
    got = {path: desk.post(base + path, read="1").status_code for path in ACTS}
    if own:
        assert 404 not in got.values()
        assert got["/pause"] == 303
    else:
        assert set(got.values()) == {404}
        assert the(world, number).state == "sending"
    looked = desk.post(other + "/look", address="p9000@ministry.example")
    assert looked.status_code == (200 if house else 404)
    assert ("first try" in says(looked)) is house
    listed = desk.get("/staff/sends").text
    assert (f'/staff/sends/{number}"' in listed) is own
    assert f'/staff/sends/{common}"' in listed


def test_a_stranger_finds_nothing_at_all(world: World) -> None:
    number = sending(world)
    stranger = Desk(world.browser())
    stranger.get("/staff/sign-in")
    for path in ("/staff/sends", "/staff/search", f"/staff/sends/{number}"):
        assert stranger.get(path).status_code == 404
    for path in (*READS, *ACTS_BY_GET, "/domains.csv"):
        assert stranger.get(f"/staff/sends/{number}{path}").status_code == 404
    for path in (*ACTS, "/look"):
        assert stranger.post(f"/staff/sends/{number}{path}").status_code == 404
    assert the(world, number).state == "sending"


def test_without_the_token_of_a_form_nothing_happens(world: World) -> None:
    number = sending(world)
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    for path in (*ACTS, "/look"):
        answer = desk.post(f"/staff/sends/{number}{path}", csrf_token="", reason="x", text="x")
        assert answer.status_code == 400
    assert desk.post("/staff/search", csrf_token="", q="x").status_code == 400
    assert the(world, number).state == "sending"
    with world.build(now=world.clock).app_context():
        assert of(f"send:{number}") == []


def test_mail_to_one_person_is_seen_by_who_works_for_all(world: World, clock: Clock) -> None:
    with world.build(now=clock).app_context(), unit():
        person = session.query(Staff).first()
        assert person is not None
        send = plan(
            "nag",
            "x",
            stage="y",
            due_at=clock(),
            now=clock(),
            staff_id=person.id,
            team_id=catalogue.team("waste").id,
        )
        number = send.id
    desk = seat(world, clock, "author", "waste")
    assert desk.get(f"/staff/sends/{number}").status_code == 404
    with world.build(now=clock).app_context(), unit():
        people.grant(FAY, "author", team_id=None, by=SYSTEM, now=clock())
    assert "Reminder to staff" in says(desk.get(f"/staff/sends/{number}"))


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "99999999999999999999"])
def test_a_number_that_there_is_not_answers_404(world: World, number: str) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.get("/staff/sends")
    assert desk.get(f"/staff/sends/{number}").status_code == 404
    assert desk.get(f"/staff/sends/{number}/people.csv").status_code == 404
    assert desk.post(f"/staff/sends/{number}/pause").status_code == 404


def test_script_from_a_server_or_an_address_stays_text(world: World) -> None:
    script = "<script>x"
    number = sending(world, ledger=Ledger(status=script))
    with world.build(now=world.clock).app_context(), unit():
        row = session.get_one(Subscriber, 5043)
        row.email = "a@<img src=x onerror=alert(1)>"
        send = session.get_one(Send, number)
        stopped.mark(send, "paused", "<b>why</b>", now=world.clock())
        send.state = "paused"
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    for path in ("", "/people", "/live"):
        text = desk.get(f"/staff/sends/{number}{path}").text
        assert "<script>x" not in text
        assert "<img src=x" not in text
        assert "<b>why</b>" not in text
    page = desk.get(f"/staff/sends/{number}").text
    assert "&lt;script&gt;x" in page
    assert "&lt;b&gt;why&lt;/b&gt;" in page
    home = desk.get("/staff/").text
    assert "<b>why</b>" not in home
    assert "&lt;b&gt;why&lt;/b&gt;" in home
    shown = desk.post(f"/staff/sends/{number}/look", address="<script>alert(1)</script>@x.org")
    assert shown.status_code == 400
    assert "<script>alert" not in shown.text


def test_who_was_signed_out_meanwhile_gets_no_page_into_the_block(
    world: World, clock: Clock
) -> None:
    number = sending(world)
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    desk.get(f"/staff/sends/{number}")
    clock.forward(hours=13)
    desk.given["HX-Request"] = "true"
    assert desk.get(f"/staff/sends/{number}/live").status_code == 401
    assert desk.get("/staff/going").status_code == 401


def test_a_page_that_looks_by_itself_keeps_nobody_signed_in(world: World, clock: Clock) -> None:
    number = sending(world)
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    desk.given["HX-Request"] = "true"
    for _ in range(11):
        clock.forward(hours=1)
        assert desk.get(f"/staff/sends/{number}/live").status_code == 200
    clock.forward(hours=2)
    assert desk.get(f"/staff/sends/{number}/live").status_code == 401
