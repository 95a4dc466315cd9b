"""Addresses that are stopped, lists that come in after a report, and the list that goes out."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from notifier.audience import queries
from notifier.audience.models import (
    Consent,
    Subscriber,
    SubscriberImport,
    Suppression,
    WaitingImport,
    Wording,
)
from notifier.audience.rules import suppression_key
from notifier.audience.suppress import list_key
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import CLEO, PEPPER, Clock
from tests.staff.desk import Desk, enters, says

ADA, DAN = "ada@example.org", "dan@example.org"
STOPPED, IMPORT = "/staff/people/suppressed", "/staff/people/import"
AGREED = "I agree to get emails about food statistics."
HEADER = "email,user_type,topics,confirmed_at,name,organisation\n"


@pytest.fixture
def ada(world: World, clock: Clock) -> Desk:
    desk, _ = enters(world, clock, ADA, "admin")
    desk.get("/staff/people")
    return desk


def people(world: World) -> list[str]:
    with world.build(now=world.clock).app_context():
        return [row.email or "" for row in session.query(Subscriber).order_by(Subscriber.id)]


def upload(desk: Desk, text: str | bytes, *, wording: str = AGREED, name: str = "l.csv") -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return desk.post(IMPORT, file=(io.BytesIO(raw), name), wording=wording)


def test_an_address_is_stopped_by_hand_and_taken_off(world: World, clock: Clock, ada: Desk) -> None:
    page = ada.follow(ada.post(STOPPED, address="Robot@Example.org", why="A spam trap"))
    assert "Nothing is sent to it any more." in says(page)
    key = suppression_key("robot@example.org", PEPPER)
    assert key[:12] in says(page)
    assert "robot@example.org" not in page.text.lower()
    assert "Stopped by staff A spam trap" in says(page)
    looked = ada.post("/staff/people", address="robot@example.org")
    assert "It stands on the list of stopped ones" in says(looked)
    again = ada.follow(ada.post(STOPPED, address="robot@example.org", why="x"))
    assert "It was stopped already." in says(again)
    assert "Nobody we know has it" in says(ada.get(f"{STOPPED}/{key}"))
    refused = ada.post(f"{STOPPED}/{key}", why="")
    assert refused.status_code == 400
    assert "is off the list" in says(ada.follow(ada.post(f"{STOPPED}/{key}", why="It is none")))
    assert ada.get(f"{STOPPED}/{key}").status_code == 404
    with world.build(now=clock).app_context():
        rows = [(row.action, row.why, row.by["name"]) for row in of(f"suppression:{key}")]
    assert rows == [("list", "A spam trap", ADA), ("unlist", "It is none", ADA)]


def test_a_file_stops_many_and_says_what_it_did(world: World, clock: Clock, ada: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    ada.get(STOPPED)
    text = f"email\n{CLEO},Cleo\nx@example.org\n\nnothing\nx@example.org\n"
    page = ada.follow(ada.post(STOPPED, file=(io.BytesIO(text.encode()), "l.csv"), why="They left"))
    assert "2 stopped, 1 stopped already. No address stands in line 5." in says(page)
    assert "<td>Stopped by staff" in page.text
    assert "cleo@example.org" in page.text
    with world.build(now=clock).app_context():
        assert queries.known(CLEO).state == "suppressed"
    for more, said in (
        ({}, "Type an address or choose a file"),
        ({"address": "no address"}, "correct format"),
        ({"address": "a@b.org", "file": (io.BytesIO(b"a@b.org"), "l")}, "one of them"),
        ({"file": (io.BytesIO(b"a@b.org\n" * 2_002), "l")}, "more than 2,000 lines"),
        ({"file": (io.BytesIO(b"\xff\xfe\xfd"), "l")}, "not UTF-8 text"),
        ({"file": (io.BytesIO(b"x" * 1_000_001), "l")}, "larger than 1 MB"),
    ):
        refused = ada.post(STOPPED, why="Because", **more)
        assert refused.status_code == 400, said
        assert said in says(refused)
        assert 'value="Because"' in refused.text
    with world.build(now=clock).app_context():
        assert session.query(Suppression).count() == 2


def test_of_the_erased_only_a_code_is_shown_and_nobody_takes_it_back(
    world: World, clock: Clock, ada: Desk
) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    world.done("subscribers", "forget", CLEO)
    with world.build(now=clock).app_context(), unit():
        list_key(DAN, reason="hard_bounce", now=clock(), pepper=PEPPER)
    page = ada.get(STOPPED)
    assert CLEO not in page.text
    assert "Erased code" in says(page)
    with world.build(now=clock).app_context():
        assert [(row.action, row.by["name"]) for row in of("people:stopped")] == [("look", ADA)]
    assert "Take back…" not in page.text
    for address in (CLEO, DAN):
        key = suppression_key(address, PEPPER)
        assert ada.get(f"{STOPPED}/{key}").status_code == 404
        assert ada.post(f"{STOPPED}/{key}", why="x").status_code == 404
    assert says(ada.get(f"{STOPPED}?reason=erased")).count("code ") == 1
    for odd in ("?reason=<script>", "?page=x", "?page=99999999999", "?page=0"):
        assert ada.get(STOPPED + odd).status_code == 200


def test_a_list_is_shown_first_and_brought_in_once(world: World, clock: Clock, ada: Desk) -> None:
    world.joins(DAN, topics=["waste"], user_type="media")
    world.joins("gone@example.org", topics=["waste"], user_type="media")
    world.done("subscribers", "forget", "gone@example.org")
    ada.get(IMPORT)
    rows = (
        "new@example.org,academic,food;waste,2026-01-02,=1+1,=cmd|' /C calc'!A0\n"
        "new2@example.org,media,food,2026-01-02,,\n"
        f"{DAN},media,food,2026-01-02,,\n"
        "gone@example.org,media,food,2026-01-02,,\n"
        "no address,media,food,2026-01-02,,\n"
        "x@example.org,nobody,food,2026-01-02,,\n"
        "y@example.org,media,food,,,\n"
    )
    page = ada.follow(upload(ada, HEADER + rows, name="<b>list</b>.csv"))
    words = says(page)
    assert "2 people would be added. Nothing has happened yet." in words
    assert "Would be added 2 Known already, stay as they are 1 Refused 4" in words
    assert "This person asked us not to write to them Row 5" in words
    assert "The day on which they agreed is missing (confirmed_at) Row 8" in words
    assert "<b>list" not in page.text
    assert people(world)[0] == DAN
    assert len(people(world)) == 2
    url = re.search(rf'action="({IMPORT}/\d+)/bring"', page.text)
    assert url is not None
    report = ada.get(f"{url[1]}/refused.csv")
    assert "row,reason\r\n5," in report.text
    assert "@" not in report.text
    page = ada.follow(ada.post(f"{url[1]}/bring"))
    assert "2 people were added." in says(page)
    again = ada.follow(ada.post(f"{url[1]}/bring"))
    assert "Nothing was changed" in says(again)
    assert people(world)[2:] == ["new@example.org", "new2@example.org"]
    with world.build(now=clock).app_context():
        assert session.query(Consent).join(Wording).filter(Wording.text == AGREED).count() == 2
        (kept_import,) = session.query(SubscriberImport)
        assert [row.by["name"] for row in of(f"import:{kept_import.id}")] == [ADA]
        kept = session.query(WaitingImport).one()
        assert (kept.text, kept.counts["added"]) == ("", 2)


@pytest.mark.parametrize(
    ("text", "wording", "said"),
    [
        ("", AGREED, "Choose a CSV file"),
        (HEADER, "", "Give the words that these people agreed to"),
        (HEADER, "x" * 1001, "Shorten the words"),
        ("a,b\n1,2\n", AGREED, "missing: email"),
        (b"\xff\xfe\x00", AGREED, "not UTF-8 text"),
        (b"x" * 5_000_001, AGREED, "larger than 5 MB"),
        ("email\n" + "a\n" * 50_002, AGREED, "more than 50,000 rows"),
        (",".join(["email", *map(str, range(40))]) + "\n", AGREED, "more than 40 columns"),
        ('email,user_type,topics\n"open', AGREED, ""),
        ("email,user_type,topics\n" + "\0" * 50, AGREED, ""),
    ],
)
def test_a_bad_list_is_refused_in_one_sentence(
    world: World, ada: Desk, text: str | bytes, wording: str, said: str
) -> None:
    ada.get(IMPORT)
    answer = upload(ada, text, wording=wording)
    if said:
        assert answer.status_code == 400
        assert said in says(answer)
        assert "There is a problem" in says(answer)
    assert people(world) == []


def test_a_request_that_is_far_too_large_is_turned_away(ada: Desk) -> None:
    assert upload(ada, b"x" * 21_000_000).status_code == 413
    assert ada.post("/staff/people", address="x" * 1_100_000).status_code == 413


def test_a_list_waits_for_an_hour_and_erasure_reaches_it(
    world: World, clock: Clock, ada: Desk
) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    ada.get(IMPORT)
    url = upload(ada, f"{HEADER}new@example.org,media,food,2026-01-02,,\n").headers["Location"]
    other = upload(ada, f"{HEADER}n@example.org,media,food,2026-01-02,{CLEO},\n")
    world.done("subscribers", "forget", CLEO)
    assert ada.get(other.headers["Location"]).status_code == 404
    clock.forward(minutes=61)
    assert "its hour is over" in says(ada.get(url))
    assert "Nothing was changed" in says(ada.follow(ada.post(f"{url}/bring")))
    world.drain()
    with world.build(now=clock).app_context():
        assert [row.text for row in session.query(WaitingImport)] == [""]
    clock.forward(hours=24)
    world.drain()
    with world.build(now=clock).app_context():
        assert session.query(WaitingImport).count() == 0
    assert people(world) == [""]


def test_a_list_that_is_not_wanted_goes_at_once(world: World, clock: Clock, ada: Desk) -> None:
    ada.get(IMPORT)
    url = upload(ada, f"{HEADER}new@example.org,media,food,2026-01-02,,\n").headers["Location"]
    other, _ = enters(world, clock, "hal@example.org", "hop")
    other.get(IMPORT)
    assert other.get(url).status_code == 404
    assert other.post(f"{url}/bring").status_code == 404
    page = ada.follow(ada.post(f"{url}/drop"))
    assert "The list is deleted. Nobody was added." in says(page)
    assert ada.post(f"{url}/bring").status_code == 404


def test_the_list_goes_out_without_formulas_and_history_says_who_took_it(
    world: World, clock: Clock, ada: Desk
) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    with world.build(now=clock).app_context(), unit():
        cleo = queries.known(CLEO)
        cleo.name, cleo.organisation = "=HYPERLINK(1)", "@SUM(A1) <script>"
    world.done("segments", "save", "all-waste", "--filter", '{"topic": "waste"}', "--by", ADA)
    for path, whom in (("/staff/people/export", "everyone"), ("?segment=all-waste", "all-waste")):
        url = path if path.startswith("/") else f"/staff/people/export{path}"
        answer = ada.get(url)
        assert answer.mimetype == "text/csv"
        assert answer.headers["Cache-Control"] == "no-store"
        rows = list(csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))))
        assert rows[1][0] == CLEO
        assert rows[1][5:8:2] == ["'@SUM(A1) <script>", "'=HYPERLINK(1)"]
        with world.build(now=clock).app_context():
            last = of("export:subscribers")[-1]
            assert (last.action, last.by["name"], last.data["whom"]) == ("export", ADA, whom)
    assert ada.get("/staff/people/export?segment=no-such").status_code == 404
    clock.forward(minutes=20)
    assert ada.get("/staff/people/export").headers["Location"] == "/staff/prove"


def test_whose_mail_is_stopped_is_not_in_it(world: World, clock: Clock, ada: Desk) -> None:
    world.joins(CLEO, topics=["waste"], user_type="academic")
    with world.build(now=clock).app_context():
        number = queries.known(CLEO).id
    ada.get("/staff/people")
    ada.post(f"/staff/people/{number}/stop", asked="they", why="By letter")
    assert CLEO not in ada.get("/staff/people/export").text
