"""What people choose is kept to by every letter, also by those that are about them alone."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.journeys.test_choosing import letters_link, shown, text
from tests.journeys.test_consultations import answers, confirms
from tests.journeys.test_people_over_time import asks, follows, settings_page, until
from tests.journeys.world import World, path_in, text_of
from tests.makers import ALICE, CLEO, DAN, HANA, on_sqlite

RECYCLING, MILK, EMISSIONS = "Dry mixed recycling", "milk volumes", "fine particles"


def chooses(
    world: World, email: str = CLEO, *, topics: list[str], often: dict[str, str], **more: str
) -> None:
    """Saves the settings page with these kinds."""
    page = world.presses(
        letters_link(world, email),
        topics=topics,
        user_type="academic",
        depth="detail",
        language="en",
        **{f"often-{kind}": rhythm for kind, rhythm in often.items()},
        **more,
    )
    assert "Saved." in text(page.text)


@pytest.mark.parametrize(
    ("change", "narrowed", "said"),
    [
        ("off", {}, "You get other things that you chose, but no changes to statistics by email."),
        ("daily", {"machines_only": "1"}, "once a day, but only those that break scripts."),
    ],
)
def test_changes_that_were_turned_off_come_by_no_other_letter(
    world: World, change: str, narrowed: dict[str, str], said: str
) -> None:
    """Not by the mail for who joins late, not after a break, not after coming back."""
    world.joins(CLEO, topics=["water"], user_type="academic")
    chooses(world, topics=["water"], often={"change": change}, **narrowed)
    recycling = world.announces(RECYCLING)
    world.clock.at("2027-01-22 12:00")  # five days before its effect
    world.drain()
    count = len(world.mails(CLEO))
    chooses(world, topics=["water", "waste"], often={"change": change}, **narrowed)
    world.drain()
    assert len(world.mails(CLEO)) == count, "nothing at once"
    path, _ = settings_page(world, CLEO)
    world.presses(path, to=f"{path}/pause", **until(25, 1, 2027))
    world.clock.at("2027-01-25 09:00")
    world.drain()
    back = text_of(world.last_mail(CLEO))
    assert len(world.mails(CLEO)) == count + 1
    assert said in " ".join(back.split())
    assert recycling not in back
    world.presses(path, to=f"{path}/leave")
    world.joins(CLEO, topics=["waste"], user_type="academic")
    assert recycling not in text_of(world.last_mail(CLEO))
    world.joins(DAN, topics=["waste"], user_type="academic")
    assert world.mails(DAN, recycling), "who did not turn it off is told"


def test_who_wants_no_consultations_is_not_asked_and_who_wants_only_those_is(
    world: World,
) -> None:
    """A proposal to stop something is both: a change, and a question until it is decided."""
    for email, off in ((CLEO, "consultation"), (DAN, "change")):
        world.joins(email, topics=["food"], user_type="academic")
        chooses(world, email, topics=["food"], often={off: "off"})
    reference = world.announces("printed pocketbook")
    for day in ("2026-12-22", "2027-01-12", "2027-01-19", "2027-03-25"):
        world.clock.at(f"{day} 12:00")
        world.drain()
        if day == "2027-01-19":
            said = ("--summary", "We keep it two more years.", "--by", HANA)
            world.done("notices", "decide", reference, *said)
            world.drain()

    def told(email: str) -> list[str]:
        sends = world.cli("subscribers", "show", email, "--json").json["sends"]
        return [row["stage"] for row in sends if row["about"] == reference]

    assert told(CLEO) == ["announce", "decision", "T-90"]
    assert told(DAN) == ["announce", "midpoint", "close-7", "decision"]


def test_who_asks_for_one_change_gets_it_whatever_is_turned_off(world: World) -> None:
    world.joins(CLEO, topics=["water"], user_type="academic")
    chooses(world, topics=["water"], often={"change": "off"})
    milk, emissions = world.announces(MILK), world.announces(EMISSIONS)
    world.drain()
    follows(world, CLEO, f"notice={emissions}")
    welcome = text_of(world.last_mail(CLEO))
    assert emissions in welcome
    assert milk not in welcome
    world.clock.at("2026-12-10 11:00")  # after T-90
    world.drain()
    reminder = world.last_mail(CLEO)
    assert emissions in text_of(reminder)
    assert "because you follow this change: " in text_of(reminder)
    assert shown(world)["changes"] == [emissions]


@on_sqlite
def test_who_asked_twice_is_spoken_to_as_in_the_sign_up_that_they_confirm(world: World) -> None:
    world.begin()
    assert asks(world, DAN, "topic=food", topics=["food"]) == 200
    assert asks(world, DAN, "topic=water&lang=cy", topics=["water"], lang="cy") == 200
    world.drain()
    world.presses(path_in(world.mails(DAN, "/confirm/")[-1], "/confirm/"))
    assert shown(world, DAN)["topics"] == ["water"]
    assert shown(world, DAN)["language"] == "cy"


def test_a_team_finds_who_would_take_part_and_how_to_ask_them(world: World) -> None:
    for email in (CLEO, DAN):
        world.joins(email, topics=["air-quality"], user_type="academic")
    tells = {"name": "Cleo Jones", "uses": "Maps", "organisation": "", "asked_by": "phone"}
    chooses(world, topics=["air-quality"], often={}, takes_part="workshop", **tells)
    asked = ("insight", "volunteers", "workshop", "--by", ALICE)
    (row,) = world.cli(*asked, "--topic", "air-quality", "--json").json
    assert (row["email"], row["name"], row["asked_by"]) == (CLEO, "Cleo Jones", "phone")
    assert world.cli(*asked, "--topic", "food", "--json").json == []
    person = shown(world)
    assert (person["takes_part"], person["asked_by"], person["uses"]) == (
        ["workshop"],
        "phone",
        "Maps",
    )
    assert world.cli("insight", "volunteers", "workshop", "--by", CLEO).status == 1
    world.presses(letters_link(world), to=f"{letters_link(world)}/leave")
    assert world.cli(*asked, "--json").json == [], "who left is not asked"


def test_who_left_can_still_be_told_what_is_held(world: World) -> None:
    """No link of theirs opens anything any more: they ask by letter, and staff print it."""
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    link = letters_link(world)
    world.presses(link, to=f"{link}/leave")
    assert world.get(link).status_code == 404
    facts = world.cli("subscribers", "held", CLEO).json
    assert (facts["person"]["email"], facts["person"]["state"]) == (CLEO, "left")
    assert facts["consents"]
    again = world.cli("subscribers", "held", CLEO).json
    assert [row["action"] for row in again["history"]].count("held") == 1, "that it was read stays"
    assert world.cli("subscribers", "held", "nobody@example.org").status == 1


def test_an_answer_that_was_signed_with_the_address_loses_it(world: World) -> None:
    reference = world.announces("printed pocketbook")
    answers(world, reference, DAN, f"Keep it. {DAN.upper()}")
    confirms(world, DAN)
    world.done("subscribers", "forget", DAN)
    said = world.done("notices", "answers", reference)
    assert "Keep it. [address erased]" in said
    assert "DAN@" not in said


@on_sqlite
def test_a_topics_page_is_passed_on_with_its_source(world: World) -> None:
    world.begin()
    page = world.get("/topics/air-quality").text
    mail = unescape(re.search(r'href="(mailto:\?subject=[^"]+)"', page)[1])  # type: ignore[index]
    body = parse_qs(urlsplit(mail).query)["body"][0]
    form = urlsplit(body)
    assert f"{form.path}?{form.query}" == "/subscribe?topic=air-quality&from=passed-on"
    assert asks(world, DAN, form.query, topics=["air-quality"], **{"from": "passed-on"}) == 200
    world.drain()
    world.presses(path_in(world.last_mail(DAN, "/confirm/"), "/confirm/"))
    assert world.cli("sources", "--json").json[0]["source"] == "passed-on"
