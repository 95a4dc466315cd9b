"""What else people meet when they choose: each error and turn, on a phone, in both languages; no
barrier that axe knows, nothing sideways."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from notifier.audience import limits
from tests.doors.conftest import Site
from tests.doors.test_browser_people import CLEO, Reader
from tests.journeys.world import one_click, path_in, text_of
from tests.makers import ALICE
from tests.makers import joins as joins_room

pytestmark = pytest.mark.browser

DAN = "dan@example.org"


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def width() -> int:
    return 375


@pytest.mark.parametrize("lang", ["en", "cy"])
def test_each_error_and_turn(
    visitor: Page, site: Site, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = site.world.announces("fine particles")
    reader = Reader(visitor, site, lang)
    sign_up_goes_wrong(reader, notice, monkeypatch)
    joins(reader)
    settings_go_wrong(reader)
    takes_a_break(reader)
    reads_letters(reader)
    is_invited(reader)
    looks_who_else(reader)
    broken(reader, monkeypatch)
    assert reader.faults == {}


def fill(reader: Reader, email: str) -> None:
    page = reader.page
    page.fill("#email", email)
    page.check("input[name=topics][value=air-quality]")
    page.check("input[name=user_type][value=media]")


def sign_up_goes_wrong(reader: Reader, notice: str, patch: pytest.MonkeyPatch) -> None:
    page, press = reader.page, "main .consent button"
    lang = "&lang=cy" if reader.lang == "cy" else ""
    page.goto(f"/subscribe?topic=waste&notice={notice}&release=9999{lang}")
    reader.look("sign-up for one thing")
    page.fill("#q", "<b>mlik")
    reader.presses("button[name=find]", "nothing found")
    for name, email in {
        "malformed": "cleo@",
        "quoted": '"cleo smith"@example.org',
        "too long": f"{'a' * 64}@{'d.' * 95}",
        "a formula": "=cmd|' /C calc'!A0",
    }.items():
        fill(reader, email)
        reader.presses(press, f"a {name} address")
        assert page.locator("#email-error").count() == 1, name
        assert page.input_value("#email") == email, "what was typed is kept"
    fill(reader, CLEO)
    reader.site.world.clock.forward(seconds=3600)
    reader.presses(press, "open for over an hour")
    with patch.context() as few:
        few.setattr(limits, "PER_NETWORK", 0)
        reader.presses(press, "too many from here")
    reader.opens("/subscribe", "sign-up again")
    fill(reader, "a" * 1_100_000 + "@example.org")
    with page.expect_navigation():
        page.locator(press).click()
    assert page.locator("h1").inner_text(), "a page, though no field of it can be read"


def joins(reader: Reader) -> None:
    reader.opens("/subscribe", "sign-up")
    fill(reader, CLEO)
    reader.site.world.clock.forward(seconds=20)
    reader.presses("main .consent button", "sign-up done")
    reader.page.goto(reader.mail(CLEO, "/confirm/"))
    reader.presses("main form button", "confirmed")
    for path in ("/confirm/forged", "/preferences/forged", "/u/forged", "/got-it/forged"):
        reader.page.goto(path if reader.lang == "en" else f"{path}?lang=cy")
        reader.look(f"{path}: a link that does not work")


def settings_go_wrong(reader: Reader) -> None:
    page, save = reader.page, "main .consent button"
    link = reader.mail(CLEO, "/preferences/")
    reader.opens(link, "settings")
    page.evaluate("document.querySelector('#uses').removeAttribute('maxlength')")
    page.fill("#uses", "x" * 2001)
    reader.presses(save, "settings with too many words")
    assert page.locator("#uses-error").count() == 1
    reader.opens(link, "settings")
    for often in page.locator("select[name^=often-]").all():
        often.select_option("off")
    reader.presses(save, "settings with no kind")
    assert page.locator("#kinds-error").count() == 1
    reader.opens(f"{link}/complain", "complain")
    reader.presses("main form button", "complain with nothing")
    reader.opens("/complain", "complain as a stranger")
    page.fill("#words", "I never asked.")
    page.fill("#email", "dan@")
    reader.presses("main form button", "complain with a malformed address")
    assert page.locator("#email-error").count() == 1
    page.goto(f"{link}/data")
    reader.presses("main form button", "a fresh link is on its way")
    fresh = reader.mail(CLEO, "/preferences/")
    reader.opens(f"{fresh}/address", "another address")
    page.fill("#email", CLEO)
    reader.presses("main form button", "one's own address again")
    assert page.locator("#email-error").count() == 1


def takes_a_break(reader: Reader) -> None:
    page = reader.page
    reader.opens(reader.mail(CLEO, "/preferences/"), "settings")
    for part, value in (("#until", "31"), ("#until-month", "1"), ("#until-year", "2027")):
        page.fill(part, value)
    reader.presses("form[action$='/pause'] button", "a break")
    assert page.locator("[role=status]").count() == 1
    reader.presses("form[action$='/resume'] button", "the break is over")


def reads_letters(reader: Reader) -> None:
    """Got it, one unsubscribe, and everything left."""
    world, page = reader.site.world, reader.page
    world.clock.at("2026-12-01 10:31")
    world.drain()
    reader.opens(reader.mail(CLEO, "/got-it/"), "got it?")
    reader.presses("main form button", "got it")
    page.goto(reader.mail(CLEO, "/preferences/"))
    page.check("input[name=topics][value=waste]")
    reader.presses("main .consent button", "one topic more")
    letter = [m for m in world.mails(CLEO) if "/got-it/" in text_of(m)][-1]
    reader.opens(one_click(letter), "unsubscribe")
    reader.presses("main form button", "unsubscribed from one")
    reader.presses("main form button", "left everything")
    assert world.cli("subscribers", "show", CLEO, "--json").json["status"] == "left"


def is_invited(reader: Reader) -> None:
    world = reader.site.world
    file = world.folder / "list.txt"
    file.write_text(DAN, "utf-8")
    terms = ("--team", "food", "--source", "A meeting", "--basis", "consent", "--by", ALICE)
    world.done("subscribers", "bring", str(file), *terms, "--language", reader.lang)
    world.drain()
    reader.page.goto(path_in(world.last_mail(DAN, "/confirm/"), "/confirm/"))
    reader.look("invited")
    reader.presses("main form button", "accepted")


def looks_who_else(reader: Reader) -> None:
    """Who uses a topic's statistics: the team's summary, counts, and the bars beside them."""
    world = reader.site.world
    with reader.site.app.app_context():
        for number in range(10):
            joins_room(f"a{number}@example.org", now=world.clock(), follows=["waste"])
    world.done("topics", "uses", "waste", "--text", "Councils plan with it.", "--by", ALICE)
    reader.opens("/topics/waste", "a topic and who uses it")
    assert reader.page.locator(".used-by td").count()


def broken(reader: Reader, patch: pytest.MonkeyPatch) -> None:
    def fails() -> str:
        raise RuntimeError("a test breaks it")

    fails.is_public = True  # type: ignore[attr-defined]
    with patch.context() as wrong:
        wrong.setitem(reader.site.app.view_functions, "signup.form", fails)
        # A tab of its own: the first one takes every error of the house for a fault.
        other = Reader(reader.page.context.new_page(), reader.site, reader.lang)
        other.opens("/subscribe", "broken")
        reader.faults |= other.faults
