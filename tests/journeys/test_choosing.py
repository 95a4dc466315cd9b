"""Signing up, choosing, going, through the doors: what a letter's link may do, and a fresh one."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest

from tests.journeys.world import World, hidden, path_in, text_of
from tests.makers import ALICE

CLEO, DAN, NEW = "cleo@example.org", "dan@example.org", "cleo.new@example.org"
KINDS = ("release", "date_change", "change", "correction", "newsletter", "consultation")


def letters_link(world: World, email: str = CLEO) -> str:
    """The settings' address in the newest letter that has one."""
    letters = [mail for mail in world.mails(email) if "/preferences/" in text_of(mail)]
    return path_in(letters[-1], "/preferences/")


def fresh_link(world: World, email: str = CLEO) -> str:
    """The settings' address behind a link that is asked for with the button of an old one."""
    old = letters_link(world, email)
    page = world.presses(f"{old}/data", to=f"{old}/fresh")
    assert page.status_code == 200
    world.drain()
    return letters_link(world, email)


def text(page: str) -> str:
    words = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", page, flags=re.S)
    return " ".join(unescape(words).split())


def shown(world: World, email: str = CLEO) -> dict[str, Any]:
    found: dict[str, Any] = world.cli("subscribers", "show", email, "--json").json
    return found


def test_three_questions_and_a_publication_inside_a_topic(world: World) -> None:
    """A topic is opened, one publication is ticked; the link that was passed on is counted."""
    world.begin()
    page = world.get("/subscribe?topic=air-quality&from=passed-on").text
    assert re.search(r'name="only"[^>]*value="fly-tipping"', page)
    assert re.search(r'value="air-quality" checked', page)
    assert hidden(page, "from") == "passed-on"
    done = world.signs_up(
        CLEO, topics=["air-quality"], user_type="media", only="fly-tipping", **{"from": "passed-on"}
    )
    assert "/subscribe?topic=air-quality&amp;from=passed-on" in done.text
    world.drain()
    world.presses(path_in(world.last_mail(CLEO, "/confirm/"), "/confirm/"))
    world.drain()
    assert (shown(world)["topics"], shown(world)["series"]) == (["air-quality"], ["fly-tipping"])
    row = {"source": "passed-on", "people": 1, "get_updates_now": 1}
    assert world.cli("sources", "--json").json == [row]
    welcome = text_of(world.last_mail(CLEO))
    assert "Pass this on: " in welcome
    assert "/subscribe?from=passed-on" in welcome


def test_find_names_publications_too(world: World) -> None:
    world.begin()
    browser = world.browser()
    page = browser.get("/subscribe").get_data(as_text=True)
    given = {name: hidden(page, name) for name in ("csrf_token", "t")}
    found = browser.post("/subscribe", data={**given, "q": "milk", "find": "1"}).text
    assert "1 topic and 1 publication match “milk”." in text(found)
    assert re.search(r'id="only-milk-utilisation" name="only"', found)
    world.close()


