"""Releases in a real browser: no barrier, nothing sideways, by keyboard, without script; and what
follows the clock or what one types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.doors.barriers import amiss
from tests.doors.conftest import Site
from tests.journeys.world import World
from tests.makers import ALICE, BOB, HANA, Clock
from tests.staff.desk import PASSWORD, enters, joins
from tests.staff.tabs import sign_in
from tests.staff.test_release_desk import FAY, FLY, GIL, POCKET, moves, number_of, shown
from tests.staff.test_release_letter import path, saves

pytestmark = pytest.mark.browser

EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
FILE = """series,title,date,certainty,reason
fly-tipping,"Fly-tipping statistics for England, 2026 to 2027",2027-12-02 09:30,,
fly-tipping,"Fly-tipping statistics for England, 2025 to 2026",2027-01-14 09:30,,Late data
uk-waste,=1+1,2027-01-14,,
"""


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Fay, who writes for every team, has signed in."""
    joins(site.world, FAY, "author")
    sign_in(tab, FAY)
    tab.wait_for_url("**/staff/")
    return tab


def lived(world: World) -> dict[str, int]:
    """A year, followers, a date that waits for a second person, and words with an early reader."""
    world.drain()
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    world.announces("fine particles")
    found = {
        name: number_of(world, title)
        for name, title in (("asked", EMISSIONS), ("fly", FLY), ("pocket", POCKET))
    }
    gil = joins(world, GIL, "author")
    gil.sign_in(GIL)
    assert moves(gil, found["asked"], day="2027-03-18").status_code == 303
    assert saves(gil, found["fly"]).status_code == 303
    reader = ("--add", "jo@example.org", "--name", "Jo Reed", "--by", ALICE)
    world.done("releases", "readers", str(found["fly"]), *reader)
    return found


def tour(page: Page, ids: dict[str, int]) -> Iterator[str]:
    """Each page and error; yields its name."""
    fly, pocket = ids["fly"], ids["pocket"]
    paths = {
        "needs": "/staff/releases?show=needs",
        "list": "/staff/releases",
        "past": "/staff/releases?show=past",
        "month": "/staff/releases?view=month&month=2027-01",
        "many": "/staff/releases/confirm",
        "asked": f"/staff/releases/{ids['asked']}",
        "pocket": f"/staff/releases/{pocket}",
        "confirm": f"/staff/releases/{pocket}/confirm",
        "postpone": f"/staff/releases/{fly}/postpone",
        "cancel": f"/staff/releases/{ids['asked']}/cancel",
        "unmark": f"/staff/releases/{ids['asked']}/unmark",
        "publish": f"/staff/releases/{fly}/publish",
        "describe": f"/staff/releases/{fly}/describe",
        "no words": path(pocket),
        "words": path(fly),
        "dark": path(fly, "/preview?where=dark"),
        "plain": path(fly, "/preview?where=plain"),
        "regular": "/staff/releases/regular",
        "one regular": "/staff/releases/regular/milk-utilisation",
        "import": "/staff/releases/import",
    }
    for name, where in paths.items():
        page.goto(where)
        yield name
    page.get_by_label("Or paste the rows").fill(FILE)
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("heading", name="What the file would do").wait_for()
    yield "plan"
    page.goto(f"/staff/releases/{fly}/move")
    page.get_by_role("button", name="to agree").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    yield "no date"
    page.goto("/staff/releases/new")
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    yield "nothing to add"
    page.goto(path(fly))
    page.get_by_label("In detail", exact=True).fill("{{ name }}")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="There is a problem").wait_for()
    yield "a merge field"


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    found: dict[str, str] = {}
    for name in tour(at_desk, lived(site.world)):
        at_desk.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found |= amiss(at_desk, name, width)
    assert found == {}


