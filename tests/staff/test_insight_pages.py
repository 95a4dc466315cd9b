"""Insight: the statement of a quarter, each page of figures, its files, and days of the past."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from html import unescape
from typing import Any

import pytest

from tests.journeys.world import World
from tests.makers import Clock, on_sqlite
from tests.rooms.given import MINOR, told
from tests.staff.desk import Desk, joins, says
from tests.staff.quarters import lived
from tests.staff.test_desk_page import counted, series_of_waste

FAY = "fay@example.org"
Q1, Q2 = "quarter=2027-Q1", "quarter=2027-Q2"
INSIGHT = "/staff/insight"


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the waste team, in a house that has lived for half a year."""
    lived(world)
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.mimetype == "text/csv", answer.status
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))


def table(fay: Desk, path: str, name: str) -> list[dict[str, str]]:
    return rows(fay.get(f"{INSIGHT}/{path}{'&' if '?' in path else '?'}table={name}"))


def statement(answer: Any) -> str:
    found = re.search(r'<div class="statement">.*?</div>', answer.text, re.S)
    assert found is not None
    words = re.sub(r"</?a[^>]*>", "", found[0])
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).split())


@on_sqlite
def test_the_statement_says_it_plainly(fay: Desk) -> None:
    said = statement(fay.get(f"{INSIGHT}?{Q1}"))
    assert said == (
        "From January to March 2027 Defra Group statistics announced four changes: two with the "
        "notice that we promise, or more; two with less, both with a public reason. "
        "Three changes took effect; users had been told of one as early as we promise, of one "
        "later than that, of one only on the day. "
        "One release date was changed or cancelled; users were told of one on the day of the "
        "decision. "
        "Two releases came out: one on the day and at the time that had been announced, one on a "
        "later day. Five were overdue on 31 March 2027. "
        "No error was corrected."
    )
    text = fay.get(f"{INSIGHT}/statement.txt?{Q1}")
    assert text.mimetype == "text/plain"
    words = " ".join(text.text.split())
    assert all(sentence in words for sentence in said.split(". "))
    assert "As it stands today, 20 July 2027." in words
    assert "/notice-given?year=2027" in words


@on_sqlite
def test_of_the_second_quarter_what_was_told_afterwards_counts(fay: Desk) -> None:
    said = statement(fay.get(f"{INSIGHT}?{Q2}"))
    assert "announced two changes: one with the notice that we promise, or more; one with" in said
    assert "of two as early as we promise, of one only after it had happened." in said


@on_sqlite
def test_each_figure_leads_to_as_many_rows(fay: Desk) -> None:
    page = fay.get(f"{INSIGHT}?{Q1}").text
    block = page[page.index('class="statement"') : page.index("statement__how")]
    links = re.findall(r'<a href="([^"#]+)#(changes|out|moved|waiting)">([^<]+)</a>', block)
    numbers = {"one": 1, "two": 2, "both": 2, "three": 3, "four": 4, "five": 5}
    assert len(links) == 13
    for url, name, words in links:
        path = unescape(url).removeprefix(f"{INSIGHT}/")
        assert len(table(fay, path, name)) == numbers[words.split()[0].lower()], (url, words)


@on_sqlite
def test_by_day_of_effect_the_quarters_add_up_to_the_public_record(world: World, fay: Desk) -> None:
    """To the digit: the same changes, days, promises and verdicts."""
    public = {
        row["reference"]: row
        for row in csv.DictReader(io.StringIO(world.get("/notice-given.csv?year=2027").text))
        if row["state"] in ("in_effect", "closed")
    }
    mine: dict[str, dict[str, str]] = {}
    sums: Counter[str] = Counter()
    for number in (1, 2, 3, 4):
        path = f"notice?quarter=2027-Q{number}&by=effect"
        mine |= {row["reference"]: row for row in table(fay, path, "changes")}
        counts = next(r for r in table(fay, path, "quarters") if r["quarter"].endswith(str(number)))
        sums.update({key: int(value) for key, value in counts.items() if key != "quarter"})
    assert set(mine) == set(public)
    assert len(mine) == 6
    words = {"on_time": "Best", "met": "Enough", "same_day": "Same day"}
    for reference, row in mine.items():
        other = public[reference]
        assert (row["days"], row["promised_days"], row["takes_effect"]) == (
            *(other["told_days_ahead"], other["promised_days"], other["takes_effect"]),
        )
        assert row["notice"] == words.get(other["verdict"], other["verdict"].capitalize())
        assert row["public_reason"] == other["short_notice_reason"]
    verdicts = Counter(row["verdict"] for row in public.values())
    assert (sums["changes"], sums["best"], sums["enough"]) == (
        *(len(public), verdicts["on_time"], verdicts["met"]),
    )
    assert (sums["short"], sums["same_day"], sums["after"]) == (
        *(verdicts["short"], verdicts["same_day"], verdicts["after"]),
    )
    page = unescape(re.sub(r"<[^>]+>", " ", world.get("/notice-given?year=2027").text))
    assert "about 3 of 6 changes as early as we promise" in " ".join(page.split())


def test_a_day_of_the_past_is_told_as_it_was(fay: Desk) -> None:
    then = fay.get(f"{INSIGHT}?{Q1}&as_of=2027-01-31")
    assert "As of the end of 31 January 2027." in says(then)
    said = statement(then)
    assert said.startswith(
        "From 1 January to 31 January 2027 Defra Group statistics announced four"
    )
    assert "No change took effect." in said
    assert "No release came out." in said
    assert statement(fay.get(f"{INSIGHT}?{Q1}&as_of=2027-07-20")) == statement(
        fay.get(f"{INSIGHT}?{Q1}")
    )
    assert "announced no change" in statement(fay.get(f"{INSIGHT}?{Q1}&as_of=2027-01-10"))
    moved = table(fay, f"releases?{Q1}&as_of=2027-03-01", "moved")
    assert [(row["release"], row["notice_days"]) for row in moved] == [("Milk, February", "10")]
    assert table(fay, f"releases?{Q1}&as_of=2027-02-28", "moved") == []
    assert len(table(fay, f"releases?{Q1}&as_of=2027-02-28", "out")) == 1