def test_a_letters_link_changes_what_comes_at_once_and_no_more(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality", "water"], user_type="academic")
    link = letters_link(world)
    often = {f"often-{kind}": "weekly" for kind in KINDS}
    saved = world.presses(
        link,
        topics=["water"],
        user_type="academic",
        depth="technical",
        language="both",
        machines_only="1",
        name="Cleo Jones",
        uses="Maps",
        takes_part=["training"],
        asked_by="email",
        organisation="",
        **{**often, "often-newsletter": "off"},
    )
    assert "Saved." in text(saved.text)
    person = shown(world)
    assert (person["topics"], person["language"]) == (["water"], "both")
    expected = {"release=weekly", "change=weekly", "newsletter=off", "consultation=weekly"}
    assert expected | {"machines-only"} == set(person["frequency"].split(";"))
    again = world.get(link).text
    assert 'value="Cleo Jones"' in again
    assert re.search(r'id="takes_part-training"[^>]* checked', again)
    assert (
        world.presses(
            link, to=f"{link}/pause", **{"until-day": "4", "until-month": "1", "until-year": "2027"}
        ).status_code
        == 200
    )
    assert shown(world)["status"] == "paused"
    before = len(world.mails())
    for part, data in (("address", {"email": NEW}), ("erase", {}), ("data", {}), ("data.json", {})):
        assert world.get(f"{link}/{part}").status_code == 403, part
        posted = world.presses(link, to=f"{link}/{part}", **data)
        assert posted.status_code in (403, 405), part
        assert CLEO not in posted.text
    world.drain()
    assert len(world.mails()) == before
    assert shown(world)["status"] == "paused"
    assert world.presses(link, to=f"{link}/leave").status_code == 200
    assert shown(world)["status"] == "left"


def test_a_new_address_is_confirmed_there_and_told_at_the_old_one(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.joins(DAN, topics=["water"], user_type="media")
    link = fresh_link(world)
    taken = world.presses(f"{link}/address", email=DAN)
    asked = world.presses(f"{link}/address", email=NEW)
    assert text(asked.text) == text(taken.text), "nobody learns who is known"
    world.drain()
    assert world.mails(DAN, "/confirm/address/") == []
    letter = world.last_mail(NEW, "/confirm/address/")
    assert (letter["List-Unsubscribe"], letter["Auto-Submitted"]) == (None, "auto-generated")
    assert CLEO not in text_of(letter)
    confirm = path_in(letter, "/confirm/address/")
    assert world.get(confirm).status_code == 200
    assert shown(world)["status"] == "active", "opening it changes nothing"
    assert "in use" in text(world.presses(confirm).text)
    assert world.cli("subscribers", "show", CLEO).status == 1
    assert shown(world, NEW)["topics"] == ["air-quality"]
    world.clock.forward(hours=1)
    world.drain()
    told = world.last_mail(CLEO, "another address")
    assert NEW not in text_of(told)
    world.announces("fine particles")
    world.drain()
    assert world.mails(NEW, "fine particles")
    assert not world.mails(CLEO, "fine particles")


def test_all_that_is_held_is_seen_taken_away_and_erased(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    link = fresh_link(world)
    page = world.get(f"{link}/data")
    assert CLEO in page.text
    assert page.headers["Cache-Control"] == "no-store"
    file = world.get(f"{link}/data.json")
    assert "attachment" in file.headers["Content-Disposition"]
    facts = json.loads(file.text)
    assert (facts["person"]["email"], facts["person"]["state"]) == (CLEO, "active")
    assert [row["kind"] for row in facts["messages"]][:2] == ["confirm", "welcome"]
    assert "about these topics" in facts["consents"][0]["wording"]
    assert world.get(f"{link}/erase").status_code == 200
    assert shown(world)["status"] == "active"
    assert "You are erased" in text(world.presses(f"{link}/erase").text)
    assert world.cli("subscribers", "show", CLEO).status == 1
    assert world.mails(CLEO) == [], "nor in the outbox"
    assert world.get(link).status_code == 404


@pytest.mark.parametrize("minutes", [9, 11])
def test_a_fresh_link_lives_ten_minutes(world: World, minutes: int) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    link = fresh_link(world)
    world.clock.forward(minutes=minutes)
    assert world.get(f"{link}/data").status_code == (200 if minutes < 10 else 404)


def test_a_complaint_is_kept_answered_and_in_the_export(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    link = letters_link(world)
    complains(world, f"{link}/complain", words="You wrote twice.")
    complains(world, "/complain", words="I never signed up.", email=DAN)
    rows = world.cli("complaints", "list", "--waiting", "--json").json
    assert [row["answer_to"] for row in rows] == [CLEO, DAN]
    assert rows[0]["answer_by"] == "2026-12-23"
    said = ("--text", "It was one mistake.", "--by", ALICE)
    world.done("complaints", "answer", str(rows[0]["id"]), *said)
    assert len(world.cli("complaints", "list", "--waiting", "--json").json) == 1
    facts = json.loads(world.get(f"{fresh_link(world)}/data.json").text)
    assert facts["complaints"][0]["answer"] == "It was one mistake."
    assert world.cli("complaints", "answer", "99", *said).status == 1


def complains(world: World, path: str, **data: str) -> None:
    browser = world.browser()
    page = browser.get(path).get_data(as_text=True)
    world.clock.forward(seconds=20)
    given = {name: hidden(page, name) for name in ("csrf_token", "t")}
    empty = browser.post(path, data=given)
    assert (empty.status_code, "Tell us what went wrong" in empty.text) == (400, True)
    assert "We have your complaint" in browser.post(path, data={**given, **data}).text
    world.close()
