"""A year of releases at the desk: from a file with a dry run first, by a rule, and one by hand."""

from __future__ import annotations

import csv
import re
from io import BytesIO, StringIO
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.journeys.world import World
from tests.makers import Clock
from tests.staff.desk import Desk, joins, says
from tests.staff.test_release_desk import FAY, FLY, history, number_of, shown

NEXT = "Fly-tipping statistics for England, 2026 to 2027"
IMPORT = "/staff/releases/import"


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def table(*rows: str, head: str = "series,title,date,certainty,landing_url,reason") -> bytes:
    return "\r\n".join([head, *rows, ""]).encode()


def sends(desk: Desk, raw: bytes, name: str = "year.csv") -> TestResponse:
    desk.get("/staff/releases/new")
    return desk.post(IMPORT, file=(BytesIO(raw), name), pasted="")


def does(desk: Desk, page: TestResponse) -> TestResponse:
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', page.text)
    assert mark is not None
    return desk.post(f"{IMPORT}/do", mark=mark[1])


def titles(world: World) -> list[str]:
    return [row["title"] for row in world.cli("releases", "list", "--json").json]


def test_a_year_from_a_file_is_shown_first_and_then_done(world: World, fay: Desk) -> None:
    before = titles(world)
    fly = number_of(world, FLY)
    raw = table(
        f'fly-tipping,"{NEXT}",2027-12-02 09:30,,https://example.org/next,',
        f'Fly-tipping statistics for England,"{FLY}",2027-01-14 09:30,,,"Data, late"',
        "uk-waste,UK waste 2027,2027-Q2,,,",
        "uk-waste,UK waste 2027,2027-Q2,,,",
        "uk-waste,On a Sunday,2027-03-28 09:30,,,",
        "food-pocketbook,Not ours,2027-03-25 09:30,,,",
        "uk-waste,=cmd|' /C calc'!A0,2027-03-25 09:30,,,",
        "uk-waste,Confirmed at once,2027-03-25 09:30,confirmed,,",
        "uk-waste,Without a day,soon,,,",
    )
    page = fay.follow(sends(fay, raw))
    said = says(page)
    assert "Three are new, one asks a second person, one stays as it is, four are refused." in said
    assert "weekend or bank holiday" in said
    assert "There is no publication “food-pocketbook” of a team of yours" in said
    assert "begins like a formula" in said
    assert "is no date" in said
    assert "bin/notifier" not in said
    assert titles(world) == before, "nothing is done yet"
    done = fay.follow(does(fay, page))
    assert "Done. Three are new" in says(done)
    added = set(titles(world)) - set(before)
    assert added == {NEXT, "UK waste 2027", "Confirmed at once"}
    assert shown(world, number_of(world, "Confirmed at once"))["state"] == "confirmed"
    assert shown(world, number_of(world, "UK waste 2027"))["precision"] == "quarter"
    assert history(world, number_of(world, NEXT)) == ["add"]
    assert "You ask to move it to Thursday 14 January 2027" in says(
        fay.get(f"/staff/releases/{fly}")
    )
    twice = fay.follow(does(fay, page))
    assert "done or dropped already" in says(twice)
    again = fay.follow(sends(fay, raw))
    assert "stay as they are" in says(again), "the same file again adds nothing"


