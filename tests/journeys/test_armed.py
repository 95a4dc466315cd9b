"""Armed release announcements: the words wait, and leave with the release at its instant."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.edges.web_server import Site, serving
from tests.journeys.world import World, html_of, text_of

CLEO, DAN = "cleo@example.org", "dan@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
OWN = "A first look at emissions in 2026"
EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"
WORDS = {
    "headline": "- Fine particles fell by **4%**.",
    "detail": "- Fine particles fell by 4% to 61 thousand tonnes.\n- Ammonia rose by 1%.",
    "technical": "- PM2.5: 61 kt (−4%), see [table 3](https://example.org/t3).",
    "cy": {"detail": "- Gostyngodd gronynnau mân 4%."},
}


def release(world: World, title: str = EMISSIONS) -> dict[str, Any]:
    rows = world.cli("releases", "list", "--json").json
    return next(row for row in rows if row["title"] == title)


@pytest.fixture
def number(world: World) -> str:
    """Cleo (technical) and Dan (headlines) follow; the release's change is announced."""
    return world.once(announced)


def announced(world: World) -> str:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.joins(DAN, topics=["environment"], user_type="media")
    world.announces("fine particles")
    world.drain()
    row = release(world)
    assert row["state"] == "confirmed"
    return str(row["id"])


def words(world: World, **more: Any) -> str:
    path = world.folder / "words.yaml"
    path.write_text(yaml.safe_dump({**WORDS, **more}, allow_unicode=True), "utf-8")
    return str(path)


def arms(world: World, number: str) -> None:
    world.done("releases", "announce", number, "--from", words(world), "--by", ALICE)
    said = world.done("releases", "arm", number, "--by", BOB)
    assert "is armed" in said


def at(world: World, number: str) -> str:
    return str(world.cli("releases", "show", number, "--json").json["date"])


def later(world: World, **step: float) -> None:
    world.clock.forward(**step)
    world.drain()


def test_at_the_instant_and_never_before(world: World, number: str) -> None:
    """Published and mailed by the worker; one mail holds the edition's changes and main points."""
    arms(world, number)
    instant = at(world, number)
    world.clock.at(f"{instant[:10]} 09:29")
    world.drain()
    for path in (f"/releases/{number}", "/feeds/all.atom", "/releases.json", "/feeds/all.json"):
        assert "61 thousand" not in world.get(path).get_data(as_text=True), path
    assert not world.mails(about="Out now")
    before = len(world.mails(CLEO))
    world.clock.at(instant)
    world.drain()
    assert len(world.mails(CLEO)) == before + 1, "the release mail and T0 are one"
    mail = world.last_mail(CLEO, "Out now")
    text = text_of(mail)
    opening, points = text.split("Main points", 1)
    assert "What changed in this edition" in opening
    assert "fine particles" in opening
    assert "61 kt (−4%)" in points
    assert "https://example.org/t3" in points
    assert "Fine particles fell by 4%." in text_of(world.last_mail(DAN, "Out now"))
    assert "<strong>4%</strong>" in html_of(world.last_mail(DAN, "Out now"))
    assert release(world)["state"] == "released"
    sends = world.sends(f"release:{number}")
    assert sends["released"]["accepted"] == 2
    reference = release(world)["notices"][0]
    t0 = world.sends(reference)["T0"]
    assert (t0["state"], t0["accepted"], t0["audience"]) == ("done", 2, 2)
    assert "told in the release mail" in t0["end_reason"]
    assert "61 thousand" in world.get(f"/releases/{number}").get_data(as_text=True)
    world.drain()
    assert len(world.mails(CLEO)) == before + 1, "once"


def test_words_need_a_second_person_and_an_edit_voids_it(world: World, number: str) -> None:
    world.done("releases", "announce", number, "--from", words(world), "--by", ALICE)
    said = world.cli("releases", "arm", number, "--by", ALICE)
    assert (said.status, "a second person must approve" in said.err) == (1, True)
    world.done("releases", "arm", number, "--by", BOB)
    world.done("releases", "announce", number, "--from", words(world), "--by", ALICE)
    assert world.cli("releases", "words", number, "--json").json["state"] == "draft"
    world.clock.at(at(world, number))
    world.drain()
    assert release(world)["state"] == "confirmed", "what is not approved does not go out"
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    text = text_of(world.last_mail(CLEO, "Out now"))
    assert "fine particles" in text
    assert "61 kt" not in text, "nobody approved these words"


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"detail": ""}, "Write the main points under detail"),
        ({"detail": "{{ name }}"}, "no merge fields"),
        ({"detail": "x" * 20_001}, "shorten them to 20,000"),
        ({"detal": "x"}, "detal"),
        ({"detail": 5}, "must be a text"),
        ({"cy": {"detail": ["a"]}}, "must be a text"),
    ],
)
def test_bad_words_are_refused(
    world: World, number: str, entry: dict[str, Any], sentence: str
) -> None:
    said = world.cli("releases", "announce", number, "--from", words(world, **entry), "--by", ALICE)
    assert (said.status, sentence in said.err, said.err.count("\n")) == (1, True, 1), said.err
    assert world.cli("releases", "words", number).status == 1


