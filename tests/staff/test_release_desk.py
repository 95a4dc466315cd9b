"""Releases at the desk: confirm, move with a second person, ends, and what each says beforehand."""

from __future__ import annotations

import re
from typing import Any

import pytest

from notifier.releases.models import Release
from notifier.store.db import session
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import HANA, Clock
from tests.staff.desk import Desk, enters, joins, says

FAY, GIL = "fay@example.org", "gil@example.org"
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


def stamp_of(world: World, number: int) -> str:
    from notifier.releases import asking

    with world.build(now=world.clock).app_context():
        found = asking.of(session.get_one(Release, number))
        assert found is not None
        return str(asking.stamp(found))
