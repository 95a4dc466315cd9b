"""The people's pages in a browser: no barrier that axe knows, nothing scrolls sideways, and the
sentence of a segment is counted while it is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.audience.complain import complain
from notifier.catalogue import queries as catalogue
from notifier.store.db import unit
from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import joins
from tests.staff.tabs import set_up, sign_in

pytestmark = pytest.mark.browser

ADA, FAY = "ada@example.org", "fay@example.org"
TYPES = ("academic", "media", "local-government", "data-reuser", "business", "public")
TOPICS = ("waste", "air-quality", "food", "waste;air-quality", "nature", "farming")
HEADER = "email,user_type,topics,frequency,confirmed_at,name,organisation\n"
SHOTS = os.environ.get("SHOTS", "")  # a folder for pictures of each page


@pytest.fixture
def kind() -> str:
    return "sqlite"


def many(folder: Path, number: int = 300) -> Path:
    rows = (
        f"person{each}@{'ministry' if each % 3 else 'council'}.example,{TYPES[each % len(TYPES)]},"
        f"{TOPICS[each % len(TOPICS)]},{'daily' if each % 4 else 'immediate'},"
        f"2026-{1 + each % 11:02}-10,Person {each},Leeds City Council\n"
        for each in range(number)
    )
    file = folder / "people.csv"
    file.write_text(HEADER + "".join(rows))
    return file


def furnished(site: Site, folder: Path, clock: Clock) -> None:
    """Three hundred readers, one who has been through much, a complaint, what is stopped."""
    world = site.world
    joins(world, ADA, "admin")
    world.done("subscribers", "import", str(many(folder)), "--consent", "I agree to get emails.")
    world.announces("Dry mixed")
    clock.forward(minutes=5)
    world.drain()
    with site.app.app_context(), unit():
        complain("You wrote to me after I had left.\nWhy?", contact="dan@example.org", now=clock())
        complain("x" * 400, now=clock())
        meant = [catalogue.user_type(slug) for slug in ("parliament", "media", "charity")]
        catalogue.topic("waste").intended = meant


def seen(page: Page, name: str) -> dict[str, str]:
    """What is wrong with the page as it stands."""
    faults = {}
    for violation in barriers(page):
        targets = [node["target"] for node in violation["nodes"]][:3]
        faults[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
    size = page.viewport_size
    assert size is not None
    if SHOTS:
        page.screenshot(
            path=f"{SHOTS}/{name}-{size['width']}.png".replace(" ", "-"), full_page=True
        )
    for width in {size["width"], 320}:
        page.set_viewport_size({**size, "width": width})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults[f"{name} scrolls sideways"] = f"{width} px"
    page.set_viewport_size(size)
    return faults


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_of_the_people_has_a_barrier(
    tab: Page, site: Site, clock: Clock, tmp_path: Path
) -> None:
    furnished(site, tmp_path, clock)
    sign_in(tab, ADA)
    set_up(tab, clock)
    faults: dict[str, str] = {}
    for name in tour(tab, tmp_path):
        faults |= seen(tab, name)
    assert faults == {}


def tour(page: Page, folder: Path) -> Iterator[str]:
    """Every page, and the errors that one meets on the way."""
    yield from of_one(page)
    yield from of_lists(page, folder)
    yield from of_segments(page)
    yield from of_complaints(page)


def of_one(page: Page) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/people")
    yield "people"
    press("button", name="Look up").click()
    yield "people nothing typed"
    page.get_by_label("Their whole email address").fill("person0@council.example")
    press("button", name="Look up").click()
    yield "person"
    press("link", name="Stop all mail to them").click()
    yield "stop"
    press("button", name="Stop all mail to them").click()
    yield "stop refused"
    page.get_by_label("We have a reason of our own").check()
    page.get_by_label("Why?").fill("The mailbox belongs to a robot")
    press("button", name="Stop all mail to them").click()
    yield "person stopped"
    press("link", name="Let mail go to them again").click()
    page.get_by_label("Why?").fill("It does not")
    press("button", name="Let mail go to them again").click()
    press("link", name="Pause their mail").click()
    press("button", name="Pause their mail").click()
    yield "pause refused"
    press("link", name="Change nothing").click()
    press("link", name="Correct what they follow").click()
    yield "topics"
    page.get_by_label("Food", exact=True).check()
    press("button", name="Save what they follow").click()
    yield "topics refused"
    page.get_by_label("How did they ask?").fill("By letter")
    press("button", name="Save what they follow").click()
    press("link", name="Erase them").click()
    yield "erase"
    page.get_by_label("Why?").fill("They asked in writing")
    page.get_by_label("I know that it is they who ask").check()
    press("button", name="Erase them for good").click()
    yield "person erased"


def of_lists(page: Page, folder: Path) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/people/suppressed")
    yield "stopped"
    press("button", name="Stop all mail").click()
    yield "stopped refused"
    page.get_by_label("Email address", exact=True).fill("trap@example.org")
    page.get_by_label("Why?").fill("A spam trap")
    press("button", name="Stop all mail").click()
    yield "stopped one more"
    press("link", name=re.compile("Take back")).first.click()
    yield "take back"
    page.goto("/staff/people/import")
    yield "import"
    press("button", name="Look what would happen").click()
    yield "import refused"
    file = folder / "new.csv"
    file.write_text(
        HEADER
        + "new1@example.org,media,waste,,2026-01-02,,\nnew2@example.org,media,food,,2026-01-02,,\n"
        + "nobody,media,waste,,2026-01-02,,\nnew3@example.org,king,waste,,2026-01-02,,\n"
        + "person1@ministry.example,media,waste,,2026-01-02,,\nnew4@example.org,media,waste,,,,\n"
    )
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_label("The words that these people agreed to").fill("I agree to get emails.")
    press("button", name="Look what would happen").click()
    yield "import report"
    press("button", name="Add 2 people").click()
    yield "import done"
    page.goto("/staff/people/import")


def of_segments(page: Page) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/people/segments")
    yield "segments none"
    press("link", name="Build a segment").click()
    yield "segment new"
    press("combobox", name="follow the topic").select_option("waste")
    expect(page.get_by_text("People who follow Waste and recycling.")).to_be_visible()
    yield "segment one"
    press("button", name="Add a group").click()
    kinds = page.get_by_role("combobox", name="are", exact=True)
    for _ in range(20):  # a row that has just come is heard a moment after it is seen
        press("combobox", name="What they do").nth(1).select_option("user_type")
        page.wait_for_timeout(500)
        if kinds.is_visible():
            break
    kinds.select_option("academic")
    press("button", name="or… are").click()
    page.locator("#v-0-1-0-or2").select_option("media")
    expect(page.get_by_text("are in academia or research, or are in the media")).to_be_visible()
    press("button", name="Add a condition", exact=True).click()
    press("button", name="Save the segment").click()
    yield "segment refused"
    page.locator("#word-0-2").select_option("joined_after")
    page.locator("input#v-0-2").fill("2026-06-01")
    page.get_by_label("Name", exact=True).fill("Waste, academics and journalists")
    press("button", name="Save the segment").click()
    expect(page.get_by_role("status").first).to_have_text("The segment is saved.")
    press("button", name="Show ten").click()
    yield "segment saved"
    press("link", name="Delete it").click()
    yield "segment delete"
    page.goto("/staff/people/segments")
    yield "segments"


def of_complaints(page: Page) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/people/complaints")
    yield "complaints"
    press("link", name="You wrote to me").click()
    yield "complaint"
    press("button", name="Answer", exact=True).click()
    yield "complaint refused"
    page.get_by_label("Your words").fill("We are sorry.\n\nYou are off every list.")
    press("button", name="Answer", exact=True).click()
    yield "complaint answered"


def test_the_count_follows_while_the_sentence_is_written(
    tab: Page, site: Site, clock: Clock, tmp_path: Path
) -> None:
    furnished(site, tmp_path, clock)
    joins(site.world, FAY, "author")
    sign_in(tab, FAY)
    tab.goto("/staff/people/segments/new")
    number = tab.locator("#count .big")
    expect(number).to_have_text("300")
    name = tab.get_by_label("Name", exact=True)
    name.fill("Half a name")
    topic = tab.get_by_role("combobox", name="follow the topic")
    topic.select_option("waste")
    expect(number).to_have_text("100")
    expect(name).to_have_value("Half a name")
    tab.get_by_role("combobox", name="Who, or except who").select_option("not")
    expect(number).to_have_text("200")
    tab.get_by_role("combobox", name="What they do").select_option("user_type")
    tab.get_by_role("combobox", name="are", exact=True).select_option("academic")
    expect(number).to_have_text("250")


def test_without_script_a_segment_is_built_all_the_same(
    browser: Browser, site: Site, clock: Clock, tmp_path: Path
) -> None:
    furnished(site, tmp_path, clock)
    joins(site.world, FAY, "author")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, FAY)
    page.goto("/staff/people/segments/new")
    page.get_by_role("combobox", name="follow the topic").select_option("waste")
    page.get_by_role("button", name="Count again").click()
    assert page.locator("#count .big").inner_text() == "100"
    page.get_by_role("button", name="Add a condition").click()
    page.locator("#word-0-1").select_option("depth")
    page.get_by_role("button", name="Count again").click()
    page.locator("#v-0-1").select_option("technical")
    page.get_by_label("Name", exact=True).fill("Deep waste")
    page.get_by_role("button", name="Save the segment").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Deep waste"
    context.close()
