"""The page about feeds in a real browser: addresses of a choice without script, in both languages,
without a barrier at any width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.doors.barriers import barriers
from tests.doors.conftest import Site

pytestmark = pytest.mark.browser

CHOSEN = "/feeds?topic=air-quality&topic=water&series=wild-birds&kind=changes&for=academic"
PAGES = ("/feeds", CHOSEN, f"{CHOSEN}&lang=cy", "/feeds?topic=no-such-topic")
SIZES = (320, 768, 1280)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def width() -> int:
    return SIZES[0]


def test_addresses_are_made_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/feeds")
    page.get_by_role("checkbox", name="Air quality").check()
    page.get_by_role("checkbox", name="Water").check()
    page.get_by_role("group", name="Kinds of news").get_by_role("checkbox", name="Changes").check()
    page.get_by_label("For whom the words are").select_option("academic")
    page.get_by_role("button", name="Make the addresses").click()
    page.wait_for_url("**#yours")
    query = "topic=air-quality&topic=water&kind=changes&for=academic"
    for form in ("atom", "rss", "json"):
        field = page.locator(f"#your-{form}")
        address = field.input_value()
        assert address == f"{site.url}/feeds/all.{form}?{query}"
        assert page.request.get(address).status == 200
    assert page.request.get(page.locator("#your-opml").input_value()).status == 200
    dates = page.locator("#your-calendar").input_value()
    assert dates == f"{site.url}/calendar.ics?topic=air-quality&topic=water&kind=changes"
    assert page.request.get(dates).status == 200
    assert page.get_by_role("checkbox", name="Air quality").is_checked()
    context.close()


def test_there_is_no_barrier_at_any_width(visitor: Page) -> None:
    found = {}
    for path in PAGES:
        for width in SIZES:
            visitor.set_viewport_size({"width": width, "height": 800})
            visitor.goto(path)
            visitor.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            for violation in barriers(visitor):
                targets = [node["target"] for node in violation["nodes"]][:3]
                found[f"{path} {width}: {violation['id']}"] = f"{violation['help']}: {targets}"
            if visitor.evaluate("document.documentElement.scrollWidth") > width:
                found[f"{path} {width}"] = "scrolls sideways"
    assert found == {}
