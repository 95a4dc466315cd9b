"""Writing notices in a real browser: somebody who never saw the desk, by keyboard, without script,
going back, two at once; no barrier and nothing sideways on any page of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.store.db import session, unit
from tests.doors.barriers import amiss
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import PASSWORD, joins

pytestmark = pytest.mark.browser

FAY, GIL = "fay@example.org", "gil@example.org"
LANDINGS = "Monthly landings"


@pytest.fixture
def kind() -> str:
    return "sqlite"


def enter(page: Page, email: str = FAY) -> None:
    page.goto("/staff/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/staff/")


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Fay, who writes for every team, has signed in."""
    joins(site.world, FAY, "author")
    enter(tab)
    return tab


def the(site: Site, start: str) -> ChangeNotice:
    with site.app.app_context():
        found = next(n for n in queries.every() if n.headline.startswith(start))
        session.expunge(found)
        return found


def begin(page: Page, publication: str, kind: str, size: str) -> None:
    page.get_by_role("link", name="Notices", exact=True).click()
    page.get_by_role("link", name="Write a notice").click()
    page.get_by_label(publication).check()
    page.get_by_label("What kind of change").select_option(kind)
    page.get_by_label(size, exact=True).check()
    page.get_by_role("button", name="Write it").click()


def minor(page: Page) -> None:
    """Without a look at any help."""
    begin(page, "Monthly UK sea fisheries statistics", "format_or_layout", "Small")
    page.get_by_label("On a day").check()
    page.get_by_label("The day", exact=True).fill("20 January 2027")
    page.get_by_label("Headline", exact=True).fill("Landings tables get a new column")
    page.get_by_label("What is changing", exact=True).fill("A column is added at the right.")
    page.get_by_label("Why", exact=True).fill("Users asked for it.")


def test_somebody_who_never_saw_it_announces_a_minor_change(at_desk: Page, site: Site) -> None:
    minor(at_desk)
    expect(at_desk.locator("#meter")).to_contain_text("Publish by")  # it counts while one types
    at_desk.get_by_role("button", name="Save", exact=True).last.click()
    expect(at_desk.get_by_role("status").first).to_contain_text("It is saved as a draft.")
    at_desk.get_by_role("link", name="DEFRA-2026-").click()
    at_desk.get_by_role("link", name="Announce it").click()
    at_desk.get_by_role("button", name="Announce it now").click()
    expect(at_desk.get_by_role("status").first).to_contain_text("It is public.")
    at_desk.go_back()
    expect(at_desk.get_by_role("status").first).to_contain_text("nothing was sent twice")
    assert the(site, "Landings tables").revision == 1


def test_a_major_change_opens_what_it_needs_and_is_sent_to_be_approved(
    at_desk: Page, site: Site
) -> None:
    begin(at_desk, "Emissions of air pollutants in the UK", "methodology", "Major")
    at_desk.get_by_label("Which release").select_option(
        label="Emissions of air pollutants in the UK, 1970 to 2025"
    )
    at_desk.get_by_label("Headline", exact=True).fill("Wood burning is estimated anew")
    at_desk.get_by_label("What is changing", exact=True).fill("A survey takes its place.")
    at_desk.get_by_label("Why", exact=True).fill("Fewer homes burn wood.")
    at_desk.get_by_role("button", name="Begin it with the words above").click()
    technical = at_desk.get_by_label("For technical readers", exact=True)
    expect(technical).to_have_value("A survey takes its place.\n\nFewer homes burn wood.")
    at_desk.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    problem = at_desk.get_by_role("alert").first
    expect(problem).to_contain_text("Say when you will know more")
    problem.get_by_role("link").click()
    at_desk.get_by_label("When will you say more?").fill("20 January 2027")
    at_desk.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    expect(at_desk.locator(".bar-acts")).to_contain_text("98 days: enough")
    figures = at_desk.locator("#part-figures")
    expect(figures).to_have_attribute("open", "")
    at_desk.get_by_label("Is the size known?").select_option("yes")
    at_desk.get_by_label("In words", exact=True).fill("They fall by 8%.")
    at_desk.get_by_role("button", name="Ask hana@example.org to approve").click()
    expect(at_desk.get_by_role("status").first).to_contain_text("hana@example.org is asked")
    assert the(site, "Wood burning").state == "in_review"


def test_typing_is_kept_and_who_else_types_is_said(
    at_desk: Page, browser: Browser, site: Site, clock: Clock
) -> None:
    joins(site.world, GIL, "author")
    url = f"/staff/notices/{the(site, LANDINGS).reference}/edit"
    at_desk.goto(url)
    other = browser.new_context(base_url=site.url)
    gil = other.new_page()
    enter(gil, GIL)
    gil.goto(url)
    gil.get_by_label("Why", exact=True).fill("Gil says so.")
    expect(gil.locator("#kept")).to_contain_text("Your typing is kept")
    at_desk.get_by_label("What is changing", exact=True).fill("Fay's column.")
    expect(at_desk.locator("#others")).to_contain_text("gil@example.org is also typing here")
    clock.forward(seconds=30)
    gil.get_by_role("button", name="Save", exact=True).last.click()
    expect(gil.get_by_role("status").first).to_contain_text("It is saved.")
    clock.forward(seconds=30)
    at_desk.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    expect(at_desk.get_by_role("heading", level=1)).to_have_text("Somebody saved before you")
    expect(at_desk.locator("main")).to_contain_text("You changed different parts, and both stand")
    at_desk.get_by_role("button", name="Go on with both").click()
    expect(at_desk.get_by_label("Why", exact=True)).to_have_value("Gil says so.")
    at_desk.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    expect(at_desk.get_by_role("status").first).to_contain_text("It is saved.")
    kept = the(site, LANDINGS)
    assert (kept.what, kept.why) == ("Fay's column.", "Gil says so.")
    other.close()