def test_dates_are_ticked_and_confirmed_and_one_is_moved_by_two(
    at_desk: Page, browser: Browser, site: Site, clock: Clock
) -> None:
    world = site.world
    world.drain()
    hana, telephone = enters(world, clock, HANA, "hop")
    milk = "Milk utilisation by dairies in the United Kingdom, November 2026"
    at_desk.goto("/staff/releases?view=month&month=2026-12")
    expect(at_desk.locator(".mon__day", has_text=milk)).to_contain_text("Provisional")
    at_desk.goto("/staff/releases?show=needs")
    at_desk.get_by_label(f"Confirm {milk}").check()
    at_desk.get_by_role("button", name="Confirm those that are ticked").click()
    expect(at_desk.locator("main")).to_contain_text("One of these can be confirmed as it stands.")
    at_desk.get_by_role("button", name="Confirm those that are ticked").click()
    expect(at_desk.get_by_role("status").first).to_contain_text("One date is confirmed.")
    assert shown(world, number_of(world, milk))["state"] == "confirmed"
    at_desk.get_by_role("link", name=milk).click()
    at_desk.get_by_role("link", name="Move it…").click()
    at_desk.get_by_label("Day", exact=True).fill("2026-12-22")
    at_desk.get_by_label("Why").fill("Two dairies sent their figures late.")
    at_desk.get_by_role("button", name="See what will happen").click()
    expect(at_desk.locator(".preview")).to_contain_text("Tuesday 22 December 2026 at 9:30am")
    at_desk.get_by_role("button", name="Ask hana@example.org to agree").click()
    expect(at_desk.locator("h2#ask")).to_contain_text("You ask to move it")
    number = number_of(world, milk)
    page = hana.get(f"/staff/releases/{number}")
    stamp = re.search(r'name="read" value="(\d+)"', page.text)
    assert stamp is not None
    assert hana.post(f"/staff/releases/{number}/agree", read=stamp[1]).status_code == 303
    at_desk.reload()
    expect(at_desk.locator("h1 + p")).to_contain_text("Tuesday 22 December 2026 at 9:30am")
    expect(at_desk.locator(".steps3")).to_contain_text("two dairies sent their figures late")
    assert telephone is not None


def test_the_countdown_runs_and_what_is_typed_is_kept_and_previewed(
    at_desk: Page, site: Site, clock: Clock
) -> None:
    world, fly = site.world, lived(site.world)["fly"]
    world.done("releases", "arm", str(fly), "--by", BOB)
    clock.at("2026-12-30 09:20")
    sign_in(at_desk, FAY)
    at_desk.wait_for_url("**/staff/")
    at_desk.goto(path(fly))
    expect(at_desk.locator(".armed__left strong")).to_have_text("10 min 0 s")
    clock.forward(seconds=7)
    expect(at_desk.locator(".armed__left strong")).to_have_text("9 min 53 s")
    at_desk.get_by_label("Brief", exact=True).fill("- Typed, not saved.")
    expect(at_desk.locator("#kept")).to_contain_text("Kept as you typed it")
    at_desk.get_by_role("navigation", name="Depth").get_by_role("link", name="Brief").click()
    framed = at_desk.frame_locator("iframe")
    expect(framed.locator("body")).to_contain_text("Typed, not saved.")
    assert world.cli("releases", "words", str(fly), "--json").json["state"] == "armed"
    at_desk.reload()
    expect(at_desk.locator(".note.kept")).to_contain_text("You typed something at 09:20")
    at_desk.get_by_role("link", name="Go on with it").click()
    expect(at_desk.get_by_label("Brief", exact=True)).to_have_value("- Typed, not saved.")
    clock.at("2026-12-30 09:30")
    world.drain()
    at_desk.goto(f"/staff/releases/{fly}")
    expect(at_desk.locator("#armed")).to_contain_text("They left with the release.")


def test_by_keyboard_alone_and_without_script_it_is_done_too(
    browser: Browser, site: Site, clock: Clock
) -> None:
    joins(site.world, FAY, "author")
    fly = number_of(site.world, FLY)
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/staff/sign-in")
    page.get_by_label("Email address").fill(FAY)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/staff/")
    page.goto(path(fly))
    page.get_by_label("In detail", exact=True).fill("- It rose.")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    assert "Saved." in page.get_by_role("status").first.inner_text()
    page.get_by_role("navigation", name="Where").get_by_role("link", name="Plain text").click()
    assert "It rose." in page.locator(".plainmail").inner_text()
    page.goto(f"/staff/releases/{fly}/postpone")
    page.get_by_label("News by").fill("2027-02-01")
    page.get_by_label("Why").fill("Nobody knows yet.")
    page.get_by_role("button", name="Ask hana@example.org to agree").focus()
    page.keyboard.press("Enter")
    assert "asked to agree" in page.get_by_role("status").first.inner_text()
    assert shown(site.world, fly)["state"] == "confirmed"
    context.close()