def test_the_gate_and_the_date_stand_before_arming(world: World) -> None:
    """A release with a change that nobody announced cannot be armed, nor can an unconfirmed one."""
    world.begin()
    row = release(world)
    number = str(row["id"])
    world.done("releases", "announce", number, "--from", words(world), "--by", ALICE)
    said = world.cli("releases", "arm", number, "--by", BOB)
    assert "is to take effect with this release and is not announced" in said.err
    rows = world.cli("releases", "list", "--json").json
    loose = next(r for r in rows if r["state"] == "provisional" and not r["contains_change"])
    world.done("releases", "announce", str(loose["id"]), "--from", words(world), "--by", ALICE)
    said = world.cli("releases", "arm", str(loose["id"]), "--by", BOB)
    assert "Only a confirmed release can be armed" in said.err


def test_a_moved_release_takes_its_words_along(world: World, number: str) -> None:
    arms(world, number)
    old = at(world, number)
    reason = ("--reason-code", "data_late", "--reason", "Data arrived late.")
    people = ("--by", ALICE, "--approved-by", HANA)
    world.done("releases", "move", number, "--to", "2027-04-15 09:30", *reason, *people)
    world.clock.at(old)
    world.drain()
    assert release(world)["state"] == "confirmed"
    world.clock.at("2027-04-15 09:30")
    world.drain()
    assert release(world)["state"] == "released"
    assert "61 kt" in text_of(world.last_mail(CLEO, "Out now"))


def test_named_readers_and_their_views(world: World, number: str) -> None:
    """Only by their own link, after a button; each view is on record; nothing after the instant."""
    arms(world, number)
    eve = ("--add", "eve@example.org", "--name", "Eve", "--by", ALICE)
    row = json.loads(world.done("releases", "readers", number, *eve, "--json"))[0]
    path = re.sub(r"^https?://[^/]+", "", row["link"])
    opened = world.get(path)
    assert "61 thousand" not in opened.get_data(as_text=True)
    assert opened.headers["Cache-Control"] == "no-store"
    assert "61 thousand" in world.presses(path).get_data(as_text=True)
    rows = json.loads(world.done("releases", "readers", number, "--json"))
    assert len(rows[0]["views"]) == 1
    assert world.get(path[:-1] + ("0" if path[-1] != "0" else "1")).status_code == 404
    world.clock.at(at(world, number))
    world.drain()
    after = world.get(path)
    assert (after.status_code, after.headers["Location"]) == (302, f"/releases/{number}")


@pytest.fixture
def office(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """The office's own web server, in a network that may be asked."""
    monkeypatch.setenv("NOTIFIER_FETCH_ALLOW", "127.0.0.0/8")
    with serving() as site:
        yield site


def test_withheld_until_the_page_is_live(world: World, office: Site) -> None:
    """Not live: nothing is published or sent, asked again each minute, an alarm after five."""
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    number = own_release(world, office.url + "/statistics")
    world.done("series", "check-landing", "emissions-air-pollutants", "--by", ALICE)
    arms(world, number)
    world.clock.at("2026-12-10 09:30")
    world.drain()
    found = world.cli("releases", "words", number, "--json").json
    assert (found["state"], found["check_result"]) == ("withheld", "it answers 404")
    assert release(world, OWN)["state"] == "confirmed"
    later(world, seconds=30)
    assert len(office.asked) == 1, "a minute between two looks"
    later(world, seconds=31)
    assert len(office.asked) == 2
    assert not world.mails(ALICE, OWN)
    later(world, minutes=4)
    assert len(world.mails(ALICE, OWN)) == 1
    assert len(world.mails(BOB, OWN)) == 1
    assert "it answers 404" in text_of(world.last_mail(BOB, OWN))
    later(world, minutes=2)
    assert len(world.mails(ALICE, OWN)) == 1, "one alarm"
    assert not world.mails(CLEO, "Out now")
    board = {row["release"]: row for row in world.cli("notices", "owed", "--json").json}
    assert (board[OWN]["state"], board[OWN]["days_left"]) == ("withheld", 0)
    assert board[OWN]["holder"].startswith("Air quality statistics: put its page on line")
    office.pages["/statistics"] = (200, {}, b"here")
    later(world, minutes=1)
    assert release(world, OWN)["state"] == "released"
    assert len(world.mails(CLEO, "Out now")) == 1


def own_release(world: World, landing_url: str) -> str:
    entry = {
        "series": "emissions-air-pollutants",
        "title": OWN,
        "date": "2026-12-10 09:30",
        "certainty": "confirmed",
        "landing_url": landing_url,
    }
    path = world.folder / "release.yaml"
    path.write_text(yaml.safe_dump(entry), "utf-8")
    return world.done("releases", "add", "--from", str(path)).strip()
