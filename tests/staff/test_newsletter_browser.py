"""A newsletter in a real browser: written, pasted from Word, seen as it is typed, with a picture,
tried out, approved, sent and called back; no barrier, nothing sideways.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from notifier.newsletters import queries
from notifier.newsletters.send import approve
from notifier.store.db import unit
from tests.doors.barriers import amiss, barriers
from tests.doors.conftest import Site
from tests.makers import BOB, Clock, acting, member
from tests.staff.desk import joins
from tests.staff.tabs import sign_in
from tests.staff.writing import png, the, written

pytestmark = pytest.mark.browser

WORD = Path(__file__).parents[1] / "data" / "word" / "newsletter.html"
NIA = "nia@example.org"
PASTES = """([html, text]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", text);
  const paste = {clipboardData: data, bubbles: true, cancelable: true};
  const body = document.getElementById("body");
  body.focus();
  body.setSelectionRange(body.value.length, body.value.length);
  body.dispatchEvent(new ClipboardEvent("paste", paste));
}"""


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def at_desk(tab: Page, site: Site) -> Page:
    """Nia, who writes for People and nature, has signed in."""
    world = site.world
    for email, kind in (("cleo@example.org", "academic"), ("dan@example.org", "public")):
        world.joins(email, topics=["people-and-nature"], user_type=kind)
    joins(world, NIA, "author", "--team", "people-nature")
    sign_in(tab, NIA)
    tab.wait_for_url("**/staff/")
    return tab


def shot(page: Page, name: str) -> None:
    """A picture for who looks at it: SHOTS=folder."""
    if os.environ.get("SHOTS"):
        page.screenshot(path=f"{os.environ['SHOTS']}/{name}.png", full_page=True)


def the_example(site: Site) -> str:
    with site.app.app_context():
        return queries.every()[0].slug


def test_from_an_empty_page_to_a_mail_that_is_called_back(
    at_desk: Page, site: Site, clock: Clock, tmp_path: Path
) -> None:
    page = at_desk
    page.goto("/staff/newsletters")
    page.get_by_role("link", name="Write a newsletter").click()
    page.get_by_label("Subject").fill("People and nature in autumn")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("Words", exact=True).fill("Hello {{ name }}.\n\n")
    page.evaluate(PASTES, [WORD.read_text("utf-8"), "plain words"])
    expect(page.get_by_label("Words", exact=True)).to_have_value(re.compile("## New this quarter"))
    expect(page.locator("#said")).to_have_text("Pictures are not pasted; add them with Picture.")
    seen = page.locator("#seen")
    expect(seen.get_by_role("heading", name="New this quarter")).to_be_visible()
    expect(seen.get_by_role("cell", name="62%")).to_be_visible()
    expect(seen.get_by_role("link", name="the latest")).to_be_visible()
    expect(page.locator("#here")).to_contain_text("Kept for you at")
    # A block, and a section for some
    page.get_by_text("Block", exact=True).click()
    page.get_by_role("button", name="What will change").click()
    page.get_by_text("Readers", exact=True).click()
    page.get_by_role("button", name="Technical readers only").click()
    page.get_by_label("Depth").select_option("technical")
    expect(seen).to_contain_text("What will change")
    expect(seen).to_contain_text("Technical readers only: 0 people")
    # Who
    page.get_by_label("People and nature", exact=True).check()
    expect(page.locator("#who")).to_contain_text("People who follow People and nature: 2.")
    expect(seen).to_contain_text("Technical readers only: 1 person")
    # A picture
    image = tmp_path / "chart.png"
    image.write_bytes(png(120, 60))
    page.get_by_role("link", name="Picture", exact=True).click()
    page.get_by_label("The picture").set_input_files(image)
    page.get_by_label("What it shows").fill("Visits rise from 60% to 62%")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.locator("#said")).to_have_text("The picture is added.")
    expect(seen.get_by_role("img", name="Visits rise from 60% to 62%")).to_be_visible()
    shot(page, "written-1280")
    page.get_by_role("button", name="Mail it to me").click()
    expect(page.get_by_text("It is on its way to nia@example.org")).to_be_visible()
    page.get_by_role("button", name="Ask bob@example.org to approve").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    issue = the(site.world, "people-and-nature-in-autumn")
    assert "![Visits rise from 60% to 62%](/pictures/" in issue.body
    site.world.drain()
    mail = site.world.last_mail(NIA, "Test: People and nature in autumn")
    html = mail.get_body(("html",))
    assert html is not None
    assert f'src="{site.url}/pictures/' in html.get_content()
    with site.app.app_context(), unit():
        row = queries.issue(issue.slug)
        approve(row, approver=member(BOB), by=acting(BOB), now=clock())
    page.reload()
    page.get_by_role("button", name="Send to 2 people in five minutes").click()
    expect(page.get_by_text("You can call it back until then.").first).to_be_visible()
    shot(page, "sent-1280")
    clock.forward(minutes=4)
    site.world.drain()
    assert site.world.mails("cleo@example.org", "in autumn") == []
    page.get_by_role("button", name="Call it back").click()
    expect(page.get_by_text("It is called back: nobody got it.")).to_be_visible()
    clock.forward(minutes=9)
    site.world.drain()
    assert site.world.mails("cleo@example.org", "in autumn") == []


def tour(page: Page, site: Site, slug: str) -> Iterator[str]:
    """Each page and state; yields its name."""
    url = f"/staff/newsletters/{slug}"
    for name, path in {
        "list": "/staff/newsletters",
        "new": "/staff/newsletters/new",
        "editor": url,
        "for the technical": f"{url}?see_depth=technical&see_kind=academic&see_language=cy",
    }.items():
        page.goto(path)
        yield name
    page.goto("/staff/newsletters/new")
    page.get_by_role("button", name="Begin").click()
    yield "no subject"
    page.goto(url)
    page.get_by_label("Words", exact=True).fill("Dear {{ nobody }}")
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.get_by_text("There is a problem").wait_for()
    yield "an unknown field"
    page.goto(f"{url}?saved=1")
    page.get_by_label("Words", exact=True).fill("These are my words.")
    with site.app.app_context(), unit():
        row = queries.issue(slug)
        row.body, row.changed_at = "These are Bob's words.\n", site.world.clock.forward(seconds=9)
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("What differs").wait_for()
    yield "both texts"
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("It is saved.").wait_for()
    yield "saved"
    page.get_by_role("button", name="Ask bob@example.org to approve").click()
    page.get_by_text("Waits for approval").wait_for()
    yield "waits for approval"
    site.world.done("newsletters", "approve", slug, "--by", "bob@example.org")
    page.reload()
    yield "approved"
    page.get_by_role("button", name="Put it on the calendar").click()
    page.get_by_text("On the calendar").wait_for()
    yield "on the calendar"
    page.goto("/staff/newsletters")
    yield "list with more"
    site.world.clock.forward(days=2)
    site.world.drain()
    page.goto(url)
    sign_in_again(page)
    page.goto(url)
    page.get_by_text("See who got it").wait_for()
    yield "out"


def sign_in_again(page: Page) -> None:
    """Two days later the session is over."""
    if "sign-in" in page.url:
        sign_in(page, NIA)
        page.wait_for_url("**/staff/**")


@pytest.mark.parametrize("width", [375, 1280])
def test_there_is_no_barrier_and_nothing_scrolls_sideways(
    at_desk: Page, site: Site, width: int
) -> None:
    found: dict[str, str] = {}
    for name in tour(at_desk, site, the_example(site)):
        shot(at_desk, f"{name.replace(' ', '-')}-{width}")
        at_desk.evaluate(
            "document.querySelectorAll('.more, .put:last-child').forEach(it => it.open = true)"
        )
        found |= amiss(at_desk, name, width)
    assert found == {}


def test_without_script_everything_is_typed_and_sent(
    browser: Browser, site: Site, clock: Clock
) -> None:
    slug = written(site.world, "people-nature", topics=("people-and-nature",))
    joins(site.world, NIA, "author", "--team", "people-nature")
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, NIA)
    page.goto(f"/staff/newsletters/{slug}")
    page.get_by_label("Words", exact=True).fill("## Heading\n\n:::technical\nDeep.\n:::")
    page.get_by_label("Depth").select_option("technical")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#seen")).to_contain_text("Deep.")
    page.get_by_text("Paste from Word into a box").click()
    page.get_by_label("What you copied").fill("•\tone\n•\ttwo\nA\tB\n1\t2")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("What you pasted stands at the end")).to_be_visible()
    assert "- one\n- two\n\n| A | B |" in the(site.world, slug).body
    page.get_by_role("button", name="Ask bob@example.org to approve").click()
    expect(page.get_by_text("Waits for approval")).to_be_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_mail_fits_a_phone_and_shows_its_pictures(
    browser: Browser, site: Site, scheme: str, tmp_path: Path
) -> None:
    """As mail programs show it, at 600 and 320 pixels."""
    slug = written(site.world, "people-nature", topics=("people-and-nature",), title="In autumn")
    joins(site.world, NIA, "author", "--team", "people-nature")
    context = browser.new_context(base_url=site.url, color_scheme=scheme)
    page = context.new_page()
    sign_in(page, NIA)
    page.goto(f"/staff/newsletters/{slug}")
    page.get_by_label("Words", exact=True).fill(WORDS.replace("{long}", "x" * 10_000))
    image = tmp_path / "chart.png"
    image.write_bytes(png(900, 300))
    page.get_by_role("link", name="Picture", exact=True).click()
    page.get_by_label("The picture").set_input_files(image)
    page.get_by_label("What it shows").fill("Visits rise from 60% to 62%")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.locator("#said")).to_have_text("The picture is added.")
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.get_by_text("It is saved.").wait_for()
    for width in (600, 320):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"/staff/newsletters/{slug}/mail?see_depth=technical&see_kind=academic")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        picture = page.get_by_role("img", name="Visits rise from 60% to 62%")
        assert picture.evaluate("it => it.naturalWidth") == 900
        box = picture.bounding_box()
        assert box is not None
        assert box["width"] <= width - 32
        assert abs(box["width"] / box["height"] - 3) < 0.1
        shot(page, f"mail-{width}-{scheme}")
    context.close()


WORDS = """Hello {{ name }}.

## New this quarter

The survey reached **25,000 adults**. See [the indicators](https://www.gov.uk/indicators).

| Measure | This quarter | A year ago |
|---|---:|---:|
| Visited a green space in the last 14 days | 62% | 60% |

{{ upcoming_releases }}

{{ events }}

:::technical
Weights were revised for the July wave; see the technical report, section 4.
:::

:::for academic, media
We run a workshop for researchers and journalists.
:::

## {long}

{{ feedback }}

"""


@pytest.mark.parametrize("width", [375, 1280])
def test_the_archive_page_says_whom_a_part_is_for(
    tab: Page, site: Site, clock: Clock, width: int
) -> None:
    slug = written(
        site.world,
        "people-nature",
        topics=("people-and-nature",),
        body=WORDS.replace("{long}", "Long"),
    )
    for act, who in (("submit", "alice"), ("approve", "bob"), ("send", "alice")):
        site.world.done("newsletters", act, slug, "--by", f"{who}@example.org")
    site.world.drain()
    tab.goto(f"/newsletters/{slug}")
    article = tab.locator("article")
    expect(article).to_contain_text("For technical readers")
    expect(article).to_contain_text("For Academic or researcher and Media")
    shot(tab, f"archive-{width}")
    assert barriers(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
