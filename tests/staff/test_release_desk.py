"""Releases at the desk: confirm, move with a second person, ends, and what each says beforehand."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from notifier.catalogue import queries as catalogue
from notifier.releases import asking
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import HANA, Clock
from tests.staff.desk import Desk, enters, joins, says

FAY, GIL, IVAN = "fay@example.org", "gil@example.org", "ivan@example.org"
FLY = "Fly-tipping statistics for England, 2025 to 2026"
POCKET = "Food statistics in your pocket 2027"


def number_of(world: World, title: str) -> int:
    rows = world.cli("releases", "list", "--json").json
    return int(next(row["id"] for row in rows if row["title"] == title))


def shown(world: World, number: int) -> dict[str, Any]:
    found: dict[str, Any] = world.cli("releases", "show", str(number), "--json").json
    return found


def stamp(page: str) -> str:
    found = re.search(r'name="read" value="(\d+)"', page)
    assert found is not None
    return found[1]


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&#43;", "+")


def history(world: World, number: int) -> list[str]:
    with world.build(now=world.clock).app_context():
        return [row.action for row in of(f"release:{number}")]


def stamp_of(world: World, number: int) -> str:
    with world.build(now=world.clock).app_context():
        found = asking.of(session.get_one(Release, number))
        assert found is not None
        return str(asking.stamp(found))


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the waste team, at her desk."""
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def test_a_confirmed_date_moves_when_the_head_of_profession_agrees(
    world: World, clock: Clock, fay: Desk
) -> None:
    world.joins("cleo@example.org", topics=["waste"], user_type="academic")
    hana, _ = enters(world, clock, HANA, "hop")
    number = number_of(world, FLY)
    page = fay.get(f"/staff/releases/{number}")
    assert "Confirmed" in says(page)
    form = fay.get(f"/staff/releases/{number}/move")
    assert "1 person gets mail at once" in says(form)
    assert "Academic or researcher" in says(form)
    given = {"exact": "datetime", "day": "2027-01-14", "time": "9:30", "reason_code": "data_late"}
    empty = fay.post(f"/staff/releases/{number}/move", do="ask", seen=seen(form.text), **given)
    assert (empty.status_code, "Say why" in says(empty)) == (400, True)
    assert 'value="2027-01-14"' in empty.text, "what was typed is kept"
    given["reason"] = "Two councils sent their data late."
    weekend = fay.post(
        f"/staff/releases/{number}/move",
        do="ask",
        seen=seen(form.text),
        **{**given, "day": "2027-01-16"},
    )
    assert "weekend or bank holiday" in says(weekend)
    assert "bin/notifier" not in weekend.text
    looked = fay.post(f"/staff/releases/{number}/move", do="see", seen=seen(form.text), **given)
    assert "Nothing stands in its way" in says(looked)
    assert "Ask hana@example.org to agree" in says(looked)
    asked = fay.post(f"/staff/releases/{number}/move", do="ask", seen=seen(form.text), **given)
    assert "is asked to agree. Nothing happens until then." in says(fay.follow(asked))
    assert shown(world, number)["date"] != "2027-01-14 09:30"
    mine = fay.get(f"/staff/releases/{number}")
    assert "You ask to move it to Thursday 14 January 2027 at 9:30am" in says(mine)
    assert f"/staff/releases/{number}/agree" not in mine.text
    forced = fay.post(f"/staff/releases/{number}/agree", read=stamp_of(world, number))
    assert forced.status_code == 400
    assert "cannot approve it too" in says(forced)

    world.drain()
    assert f"/staff/releases/{number}" in str(world.last_mail(HANA, "To agree"))
    assert "Agree" in says(hana.get("/staff/"))
    page = hana.get(f"/staff/releases/{number}")
    assert "Two councils sent their data late." in says(page)
    assert "one person gets mail" in says(page)
    stale = hana.post(f"/staff/releases/{number}/agree", read="1")
    assert "was changed a moment ago" in says(stale)
    done = hana.follow(hana.post(f"/staff/releases/{number}/agree", read=stamp(page.text)))
    assert "It is moved." in says(done)
    assert shown(world, number)["date"] == "2027-01-14 09:30"
    twice = hana.post(f"/staff/releases/{number}/agree", read=stamp(page.text))
    assert "somebody was here before you" in says(twice)
    world.drain()
    assert len(world.mails("cleo@example.org", "Two councils")) == 1
    assert history(world, number)[-2:] == ["ask_to_move", "move"]


