"""Whom of the people somebody sees: readers of their own teams, and of each no more than they need;
and what an attacker tries.
"""

from __future__ import annotations

import pytest

from notifier.audience import queries
from notifier.audience.complain import complain
from notifier.audience.models import Subscriber
from notifier.audience.segments import save
from notifier.catalogue import queries as catalogue
from notifier.insight.whose import teams_of
from notifier.sends.models import Delivery, Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests.journeys.world import World
from tests.makers import CLEO, HANA, Clock, member
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.sending import Ledger, sending

FAY, DAN = "fay@example.org", "dan@example.org"
SCRIPT = "<img src=x onerror=alert(1)>"
ACTS = ("stop", "lift", "ask", "pause", "resume", "feed", "topics", "forget")
PATHS = ("", "/held.json", *(f"/{act}" for act in ACTS))


def seat(world: World, clock: Clock, role: str, team: str) -> Desk:
    more = ("--team", team) if team else ()
    if role == "author":
        desk = joins(world, FAY, role, *more)
        desk.sign_in(FAY)
    else:
        desk = enters(world, clock, FAY, role, *more)[0]
    desk.get("/staff/people")
    return desk


def number(world: World, email: str = CLEO) -> int:
    with world.build(now=world.clock).app_context():
        return queries.known(email).id


@pytest.mark.parametrize(
    ("role", "team", "sees", "acts", "keeps"),
    [
        ("author", "waste", True, False, False),
        ("author", "food", False, False, False),
        ("author", "", True, False, False),
        ("approver", "waste", True, True, False),
        ("approver", "food", False, False, False),
        ("hop", "food", True, True, False),  # the same body: defra
        ("hop", "people-nature", False, False, False),
        ("deputy", "waste", True, True, False),
        ("admin", "waste", True, True, False),
        ("hop", "", True, True, True),
        ("deputy", "", True, True, True),
        ("admin", "", True, True, True),
    ],
)
def test_who_sees_acts_and_keeps_by_role_and_team(
    world: World, clock: Clock, role: str, team: str, sees: bool, acts: bool, keeps: bool
) -> None:
    """Cleo follows waste alone. ``keeps``: erases, takes files, reads complaints."""
    world.joins(CLEO, topics=["waste"], user_type="academic")
    with world.build(now=clock).app_context(), unit():
        cleo = queries.known(CLEO)
        cleo.name, cleo.organisation, cleo.uses = "Cleo Smith", SCRIPT, "For my thesis"
        cleo.paused_until = None
    desk = seat(world, clock, role, team)
    base = f"/staff/people/{number(world)}"
    page = desk.get(base)
    assert page.status_code == (200 if sees else 404)
    found = {path: desk.get(base + path).status_code for path in PATHS[1:]}
    assert {found[f"/{act}"] for act in ACTS[:-1]} <= ({200, 303} if acts else {404})
    assert {found["/forget"], found["/held.json"]} == {200 if keeps else 404}
    assert ("Cleo Smith" in says(page)) is keeps
    assert SCRIPT not in page.text
    looked = desk.post("/staff/people", address=CLEO)
    assert looked.status_code == (303 if sees else 400)
    assert ("One person has the address" in says(desk.post("/staff/search", q=CLEO))) is sees
    for path in ("complaints", "import", "export"):
        assert desk.get(f"/staff/people/{path}").status_code == (200 if keeps else 404), path
    stopped = desk.post("/staff/people/suppressed", address="x@example.org", why="A trap")
    assert stopped.status_code == (303 if keeps else 404)
    with world.build(now=clock).app_context():
        history = of(f"subscriber:{queries.known(CLEO).id}")
        looks = [row.by["name"] for row in history if row.action == "look"]
    assert looks == ([FAY] if sees else [])
    if not acts:
        for act in ACTS:
            given = {"why": "x", "asked": "we", "sure": "yes", "until": "2027-01-04"}
            assert desk.post(f"{base}/{act}", **given).status_code == 404
        with world.build(now=clock).app_context():
            assert queries.known(CLEO).state == "active"