def test_delivery_counts_people_and_seconds(fay: Desk) -> None:
    (kind,) = table(fay, f"delivery?{Q2}", "kinds")
    assert (kind["people"], kind["accepted"], kind["bounced"], kind["failed"]) == (
        *("90", "85", "3", "2"),
    )
    domains = {row["domain"]: row for row in table(fay, f"delivery?{Q2}", "domains")}
    assert sum(int(row["accepted"]) for row in domains.values()) == 85
    assert sum(int(row["bounced"]) + int(row["failed"]) for row in domains.values()) == 5
    assert "we do not track who opens a letter" in says(fay.get(f"{INSIGHT}/delivery?{Q2}"))
    (own,) = table(fay, f"delivery?{Q2}&of=team:waste", "kinds")
    assert (own["people"], own["accepted"]) == ("45", "45")


def test_people_are_counted_with_their_reasons(fay: Desk) -> None:
    quarters = {row["quarter"]: row for row in table(fay, f"people?{Q2}", "quarters")}
    assert (quarters["2027-Q1"]["joined"], quarters["2027-Q1"]["left"]) == ("3", "0")
    second = quarters["2027-Q2"]
    assert (second["joined"], second["left"], second["complaints"]) == ("0", "1", "1")
    assert second["got_it"] == "1"
    reasons = table(fay, f"people?{Q2}", "reasons")
    assert ("Too much mail", "Left", "1") in [(*row.values(),) for row in reasons]
    assert table(fay, f"people?{Q2}&of=team:farming", "changes")[0]["got_it"] == "1"
    assert table(fay, f"people?{Q2}&of=team:waste", "changes") == []


@on_sqlite
def test_whose_figures_they_are(fay: Desk) -> None:
    farming = statement(fay.get(f"{INSIGHT}?{Q1}&of=team:farming"))
    assert farming.startswith("From January to March 2027 Farming statistics announced four")
    assert "announced no change" in statement(fay.get(f"{INSIGHT}?{Q1}&of=team:waste"))
    assert "Defra announced four" in statement(fay.get(f"{INSIGHT}?{Q1}&of=body:defra"))
    for wrong in ("team:zebra", "body:zebra", "zebra", "team:"):
        assert fay.get(f"{INSIGHT}?{Q1}&of={wrong}").status_code == 404


@on_sqlite
def test_files_run_nothing_in_a_spreadsheet(world: World, clock: Clock, fay: Desk) -> None:
    with world.build(now=clock).app_context():
        told(20, clock, **MINOR, headline="=1+1", reason="-2")
    answer = fay.get(f"{INSIGHT}/notice?quarter=2027-Q3&table=changes")
    assert answer.get_data(as_text=True).startswith("\ufeff")
    assert rows(answer)[0]["headline"] == "'=1+1"
    assert rows(answer)[0]["days"] == "20"
    assert fay.get(f"{INSIGHT}/notice?table=zebra").status_code == 404
    marks = fay.get(f"{INSIGHT}/notice?{Q1}").text
    assert "<b>supplier" not in marks
    assert "&lt;b&gt;supplier" in marks


@on_sqlite
@pytest.mark.parametrize("day", ["soon", "2031-01-01", "1066-10-14", "2027-13-01", "<script>"])
def test_a_day_that_makes_no_sense_is_said_and_kept(fay: Desk, day: str) -> None:
    for room in ("", "/notice", "/evidence"):
        answer = fay.get(f"{INSIGHT}{room}?{Q1}&as_of={day}")
        assert answer.status_code == 400
        assert "Enter a day that is over, or today, like 2026-09-30" in says(answer)
        assert f'value="{day.replace("<", "&lt;").replace(">", "&gt;")}"' in answer.text
    assert fay.get(f"{INSIGHT}/notice?{Q1}&as_of={day}&table=changes").status_code == 404
    assert fay.get(f"{INSIGHT}/statement.txt?as_of={day}").status_code == 404


@on_sqlite
def test_the_usual_quarter_is_the_last_that_is_over(world: World, clock: Clock, fay: Desk) -> None:
    assert "Statement for April to June 2027" in says(fay.get(INSIGHT))
    early = says(fay.get(f"{INSIGHT}?as_of=2027-01-05"))  # nothing was announced by then
    assert "Statement for January to March 2027" in early
    assert "which had not begun" in statement(fay.get(f"{INSIGHT}?quarter=2029-Q1"))


@on_sqlite
def test_insight_asks_no_more_of_the_database_when_there_is_more(
    world: World, clock: Clock, fay: Desk
) -> None:
    paths = [
        f"{INSIGHT}{room}?quarter=2027-Q3{then}"
        for room in ("", "/notice", "/releases", "/delivery", "/people")
        for then in ("", "&as_of=2027-07-19")
    ]
    numbers = []
    for more in (2, 20):
        with world.build(now=clock).app_context():
            for place in range(more):
                told(20, clock, **MINOR, series=[series_of_waste()], headline=f"{more} {place}")
        found: list[str] = []
        with counted(found):
            for path in paths:
                assert fay.get(path).status_code == 200
        numbers.append(len(found))
    assert numbers[1] == numbers[0]
    assert numbers[1] / len(paths) < 30