def moves(desk: Desk, number: int, **other: str) -> TestResponse:
    """Asks for another date, with all that it needs."""
    form = desk.get(f"/staff/releases/{number}/move")
    given = {
        "exact": "datetime",
        "day": "2027-01-14",
        "time": "09:30",
        "reason_code": "data_late",
        "reason": "Two councils sent their data late.",
        "do": "ask",
        "seen": seen(form.text),
    }
    return desk.post(f"/staff/releases/{number}/move", **{**given, **other})


def test_what_was_asked_lapses_when_the_release_changes(
    world: World, clock: Clock, fay: Desk
) -> None:
    hana, _ = enters(world, clock, HANA, "hop")
    number = number_of(world, FLY)
    moves(fay, number)
    page = hana.get(f"/staff/releases/{number}")
    clock.forward(minutes=5)
    two = ("--by", "alice@example.org", "--approved-by", "hana@example.org")
    world.done(
        *("releases", "postpone", str(number), "--next-update", "2027-02-01"),
        *("--reason", "Nobody knows.", *two),
    )
    late = hana.post(f"/staff/releases/{number}/agree", read=stamp(page.text))
    assert late.status_code == 400
    assert "it lapsed" in says(late)
    assert "That has lapsed" in says(fay.get(f"/staff/releases/{number}"))
    assert "asks to move" not in says(hana.get("/staff/"))
    assert shown(world, number)["state"] == "postponed_tbc"
    assert "Moved" not in says(hana.get(f"/staff/releases/{number}"))


def test_two_who_ask_at_once_and_one_who_asks_on_an_old_page(
    world: World, clock: Clock, fay: Desk
) -> None:
    ivan = joins(world, IVAN, "author", "--team", "waste")
    ivan.sign_in(IVAN)
    number = number_of(world, FLY)
    old = seen(ivan.get(f"/staff/releases/{number}/move").text)
    assert moves(fay, number).status_code == 303
    second = moves(ivan, number)
    assert (second.status_code, "Somebody else has asked" in says(second)) == (400, True)
    again = moves(fay, number, day="2027-01-21")
    assert again.status_code == 303, "one's own request takes the place of the earlier one"
    world.done("releases", "describe", str(number), "--period", "2026", "--by", "alice@example.org")
    clock.forward(minutes=1)
    world.done("releases", "describe", str(number), "--period", "2025", "--by", "alice@example.org")
    stale = moves(ivan, number, seen=old)
    assert "This release changed while you had it open" in says(stale)
    assert 'value="2027-01-14"' in stale.text
    assert moves(ivan, number).status_code == 303, "what fay asked for has lapsed"


def test_it_is_turned_down_with_a_reason_and_taken_back_without(
    world: World, clock: Clock, fay: Desk
) -> None:
    hana, _ = enters(world, clock, HANA, "hop")
    number = number_of(world, FLY)
    moves(fay, number)
    hana.get(f"/staff/releases/{number}")
    empty = hana.post(f"/staff/releases/{number}/turn-down", reason=" ")
    assert "Say why not" in says(empty)
    hana.post(f"/staff/releases/{number}/turn-down", reason="It can be done in time.")
    assert "It can be done in time." in says(fay.get(f"/staff/releases/{number}"))
    moves(fay, number)
    fay.get(f"/staff/releases/{number}")
    assert fay.post(f"/staff/releases/{number}/turn-down").status_code == 303
    assert history(world, number)[-2:] == ["ask_to_move", "not_move"]