def test_whose_reader_somebody_is(world: World, clock: Clock) -> None:
    """Through a topic, what stands below it, a single series, and what they were sent."""
    world.joins(CLEO, topics=["environment"], user_type="academic")
    world.joins(DAN, topics=["food"], user_type="media")
    with world.build(now=clock).app_context():
        names = catalogue.team_slugs()
        environment = {names[each] for each in teams_of(queries.known(CLEO))}
        assert {names[each] for each in teams_of(queries.known(DAN))} == {"food"}
    assert {"waste", "air-quality"} <= environment
    assert "food" not in environment
    sending(world, "waste", ledger=Ledger(people=1), first=5000)
    with world.build(now=clock).app_context():
        person = session.get_one(Subscriber, 5000)
        assert {names[each] for each in teams_of(person)} == {"waste"}


def test_a_team_sees_no_other_teams_messages(world: World, clock: Clock) -> None:
    sending(world, "waste", ledger=Ledger(people=2), first=5000)
    sending(world, "food", ledger=Ledger(people=2), first=6000)
    with world.build(now=clock).app_context(), unit():
        other = session.query(Send).filter_by(revision=6000).one()
        at = int(clock().timestamp())
        row = {"variant": 0, "state": 1, "at": at, "code": 250, "tries": 1}
        session.add(Delivery(send_id=other.id, subscriber_id=5000, **row))
    fay = seat(world, clock, "author", "waste")
    page = fay.get("/staff/people/5000")
    assert "1 in all" in says(page)
    hop, _ = enters(world, clock, "gil@example.org", "hop")
    assert "2 in all" in says(hop.get("/staff/people/5000"))


def test_a_stranger_and_a_forged_form_change_nothing(world: World, clock: Clock) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    base = f"/staff/people/{number(world)}"
    stranger = Desk(world.browser())
    stranger.get("/staff/sign-in")
    fixed = ("/staff/people", "/staff/people/suppressed", "/staff/people/segments")
    for path in (*(base + each for each in PATHS), *fixed, "/staff/people/export"):
        assert stranger.get(path).status_code == 404, path
        assert stranger.post(path).status_code == 404, path
    hop = seat(world, clock, "hop", "")
    for act in ACTS:
        given = {"why": "x", "asked": "we", "sure": "yes", "until": "2027-01-04"}
        assert hop.post(f"{base}/{act}", csrf_token="", **given).status_code == 400, act
    for path in ("import", "suppressed", "segments/new"):
        assert hop.post(f"/staff/people/{path}", csrf_token="").status_code == 400
    with world.build(now=clock).app_context():
        assert queries.known(CLEO).state == "active"


def test_script_in_whatever_people_and_staff_wrote_stays_text(world: World, clock: Clock) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    hop = seat(world, clock, "hop", "")
    base = f"/staff/people/{number(world)}"
    hop.get(f"{base}/stop")
    hop.post(f"{base}/stop", asked="we", why=SCRIPT)
    with world.build(now=clock).app_context(), unit():
        cleo = queries.known(CLEO)
        cleo.name = cleo.organisation = cleo.uses = cleo.source = SCRIPT
        row = complain(SCRIPT, person=cleo, now=clock())
        found = {"organisation": SCRIPT}
        save("x", found, person=member(HANA), by=SYSTEM, now=clock(), name=SCRIPT)
        complaint = row.id
    for path in (
        *(base, "/staff/people/suppressed", f"/staff/people/complaints/{complaint}"),
        *("/staff/people/complaints", "/staff/people/segments", "/staff/people/segments/x"),
    ):
        page = hop.get(path)
        assert page.status_code == 200
        assert SCRIPT not in page.text, path
        assert "&lt;img src=x" in page.text, path


def test_an_expired_session_gives_back_what_was_typed(world: World, clock: Clock) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    hop = seat(world, clock, "hop", "")
    base = f"/staff/people/{number(world)}"
    hop.get(f"{base}/stop")
    clock.forward(hours=13)
    answer = hop.post(f"{base}/stop", asked="they", why="By telephone, at noon")
    assert answer.status_code == 401
    assert 'value="By telephone, at noon"' in answer.text
    with world.build(now=clock).app_context():
        assert queries.known(CLEO).state == "active"


@pytest.mark.parametrize("person", ["0", "999999", "2147483648", "99999999999999999999", "-1", "x"])
def test_a_number_that_there_is_not_answers_404(world: World, clock: Clock, person: str) -> None:
    hop = seat(world, clock, "hop", "")
    for path in PATHS:
        assert hop.get(f"/staff/people/{person}{path}").status_code == 404
    assert hop.get(f"/staff/people/complaints/{person}").status_code == 404
    assert hop.get(f"/staff/people/import/{person}").status_code == 404
    assert hop.get(f"/staff/people/suppressed/{person}").status_code == 404
