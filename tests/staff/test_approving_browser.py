"""Approving in a real browser: no barrier, nothing sideways, by keyboard alone, without script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.accounts.people import known
from notifier.newsletters import queries as newsletters
from notifier.newsletters.send import submit as submit_issue
from notifier.releases import announce
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.doors.barriers import amiss
from tests.doors.conftest import Site
from tests.makers import ALICE, BOB, HANA, Clock
from tests.staff.desk import joins
from tests.staff.tabs import set_up, sign_in
from tests.staff.test_approving_pages import WASTE, edits, reference

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("SHOTS")  # a folder: pictures for people to look at


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def lived(site: Site) -> dict[str, str]:
    """A notice that was returned and changed, one read for the first time, an issue, a release
    mail; the paths of their pages for Bob, who approves."""
    world = site.world
    joins(world, ALICE, "author")
    joins(world, BOB, "approver")
    joins(world, BOB, "hop")
    with site.app.app_context(), unit():
        for email, name in ((ALICE, "Alice Moran"), (BOB, "Bob Okafor"), (HANA, "Hana Price")):
            known(email).name = name
    waste, milk = reference(world, WASTE), reference(world, "Monthly landings")
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    for ref in (waste, milk):
        world.done("notices", "submit", ref, "--by", ALICE)
    world.done("notices", "return", waste, "--reason", "Which authorities?", "--by", BOB)
    world.clock.forward(minutes=35)
    edits(
        world,
        waste,
        ALICE,
        what="Material that is rejected is taken off the recycling rate of the local authority "
        "that collected it, not of the one that sorted it.",
        why="It matches the way Scotland, Wales and Northern Ireland count.",
        what_to_do=[{"action": "Recalculate stored rates.", "user_types": ["academic"]}],
    )
    world.done("notices", "submit", waste, "--by", ALICE)
    landings = reference(world, "The milk volumes")
    world.done("notices", "submit", landings, "--by", ALICE)
    world.done("notices", "approve", landings, "--by", BOB)
    with site.app.app_context(), unit():
        issue = newsletters.every()[0]
        submit_issue(issue, author=known(ALICE), by=SYSTEM, now=world.clock())
        release = session.query(Release).filter(Release.title.like("Fly-tipping%")).one()
        announce.write(
            release,
            {"detail": "Councils dealt with **1.1 million** incidents.", "headline": "4% fewer."},
            author=known(ALICE),
            by=SYSTEM,
            now=world.clock(),
        )
        return {
            "changed": f"/staff/notices/{waste}/approve",
            "everything": f"/staff/notices/{waste}/approve?all=1",
            "first": f"/staff/notices/{milk}/approve",
            "issue": f"/staff/newsletters/{issue.slug}/approve",
            "words": f"/staff/releases/{release.id}/approve",
            "list": "/staff/approvals",
            "emergency": f"/staff/notices/{milk}/emergency",
            "history": "/staff/history",
            "history-one": f"/staff/history/{waste}",
            "loud": "/staff/",
        }


def tour(page: Page, lived: dict[str, str]) -> Iterator[str]:
    """Each page and error; yields its name."""
    for name, path in lived.items():
        page.goto(path)
        yield name
    page.goto(lived["changed"])
    page.get_by_role("button", name="Record my decision").click()
    yield "error"
    page.goto(lived["emergency"])
    page.get_by_role("button", name="Publish it now").click()
    yield "not-sure"
    page.goto("/staff/history")
    page.get_by_role("button", name="Check that it is unbroken").click()
    yield "checked"


def shot(page: Page, name: str, width: int) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}.png"), full_page=True)


@pytest.fixture
def bob(tab: Page, lived: dict[str, str], clock: Clock) -> Page:
    """Bob has signed in with both steps."""
    sign_in(tab, BOB)
    tab.get_by_label("Six digits").wait_for()
    set_up(tab, clock)
    tab.get_by_role("link", name="I have kept them").click()
    return tab


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_where_one_decides(
    bob: Page, lived: dict[str, str], width: int
) -> None:
    found: dict[str, str] = {}
    for name in tour(bob, lived):
        shot(bob, name, width)
        found |= amiss(bob, name, width)
    assert found == {}


def test_by_keyboard_alone_and_without_script_one_returns_and_approves(
    browser: Browser, site: Site, lived: dict[str, str], clock: Clock
) -> None:
    """What the page asks is asked in the order in which it is read; nothing needs a script."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    sign_in(page, BOB)
    page.get_by_label("Six digits").wait_for()
    set_up(page, clock)
    page.get_by_role("link", name="I have kept them").wait_for()
    page.goto("/staff/approvals")
    page.get_by_role("link", name=WASTE).first.click()
    page.get_by_text("Alice Moran changed three things").wait_for()
    page.get_by_role("link", name="Show the").click()
    expect(page.get_by_text("Not changed").first).to_be_visible()
    page.get_by_label("Return.").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Say since when.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("went back to Alice Moran")
    expect(page.get_by_text("You returned it").first).to_be_visible()
    page.goto(lived["issue"])
    page.get_by_label("Approve.").check()
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_role("status")).to_contain_text("is approved. Alice Moran may send it.")
    context.close()
