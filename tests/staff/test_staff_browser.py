"""The doors of the desk in a real browser: by keyboard alone, by passkey, without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.accounts.people import known
from notifier.store.history import of
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import PASSWORD, joins
from tests.staff.tabs import authenticator, set_up, sign_in

pytestmark = pytest.mark.browser

ADA, FAY = "ada@example.org", "fay@example.org"


@pytest.fixture
def kind() -> str:
    return "sqlite"


def test_by_keyboard_alone_from_sign_in_to_sign_out(tab: Page, site: Site) -> None:
    joins(site.world, FAY, "author")
    tab.goto("/staff/")
    tab.get_by_label("Email address").wait_for()
    reach(tab, "email")
    tab.keyboard.type(FAY)
    tab.keyboard.press("Tab")
    tab.keyboard.type("not my password")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert").first).to_contain_text("do not belong together")
    tab.get_by_role("alert").get_by_role("link").focus()
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "email"
    tab.keyboard.press("Tab")
    tab.keyboard.type(PASSWORD)
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Monday 23 November")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to main content"
    reach(tab, "Sign out")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("status")).to_have_text("You are signed out.")


def reach(page: Page, wanted: str) -> None:
    """Press Tab until the element with that id or those words has the focus, and shows it."""
    for _ in range(20):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "(it => [it.id, it.textContent.trim(), getComputedStyle(it).boxShadow])"
            "(document.activeElement)"
        )
        if wanted in here[:2]:
            assert here[2] != "none", f"{wanted} does not show that it has the focus"
            return
    raise AssertionError(f"Tab does not reach {wanted}")


def test_a_passkey_is_added_signs_in_and_is_deleted(tab: Page, site: Site, clock: Clock) -> None:
    joins(site.world, FAY, "approver")
    authenticator(tab)
    sign_in(tab, FAY)
    tab.get_by_role("link", name="Use a passkey instead").click()
    tab.get_by_label("What do you call it?").fill("My <b>laptop</b>")
    tab.get_by_role("button", name="Add a passkey").click()
    expect(tab.get_by_role("status")).to_contain_text("The passkey is added")
    expect(tab.get_by_text("My <b>laptop</b>", exact=True)).to_be_visible()
    tab.get_by_role("button", name="Sign out").click()

    clock.forward(minutes=1)
    tab.get_by_role("button", name="Sign in with a passkey").click()
    tab.get_by_role("link", name="Your account").click()
    expect(tab.get_by_text("By passkey from")).to_be_visible()

    clock.forward(minutes=1)
    tab.get_by_role("button", name="Sign out").click()
    sign_in(tab, FAY)
    expect(tab.get_by_role("heading", level=1)).to_have_text("Use your passkey")
    tab.get_by_role("button", name="Use a passkey").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Monday 23 November")

    tab.goto("/staff/account")
    tab.get_by_role("button", name="Delete the passkey").click()
    expect(tab.get_by_role("status")).to_have_text("The passkey is deleted.")
    tab.get_by_role("button", name="Sign out").click()
    clock.forward(minutes=1)
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("alert").first).to_contain_text("opens no account here")
    with site.app.app_context():
        actions = [row.action for row in of(f"staff:{known(FAY).id}")]
    assert actions[2:] == ["add_passkey", "sign_in", "sign_in", "sign_in", "remove_passkey"]


def test_an_answer_of_a_passkey_opens_nothing_twice(tab: Page, site: Site, clock: Clock) -> None:
    """Whoever copies answer and cookie after a sign-in has nothing."""
    joins(site.world, FAY, "author")
    authenticator(tab)
    sign_in(tab, FAY)
    tab.goto("/staff/passkeys")
    tab.get_by_role("button", name="Add a passkey").click()
    tab.get_by_role("button", name="Sign out").click()
    clock.forward(minutes=1)
    tab.goto("/staff/sign-in")
    jar = tab.context.cookies()
    with tab.expect_request("**/staff/sign-in/passkey") as sent:
        tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Monday 23 November")
    answer = sent.value.post_data
    tab.context.clear_cookies()
    tab.context.add_cookies(jar)
    again = tab.request.post(
        "/staff/sign-in/passkey",
        data=answer,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert again.status == 400
    assert "opens no account here" in again.text()
    tab.goto("/staff/account")
    expect(tab.get_by_role("heading", level=1)).not_to_have_text("Your account")


def test_without_script_the_desk_opens_by_password_and_code(
    browser: Browser, site: Site, clock: Clock
) -> None:
    joins(site.world, ADA, "admin")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, ADA)
    set_up(page, clock)
    page.get_by_role("link", name="I have kept them").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Monday 23 November"
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    context.close()