def test_many_dates_are_confirmed_and_what_is_refused_stops_none(
    world: World, clock: Clock
) -> None:
    world.drain()  # the worker makes the year's editions
    world.joins("cleo@example.org", topics=["farming"], user_type="academic")
    everywhere = joins(world, GIL, "author")
    everywhere.sign_in(GIL)
    page = everywhere.get("/staff/releases?show=needs")
    milk = number_of(world, "Milk utilisation by dairies in the United Kingdom, November 2026")
    pocket = number_of(world, POCKET)
    assert f'value="{milk}"' in page.text
    form = everywhere.get(f"/staff/releases/confirm?id={milk}&id={pocket}")
    assert "One of these can be confirmed as it stands." in says(form)
    assert "nobody gets mail" in says(form).lower()
    given = {"id": [milk, pocket]}
    for number in (milk, pocket):
        found = re.search(rf'name="seen-{number}" value="([^"]+)"', form.text)
        assert found is not None
        given[f"seen-{number}"] = found[1]  # type: ignore[assignment]
    given |= {f"day-{milk}": "2026-12-17", f"time-{milk}": "09:30"}  # type: ignore[dict-item]
    given |= {f"day-{pocket}": "2027-02-04", f"time-{pocket}": "09:30"}  # type: ignore[dict-item]
    done = everywhere.follow(everywhere.post("/staff/releases/confirm", **given))
    assert "One date is confirmed. One could not be" in says(done)
    assert "Users were told another date" in says(done)
    assert 'value="2027-02-04"' in done.text, "what was typed is kept"
    assert shown(world, milk)["state"] == "confirmed"
    assert shown(world, pocket)["state"] == "provisional"
    again = everywhere.follow(everywhere.post("/staff/releases/confirm", **given))
    assert "No dates are confirmed." in says(again), "pressed twice, it is done once"
    assert history(world, milk) == ["generate", "confirm"]
    before = len(world.mails("cleo@example.org"))
    world.drain()
    assert len(world.mails("cleo@example.org")) == before


def test_where_the_organisation_asks_for_two_confirming_waits(
    world: World, clock: Clock, fay: Desk
) -> None:
    world.done("series", "exempt", "fly-tipping", "--days-off", "--reason", "x", "--by", FAY)
    with world.build(now=world.clock).app_context(), unit():
        house = catalogue.organisation()
        assert house is not None
        house.second_person = {**house.second_person, "G": True}
    form = fay.get("/staff/releases/new")
    assert form.status_code == 200
    fay.post(
        "/staff/releases/new",
        series="fly-tipping",
        title="Fly-tipping, a first look",
        exact="datetime",
        day="2027-01-28",
        time="09:30",
        certainty="provisional",
    )
    number = number_of(world, "Fly-tipping, a first look")
    form = fay.get(f"/staff/releases/{number}/confirm")
    given = {"day": "2027-01-28", "time": "09:30", "do": "ask", "seen": seen(form.text)}
    asked = fay.follow(fay.post(f"/staff/releases/{number}/confirm", **given))
    assert "asked to agree" in says(asked)
    assert shown(world, number)["state"] == "provisional"
    gil, _ = enters(world, clock, GIL, "approver", "--team", "waste")
    page = gil.get(f"/staff/releases/{number}")
    gil.post(f"/staff/releases/{number}/agree", read=stamp(page.text))
    assert shown(world, number)["state"] == "confirmed"
    assert history(world, number) == ["add", "ask_to_confirm", "confirm"]