def test_a_tab_that_is_closed_loses_nothing(at_desk: Page, site: Site) -> None:
    url = f"/staff/notices/{the(site, LANDINGS).reference}/edit"
    at_desk.goto(url)
    at_desk.get_by_label("Why", exact=True).fill("Half a sentence that")
    expect(at_desk.locator("#kept")).to_contain_text("it is not saved yet")
    at_desk.goto("/staff/")
    at_desk.goto(url)
    expect(at_desk.locator(".kept")).to_contain_text("and did not save it")
    at_desk.get_by_role("link", name="Go on with it").click()
    expect(at_desk.get_by_label("Why", exact=True)).to_have_value("Half a sentence that")


def test_without_script_a_notice_is_written_announced_and_changed(
    browser: Browser, site: Site
) -> None:
    joins(site.world, FAY, "author")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    enter(page)
    minor(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_role("link", name="DEFRA-2026-").click()
    page.get_by_role("link", name="Announce it").click()
    page.get_by_role("button", name="Announce it now").click()
    page.get_by_role("link", name="Change what is public").click()
    page.get_by_label("Why", exact=True).fill("Users asked for it in a survey.")
    page.get_by_role("button", name="See what changes").click()
    assert page.locator("ins").first.inner_text().endswith("in a survey")
    page.get_by_label("What changed, in a sentence").fill("Where it was asked for.")
    page.get_by_role("button", name="Publish this version").click()
    assert "Say whether the meaning changes" in page.get_by_role("alert").inner_text()
    page.get_by_label("No: wording only").check()
    page.get_by_role("button", name="Publish this version").click()
    assert "Version 1 is public" in page.get_by_role("status").first.inner_text()
    context.close()


def test_by_keyboard_alone_a_section_is_opened_and_a_draft_saved(at_desk: Page, site: Site) -> None:
    at_desk.goto(f"/staff/notices/{the(site, LANDINGS).reference}/edit")
    section = at_desk.locator("#part-contact")
    reach(at_desk, "Contact and evidence")
    at_desk.keyboard.press("Enter")
    expect(section).to_have_attribute("open", "")
    reach(at_desk, "contact")
    at_desk.keyboard.type("fish@example.org")
    at_desk.keyboard.press("Enter")
    expect(at_desk.get_by_role("status").first).to_contain_text("It is saved.")
    assert the(site, LANDINGS).contact == "fish@example.org"


def reach(page: Page, what: str) -> None:
    """Press Tab until the field of that id, or what begins with these words, has the focus."""
    says = "[document.activeElement.id, document.activeElement.innerText.replace(/\\s+/g, ' ')]"
    for _ in range(120):
        page.keyboard.press("Tab")
        found = page.evaluate(says)
        if found[0] == what or what in found[1]:
            return
    raise AssertionError(f"{what} cannot be reached by keyboard")


def tour(page: Page, site: Site) -> Iterator[str]:
    """Each page and error; yields its name."""
    draft = f"/staff/notices/{the(site, 'Emissions of fine').reference}"
    public = f"/staff/notices/{the(site, 'Dry mixed').reference}"
    paths = {
        "list": "/staff/notices",
        "list of nothing": "/staff/notices?show=over&q=zebra",
        "public ones": "/staff/notices?show=public",
        "new": "/staff/notices/new",
        "new, unanswered": "/staff/notices/new?type=x",
        "draft": draft,
        "public": public,
        "edit": f"{draft}/edit",
        **{deed: f"{public}/{deed}" for deed in ("hold", "early", "supersede", "cancel", "impact")},
    }
    for name, path in paths.items():
        page.goto(path)
        yield name
    page.goto(f"{draft}/edit")
    page.get_by_label("Headline", exact=True).fill("x" * 130)
    page.get_by_label("From", exact=True).first.fill("lots")
    page.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    yield "wrong"
    page.goto(f"{public}/hold")
    page.get_by_role("button", name="Put it on hold").click()
    yield "no reason"
    page.goto(f"{public}/edit")
    page.get_by_label("Why", exact=True).fill("It matches how other nations count.")
    page.get_by_role("button", name="See what changes").click()
    yield "what changes"
    page.get_by_role("button", name="Publish this version").click()
    yield "unanswered"
    page.goto(f"{draft}/edit")
    yield "not saved"
    page.get_by_role("link", name="Go on with it").click()
    page.get_by_label("Why", exact=True).fill("Fewer homes burn wood than was thought.")
    changed(site, draft)
    page.locator(".bar-acts").get_by_role("button", name="Save", exact=True).click()
    yield "two texts"


def changed(site: Site, path: str) -> None:
    """Somebody saves it meanwhile."""
    site.world.clock.forward(seconds=20)
    with site.app.app_context(), unit():
        notice = queries.notice(path.rpartition("/")[2])
        notice.why, notice.changed_at = "Homes burn less.", site.world.clock()


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    site.world.announces("Dry mixed")
    found: dict[str, str] = {}
    for name in tour(at_desk, site):
        at_desk.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        found |= amiss(at_desk, name, width)
    assert found == {}
