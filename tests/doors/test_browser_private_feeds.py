"""The page of the private addresses on a phone, in English and in Welsh: no barrier that axe knows,
nothing sideways although the addresses are long; what stands there works."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.doors.conftest import Site
from tests.doors.test_browser_people import CLEO, Reader

pytestmark = pytest.mark.browser

FIELDS = ("#calendar", "#atom", "#rss", "#json")


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def width() -> int:
    return 375


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_made_used_renewed_and_ended(visitor: Page, site: Site, lang: str) -> None:
    site.world.announces("fine particles")
    site.world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reader = Reader(visitor, site, lang)
    settings = reader.mail(CLEO, "/preferences/")
    visitor.goto(f"{settings}?lang={lang}")
    reader.look("settings")
    reader.presses("ul.yours a[href*='/feeds']", "none yet")
    assert visitor.locator("input[readonly]").count() == 0
    reader.presses("main form button", "made")
    first = [visitor.input_value(field) for field in FIELDS]
    assert [visitor.request.get(url).status for url in first] == [200] * 4
    webcal = visitor.get_attribute("a[href^='webcal:']", "href")
    assert webcal == first[0].replace("http:", "webcal:")
    reader.presses("main form button", "renewed")
    second = [visitor.input_value(field) for field in FIELDS]
    assert [visitor.request.get(url).status for url in first] == [410] * 4
    assert [visitor.request.get(url).status for url in second] == [200] * 4
    reader.presses("button[name=end]", "ended")
    assert visitor.locator("input[readonly]").count() == 0
    assert [visitor.request.get(url).status for url in second] == [410] * 4
    assert reader.faults == {}
