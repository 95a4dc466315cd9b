"""A wrong mail went out: its correction goes to exactly those who got it (DOMAIN.md section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.acts import cleo_is_told
from tests.journeys.world import World, one_click, path_in, text_of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA

EVE = "eve@example.org"
RIGHT = "The change comes on 1 March 2027, not on 1 April."
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PEOPLE = ("--by", ALICE, "--approved-by", BOB)


@pytest.fixture
def told(world: World) -> str:
    """Cleo follows Air quality, Dan Waste; the change of emissions is announced and mailed."""
    reference = world.once(cleo_is_told)
    world.joins(DAN, topics=["waste"], user_type="local-government")
    return reference


def number(world: World, reference: str, stage: str = "announce") -> str:
    return str(world.sends(reference)[stage]["id"])


def corrects(world: World, send: str, *more: str, text: str = RIGHT) -> Any:
    return world.cli("sends", "correct", send, "--text", text, *PEOPLE, *more)


def test_exactly_who_got_it_hears_what_is_right(world: World, told: str) -> None:
    world.joins(EVE, topics=["air-quality"], user_type="media")  # after the announcement
    said = corrects(world, number(world, told), "--json")
    assert (said.status, said.json["kind"], said.json["about"]) == (0, "correction", told)
    world.drain()
    (mail,) = world.mails(CLEO, "Correction: Emissions of fine particles")
    text = text_of(mail)
    assert "Our message of Monday 23 November 2026 was wrong." in text
    assert RIGHT in text
    assert f"/changes/{told}" in text
    assert not world.mails(EVE, "Correction:"), "she follows it, and never got the wrong one"
    assert not world.mails(DAN, "Correction:")
    assert world.sends(told)["corrected"]["accepted"] == 1
    second = corrects(world, number(world, told), text="And in Wales, too.")
    assert second.status == 0
    world.drain()
    assert len(world.mails(CLEO, "Correction:")) == 2, "another correction is another mail"


def test_who_left_since_is_not_written_to(world: World, told: str) -> None:
    (mail,) = world.mails(CLEO, told)
    world.post(one_click(mail), ONE_CLICK)
    assert corrects(world, number(world, told)).status == 0
    world.drain()
    assert not world.mails(CLEO, "Correction:")


def test_its_link_ends_what_brought_the_wrong_letter(world: World, told: str) -> None:
    corrects(world, number(world, told))
    world.drain()
    link = one_click(world.last_mail(CLEO, "Correction:"))
    assert "Air quality" in world.get(link).get_data(as_text=True)
    world.post(link, ONE_CLICK)
    assert world.cli("subscribers", "show", CLEO, "--json").json["status"] == "left"


def test_in_welsh_the_welsh_words_stand_where_there_are_some(world: World) -> None:
    world.begin()
    for person, language in ((CLEO, "cy"), (DAN, "both")):
        world.joins(person, topics=["air-quality"], user_type="academic")
        settings = path_in(world.last_mail(person), "/preferences/")
        given: dict[str, Any] = {"topics": ["air-quality"], "user_type": "academic"}
        assert world.presses(settings, language=language, **given).status_code == 200
    reference = world.announces("fine particles")
    world.drain()
    assert corrects(world, number(world, reference)).status == 0
    world.drain()
    english = world.last_mail(CLEO, "Cywiriad:")
    assert RIGHT in text_of(english)
    assert text_of(world.last_mail(DAN, "Cywiriad:")).count(RIGHT) == 1
    welsh = "Daw'r newid ar 1 Mawrth 2027."
    assert corrects(world, number(world, reference), "--welsh", welsh).status == 0
    world.drain()
    last = text_of(world.last_mail(CLEO, "Cywiriad:"))
    assert welsh in last
    assert RIGHT not in last


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (("--text", " ", *PEOPLE), "Say what was wrong and what is right"),
        (("--text", "x" * 5001, *PEOPLE), "has 5,001 characters; shorten it to 5,000"),
        (("--text", RIGHT, "--by", BOB, "--approved-by", BOB), "cannot approve it too"),
        (("--text", RIGHT, "--by", HANA, "--approved-by", ALICE), "may not approve this"),
    ],
)
def test_what_it_lacks_is_said_and_nothing_is_promised(
    world: World, told: str, more: tuple[str, ...], sentence: str
) -> None:
    said = world.cli("sends", "correct", number(world, told), *more)
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert sentence in said.err
    assert "corrected" not in world.sends(told)


def test_what_cannot_be_corrected_is_refused(world: World, told: str) -> None:
    said = corrects(world, number(world, told, "T-30"))
    assert "is not over" in said.err
    assert f"sends cancel {number(world, told, 'T-30')}" in said.err
    first = corrects(world, number(world, told), "--json").json["id"]
    world.drain()
    said = corrects(world, str(first))
    assert f"sends correct {number(world, told)}" in said.err
    mine = world.cli("sends", "list", "--json").json
    welcome = next(str(row["id"]) for row in mine if row["kind"] == "welcome")
    assert "is no letter about a notice" in corrects(world, welcome).err
    assert "There is no send 99999" in corrects(world, "99999").err


def test_where_both_languages_are_promised_welsh_is_asked_for(world: World, told: str) -> None:
    rule = ("organisation", "set", "--welsh-for", "notice=both_or_neither")
    world.done(*rule, "--by", HANA)
    said = corrects(world, number(world, told))
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "add the Welsh with --welsh TEXT" in said.err
    assert corrects(world, number(world, told), "--welsh", "Mawrth.").status == 0


def test_a_newsletters_correction_stops_its_newsletters_only(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality", "food"], user_type="academic")
    path = world.folder / "issue.yaml"
    path.write_text("team: air-quality\ntitle: Winter\nbody: Three.\naudience: {topics: [food]}\n")
    issue = world.done("newsletters", "new", "--from", str(path)).split()[0]
    world.done("newsletters", "submit", issue, "--by", ALICE)
    world.done("newsletters", "approve", issue, "--by", BOB)
    world.done("newsletters", "send", issue, "--by", ALICE)
    world.drain()
    about = next(r for r in world.cli("sends", "list", "--json").json if r["kind"] == "newsletter")
    assert corrects(world, str(about["id"]), text="Two figures.").status == 0
    world.drain()
    link = one_click(world.last_mail(CLEO, "Correction: Winter"))
    assert "Newsletters of" in world.get(link).get_data(as_text=True)
    world.post(link, ONE_CLICK)
    assert world.cli("subscribers", "show", CLEO, "--json").json["status"] == "active"
