"""The public record: its sentence, its chart beside the same figures in words, every reason."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from itertools import pairwise

import pytest
from flask import Flask
from lxml import etree
from playwright.sync_api import Page

from notifier.insight.notice_given import Given, Kind
from notifier.notices.effect import take_effect
from notifier.store.db import unit
from notifier.web.public.record.promise_chart import chart
from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.makers import Clock, announced, draft, london, on_sqlite
from tests.rooms.test_insight import MINOR, MODERATE, told, told_after
from tests.rooms.test_time_to_tell import correction

URL = "/notice-given"


def a_year(clock: Clock) -> None:
    """2027 until 30 June: two kept, one short, one on the day, one after; two still to come."""
    clock.at("2027-01-11 10:00")
    told(95, clock, **MODERATE, headline="The panel shrinks")
    told(42, clock, **MODERATE, headline="Milk is weighed")
    told(
        35,
        clock,
        **MODERATE,
        headline="Land <types> of PM2.5",
        reason="The <contract> was late.\n\nWe start sooner next time.",
    )
    told(0, clock, **MINOR, headline="A new column", reason="It broke.")
    told_after(2, clock, **MINOR)
    announced(correction(clock), now=clock())
    clock.at("2027-06-30 10:00")
    told(12, clock, **MINOR, headline="A wider table", reason="Users asked for it.")
    told(60, clock, **MODERATE, headline="Fewer dairies")
    with unit():
        take_effect(now=clock())


def page_of(house: Flask, path: str = URL, *, status: int = 200) -> str:
    answer = house.test_client().get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def text(page: str) -> str:
    """What a screen reader says: without what is hidden from it, on one line."""
    main = page.partition("<main")[2].partition("</main>")[0]
    shown = re.sub(r"<svg.*?</svg>(?!</svg>)", " ", main, flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", shown)).split())


def test_an_empty_year_says_so(house: Flask, clock: Clock) -> None:
    page = page_of(house)
    assert "In 2026 no change has taken effect yet." in page
    assert "No change of 2026 was told later than we promise." in page
    assert "chart" not in page.partition("<main")[2]
    assert "See our record" not in page_of(house, "/")


def test_it_says_what_was_kept_and_every_reason_in_full(house: Flask, clock: Clock) -> None:
    with house.app_context():
        a_year(clock)
    said = text(page_of(house))
    assert "In 2027 we told you about 2 of 5 changes as early as we promise." in said
    assert "One was told too late, one only on the day, one only after it had happened." in said
    assert "from 1 January to 30 June 2027, the ones we missed included" in said
    assert "Two more changes are announced and still to come, one of them told as early" in said
    late = said.partition("Told too late, and why")[2].partition("Moved dates")[0]
    assert re.findall(
        r"(Coming|Took effect) (.*? 2027) .*?(Told \d.*?promised|Told on the day; .*? promised)",
        late,
    ) == [
        ("Coming", "Monday 12 July 2027", "Told 12 days ahead; 14 promised"),
        ("Took effect", "15 February 2027", "Told 35 days ahead; 42 promised"),
        ("Took effect", "11 January 2027", "Told on the day; 14 days ahead promised"),
        ("Took effect", "9 January 2027", "Told 2 days after; 14 days ahead promised"),
    ]
    assert "The <contract> was late. We start sooner next time." in late
    assert "Error corrected In 2027: 1 Same day: 1 Next working day: 0 Later: 0" in said
    assert "In 2027 there was none." in said


def test_the_same_figures_stand_in_a_table(house: Flask, clock: Clock) -> None:
    with house.app_context():
        a_year(clock)
    page = page_of(house)
    region = page.partition('aria-label="Notice given, by kind of change"')[2]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", region.partition("</table>")[0], re.S)
    cells = [re.findall(r"(?:</span>|header\">)([^<]+)</t", row) for row in rows[1:]]
    assert cells == [
        [
            "Moderate change of method or classification",
            "42 days",
            "3",
            "2",
            "42",
            "35, 42, 95",
            "Our own promise",
        ],
        ["Minor change of presentation", "14 days", "2", "0", "−1", "−2, 0", "Our own promise"],
    ]
    assert "our own promise: moderate change of method" in text(page).lower()


def test_drawings_are_hidden_and_without_style(house: Flask, clock: Clock) -> None:
    """The drawings are well-formed, every place in them is within the strip."""
    with house.app_context():
        a_year(clock)
    main = page_of(house).partition("<main")[2].partition("</main>")[0]
    assert not re.search(r"\sstyle=|<script|<style", main)
    drawings = re.findall(r'<svg class="chart__(?:axis|strip)".*?\n +</svg>', main, re.S)
    assert len(drawings) == 3
    marks = []
    for drawing in drawings:
        root = etree.fromstring(drawing)
        assert root.attrib["aria-hidden"] == "true"
        for part in root.iter():
            places = [v for v in part.attrib.values() if v.endswith("%")]
            assert all(0 <= float(place[:-1]) <= 100 for place in places)
        marks.append(
            (len(root.findall("circle")), [late.attrib["x"] for late in root.findall("svg")])
        )
    assert marks == [(0, []), (2, ["33.33%"]), (0, ["0.0%", "0.0%"])]


def test_the_home_page_tells_it_in_short(house: Flask, clock: Clock) -> None:
    with house.app_context():
        a_year(clock)
    said = text(page_of(house, "/"))
    assert (
        "2 of 5 changes this year were told as early as we promise. "
        "Three were not, and we say why. See our record" in said
    )


def test_an_earlier_year_keeps_its_record(house: Flask, clock: Clock) -> None:
    with house.app_context():
        a_year(clock)
        clock.at("2028-02-01 10:00")
        with unit():
            take_effect(now=clock())
    page = page_of(house)
    assert "In 2028 no change has taken effect yet." in page
    assert 'href="/notice-given?year=2027"' in page
    before = text(page_of(house, f"{URL}?year=2027"))
    assert "In 2027 we told you about 3 of 7 changes" in before
    assert "from 1 January to 31 December 2027" in before
    assert "still to come" not in before


@on_sqlite
@pytest.mark.parametrize("year", ["1999", "2099", "", "0x7e3", "2026%20", "%D9%A2%D9%A0"])
def test_a_year_without_a_record_is_not_found(house: Flask, year: str) -> None:
    page_of(house, f"{URL}?year={year}", status=404)


@on_sqlite
def test_a_change_without_a_reason_does_not_claim_one(house: Flask, clock: Clock) -> None:
    with house.app_context():
        clock.at("2027-01-11 10:00")
        notice = draft(now=clock(), **MODERATE)
        announced(notice, now=clock())
        with unit():
            notice.effect_at, notice.effect_date = clock() + timedelta(days=1), None
            notice.lead_days, notice.verdict = 1, "short"
        clock.at("2027-06-30 10:00")
        with unit():
            take_effect(now=clock())
    said = text(page_of(house))
    assert "In 2027 one change took effect, and we told you later than we promise." in said
    assert "No reason was given." in said
    assert "One was not." in text(page_of(house, "/"))


def given(days: int) -> Given:
    verdict = "met" if days >= 14 else "short"
    day = london("2027-01-11 10:00").date()
    return Given("", "", "F", "closed", day, days, 14, verdict, "", "", False, False)


def test_the_axis_reaches_the_farthest_and_has_few_words() -> None:
    for far in (0, 5, 14, 41, 90, 204, 365, 1000, 5000):
        drawn = chart([Kind("F", 14, (given(far),))])
        assert drawn is not None
        words = [tick.word for tick in drawn.ticks if tick.word]
        assert words[0] == "0 days"
        assert 1 <= len(words) - 1 <= 4
        (dot,) = drawn.strips[0].dots
        assert 0 <= dot.at <= 100
        assert drawn.ticks[-1].at == 100


def test_dots_of_one_day_do_not_hide_each_other() -> None:
    drawn = chart([Kind("F", 14, (given(20), given(20), given(20), given(90)))])
    assert drawn is not None
    assert [dot.off for dot in drawn.strips[0].dots] == [0, -12, 12, 0]


@pytest.mark.browser
@on_sqlite
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_in_a_browser_nothing_is_in_the_way(visitor: Page, site: Site, clock: Clock) -> None:
    with site.app.app_context():
        a_year(clock)
    for path in (URL, f"{URL}?year=2027", "/"):
        visitor.goto(path)
        visitor.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert [violation["id"] for violation in barriers(visitor)] == []
        width = visitor.evaluate("innerWidth")
        assert visitor.evaluate("document.documentElement.scrollWidth") <= width
        words = visitor.locator(".band__nav a")
        boxes = [words.nth(n).bounding_box() for n in range(words.count())]
        tops = {box["y"] for box in boxes if box}
        assert (len(boxes), len(tops)) == (4, 1)
        ends = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
        gaps = [after[0] - before[1] for before, after in pairwise(ends)]
        assert min(gaps) >= 8
