"""What an attacker tries at the staff's doors, and what they get: nothing, and no news."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from notifier.accounts.models import SignInTry, StaffSession
from notifier.accounts.people import known
from notifier.store.db import session
from tests.journeys.world import World, text_of
from tests.makers import BOB, Clock, on_sqlite
from tests.staff.desk import CHROME, PASSWORD, Desk, enters, joins, says, sets_up

FAY = "fay@example.org"
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/staff/",
    "/\\evil.example",
    "/staff/\\evil.example",
    "/staff//evil.example",
    "/staff/@evil.example/",
    "/staff/team\r\nSet-Cookie: x=1",
    "/staff/team?next=//evil.example",
    "javascript:alert(1)",
    "/staffing",
    "/staff/" + "a" * 600,
    "/",
)


def application(world: World) -> Flask:
    return world.build(now=world.clock)


def baked(app: Flask, content: dict[str, Any], key: str | None = None) -> str:
    """A session cookie with that content, signed with our key or another."""
    was, app.secret_key = app.secret_key, key or app.secret_key
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    app.secret_key = was
    assert serializer is not None
    return str(serializer.dumps(content))


def opened(app: Flask, cookie: str) -> dict[str, Any]:
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    found: dict[str, Any] = serializer.loads(cookie)
    return found


@pytest.mark.parametrize("wanted", ELSEWHERE)
@on_sqlite
def test_next_leads_nowhere_but_to_the_desk(world: World, wanted: str) -> None:
    desk = joins(world, FAY, "author")
    desk.client.get("/staff/sign-in", query_string={"next": wanted})
    answer = desk.sign_in(FAY)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/staff/"
    assert "evil" not in str(answer.headers)


def test_a_forged_cookie_opens_nothing(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    app = application(world)
    honest = opened(app, desk.cookie())
    with app.app_context():
        handle = known(FAY).fs_uniquifier
    secret = {"_user_id": handle, "_fresh": True}
    for cookie in (
        baked(app, honest, key="another key that is long enough to sign"),
        baked(app, secret),  # the handle alone, as Flask-Login would take it
        baked(app, {**secret, "notifier.session": "0" * 43}),
        baked(app, {**honest, "_user_id": "0" * 32}),
        baked(app, {**honest, "notifier.session": ["x"]}),
        desk.cookie()[:-4] + "AAAA",
        base64.urlsafe_b64encode(b'{"_user_id":"1"}').decode(),
    ):
        forger = Desk(world.browser())
        forger.client.set_cookie("notifier", cookie)
        assert forger.get("/staff/account").status_code in (303, 404), cookie
    tokens = {"Authentication-Token": handle, "Authorization": f"Bearer {handle}"}
    asked = world.browser().get(f"/staff/account?auth_token={handle}", headers=tokens)
    assert asked.status_code == 404
    remembered = world.browser()
    for name in ("remember_token", "notifier-none"):
        remembered.set_cookie(name, f"{handle}|{'0' * 128}")
    assert remembered.get("/staff/account").status_code == 404
    assert desk.get("/staff/account").status_code == 200


def test_a_planted_session_is_not_the_one_that_signs_in(world: World, clock: Clock) -> None:
    desk, attacker = joins(world, FAY, "author"), joins(world, "dan@example.org", "author")
    attacker.sign_in("dan@example.org")
    attacker.get("/staff/account")
    planted = attacker.cookie()
    desk.client.set_cookie("notifier", planted)
    desk.token = attacker.token
    answer = desk.post("/staff/sign-in", email=FAY, password=PASSWORD)
    assert answer.status_code == 303
    assert desk.cookie() != planted
    app = application(world)
    before, after = opened(app, planted), opened(app, desk.cookie())
    assert before["notifier.session"] != after["notifier.session"]
    assert "csrf_token" not in after  # the planted one is not taken over
    assert attacker.get("/staff/account").status_code == 303


@on_sqlite
def test_the_secret_of_a_session_is_nowhere_in_the_database(world: World) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    app = application(world)
    secret = opened(app, desk.cookie())["notifier.session"]
    with app.app_context():
        rows = session.query(StaffSession).all()
        assert rows
        assert all(secret not in str(vars(row)) for row in rows)
        assert PASSWORD not in str(vars(known(FAY)))
        assert FAY not in str([vars(row) for row in session.query(SignInTry)])


def test_a_code_opens_one_door_once(world: World, clock: Clock) -> None:
    _, telephone = enters(world, clock, BOB, "approver")
    first, second = Desk(world.browser()), Desk(world.browser())
    clock.forward(minutes=2)
    code = telephone.code()
    for one in (first, second):
        one.sign_in(BOB)
        one.get("/staff/code")
    assert first.post("/staff/code", code=code).status_code == 303
    refused = second.post("/staff/code", code=code)
    assert refused.status_code == 400
    assert "was used before" in says(refused)
    clock.forward(seconds=-30)  # an older code than the one that was used
    assert second.post("/staff/code", code=telephone.code()).status_code == 400


def test_the_code_that_set_it_up_is_used_up(world: World, clock: Clock) -> None:
    desk = joins(world, BOB, "approver")
    desk.sign_in(BOB)
    telephone, _ = sets_up(desk, clock)
    other = Desk(world.browser())
    other.sign_in(BOB)
    other.get("/staff/code")
    assert other.post("/staff/code", code=telephone.code()).status_code == 400


def test_a_recovery_code_opens_once_and_is_kept_as_a_fingerprint(
    world: World, clock: Clock
) -> None:
    desk = joins(world, BOB, "approver")
    desk.sign_in(BOB)
    _, codes = sets_up(desk, clock)
    with application(world).app_context():
        person = known(BOB)
        assert not any(code in str(person.mf_recovery_codes) for code in codes)
        assert codes[0].replace("-", "") not in str(person.mf_recovery_codes)
        assert "secret" not in str(person.tf_totp_secret)
    answers = []
    for _ in range(2):
        other = Desk(world.browser())
        other.sign_in(BOB)
        other.get("/staff/recovery-code")
        answers.append(other.post("/staff/recovery-code", code=codes[3]).status_code)
    assert answers == [303, 400]
    world.drain()
    assert "Codes that are left: 9" in text_of(world.last_mail(BOB, "recovery code was used"))


@on_sqlite
def test_half_a_sign_in_opens_nothing_and_is_over_after_half_an_hour(
    world: World, clock: Clock
) -> None:
    _, telephone = enters(world, clock, BOB, "approver")
    half = Desk(world.browser())
    half.sign_in(BOB)
    half.get("/staff/code")
    for path in ("/staff/account", "/staff/team", "/staff/two-step", "/staff/passkeys"):
        assert half.get(path).headers["Location"] == "/staff/code", path
    for path in ("/staff/two-step/off", "/staff/account/name", "/staff/sessions/end"):
        assert half.post(path, name="x").headers["Location"] == "/staff/code", path
    clock.forward(minutes=31)
    assert half.post("/staff/code", code=telephone.code()).status_code == 401


@on_sqlite
def test_no_form_works_without_its_token(world: World, clock: Clock) -> None:
    desk, _ = enters(world, clock, FAY, "admin")
    for rule in application(world).url_map.iter_rules():
        if not rule.rule.startswith("/staff") or "POST" not in (rule.methods or ()):
            continue
        path = re.sub(r"<any\(.*?\):what>", "leave", rule.rule).replace("<secret>", "x")
        path = re.sub(r"<int\(max=\d+\):\w+>", "1", path)
        path = re.sub(r"<string\(length=(\d+)\):\w+>", lambda found: "0" * int(found[1]), path)
        path = re.sub(r"<\w+>", "x", path)
        desk.token = "forged"
        answer = desk.post(path, email=FAY, password=PASSWORD, name="x")
        needs = getattr(application(world).view_functions[rule.endpoint], "needs", None)
        if needs is not None and needs.roles and "admin" not in needs.roles:
            assert answer.status_code == 404, path
            continue
        # Half-way pages send one on before they look at what was posted.
        assert answer.status_code in (400, 303), path
        if answer.status_code == 303:
            assert answer.headers["Location"] == "/staff/", path
    with application(world).app_context():
        assert known(FAY).name == ""


@on_sqlite
def test_what_is_typed_or_sent_reaches_no_header_and_no_mark(world: World, clock: Clock) -> None:
    nasty = 'Fay"><script>alert(1)</script>\r\nBcc: dan@example.org {0} =?utf-8?q?=0D=0AX:1?='
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    desk.post("/staff/account/name", name=nasty)
    page = desk.get("/staff/account").get_data(as_text=True)
    assert "<script>alert" not in page
    odd = Desk(world.browser(), agent="Firefox/\t<b>{name}</b> Windows", address="198.51.100.9")
    odd.sign_in(FAY)
    world.drain()
    for mail in world.mails(FAY):
        assert mail["Bcc"] is None
        assert mail["X"] is None
        assert "<script>" not in str(mail)
    typed = Desk(world.browser()).sign_in('"><script>alert(1)</script>@x', "x")
    assert "<script>alert" not in typed.get_data(as_text=True)


@on_sqlite
def test_host_and_forwarded_headers_change_no_link(world: World, clock: Clock) -> None:
    joins(world, FAY, "author")
    client = world.browser()
    page = client.get("/staff/forgotten", headers={"Host": "evil.example"})
    token = page.get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]
    client.post(
        "/staff/forgotten",
        data={"csrf_token": token, "email": FAY},
        headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"},
    )
    world.drain()
    assert "evil.example" not in str(world.last_mail(FAY, "Choose a new password"))
    away = client.get("/staff", headers={"Host": "evil.example"})
    assert away.headers["Location"] == "/staff/sign-in"


def test_a_leaver_is_out_at_the_next_request(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    admin, _ = enters(world, clock, "ada@example.org", "admin")
    with application(world).app_context():
        number = known(FAY).id
    admin.get(f"/staff/team/{number}")
    assert admin.post(f"/staff/team/{number}/leave").status_code == 303
    assert desk.get("/staff/account").status_code == 303
    assert desk.sign_in(FAY).status_code == 400
    desk.get("/staff/forgotten")
    assert desk.post("/staff/forgotten", email=FAY).status_code == 200
    world.drain()
    assert world.mails(FAY, "Choose a new password") == []


@on_sqlite
def test_pages_that_everybody_may_keep_know_no_session(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.sign_in(FAY)
    for path in ("/feeds/all.atom", "/changes", "/calendar.ics", "/static/staff.css"):
        answer = desk.get(path)
        assert answer.status_code == 200, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
        assert "Set-Cookie" not in answer.headers, path
    assert CHROME not in str(desk.given)
