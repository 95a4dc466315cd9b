"""The form of a consultation in a real browser: without script, without barrier, at any width."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.doors.test_browser_pages import press, too_wide
from tests.journeys.world import path_in
from tests.makers import ALICE, Clock

pytestmark = pytest.mark.browser

USED = "Do you use the printed booklet?"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("width", [375, 1280])
def test_each_state_has_no_barrier(visitor: Page, site: Site, clock: Clock) -> None:
    world = site.world
    world.joins("cleo@example.org", topics=["food"], user_type="media")
    reference = world.announces("pocketbook")
    found = {}
    for state in states(visitor, site, clock, reference):
        problems = [f"{v['id']}: {v['nodes'][0]['target']}" for v in barriers(visitor)]
        problems += [f"wider than {width} px" for width in too_wide(visitor)]
        if problems:
            found[state] = problems
    assert found == {}


def states(page: Page, site: Site, clock: Clock, reference: str) -> Iterator[str]:
    world = site.world
    page.goto(f"/changes/{reference}")
    yield "open"
    send = page.get_by_role("button", name="Send my answer")
    press(send)
    assert page.evaluate("document.activeElement.classList[0]") == "govuk-error-summary"
    yield "errors"
    page.get_by_label(USED).fill("x" * 6000)
    press(send)
    yield "too long"
    page.get_by_label(USED).fill("Yes, " + "in-all-of-our-schools" * 9)
    page.get_by_role("radio", name="Student or teacher").check()
    page.get_by_label("What is your email address?").fill("zoe@example.org")
    clock.forward(seconds=30)
    press(send)
    assert page.get_by_role("heading", level=1).inner_text() == "Check your email"
    yield "done"
    world.drain()
    page.goto(path_in(world.last_mail("zoe@example.org"), "/confirm/answer/"))
    yield "to confirm"
    press(page.get_by_role("button", name="Yes, this is my answer"))
    yield "confirmed"
    page.goto(f"/changes/{reference}")
    page.get_by_label(USED).fill("Too late")
    clock.at("2027-01-19 09:00")
    press(send)
    assert page.get_by_role("heading", level=1).inner_text() == "Your answer was not sent"
    yield "closed, answered late"
    page.goto(f"/changes/{reference}")
    yield "closed"
    world.done("notices", "decide", reference, "--summary", "Kept.\n\nWhy.", "--by", ALICE)
    page.goto(f"/changes/{reference}")
    assert page.get_by_text("What you told us, and what we do").is_visible()
    yield "decided"


def test_an_answer_needs_no_script(browser: Browser, site: Site, clock: Clock) -> None:
    reference = site.world.announces("pocketbook")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/changes/{reference}")
    page.get_by_label(USED).fill("Yes.")
    page.get_by_role("radio", name="Media").check()
    page.get_by_label("What is your email address?").fill("zoe@example.org")
    clock.forward(seconds=30)
    press(page.get_by_role("button", name="Send my answer"))
    assert page.get_by_role("heading", level=1).inner_text() == "Check your email"
    context.close()
