"""From sign-up to erasure on a phone, in English and in Welsh: no barrier that axe knows on any
page or error, nothing sideways; what a person tells is kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from notifier.web import network
from tests.doors.barriers import barriers
from tests.doors.conftest import Site
from tests.journeys.world import one_click, path_in, text_of

pytestmark = pytest.mark.browser

CLEO, NEW = "cleo@example.org", "cleo.new@example.org"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def width() -> int:
    return 375


class Reader:
    """Somebody with a phone who reads one language; each page that they see is looked at."""

    def __init__(self, page: Page, site: Site, lang: str) -> None:
        self.page, self.site, self.lang = page, site, lang
        self.faults: dict[str, str] = {}

    def look(self, name: str) -> None:
        """What axe finds with everything unfolded, and whether it scrolls sideways at 320 px."""
        page = self.page
        assert page.locator("html").get_attribute("lang") == self.lang, name
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        for violation in barriers(page):
            targets = [node["target"] for node in violation["nodes"]][:3]
            self.faults[f"{name}: {violation['id']}"] = f"{violation['help']}: {targets}"
        page.set_viewport_size({"width": 320, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            self.faults[f"{name} scrolls sideways"] = "320 px"
        page.set_viewport_size({"width": 375, "height": 800})

    def opens(self, path: str, name: str) -> None:
        # A link in a letter needs no ?lang: the page knows its reader.
        by_letter = path.startswith(("/confirm/", "/preferences/", "/u/", "/got-it/"))
        self.page.goto(path if by_letter or self.lang == "en" else f"{path}?lang=cy")
        self.look(name)

    def presses(self, selector: str, name: str) -> None:
        self.site.world.clock.forward(seconds=5)
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        self.look(name)

    def mail(self, email: str, opening: str) -> str:
        """The path of that opening in the person's newest letter that has one."""
        self.site.world.drain()
        letters = [m for m in self.site.world.mails(email) if opening in text_of(m)]
        return path_in(letters[-1], opening)


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_from_sign_up_to_erasure(visitor: Page, site: Site, lang: str) -> None:
    site.world.announces("fine particles")
    reader = Reader(visitor, site, lang)
    signs_up(reader)
    chooses(reader)
    moves(reader)
    sees_and_goes(reader)
    errors(reader)
    assert reader.faults == {}


def signs_up(reader: Reader) -> None:
    page = reader.page
    reader.opens("/subscribe", "sign-up")
    reader.presses("main .consent button", "sign-up with nothing")
    page.fill("#q", "milk")
    reader.presses("button[name=find]", "found")
    page.fill("#email", CLEO)
    page.check("input[name=topics][value=air-quality]")
    page.check("input[name=only][value=milk-utilisation]")
    page.check("input[name=user_type][value=media]")
    reader.site.world.clock.forward(seconds=20)
    reader.presses("main .consent button", "sign-up done")
    page.goto(reader.mail(CLEO, "/confirm/"))
    reader.look("confirm")
    reader.presses("main form button", "confirmed")


def chooses(reader: Reader) -> None:
    page = reader.page
    reader.opens(reader.mail(CLEO, "/preferences/"), "settings")
    page.select_option("select[name=often-newsletter]", "weekly")
    page.fill("#name", "Cleo Jones")
    page.fill("#uses", "Maps for schools")
    page.check("#takes_part-workshop")
    reader.presses("main .consent button", "settings saved")
    assert page.input_value("#uses") == "Maps for schools"
    assert page.input_value("select[name=often-newsletter]") == "weekly"
    page.fill("#until", "31")
    reader.presses("form[action$='/pause'] button", "a break without a date")
    ticked = page.locator("input[name=topics]:checked, input[name=series]:checked")
    while ticked.count():
        ticked.first.uncheck()
    reader.presses("main .consent button", "settings with nothing")
    reader.opens(reader.mail(CLEO, "/preferences/") + "/complain", "complain")
    reader.presses("main form button", "complain with nothing")
    page.fill("#words", "Too many.")
    reader.site.world.clock.forward(seconds=20)
    reader.presses("main form button", "complained")


def moves(reader: Reader) -> None:
    link = reader.mail(CLEO, "/preferences/")
    for part in ("address", "data", "erase"):
        reader.opens(f"{link}/{part}", f"{part} asks for a fresh link")
    reader.presses("main form button", "a fresh link is on its way")
    fresh = reader.mail(CLEO, "/preferences/")
    assert fresh != link
    reader.opens(f"{fresh}/address", "another address")
    reader.presses("main form button", "another address with nothing")
    reader.page.fill("#email", NEW)
    reader.presses("main form button", "another address asked for")
    reader.opens(reader.mail(NEW, "/confirm/address/"), "confirm the address")
    reader.presses("main form button", "the address is confirmed")


def sees_and_goes(reader: Reader) -> None:
    world = reader.site.world
    world.drain()
    letter = world.last_mail(CLEO)
    assert NEW not in text_of(letter)
    stamp = [m for m in world.mails(CLEO) if m["List-Unsubscribe"]][-1]
    reader.opens(one_click(stamp), "unsubscribe")
    old = path_in(stamp, "/preferences/")
    reader.opens(f"{old}/data", "data asks for a fresh link")
    reader.presses("main form button", "another link")
    fresh = reader.mail(NEW, "/preferences/")
    reader.opens(f"{fresh}/data", "what is held")
    with reader.page.expect_download() as download:
        reader.page.locator("a[download]").click()
    assert download.value.suggested_filename == "what-we-hold.json"
    reader.opens(f"{fresh}/erase", "erase")
    reader.presses("main form button", "erased")
    assert world.cli("subscribers", "show", NEW).status == 1


def errors(reader: Reader) -> None:
    for path in ("/nowhere", "/confirm", "/privacy", "/accessibility", "/preferences", "/complain"):
        reader.opens(path, path)
    reader.page.fill("#words", "x")
    reader.page.context.clear_cookies()
    reader.presses("main form button", "stale form")
    reader.opens("/preferences", "ask for a link")
    reader.presses("main form button", "ask for a link with nothing")
    limit(reader)


def limit(reader: Reader) -> None:
    """Too often: the page of 429."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(network.MOST, "link", 0)
        reader.presses("main form button", "too often")
