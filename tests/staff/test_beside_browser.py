"""What stands beside a notice, and who follows, in a real browser: no barrier, nothing sideways,
nothing runs in a preview, and one finds the way without script.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.staff.desk import PASSWORD, enters, joins
from tests.staff.following import crowd, meant

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


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    found = {}
    for name in tour(at_desk, site):
        if SHOTS:
            file = Path(SHOTS) / f"{name.replace(' ', '-')}-{width}.png"
            at_desk.screenshot(path=file, full_page=True)
        for violation in barriers(at_desk):
            targets = [node["target"] for node in violation["nodes"]][:3]
            found[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
        for narrow in {width, 320 if width < 400 else width}:
            at_desk.set_viewport_size({"width": narrow, "height": 800})
            if at_desk.evaluate("document.documentElement.scrollWidth") > narrow:
                found[f"{name} at {narrow}"] = "scrolls sideways"
        at_desk.set_viewport_size({"width": width, "height": 800})
    assert found == {}
