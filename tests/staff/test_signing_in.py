"""From an invitation to the desk and out again: passwords, sessions, what mail and history say."""

from __future__ import annotations

import pytest

from notifier.accounts.people import known
from notifier.store.history import of
from tests.journeys.world import World, hidden, text_of
from tests.makers import HANA, Clock, on_sqlite
from tests.staff.desk import CHROME, PASSWORD, Desk, enters, joins, link_in, says, sets_up

FAY = "fay@example.org"


def history(world: World, email: str) -> list[str]:
    with world.build(now=world.clock).app_context():
        return [row.action for row in of(f"staff:{known(email).id}")]


def test_an_author_signs_in_sees_their_account_and_signs_out(world: World) -> None:
    desk = joins(world, FAY, "author", "--team", "waste")
    answer = desk.follow(desk.sign_in(FAY))
    assert answer.status_code == 200
    assert answer.request.path == "/staff/"
    shown = says(desk.get("/staff/account"))
    assert "fay@example.org · Author, Waste" in shown
    assert "Firefox on Linux This one By password from 192.0.2.0/24" in shown
    assert answer.headers["Cache-Control"] == "no-store"
    assert desk.follow(desk.post("/staff/account/name", name=" Fay  Moran ")).status_code == 200
    assert "Fay Moran" in says(desk.get("/staff/team"))
    left = desk.follow(desk.post("/staff/sign-out"))
    assert "You are signed out." in says(left)
    assert desk.get("/staff/account").status_code == 404
    assert history(world, FAY) == ["add_role", "choose_password", "sign_in", "rename"]


