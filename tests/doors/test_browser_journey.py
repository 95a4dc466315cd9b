"""A person signs up, chooses and leaves in a real browser with the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.doors.conftest import Site
from tests.journeys.world import one_click, path_in

CLEO = "cleo@example.org"

pytestmark = pytest.mark.browser


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("width", [375, 1280])
def test_from_the_home_page_to_leaving_by_keyboard(visitor: Page, site: Site) -> None:
    site.world.announces("fine particles")
    visitor.goto("/")
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("link", name="Skip to main content")).to_be_focused()
    finds_the_topic(visitor)
    signs_up(visitor, site)
    confirms(visitor, site)
    changes_settings(visitor, site)
    leaves(visitor, site)


def finds_the_topic(page: Page) -> None:
    changing = page.get_by_role("region", name="What is changing")
    press(page, changing.get_by_role("link", name="Emissions of fine particles"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("re-estimated from 1990")
    press(page, page.get_by_role("link", name="Emissions of air pollutants in the UK", exact=True))
    press(page, page.get_by_role("link", name="Air quality", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Air quality")
    press(page, page.locator("main").get_by_role("link", name="Get updates by email"))


def signs_up(page: Page, site: Site) -> None:
    """An error first: what was typed is kept, and the summary leads to the field."""
    email = page.get_by_label("What is your email address?")
    tab_to(page, email)
    page.keyboard.type("cleo@")
    page.keyboard.press("Enter")  # the form's first button is Find; an empty Find means sign up
    expect(page).to_have_title("Error: Get updates by email – Defra Group statistics")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    expect(email).to_have_value("cleo@")
    expect(page.get_by_role("checkbox", name="Air quality")).to_be_checked()
    press(page, summary.get_by_role("link").first)
    expect(email).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type(CLEO)
    tab_to(page, page.get_by_role("radio").first)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Academic or researcher")).to_be_checked()
    site.world.clock.forward(seconds=20)
    press(page, page.get_by_role("button", name="Send me updates"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


def confirms(page: Page, site: Site) -> None:
    site.world.drain()
    page.goto(path_in(site.world.last_mail(CLEO, "/confirm/"), "/confirm/"))
    press(page, page.get_by_role("button"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You will get our updates")
    expect(page.get_by_role("link", name="Emissions of fine particles")).to_be_visible()


def changes_settings(page: Page, site: Site) -> None:
    site.world.drain()
    page.goto(path_in(site.world.last_mail(CLEO), "/preferences/"))
    expect(page.get_by_text(CLEO)).to_have_count(0)
    tab_to(page, page.get_by_role("checkbox", name="Waste and recycling"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("radio", name="Everything"))
    page.keyboard.press("ArrowUp")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_be_focused()
    person = site.world.cli("subscribers", "show", CLEO, "--json").json
    assert sorted(person["topics"]) == ["air-quality", "waste"]
    assert person["depth"] == "detail"


def leaves(page: Page, site: Site) -> None:
    """The letter came through one topic; the other one ends by the second button."""
    page.goto(one_click(site.world.last_mail(CLEO)))
    buttons = page.locator("main").get_by_role("button")
    expect(buttons).to_have_count(1)
    press(page, buttons)
    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    expect(page.get_by_role("main")).to_contain_text("You still get emails about: Waste")
    person = site.world.cli("subscribers", "show", CLEO, "--json").json
    assert (person["status"], person["topics"]) == ("active", ["waste"])
    press(page, page.get_by_role("button", name="Leave everything"))
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    assert site.world.cli("subscribers", "show", CLEO, "--json").json["status"] == "left"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until ``wanted`` has the focus."""
    expect(wanted).to_have_count(1)
    for _ in range(120):
        if wanted.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def press(page: Page, wanted: Locator) -> None:
    tab_to(page, wanted)
    page.keyboard.press("Enter")
