"""Who is on the staff: added by an administrator, changed, away, gone; and nobody else may."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from notifier.accounts.people import by_email, known
from notifier.store.history import of
from tests.journeys.world import World, text_of
from tests.makers import ALICE, HANA, Clock, on_sqlite
from tests.staff.desk import PASSWORD, Desk, enters, joins, link_in, says

ADA, FAY = "ada@example.org", "fay@example.org"


def application(world: World) -> Flask:
    return world.build(now=world.clock)


def number(world: World, email: str) -> int:
    with application(world).app_context():
        return known(email).id


def test_an_administrator_invites_somebody_who_then_signs_in(world: World, clock: Clock) -> None:
    ada, _ = enters(world, clock, ADA, "admin")
    ada.get("/staff/team")
    added = ada.follow(ada.post("/staff/team/add", email=FAY.upper(), role="author", team="waste"))
    assert "fay@example.org is Author. A letter with a link is on its way" in says(added)
    path = link_in(world, FAY, "Join Defra Group statistics")
    assert "The link works once, until Monday 30 November 2026" in text_of(world.last_mail(FAY))
    fay = Desk(world.browser())
    fay.get(path)
    assert fay.post(path, password=PASSWORD).status_code == 200
    assert fay.sign_in(FAY).status_code == 303
    assert "Author, Waste" in says(fay.get("/staff/account"))
    again = ada.follow(ada.post("/staff/team/add", email=FAY, role="approver", team=""))
    assert "letter" not in says(again).replace("Newsletters", "").partition("Back to the team")[0]
    assert "Author, Waste and recycling statistics" in says(again)
    with application(world).app_context():
        first = of(f"staff:{known(FAY).id}")[0]
        assert (first.action, first.by["basis"], first.by["staff"]) == (
            "add_role",
            "signed_in",
            known(ADA).id,
        )


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "nobody", "role": "author", "team": ""}, "correct format"),
        ({"email": FAY, "role": "boss", "team": ""}, "There is no role"),
        ({"email": FAY, "role": "author", "team": "nowhere"}, "There is no team"),
        ({"email": "x" * 300 + "@example.org", "role": "author", "team": ""}, "correct format"),
    ],
)
@on_sqlite
def test_what_cannot_be_added_changes_nothing(
    world: World, clock: Clock, typed: dict[str, str], sentence: str
) -> None:
    ada, _ = enters(world, clock, ADA, "admin")
    ada.get("/staff/team")
    refused = ada.post("/staff/team/add", **typed)
    assert refused.status_code == 400
    assert sentence in says(refused)
    with application(world).app_context():
        assert by_email(FAY) is None


def test_roles_are_taken_and_leavers_come_back_with_a_new_password(
    world: World, clock: Clock
) -> None:
    fay = joins(world, FAY, "author")
    fay.sign_in(FAY)
    ada, _ = enters(world, clock, ADA, "admin")
    page = f"/staff/team/{number(world, FAY)}"
    shown = ada.get(page).get_data(as_text=True)
    role = re.findall(r"/roles/(\d+)/take", shown)[0]
    assert ada.post(f"{page}/roles/{role}/take").status_code == 303
    assert "None: they can look at the desk" in says(ada.get(page))
    assert ada.post(f"{page}/roles/{role}/take").status_code == 400
    ada.post(f"{page}/leave")
    assert "Has left" in says(ada.get(page))
    assert ada.post(f"{page}/leave").status_code == 400
    ada.post(f"{page}/back")
    assert fay.sign_in(FAY).status_code == 400  # the old password is gone
    path = link_in(world, FAY, "Join")
    fay.get(path)
    fay.post(path, password="another long sentence")
    assert fay.sign_in(FAY, "another long sentence").status_code == 303
    own = f"/staff/team/{number(world, ADA)}"
    assert "the only administrator" in says(ada.post(f"{own}/leave"))


@on_sqlite
def test_who_must_prove_it_first_comes_back_to_where_the_button_was(
    world: World, clock: Clock
) -> None:
    joins(world, FAY, "author")
    ada, _ = enters(world, clock, ADA, "admin")
    page = f"/staff/team/{number(world, FAY)}"
    clock.forward(minutes=16)
    ada.get(page)
    ada.given["Referer"] = f"http://127.0.0.1:8000{page}"
    assert ada.post(f"{page}/leave").headers["Location"] == "/staff/prove"
    ada.get("/staff/prove")
    assert ada.post("/staff/prove", password=PASSWORD).headers["Location"] == page
    assert "Has left" not in says(ada.get(page))
    ada.given["Referer"] = "https://evil.example//evil.example/"
    clock.forward(minutes=16)
    ada.post(f"{page}/leave")
    ada.get("/staff/prove")
    assert ada.post("/staff/prove", password=PASSWORD).headers["Location"] == "/staff/"


def test_a_lost_telephone_is_set_up_anew(world: World, clock: Clock) -> None:
    hana, _ = enters(world, clock, HANA, "hop")
    ada, _ = enters(world, clock, ADA, "admin")
    page = f"/staff/team/{number(world, HANA)}"
    ada.get(page)
    assert ada.post(f"{page}/two-step").status_code == 303
    assert hana.get("/staff/account").status_code == 303
    assert hana.sign_in(HANA).headers["Location"] == "/staff/two-step"
    world.drain()
    assert "turned off" in text_of(world.last_mail(HANA, "Two-step sign-in is off"))


def test_days_away_are_ones_own_or_entered_by_who_may(world: World, clock: Clock) -> None:
    fay = joins(world, FAY, "author")
    fay.sign_in(FAY)
    own, other = (f"/staff/team/{number(world, email)}" for email in (FAY, ALICE))
    days = {"first": "2026-11-23", "last": "2026-11-27"}
    fay.get(own)
    assert fay.post(f"{own}/away", **days).status_code == 303
    assert "Away" in says(fay.get("/staff/team"))
    assert "Monday 23 November 2026 to Friday 27 November 2026" in says(fay.get(own))
    refused = fay.post(f"{other}/away", **days)
    assert refused.status_code == 400
    assert "may enter their own absence only" in says(refused)
    for wrong in ({"first": "", "last": "x"}, {"first": "2026-11-27", "last": "2026-11-24"}):
        assert fay.post(f"{own}/away", **wrong).status_code == 400
    assert fay.post(f"{own}/here").status_code == 303
    assert fay.post(f"{own}/here").status_code == 400
    ada, _ = enters(world, clock, ADA, "admin")
    ada.get(other)
    assert ada.post(f"{other}/away", **days).status_code == 303
