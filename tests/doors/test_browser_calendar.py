"""The calendar and the week ahead in a real browser: no barrier, nothing sideways, by keyboard."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from notifier.catalogue import queries as catalogue
from notifier.notices import follow
from notifier.notices import queries as notices
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.releases.recur import extend
from notifier.store.db import session, unit
from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.doors.reading import all_announced, release
from tests.makers import ALICE, Clock, acting, decided

pytestmark = pytest.mark.browser

PAGES = (
    "/changes",
    "/changes?topic=air-quality&user_type=academic&team=none",
    "/changes?user_type=media",
    "/changes?show=past",
    "/releases",
    "/releases?state=moved",
    "/releases?view=month",
    "/releases?view=month&month=2027-01",
    "/releases?view=month&month=2027-02&topic=food",
    "/series/fly-tipping",
    "/series/emissions-air-pollutants",
    "/series/bathing-water",
    "/week-ahead",
    "/week-ahead/2026-W53",
    "/week-ahead/2027-W03",
    "/topics/waste",
    "/",
)
WIDTHS = (320, 375, 640, 768, 900, 1280)


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture
def played(site: Site, clock: Clock) -> dict[str, str]:
    """Moved, cancelled, postponed, not fixed in time, in effect: the pages that show it."""
    all_announced(site.app, clock)
    with site.app.app_context(), unit():
        extend(now=clock())
        by, why = acting(ALICE), decided("The councils' data came late.")
        to = exact(date(2027, 1, 20))
        follow.move(release("Fly-tipping"), to, why, by=by, now=clock())
        why, news = decided("A check failed.", code="quality_issue"), date(2027, 1, 11)
        late = release("Quarterly indicators")
        follow.postpone(late, why, next_update=news, by=by, now=clock())
        pocket = release("pocket 2027")
        pocket.breached_on, pocket.breach_reason = date(2026, 11, 3), "No printer was chosen."
        catalogue.series("bathing-water").nothing_planned_on = date(2026, 11, 19)
        catalogue.series("fly-tipping").team.phone = "020 8026 3000"
        past = next(n for n in notices.every() if "labelled" in n.headline)
        past.state, past.effect_at = "in_effect", clock()
        found = session.query(Release).filter(Release.date_changes.any())
        pages = {f"release {r.id}": f"/releases/{r.id}" for r in (*found, pocket)}
    return {**{path: path for path in PAGES}, **pages}


def test_no_barrier_and_nothing_sideways_at_any_width(
    visitor: Page, played: dict[str, str]
) -> None:
    found = {}
    for name, path in played.items():
        visitor.goto(path)
        visitor.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        for width in WIDTHS:
            visitor.set_viewport_size({"width": width, "height": 800})
            if visitor.evaluate("document.documentElement.scrollWidth") > width:
                found[f"{name} at {width}"] = "scrolls sideways"
            if width in (320, 768, 1280):
                for violation in barriers(visitor):
                    targets = [node["target"] for node in violation["nodes"]][:3]
                    found[f"{name} at {width}: {violation['id']}"] = str(targets)
    assert found == {}


def test_heads_go_down_one_step_at_a_time(visitor: Page, played: dict[str, str]) -> None:
    for path in played.values():
        visitor.goto(path)
        levels = visitor.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(it => +it.tagName[1])"
        )
        assert levels[0] == 1, path
        assert all(b - a <= 1 for a, b in pairwise(levels)), (path, levels)


def test_the_filter_works_by_keyboard_alone(visitor: Page, played: dict[str, str]) -> None:
    """Tab to the select, type the choice, tab on, press Enter."""
    visitor.goto("/releases?view=month&month=2027-01")
    visitor.get_by_label("Topic").focus()
    visitor.keyboard.type("Waste")
    for _ in range(3):
        visitor.keyboard.press("Tab")
    with visitor.expect_navigation():
        visitor.keyboard.press("Enter")
    assert "view=month" in visitor.url
    assert "topic=waste" in visitor.url
    assert visitor.get_by_label("Topic").input_value() == "waste"


def test_the_month_stays_a_table_and_a_phone_shows_full_days(
    visitor: Page, played: dict[str, str]
) -> None:
    visitor.goto("/releases?view=month&month=2027-01")
    table = visitor.get_by_role("table", name="January 2027")
    assert table.get_by_role("columnheader").count() == 7
    assert table.get_by_role("rowheader").count() == 5
    day = table.get_by_role("cell").filter(has_text="Fly-tipping")
    assert day.get_by_role("link").count() == 1
    visitor.set_viewport_size({"width": 320, "height": 800})
    assert day.get_by_text("Wednesday 20 January 2027").is_visible()
    empty = table.locator("time[datetime='2027-01-19']")
    assert not empty.is_visible()