def test_what_is_done_is_what_was_shown(world: World, clock: Clock, fay: Desk) -> None:
    page = fay.follow(sends(fay, table(f'fly-tipping,"{NEXT}",2027-12-02 09:30,,,')))
    with (world.folder / "one.yaml").open("w") as file:
        file.write(f'{{series: fly-tipping, title: "{NEXT}", date: "2027-12-09 09:30"}}')
    world.done("releases", "add", "--from", str(world.folder / "one.yaml"))
    changed = does(fay, page)
    assert changed.status_code == 400
    assert "Something changed meanwhile" in says(changed)
    assert "It has another date now. Give the reason" in says(changed)
    assert shown(world, number_of(world, NEXT))["date"] == "2027-12-09 09:30"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "The file is empty"),
        (b"series,title\r\nx,y\r\n", "lacks the column date"),
        (b"series,title,date,colour\r\n", "There is no column “colour”"),
        (b"series,title,date,date\r\n", "stands there twice"),
        (b"series,title,date\r\n", "a heading and no row"),
        (b"PK\x03\x04\x00\x00zip", "is not text"),
        (b'series,title,date\r\na,"b,c\r\n', "is not CSV"),
        (b"series,title,date\r\n" + b"a,b,2027-01-01\r\n" * 201, "more than 200 rows"),
        (b"series,title,date\r\n" + b"x" * 100_001, "larger than 100 KB"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(fay: Desk, raw: bytes, words: str) -> None:
    page = sends(fay, raw)
    assert page.status_code == 400
    assert words in says(page)


def test_hostile_cells_are_refused_by_row_and_shown_as_text(world: World, fay: Desk) -> None:
    rows = (
        "uk-waste,<script>alert(1)</script>,2027-03-25 09:30,,,",
        f"uk-waste,{'x' * 1001},2027-03-25 09:30,,,",
        "uk-waste,many,2027-03-25 09:30,,,,,,,",
        "uk-waste,more,2027-03-25 09:30,,,,extra",
        "uk-waste,link,2027-03-25 09:30,,javascript:alert(1),",
        "uk-waste,odd,2027-03-25 09:30,perhaps,,",
        "uk-waste,past,2020-03-25 09:30,,,",
        '"uk-waste","two\nlines",2027-03-25 09:30,,,',
    )
    page = fay.follow(sends(fay, table(*rows)))
    assert "<script>alert" not in page.text
    assert page.text.count("plan__row--bad") >= 5
    said = says(page)
    for words in ("more than 1,000 characters", "more cells than the heading", "is no address"):
        assert words in said, words
    assert "Certainty is planned, provisional or confirmed" in said
    fay.get(IMPORT)
    fay.post(f"{IMPORT}/drop")
    assert "What the file would do" not in says(fay.get(IMPORT))


def test_the_table_to_fill_in_is_read_again_as_it_is(world: World, fay: Desk) -> None:
    with (world.folder / "one.yaml").open("w") as file:
        file.write('{series: uk-waste, title: "=1+1", date: "2027-12-09 09:30"}')
    world.done("releases", "add", "--from", str(world.folder / "one.yaml"))
    raw = fay.get(f"{IMPORT}/template.csv?with=releases").data
    cells = list(csv.reader(StringIO(raw.decode())))
    assert [row[1] for row in cells if "1+1" in row[1]] == ["'=1+1"], "no formula for spreadsheets"
    assert not any(cell.startswith(("=", "+", "@")) for row in cells for cell in row)
    assert "Food" not in raw.decode(), "another team's releases are not in it"
    empty = fay.get(f"{IMPORT}/template.csv").data.decode()
    assert empty.startswith("series,title,date,certainty")


def rule(**other: Any) -> dict[str, Any]:
    given = {"every": "month", "which": "2", "weekday": "WE", "begins": "2026-12", "time": "09:30"}
    return {**given, "rule": "", "was": "", **other}


def test_a_rule_is_tried_kept_and_its_year_made_once(world: World, clock: Clock, fay: Desk) -> None:
    url = "/staff/releases/regular/fly-tipping"
    assert "By hand." in says(fay.get(url))
    seen = fay.post(url, do="see", **rule())
    assert "Wednesday 9 December 2026 at 9:30am" in says(seen)
    assert "it is not kept yet" in says(seen)
    assert history(world, 0) == []
    odd = fay.post(url, do="set", **rule(time="11:15"))
    assert odd.status_code == 400
    assert "Statistics come out at 09:30" in says(odd)
    for wrong in ({"begins": "soon"}, {"time": "noon"}, {"rule": "FREQ=NONSENSE"}, {"every": "x"}):
        assert fay.post(url, do="set", **rule(**wrong)).status_code == 400, wrong
    twice = fay.post(url, do="set", **rule(rule="DTSTART:20261201T093000;FREQ=WEEKLY;BYDAY=TH"))
    assert "the same title" in says(twice)
    done = fay.follow(fay.post(url, do="set", **rule()))
    assert "editions are added, provisional." in says(done)
    made = [t for t in titles(world) if t.startswith("Fly-tipping statistics for England, ")]
    assert len(made) >= 12
    world.drain()
    assert len(set(titles(world))) == len(titles(world)), "the worker makes none of them again"
    stale = fay.post(url, do="set", **rule(which="3"))
    assert "Somebody else changed this" in says(stale)
    was = "DTSTART:20261201T093000;FREQ=MONTHLY;BYDAY=2WE"
    ended = fay.follow(fay.post(url, do="end", **rule(was=was)))
    assert "by hand from now on" in says(ended)
    assert "By hand." in says(ended)


def test_one_is_added_by_hand_with_every_precision(world: World, fay: Desk) -> None:
    given = {"series": "uk-waste", "day": "2027-05-12", "time": "09:30", "certainty": "provisional"}
    for precision in ("datetime", "date", "week", "month", "quarter", "no_later_than"):
        fay.get("/staff/releases/new")
        done = fay.post(
            "/staff/releases/new", **given, title=f"UK waste {precision}", exact=precision
        )
        assert done.status_code == 303, says(done)
        assert shown(world, number_of(world, f"UK waste {precision}"))["precision"] == precision
    for wrong, words in (
        ({"title": ""}, "Give it a title"),
        ({"title": "UK waste date", "exact": "date"}, "has a release called"),
        ({"title": "x", "exact": "date", "day": "12 Nevruary"}, "Enter a real date"),
        ({"title": "x", "exact": "date", "day": "2027-05-15"}, "weekend or bank holiday"),
        ({"title": "x", "exact": "datetime", "time": "25:00"}, "Enter a time of day"),
        ({"title": "x", "exact": "date", "day": "2020-05-12"}, "That date is past"),
    ):
        page = fay.post("/staff/releases/new", **{**given, "exact": "date", **wrong})
        assert page.status_code == 400, wrong
        assert words in says(page), wrong
    hidden = fay.post(
        "/staff/releases/new",
        **{**given, "certainty": "planned", "title": "A secret", "exact": "date"},
    )
    assert hidden.status_code == 303
    number = number_of(world, "A secret")
    assert world.get(f"/releases/{number}").status_code == 404
    fay.get(f"/staff/releases/{number}")
    assert "It is public" in says(fay.follow(fay.post(f"/staff/releases/{number}/make-public")))
    assert world.get(f"/releases/{number}").status_code == 200


def test_an_exemption_needs_its_reason_and_opens_another_time(world: World, fay: Desk) -> None:
    url = "/staff/releases/regular/fly-tipping"
    fay.get(url)
    for wrong in ({}, {"exempt_time": "07:00"}, {"exempt_time": "7", "exempt_reason": "x"}):
        assert fay.post(f"{url}/exempt", **wrong).status_code == 400, wrong
    given = {"exempt_time": "07:00", "exempt_reason": "It comes out with the Bank's figures."}
    done = fay.follow(fay.post(f"{url}/exempt", **given))
    assert "It comes out at 07:00: It comes out with the Bank" in says(done)
    kept = fay.post(url, do="set", **rule(time="07:00"))
    assert kept.status_code == 303
    asks = fay.follow(fay.post(f"{url}/landing", asks="1"))
    assert "Its page must answer before an armed release" in says(asks)
