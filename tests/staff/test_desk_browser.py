"""Desk, sends and search in a real browser: no barrier, nothing sideways, by keyboard, without
script; and the block that follows a Send while one looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.sends import stopped
from notifier.sends.models import Chunk, Send
from notifier.store.db import session, unit
from tests.doors.barriers import amiss
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import PASSWORD, joins
from tests.staff.sending import Ledger, sending

pytestmark = pytest.mark.browser

FAY = "fay@example.org"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Fay, who writes for every team, has signed in."""
    joins(site.world, FAY, "author")
    enter(tab)
    return tab


def enter(page: Page) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Email address").fill(FAY)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/staff/")


def lived(site: Site) -> dict[str, int]:
    """A Send in each state, by its name."""
    world = site.world
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    world.announces("Dry mixed")
    over = Ledger(people=45, again=0)
    found = {
        "going": sending(world),
        "done": sending(world, state="done", first=6000, ledger=over),
        "paused": sending(world, state="paused", first=7000),
        "braked": sending(world, state="paused", first=8000),
        "cancelled": sending(world, state="cancelled", first=9000, ledger=over),
    }
    with site.app.app_context(), unit():
        for name in ("paused", "braked"):
            send = session.get_one(Send, found[name])
            stopped.mark(send, name, "The date is wrong.", now=world.clock())  # type: ignore[arg-type]
        planned = session.query(Send).filter(Send.state == "planned", Send.receivers.is_not(None))
        first = planned.order_by(Send.due_at).first()
        assert first is not None
        found["planned"] = first.id
    return found


def tour(page: Page, sends: dict[str, int]) -> Iterator[str]:
    """Each page and error; yields its name."""
    paths = {"desk": "/staff/", "all that waits": "/staff/?needs=all&owed=all"}
    paths |= {f"send {name}": f"/staff/sends/{number}" for name, number in sends.items()}
    paths |= {f"list {tab}": f"/staff/sends?show={tab}" for tab in ("sent", "coming", "stopped")}
    paths |= {
        "list of a day": "/staff/sends?day=2026-11-23",
        "list of nothing": "/staff/sends?show=stopped&kind=newsletter",
        "people": f"/staff/sends/{sends['going']}/people",
        "nobody": f"/staff/sends/{sends['done']}/people?state=skipped",
        "cancel": f"/staff/sends/{sends['going']}/cancel",
        "correct": f"/staff/sends/{sends['done']}/correct",
        "search": "/staff/search",
        "found": "/staff/search?q=milk",
        "found nothing": "/staff/search?q=zebra",
    }
    for name, path in paths.items():
        page.goto(path)
        yield name
    page.goto(f"/staff/sends/{sends['done']}/cancel")
    page.get_by_role("button", name="Cancel the rest").click()
    yield "no reason"
    page.goto(f"/staff/sends/{sends['done']}/correct")
    page.get_by_role("button", name="Ask for approval").click()
    yield "no words"
    page.get_by_label("What was wrong, and what is right").fill("It is 14 May.")
    page.get_by_role("button", name="Ask for approval").click()
    yield "a correction waits"
    look_for(page, sends["going"], "no address")
    yield "no address"
    look_for(page, sends["going"], "p5000@ministry.example")
    yield "they have it"
    page.get_by_label("Search notices").fill("cleo@example.org")
    page.get_by_label("Search notices").press("Enter")
    page.get_by_text("One person has the address").wait_for()
    yield "a person"


def look_for(page: Page, number: int, address: str) -> None:
    page.goto(f"/staff/sends/{number}")
    page.get_by_label("One address").fill(address)
    page.get_by_role("button", name="Look", exact=True).click()
    page.wait_for_url("**/look")


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    found: dict[str, str] = {}
    for name in tour(at_desk, lived(site)):
        at_desk.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found |= amiss(at_desk, name, width)
    assert found == {}