def test_a_cancelled_release_says_what_becomes_of_its_change(world: World, clock: Clock) -> None:
    world.joins("cleo@example.org", topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    number = number_of(world, "Emissions of air pollutants in the UK, 1970 to 2025")
    gil = joins(world, GIL, "author", "--team", "air-quality")
    gil.sign_in(GIL)
    hana, _ = enters(world, clock, HANA, "hop")
    form = gil.get(f"/staff/releases/{number}/cancel")
    assert "What becomes of: Emissions of fine particles" in says(form)
    gil.post(
        f"/staff/releases/{number}/cancel",
        **{
            "do": "ask",
            "seen": seen(form.text),
            "reason": "The inventory is not fit to publish.",
            f"change-{reference}": "cancel",
        },
    )
    page = hana.get(f"/staff/releases/{number}")
    assert "It is cancelled too." in says(page)
    hana.post(f"/staff/releases/{number}/agree", read=stamp(page.text))
    assert shown(world, number)["state"] == "cancelled"
    rows = world.cli("notices", "list", "--json").json
    assert next(r["state"] for r in rows if r["reference"] == reference) == "cancelled"


def test_it_is_published_by_hand_described_and_explained(
    world: World, clock: Clock, fay: Desk
) -> None:
    number = number_of(world, FLY)
    early = fay.get(f"/staff/releases/{number}/publish")
    before = fay.post(f"/staff/releases/{number}/publish", seen=seen(early.text))
    assert "cannot be published before" in says(before)
    form = fay.get(f"/staff/releases/{number}/describe")
    wrong = {"landing_url": "javascript:alert(1)", "contact": "", "period": "", "welsh_title": ""}
    bad = fay.post(f"/staff/releases/{number}/describe", seen=seen(form.text), **wrong)
    assert bad.status_code == 400
    assert "is no address" in says(bad)
    right = {**wrong, "landing_url": "https://example.org/fly", "period": "2025 to 2026"}
    good = fay.post(f"/staff/releases/{number}/describe", seen=seen(form.text), **right)
    assert "Changed: its page, the period." in says(fay.follow(good))
    clock.at("2026-12-30 09:31")
    fay.sign_in(FAY)
    form = fay.get(f"/staff/releases/{number}/publish")
    assert "Nobody has approved words" in says(form)
    out = fay.follow(fay.post(f"/staff/releases/{number}/publish", seen=seen(form.text)))
    assert "It is out" in says(out)
    assert "It came out on the day that was announced." in says(out)
    assert shown(world, number)["state"] == "released"
    twice = fay.post(f"/staff/releases/{number}/publish", seen=seen(form.text))
    assert twice.status_code == 400


def test_script_in_every_field_is_inert_and_long_words_are_refused(world: World, fay: Desk) -> None:
    number = number_of(world, FLY)
    script = "<script>alert(1)</script>"
    for page in (
        moves(fay, number, reason=script, time=script, day=script, exact=script),
        moves(fay, number, reason=script * 400),
        moves(fay, number, reason=script),
    ):
        assert script not in page.text
    assert script not in fay.get(f"/staff/releases/{number}").text
    assert "&lt;script&gt;" in fay.get(f"/staff/releases/{number}").text
    odd = moves(fay, number, reason="\u202egnorw\u202c 🐟 ŵŷ")
    assert odd.status_code == 303
    added = fay.post(
        "/staff/releases/new", series="fly-tipping", title="x" * 10_000, day="2027-1-1"
    )
    assert added.status_code == 400
    other = fay.post("/staff/releases/new", series="food-pocketbook", title="x", day="2027-02-01")
    assert "Choose the publication" in says(other)


def test_another_team_sees_none_of_it(world: World, clock: Clock, fay: Desk) -> None:
    number = number_of(world, POCKET)
    for path in ("", "/move", "/announcement", "/armed", "/describe"):
        assert fay.get(f"/staff/releases/{number}{path}").status_code == 404, path
    assert fay.get(f"/staff/releases/confirm?id={number}").status_code == 404
    fay.get("/staff/releases/new")
    assert fay.post("/staff/releases/confirm", id=number).status_code == 404
    for path in ("/staff/releases", "/staff/releases?view=month&month=2027-01"):
        assert POCKET not in says(fay.get(path))
