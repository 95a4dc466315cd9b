"""Every page and error state in a real browser: no barrier that axe knows, nothing sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page

from notifier.mail import outbox
from tests.doors.barriers import barriers
from tests.doors.conftest import Lived, Site

pytestmark = pytest.mark.browser

# The frames of the development inbox hold mails without script, into which axe cannot look.
FRAMES = {"iframes": False}


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(visitor: Page, lived: Lived) -> None:
    """What axe finds, and what is wider than the screen; the phone is also tried at 320 pixels."""
    found = {}
    for name in tour(visitor, lived):
        unfold(visitor)
        for violation in barriers(visitor, **FRAMES):
            targets = [node["target"] for node in violation["nodes"]][:3]
            found[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
        if wider := [f"{width} px" for width in too_wide(visitor)]:
            found[f"{name} scrolls sideways"] = ", ".join(wider)
    assert found == {}


def too_wide(page: Page) -> Iterator[int]:
    """The widths at which the page is wider than the screen."""
    size = page.viewport_size
    assert size is not None
    for width in {size["width"], 320 if size["width"] < 400 else size["width"]}:
        page.set_viewport_size({**size, "width": width})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield width
    page.set_viewport_size(size)


def test_signing_up_works_without_script(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/subscribe")
    page.get_by_label("Find a topic or a publication").fill("milk")
    press(page.get_by_role("button", name="Find"))
    assert page.get_by_role("status").inner_text() == "1 topic and 1 publication match “milk”."
    page.get_by_role("checkbox", name="Livestock").check()
    page.get_by_label("What is your email address?").fill("zoe@example.org")
    page.get_by_role("radio", name="Media").check()
    press(page.get_by_role("button", name="Send me updates"))
    assert page.get_by_role("heading", level=1).inner_text() == "Check your email"
    context.close()


def tour(page: Page, lived: Lived) -> Iterator[str]:
    """Go to each page, then into each state; yields the name of what is shown."""
    for name, path in lived.pages.items():
        page.goto(path)
        yield name
    yield from mails(page, lived)
    for state in STATES:
        state(page, lived)
        yield state.__name__.replace("_", " ")


def mails(page: Page, lived: Lived) -> Iterator[str]:
    page.goto("/dev/inbox")
    yield "dev inbox"
    folder = lived.site.world.folder / "instance" / "outbox"
    newest = outbox.entries(folder)[0].key
    for view in ("html", "text", "source"):
        page.goto(f"/dev/inbox/{newest}?view={view}")
        yield f"dev inbox, {view}"


def press(button: Locator) -> None:
    """Press it and wait for the page that comes: its address may be the same as before."""
    with button.page.expect_navigation():
        button.click()


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")


def sign_up_with_nothing(page: Page, lived: Lived) -> None:
    page.goto("/subscribe")
    press(page.get_by_role("button", name="Send me updates"))


def sign_up_with_find(page: Page, lived: Lived) -> None:
    page.goto("/subscribe")
    page.get_by_label("Find a topic or a publication").fill("milk")
    press(page.get_by_role("button", name="Find"))


def sign_up_with_find_of_nothing(page: Page, lived: Lived) -> None:
    page.get_by_label("Find a topic or a publication").fill("<b>mlik")
    press(page.get_by_role("button", name="Find"))


def sign_up_done(page: Page, lived: Lived) -> None:
    page.goto("/subscribe")
    page.get_by_label("What is your email address?").fill("zoe@example.org")
    page.get_by_role("checkbox", name="Water").check()
    page.get_by_role("radio", name="Other").check()
    press(page.get_by_role("button", name="Send me updates"))


def link_asked_for_wrongly(page: Page, lived: Lived) -> None:
    page.goto("/preferences")
    page.get_by_label("Your email address").fill("zoe@")
    press(page.get_by_role("button", name="Send me the link"))


def link_asked_for(page: Page, lived: Lived) -> None:
    page.get_by_label("Your email address").fill("zoe@example.org")
    press(page.get_by_role("button", name="Send me the link"))


def settings_with_no_topic(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["preferences"])
    ticked = page.get_by_role("checkbox", checked=True)
    while ticked.count():
        ticked.first.uncheck()
    press(page.get_by_role("button", name="Save"))


def settings_saved(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["preferences"])
    press(page.get_by_role("button", name="Save"))


def password_too_short(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["staff password"])
    page.get_by_label("Password").fill("short")
    press(page.get_by_role("button"))


def password_chosen(page: Page, lived: Lived) -> None:
    page.get_by_label("Password").fill("a sentence that only Fay would say")
    press(page.get_by_role("button"))


def confirmed(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["confirm"])
    press(page.get_by_role("button"))


def stale_form(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["preferences"])
    page.context.clear_cookies()
    press(page.get_by_role("button", name="Save"))


def unsubscribed(page: Page, lived: Lived) -> None:
    page.goto(lived.pages["unsubscribe"])
    press(page.get_by_role("button"))


def unsubscribed_from_everything(page: Page, lived: Lived) -> None:
    press(page.get_by_role("button"))


STATES: tuple[Callable[[Page, Lived], None], ...] = (
    sign_up_with_nothing,
    sign_up_with_find,
    sign_up_with_find_of_nothing,
    sign_up_done,
    link_asked_for_wrongly,
    link_asked_for,
    settings_with_no_topic,
    settings_saved,
    password_too_short,
    password_chosen,
    confirmed,
    stale_form,
    unsubscribed,
    unsubscribed_from_everything,
)
