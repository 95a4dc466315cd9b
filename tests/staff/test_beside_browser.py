"""What stands beside a notice, and who follows, in a real browser: no barrier, nothing sideways,
nothing runs in a preview, and one finds the way without script.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.doors.barriers import amiss
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import PASSWORD, enters, joins
from tests.staff.following import crowd, meant
from tests.staff.test_notice_previews import spoil

pytestmark = pytest.mark.browser

FAY = "fay@example.org"
SHOTS = os.environ.get("NOTIFIER_SHOTS", "")


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Fay, who writes for every team, has signed in; many people follow."""
    joins(site.world, FAY, "author")
    enters(site.world, site.world.clock, "hana@example.org", "hop")
    with site.app.app_context():
        crowd(2500, now=site.world.clock())
        meant(air_quality=("parliament", "student-teacher", "academic"), forestry=("media",))
    enter(tab)
    return tab


def enter(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Email address").fill(FAY)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/staff/")


def reference(site: Site, word: str) -> str:
    rows = site.world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if word in row["headline"]))


def tour(page: Page, site: Site) -> Iterator[str]:
    """Each page and error; yields its name."""
    draft, late = reference(site, "fine particles"), reference(site, "Monthly landings")
    public = site.world.announces("tidy CSV")
    one = f"/staff/notices/{draft}"
    paths = {
        "draft": f"{one}/beside",
        "short": f"/staff/notices/{late}/beside",
        "public": f"/staff/notices/{public}/beside",
        "preview plain": f"{one}/preview?where=plain",
        "preview page": f"{one}/preview?where=page",
        "preview dark phone": f"{one}/preview?where=dark&language=both",
        "preview phone": f"{one}/preview?where=phone",
        "preview feed": f"{one}/preview?where=feed",
        "preview calendar": f"{one}/preview?where=calendar",
        "adjust": f"{one}/plan/T-30",
        "not adjusted": f"{one}/plan/T0",
        "reach": "/staff/reach",
    }
    for name, path in paths.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        yield name
    page.goto(f"{one}/plan/T-30")
    page.evaluate("document.querySelector('#day option').value = '2027-01-31'")
    page.get_by_label("Day").select_option(index=0)
    page.get_by_role("button", name="Move it").click()
    page.get_by_text("There is a problem").wait_for()
    yield "a day that is refused"


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    found: dict[str, str] = {}
    for name in tour(at_desk, site):
        if SHOTS:
            file = Path(SHOTS) / f"{name.replace(' ', '-')}-{width}.png"
            at_desk.screenshot(path=file, full_page=True)
        found |= amiss(at_desk, name, width)
    assert found == {}


def test_a_choice_exchanges_the_panel_alone(at_desk: Page, site: Site) -> None:
    at_desk.goto(f"/staff/notices/{reference(site, 'fine particles')}/beside")
    at_desk.evaluate("window.mark = 'same page'")
    at_desk.get_by_role("link", name="Plain", exact=True).click()
    expect(at_desk.locator(".preview__text")).to_contain_text("A change is coming")
    at_desk.get_by_role("link", name="Technical", exact=True).click()
    expect(at_desk.locator(".preview__text")).to_contain_text("NFR19 category 1A4bi")
    at_desk.get_by_role("link", name="Cymraeg", exact=True).click()
    expect(at_desk.locator(".preview__text")).to_contain_text("Mae newid ar ddod")
    assert at_desk.evaluate("window.mark") == "same page"


def test_the_frame_shows_the_letter_at_its_width(at_desk: Page, site: Site) -> None:
    base = f"/staff/notices/{reference(site, 'fine particles')}/preview"
    for where, width in (("mail", 638), ("phone", 320)):
        at_desk.goto(f"{base}?where={where}")
        frame = at_desk.frame_locator(".preview__frame")
        expect(frame.locator("h1")).to_contain_text("Emissions of fine particles")
        box = at_desk.locator(".preview__frame").bounding_box()
        assert box is not None
        assert abs(box["width"] - 2 - width) <= 2
    at_desk.goto(f"{base}?where=dark")
    sheet = at_desk.frame_locator(".preview__frame").locator(".sheet")
    assert sheet.evaluate("it => getComputedStyle(it).backgroundColor") == "rgb(21, 34, 44)"


def test_nothing_runs_in_a_preview(at_desk: Page, site: Site, clock: Clock) -> None:
    """The tab also fails at any error, and at whatever a policy had to refuse."""
    said: list[str] = []
    at_desk.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    spoil(site.world, clock)
    base = f"/staff/notices/{reference(site, '<script>')}/preview"
    for where in ("mail", "phone", "dark", "plain", "page", "feed", "calendar"):
        at_desk.goto(f"{base}?where={where}&depth=technical&language=both")
        at_desk.wait_for_load_state("networkidle")
        if where in ("mail", "page", "feed"):
            text = at_desk.frame_locator(".preview__frame").locator("body").inner_text()
            assert "<script>alert(1)</script>" in text
    assert said == []


def test_without_script_one_looks_moves_a_message_and_has_a_mail(
    browser: Browser, site: Site
) -> None:
    joins(site.world, FAY, "author")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    enter(page)
    page.goto(f"/staff/notices/{reference(site, 'fine particles')}/beside")
    page.get_by_role("link", name="Adjust A month to go").click()
    page.get_by_label("Day").select_option("2027-01-27")
    page.get_by_role("button", name="Move it").click()
    assert "goes on Wednesday 27 January 2027" in page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Phone mail").click()
    page.get_by_role("link", name="Headline", exact=True).click()
    page.get_by_role("button", name="Mail it to me").click()
    assert "on its way to fay@example.org" in page.get_by_role("status").inner_text()
    assert "depth=headline" in page.url
    context.close()


def test_by_keyboard_alone_a_message_is_moved(at_desk: Page, site: Site) -> None:
    at_desk.goto(f"/staff/notices/{reference(site, 'fine particles')}/beside")
    at_desk.get_by_role("link", name="Adjust A week to go").focus()
    at_desk.keyboard.press("Enter")
    at_desk.get_by_label("Day").focus()
    at_desk.keyboard.press("ArrowDown")
    at_desk.keyboard.press("Tab")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("status")).to_contain_text("goes on Tuesday 23 February 2027")
