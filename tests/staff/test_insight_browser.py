"""Insight in a real browser: no barrier, nothing sideways, figures that lead to their rows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.doors.barriers import amiss, barriers
from tests.doors.conftest import Site
from tests.staff.desk import PASSWORD, joins
from tests.staff.quarters import lived

pytestmark = pytest.mark.browser

FAY = "fay@example.org"
PICTURES = os.environ.get("PICTURES", "")  # a folder, to look at what was tested
Q = "quarter=2027-Q1"
TOUR = {
    "insight": f"/staff/insight?{Q}",
    "insight as of": f"/staff/insight?{Q}&as_of=2027-02-01",
    "insight nothing": "/staff/insight?quarter=2026-Q4&of=team:forestry",
    "insight error": f"/staff/insight?{Q}&as_of=soon",
    "notice": f"/staff/insight/notice?{Q}",
    "notice by effect": f"/staff/insight/notice?{Q}&by=effect&told=late",
    "notice empty": "/staff/insight/notice?quarter=2026-Q4",
    "notice error": f"/staff/insight/notice?{Q}&as_of=2031-01-01",
    "releases": f"/staff/insight/releases?{Q}",
    "delivery": "/staff/insight/delivery?quarter=2027-Q2",
    "people": "/staff/insight/people?quarter=2027-Q2",
    "evidence": "/staff/insight/evidence",
}


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Fay, who writes for every team, has signed in to a house that has lived for half a year."""
    lived(site.world)
    joins(site.world, FAY, "author")
    tab.goto("/staff/sign-in")
    tab.get_by_label("Email address").fill(FAY)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    tab.wait_for_url("**/staff/")
    return tab


@pytest.mark.parametrize("width", [375, 1280])
def test_insight_has_no_barrier_and_nothing_scrolls_sideways(at_desk: Page, width: int) -> None:
    found: dict[str, str] = {}
    for name, path in TOUR.items():
        at_desk.goto(path)
        picture(at_desk, f"{name}-{width}")
        at_desk.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found |= amiss(at_desk, name, width)
    assert found == {}


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name.replace(' ', '-')}.png", full_page=True)


def test_a_figure_of_the_statement_leads_to_its_rows(at_desk: Page) -> None:
    at_desk.goto(f"/staff/insight?{Q}")
    at_desk.locator(".statement").get_by_role("link", name="two", exact=True).last.click()
    expect(at_desk.get_by_role("heading", name="Each change: later than promised")).to_be_visible()


def test_the_page_of_a_pack_reads_on_its_own(at_desk: Page, site: Site, tmp_path: Path) -> None:
    """From a disk, without a server: nothing from elsewhere, no barrier."""
    with at_desk.expect_download() as waiting:
        at_desk.goto("/staff/insight/evidence")
        at_desk.get_by_role("link", name="Download the pack of Milk utilisation").click()
    waiting.value.save_as(tmp_path / "pack.zip")
    import zipfile

    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extractall(tmp_path / "pack")
    browser = at_desk.context.browser
    assert browser is not None
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "pack" / "index.html").as_uri())
    picture(page, "pack")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Milk utilisation")
    assert barriers(page) == []
    assert [url for url in asked if not url.startswith("file:")] == []
    context.close()
