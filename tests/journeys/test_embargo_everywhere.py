"""Until its instant nothing of what is to come shows anywhere, in no byte and no header; a minute
after it everything shows everywhere, with the copies of feeds kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import yaml
from flask.testing import FlaskClient

from tests.journeys.world import World
from tests.makers import CATALOGUE

ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
FORMS = ("atom", "rss", "json")
STARTS = (
    "/",
    "/feeds",
    "/feeds.opml",
    "/notices.json",
    "/notices.csv",
    "/releases.json",
    "/releases.csv",
    "/registry",
    "/feeds?lang=cy",
    "/feeds/all.atom?state=1",
    "/feeds/all.rss?lang=cy",
    "/feeds/all.json?kind=changes&for=academic",
    "/feeds/all.atom?page=1",
    "/robots.txt",
    "/sitemap.xml",
)
GUESSED = (
    "/changes/DEFRA-2026-{n:03}",
    "/notices/DEFRA-2026-{n:03}.json",
    "/changes/DEFRA-2026-{n:03}/mapping.csv",
    "/changes/DEFRA-2026-{n:03}.ics",
    "/releases/{n}",
    "/releases/{n}.ics",
)
HEADERS = (
    "Content-Type",
    "Content-Length",
    "ETag",
    "Last-Modified",
    "Cache-Control",
    "Location",
    "Link",
)
NEW = re.compile(r'nonce="[^"]+"|name="(?:csrf_token|t)"[^>]*value="[^"]*"')
WORDS = {"detail": "- Fine particles fell by 4% to 61 thousand tonnes."}
SECRETS = ("61 thousand", "Secretshire")


def test_at_the_last_second_nothing_and_a_minute_later_everything(world: World) -> None:
    reference = world.announces("fine particles")
    number, instant = emissions(world)
    world.drain()
    world.clock.at(instant)
    world.clock.forward(seconds=-1)
    world.drain()
    before = looked(world)
    assert len(before) > 250
    secret = prepares(world, number, instant)
    after = looked(world)
    assert after.keys() == before.keys()
    assert [path for path in before if after[path] != before[path]] == []
    assert not [p for p, (_, text, _) in after.items() if any(s in text for s in SECRETS)]
    kept = {p: world.get(p).headers.get("ETag", "") for p in before if p.startswith("/feeds/")}
    world.clock.at(instant)
    world.clock.forward(seconds=10)
    world.drain()
    world.done("notices", "publish", secret, "--by", ALICE)
    world.clock.forward(seconds=50)
    for path in ("/feeds/all.atom", "/feeds/releases.json", "/feeds/topics/air-quality.rss"):
        answer = world.get(path, **{"If-None-Match": kept[path]})
        assert "61 thousand" in answer.get_data(as_text=True), path
    assert "61 thousand" in world.get(f"/releases/{number}").text
    for path in ("/feeds/changes.atom", "/feeds/all.json", "/notices.json", "/changes"):
        assert "Secretshire" in world.get(path).get_data(as_text=True), path
    for path in ("/feeds/newsletters.atom", "/feeds/all.rss", "/newsletters"):
        assert "What Secretshire counts" in world.get(path).get_data(as_text=True), path
    state = world.get("/feeds/all.json?state=1").get_data(as_text=True)
    assert "61 thousand" in state
    assert f"notice/{reference}/en" in state


def emissions(world: World) -> tuple[str, str]:
    """The release that carries the change: its number and its instant, in London's words."""
    rows = world.cli("releases", "list", "--json").json
    row = next(r for r in rows if r["title"].startswith("Emissions of air pollutants"))
    shown = world.cli("releases", "show", str(row["id"]), "--json").json["date"]
    return str(row["id"]), f"{str(shown)[:10]} 09:30"


def prepares(world: World, number: str, instant: str) -> str:
    """An armed announcement, an approved notice, a newsletter that goes out at the instant; the
    reference of the notice."""
    world.done("releases", "announce", number, "--from", file(world, "words", WORDS), "--by", ALICE)
    world.done("releases", "arm", number, "--by", BOB)
    notice = {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": "Milk comes from the panel of Secretshire",
        "what": "The panel shrinks.",
        "why": "Dairies closed.",
        "effect": {"date": "+60d"},
        "impact": {"known": "yes", "text": "About 1%."},
    }
    made = world.done("notices", "new", "--from", file(world, "notice", notice))
    reference = re.findall(r"DEFRA-\d{4}-\d{3}", made)[0]
    world.done("notices", "submit", reference, "--by", ALICE)
    world.done("notices", "approve", reference, "--by", HANA)
    catalogue = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    issue = {
        "team": catalogue["newsletters"][0]["team"],
        "title": "What Secretshire counts",
        "body": "**Counting** begins.",
        "send": instant,
        "audience": {"topics": ["air-quality"]},
    }
    slug = world.done("newsletters", "new", "--from", file(world, "issue", issue)).split()[0]
    for verb, who in (("submit", ALICE), ("approve", BOB), ("send", BOB)):
        world.done("newsletters", verb, slug, "--by", who)
    return reference


def file(world: World, name: str, entry: object) -> str:
    path = world.folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")
    return str(path)


Looked = tuple[int, str, tuple[str | None, ...]]


def looked(world: World) -> dict[str, Looked]:
    """Status, words and telling headers of every address that can be found or guessed."""
    client = world.browser()
    seen: dict[str, Looked] = {}
    guessed = [path.format(n=n) for path in GUESSED for n in range(1, 25)]
    waiting = [*STARTS, *guessed]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/dev/"):
            continue
        answer = client.get(path)
        text = answer.get_data(as_text=True) if "font" not in answer.mimetype else ""
        seen[path] = (answer.status_code, NEW.sub("", text), telling(client, path))
        if answer.mimetype == "text/html":
            waiting += linked(path, text)
        if path.startswith("/feeds.opml"):
            found = re.findall(r'xmlUrl="[^"/]*//[^/]*(/[^"]*)"', text)
            waiting += [p.replace(".atom", f".{form}") for p in found for form in FORMS]
    return seen


def telling(client: FlaskClient, path: str) -> tuple[str | None, ...]:
    answer = client.head(path)
    page = answer.mimetype == "text/html"  # its token has a length of its own
    return tuple(None if page and h == "Content-Length" else answer.headers.get(h) for h in HEADERS)


def linked(path: str, page: str) -> Iterator[str]:
    for found in re.findall(r'(?:href|src)="([^"]*)"', page):
        target = urlsplit(urljoin(path, unescape(found)))
        if not (target.scheme or target.netloc):
            yield target.path + (f"?{target.query}" if target.query else "")
