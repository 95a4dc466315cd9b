"""No page of the desk's doors, and no error on the way, has a barrier that axe knows, or scrolls
sideways on a phone.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.makers import Clock
from tests.staff.desk import PASSWORD, joins, link_in
from tests.staff.tabs import authenticator, set_up, sign_in

pytestmark = pytest.mark.browser

ADA, FAY = "ada@example.org", "fay@example.org"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def single(monkeypatch: pytest.MonkeyPatch) -> None:
    """The organisation has a sign-in of its own."""
    for name, value in {
        "ISSUER": "http://127.0.0.1:9",
        "CLIENT_ID": "us",
        "CLIENT_SECRET": "ours",
        "ROLES": "stats=author",
    }.items():
        monkeypatch.setenv(f"NOTIFIER_OIDC_{name}", value)


@pytest.mark.parametrize("width", [375, 1280])
def test_no_page_of_sign_in_has_a_barrier_or_scrolls_sideways(
    single: None, tab: Page, site: Site, clock: Clock
) -> None:
    faults = {}
    for name in tour(tab, site, clock):
        for violation in barriers(tab):
            targets = [node["target"] for node in violation["nodes"]][:3]
            faults[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
        size = tab.viewport_size
        assert size is not None
        for width in {size["width"], 320}:
            tab.set_viewport_size({**size, "width": width})
            if tab.evaluate("document.documentElement.scrollWidth") > width:
                faults[f"{name} scrolls sideways"] = f"{width} px"
        tab.set_viewport_size(size)
    assert faults == {}


def tour(page: Page, site: Site, clock: Clock) -> Iterator[str]:
    """Every page, and every error that one meets on the way, of an administrator and an author."""
    world = site.world
    press = page.get_by_role
    joins(world, ADA, "admin", password=PASSWORD)
    page.goto("/staff/sign-in")
    yield "sign-in"
    press("button", name="Sign in", exact=True).click()
    yield "sign-in with nothing"
    sign_in(page, ADA, "wrong")
    yield "sign-in refused"
    sign_in(page, ADA)
    yield "set-up"
    press("button", name="Turn on").click()
    yield "set-up refused"
    telephone = set_up(page, clock)
    yield "recovery codes"
    yield from account(page, clock)
    yield from team(page)
    if page.get_by_role("link", name="Menu").is_visible():
        page.get_by_role("link", name="Menu").click()
        yield "menu"
    press("button", name="Sign out").click()
    yield "signed out"
    clock.forward(minutes=1)
    sign_in(page, ADA)
    yield "code"
    press("button", name="Continue").click()
    yield "code with nothing"
    page.goto("/staff/recovery-code")
    yield "recovery code"
    page.get_by_label("Recovery code").fill("none of mine")
    press("button", name="Continue").click()
    yield "recovery code refused"
    page.goto("/staff/code")
    page.get_by_label("Six digits from your app").fill(telephone.code())
    press("button", name="Continue").click()
    page.goto("/staff/account")
    clock.forward(hours=13)
    press("button", name="Save").click()
    yield "signed out while typing"
    yield from links(page, site)


def account(page: Page, clock: Clock) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/account")
    yield "account"
    page.get_by_label("Your name, as others see it").fill("x" * 200)
    press("button", name="Save").click()
    yield "account with a name that is too long"
    page.get_by_label("Your name, as others see it").fill("Ada Lovelace")
    press("button", name="Save").click()
    yield "account saved"
    page.goto("/staff/password")
    yield "change the password"
    press("button", name="Change it").click()
    yield "change the password refused"
    authenticator(page)
    page.goto("/staff/passkeys")
    yield "add a passkey"
    press("button", name="Add a passkey").click()
    page.get_by_role("status").wait_for()
    yield "account with a passkey"
    clock.forward(minutes=16)
    page.goto("/staff/two-step")
    yield "is it you"
    press("button", name="Continue").click()
    yield "is it you refused"
    page.get_by_label("Your password").fill(PASSWORD)
    press("button", name="Continue").click()
    yield "use another app"


def team(page: Page) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/team")
    yield "team"
    page.get_by_label("Email address").fill("no address")
    press("button", name="Add").click()
    yield "team refused"
    page.get_by_label("Email address").fill(FAY)
    press("combobox", name="In").select_option("waste")
    press("button", name="Add").click()
    yield "a new member"
    page.get_by_label("First day").fill("2026-12-24")
    page.get_by_label("Last day").fill("2026-12-20")
    press("button", name="Keep these days").click()
    yield "days away refused"
    page.get_by_label("Last day").fill("2027-01-03")
    press("button", name="Keep these days").click()
    yield "days away"
    press("button", name="They have left").click()
    yield "a leaver"
    press("button", name="Take them back").click()
    yield "back again"
    page.goto("/staff/team/1")
    yield "somebody else"


def links(page: Page, site: Site) -> Iterator[str]:
    press = page.get_by_role
    page.goto("/staff/forgotten")
    yield "forgotten"
    press("button", name="Send me the link").click()
    yield "forgotten with nothing"
    page.get_by_label("Email address").fill(FAY)
    press("button", name="Send me the link").click()
    yield "forgotten, asked"
    page.goto(link_in(site.world, FAY, "Choose a new password"))
    yield "choose a password"
    page.get_by_label("Password").fill("short")
    press("button", name="Keep this password").click()
    yield "choose a password refused"
    page.get_by_label("Password").fill(PASSWORD)
    press("button", name="Keep this password").click()
    yield "password chosen"
    page.goto("/staff/password/forged")
    yield "a link that does not work"