@on_sqlite
def test_the_desk_does_not_exist_for_a_stranger_but_its_front_door_does(world: World) -> None:
    stranger = Desk(world.browser())
    for path in ("/staff/account", "/staff/team", "/staff/team/1", "/staff/code", "/staff/x"):
        assert stranger.get(path).status_code == 404, path
    for path in ("/staff", "/staff/"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/sign-in")
    assert stranger.client.post("/staff/").status_code == 405
    stranger.get("/staff/sign-in")
    assert stranger.post("/staff/team/add", email=FAY, role="admin").status_code == 404


def test_who_was_sent_to_sign_in_arrives_where_they_wanted_to_go(
    world: World, clock: Clock
) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    clock.forward(hours=13)
    asked = desk.get("/staff/team?x=1")
    assert asked.headers["Location"] == "/staff/sign-in"
    assert desk.sign_in(FAY).headers["Location"] == "/staff/team?x=1"


def test_a_role_that_needs_two_steps_sets_them_up_before_anything_else(
    world: World, clock: Clock
) -> None:
    desk = joins(world, HANA, "hop")
    assert desk.sign_in(HANA).headers["Location"] == "/staff/two-step"
    assert desk.get("/staff/team").headers["Location"] == "/staff/two-step"
    telephone, codes = sets_up(desk, clock)
    assert len(set(codes)) == 10
    assert desk.get("/staff/team").status_code == 200

    clock.forward(minutes=5)
    other = Desk(world.browser())
    assert other.sign_in(HANA).headers["Location"] == "/staff/code"
    assert other.get("/staff/account").headers["Location"] == "/staff/code"
    other.get("/staff/code")
    used = telephone.code()
    assert other.post("/staff/code", code=f"{used[:3]} {used[3:]}").headers["Location"] == "/staff/"
    assert other.get("/staff/account").status_code == 200

    third = Desk(world.browser())
    third.sign_in(HANA)
    third.get("/staff/recovery-code")
    assert third.post("/staff/recovery-code", code=codes[0].upper()).status_code == 303
    assert "9 recovery codes left" in says(third.get("/staff/account"))
    assert history(world, HANA)[-2:] == ["use_recovery_code", "sign_in"]


def test_a_forgotten_password_is_chosen_anew_by_mail_and_ends_every_session(
    world: World, clock: Clock
) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    other = Desk(world.browser())
    other.get("/staff/forgotten")
    known_answer = other.post("/staff/forgotten", email=FAY.upper())
    assert says(other.post("/staff/forgotten", email="nobody@example.org")) == says(known_answer)
    path = link_in(world, FAY, "Choose a new password")
    assert not world.mails("nobody@example.org")
    assert other.get(path).headers["Referrer-Policy"] == "same-origin"
    short = other.post(path, password="too short")
    assert short.status_code == 400
    assert "12 characters or more" in says(short)
    assert other.post(path, password="eight herons at the weir").status_code == 200
    assert other.get(path).status_code == 404
    assert desk.get("/staff/account").headers["Location"] == "/staff/sign-in"
    assert desk.sign_in(FAY).status_code == 400
    assert desk.sign_in(FAY, "eight herons at the weir").status_code == 303
    world.drain()
    assert "signed out everywhere else" in text_of(world.last_mail(FAY, "password was changed"))


def test_a_link_lives_for_an_hour_and_the_newest_alone_works(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    paths = []
    for _ in range(2):
        desk.get("/staff/forgotten")
        desk.post("/staff/forgotten", email=FAY)
        paths.append(link_in(world, FAY, "Choose a new password"))
        clock.forward(minutes=5)
    assert desk.get(paths[0]).status_code == 404
    assert desk.get(paths[1]).status_code == 200
    clock.forward(minutes=56)
    assert desk.get(paths[1]).status_code == 404


def test_changing_the_password_keeps_this_session_and_ends_the_others(world: World) -> None:
    desk, other = joins(world, FAY, "author"), Desk(world.browser(), agent=CHROME)
    desk.sign_in(FAY)
    other.sign_in(FAY)
    desk.get("/staff/password")
    wrong = desk.post("/staff/password", old="not the one at all", password="nine herons fly off")
    assert wrong.status_code == 400
    assert "This is not your password" in says(wrong)
    done = desk.post("/staff/password", old=PASSWORD, password="nine herons fly off")
    assert "Every other session has ended" in says(desk.follow(done))
    assert other.get("/staff/account").status_code == 303
    assert Desk(world.browser()).sign_in(FAY, "nine herons fly off").status_code == 303


def test_sessions_are_listed_and_ended_by_name_or_all(world: World, clock: Clock) -> None:
    desk, other = joins(world, FAY, "author"), Desk(world.browser(), agent=CHROME)
    desk.sign_in(FAY)
    clock.forward(minutes=1)
    other.sign_in(FAY)
    page = desk.get("/staff/account").get_data(as_text=True)
    assert "Chrome on Windows" in page
    number = page.split("/staff/sessions/")[2].split("/")[0]
    assert desk.post(f"/staff/sessions/{number}/end").status_code == 303
    assert other.get("/staff/account").status_code == 303
    assert desk.post("/staff/sessions/999/end").status_code == 404
    other.sign_in(FAY)
    assert "One other session has ended" in says(desk.follow(desk.post("/staff/sessions/end")))
    assert other.get("/staff/account").status_code == 303
    assert history(world, FAY)[-1] == "end_sessions"


@pytest.mark.parametrize(("idle", "ends"), [({"hours": 11}, False), ({"hours": 13}, True)])
@on_sqlite
def test_a_session_ends_when_nobody_uses_it(
    world: World, clock: Clock, idle: dict[str, int], ends: bool
) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    clock.forward(**idle)
    assert (desk.get("/staff/account").status_code == 303) is ends


@on_sqlite
def test_a_session_ends_after_seven_days_however_it_is_used(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    for _ in range(16):
        clock.forward(hours=10)
        assert desk.get("/staff/account").status_code == 200
    clock.forward(hours=9)
    assert desk.get("/staff/account").status_code == 303


def test_a_new_browser_is_told_by_mail_a_known_one_is_not(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.sign_in(FAY)
    world.drain()
    assert world.mails(FAY, "A new sign-in") == []
    Desk(world.browser(), agent=CHROME, address="198.51.100.9").sign_in(FAY)
    world.drain()
    said = text_of(world.last_mail(FAY, "A new sign-in"))
    assert "Chrome on Windows from the network 198.51.100.0/24" in said


def test_who_guards_the_account_is_asked_again_after_a_quarter_of_an_hour(
    world: World, clock: Clock
) -> None:
    desk, telephone = enters(world, clock, FAY, "author")
    clock.forward(minutes=16)
    assert desk.post("/staff/two-step/off").headers["Location"] == "/staff/prove"
    desk.get("/staff/prove")
    assert desk.post("/staff/prove", password="guess").status_code == 400
    assert desk.post("/staff/prove", password=PASSWORD).headers["Location"] == "/staff/account"
    assert desk.post("/staff/two-step/off").status_code == 303
    assert "Off" in says(desk.get("/staff/account"))
    assert telephone.code() not in says(desk.get("/staff/account"))


def test_what_was_typed_when_the_session_ran_out_can_still_be_sent(
    world: World, clock: Clock
) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.get("/staff/account")
    before = desk.token
    clock.forward(hours=13)
    refused = desk.post("/staff/account/name", name='Fay "F" <b>')
    assert refused.status_code == 401
    assert refused.headers["Cache-Control"] == "no-store"
    assert "nothing that you typed is lost" in says(refused)
    page = refused.get_data(as_text=True)
    assert 'name="name" value="Fay &#34;F&#34; &lt;b&gt;"' in page
    token = hidden(page, "csrf_token")
    desk.sign_in(FAY)
    desk.token = token
    assert desk.post("/staff/account/name", name="Fay").status_code == 303
    desk.token = before  # the page that was open all the time
    assert desk.post("/staff/account/name", name="Fay F").status_code == 303


@on_sqlite
def test_no_other_site_puts_words_on_the_page_of_who_was_signed_out(
    world: World, clock: Clock
) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.get("/staff/account")
    clock.forward(hours=13)
    desk.token = "forged"
    refused = desk.post("/staff/account/name", name="theirs", password="secret words")
    assert refused.status_code == 401
    assert "theirs" not in refused.get_data(as_text=True)
    desk.get("/staff/sign-in")
    page = desk.post("/staff/prove", password="secret words").get_data(as_text=True)
    assert "secret words" not in page


@on_sqlite
def test_somebody_else_at_the_same_browser_cannot_send_what_was_typed(
    world: World, clock: Clock
) -> None:
    joins(world, "gus@example.org", "author")
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.get("/staff/account")
    token = desk.token
    clock.forward(hours=13)
    desk.sign_in("gus@example.org")
    desk.token = token
    assert desk.post("/staff/account/name", name="Fay").status_code == 400