def test_the_block_follows_the_send_until_it_is_over(
    at_desk: Page, site: Site, clock: Clock
) -> None:
    """Number, title, and what a screen reader is told; what one types meanwhile stays."""
    number = sending(site.world, ledger=Ledger(people=60, accepted=20, again=0))
    at_desk.goto(f"/staff/sends/{number}")
    expect(at_desk).to_have_title(re.compile("^33% – Emissions .* – Defra Group"))
    at_desk.get_by_label("One address").fill("half an addr")
    height = at_desk.locator("#live").bounding_box()
    clock.forward(seconds=4)
    change(site, number, accepted=43)
    expect(at_desk.locator(".live__number strong")).to_have_text("43")
    expect(at_desk.locator("#said")).to_have_text("70% accepted")
    assert at_desk.title().startswith("71% – ")
    after = at_desk.locator("#live").bounding_box()
    assert height is not None
    assert after is not None
    assert after["height"] == height["height"]
    change(site, number, state="done", accepted=55, finished_at=clock())
    expect(at_desk.locator("#state")).to_have_text("Done")
    expect(at_desk.get_by_role("link", name="Show the final figures")).to_be_visible()
    assert at_desk.get_by_label("One address").input_value() == "half an addr"
    assert at_desk.locator("#live").get_attribute("data-hx-get") is None


def test_the_open_desk_follows_what_is_being_sent(at_desk: Page, site: Site, clock: Clock) -> None:
    number = sending(site.world, ledger=Ledger(people=60, accepted=20, again=0))
    at_desk.goto("/staff/")
    clock.forward(seconds=4)
    change(site, number, accepted=43)
    expect(at_desk.locator(".going__number strong")).to_have_text("43")
    change(site, number, state="done", accepted=55, finished_at=clock())
    expect(at_desk.get_by_text("Nothing is going out.")).to_be_visible()


def change(site: Site, number: int, **values: object) -> None:
    with site.app.app_context(), unit():
        send = session.get_one(Send, number)
        for name, value in values.items():
            setattr(send, name, value)
        if send.state == "done":
            session.get_one(Chunk, (number, 1)).state = "done"


def test_by_keyboard_alone_it_is_paused_and_cancelled(at_desk: Page, site: Site) -> None:
    number = sending(site.world)
    at_desk.goto(f"/staff/sends/{number}")
    reach(at_desk, "Pause")
    at_desk.keyboard.press("Enter")
    expect(at_desk.locator("#state")).to_have_text("Paused")
    reach(at_desk, "Cancel the rest…")
    at_desk.keyboard.press("Enter")
    at_desk.get_by_label("Why").wait_for()
    reach(at_desk, "reason")
    at_desk.keyboard.type("The date is wrong")
    at_desk.keyboard.press("Enter")
    expect(at_desk.locator("#state")).to_have_text("Cancelled")


def reach(page: Page, what: str) -> None:
    """Press Tab until the field of that id, or what has these words, has the focus."""
    says = "[document.activeElement.id, document.activeElement.innerText.trim()]"
    for _ in range(80):
        page.keyboard.press("Tab")
        if what in page.evaluate(says):
            return
    raise AssertionError(f"{what} cannot be reached by keyboard")


def test_without_script_one_watches_pauses_and_looks_up(browser: Browser, site: Site) -> None:
    joins(site.world, FAY, "author")
    number = sending(site.world)
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    enter(page)
    page.get_by_role("link", name="Watch").click()
    assert page.locator(".live__number strong").inner_text() == "40"
    change(site, number, accepted=45)
    page.get_by_role("link", name="Look again").click()
    assert page.locator(".live__number strong").inner_text() == "45"
    page.get_by_role("button", name="Pause").click()
    assert "It is paused" in page.get_by_role("status").first.inner_text()
    page.get_by_label("One address").fill("p5000@ministry.example")
    page.get_by_role("button", name="Look", exact=True).click()
    assert "first try" in page.locator(".found").inner_text()
    page.get_by_label("Search notices").fill("milk")
    page.get_by_role("button", name="Search").click()
    assert "milk" in page.locator("main").inner_text()
    context.close()
