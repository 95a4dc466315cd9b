"""Single sign-on against a real small directory: groups give roles, leavers are out, and nothing
that was not signed for us, now and for this browser opens a door.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey, OctKey
from werkzeug.test import TestResponse

from notifier.accounts.people import by_email, known
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite
from tests.staff.desk import Desk, joins, says
from tests.staff.directory import CLIENT, SECRET, Directory, open_directory

GWEN = "gwen@example.org"
WHO = {"sub": "u-17", "email": GWEN, "email_verified": True, "name": "Gwen Parry"}


@pytest.fixture
def directory(world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Directory]:
    with open_directory(clock) as found:
        for name, value in {
            "FETCH_ALLOW": "127.0.0.0/8",
            "OIDC_ISSUER": found.url,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_ROLES": "stats=author@waste heads=hop admins=admin stats=author@gone",
        }.items():
            monkeypatch.setenv(f"NOTIFIER_{name}", value)
        found.who = {**WHO, "groups": ["stats", "canteen"]}
        yield found


def go(link: str) -> str:
    """What the browser does at the directory: it signs in there and is sent back."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", f"{parts.path}?{parts.query}")
    where = urlsplit(connection.getresponse().headers["Location"])
    connection.close()
    return f"{where.path}?{where.query}"


def comes(desk: Desk) -> TestResponse:
    desk.get("/staff/sign-in")
    return desk.get(go(desk.get("/staff/single-sign-on").headers["Location"]))


def roles(world: World, email: str = GWEN) -> list[tuple[str, bool]]:
    with world.build(now=world.clock).app_context():
        return sorted((r.role, r.team_id is None) for r in known(email).roles)


def test_groups_give_roles_at_each_sign_in_and_who_is_in_none_is_out(
    world: World, clock: Clock, directory: Directory
) -> None:
    desk = Desk(world.browser())
    assert "Sign in with your organisation" in says(desk.get("/staff/sign-in"))
    page = desk.follow(comes(desk))
    assert page.request.path == "/staff/"
    page = desk.get("/staff/account")
    assert "Gwen Parry" in says(page)
    assert "By single sign-on" in says(page)
    assert roles(world) == [("author", False)]

    directory.who["groups"] = ["stats", "heads"]
    other = Desk(world.browser())
    assert comes(other).status_code == 303
    assert roles(world) == [("author", False), ("hop", True)]
    assert other.get("/staff/team").status_code == 200  # two steps are the directory's business

    directory.who["groups"] = ["canteen"]
    third = Desk(world.browser())
    refused = comes(third)
    assert refused.status_code == 403
    assert "has not given you a role" in says(refused)
    assert desk.get("/staff/account").status_code == 303
    assert other.get("/staff/account").status_code == 303

    directory.who["groups"] = ["stats"]
    assert comes(third).status_code == 303
    with world.build(now=clock).app_context():
        done = [row.action for row in of(f"staff:{known(GWEN).id}")]
    assert done[:3] == ["join_single_sign_on", "add_role", "sign_in"]
    assert done[-6:] == [
        "take_role",
        "shut_out",
        "end_sessions",
        "let_in_again",
        "add_role",
        "sign_in",
    ]


def test_an_account_of_before_is_joined_and_opens_by_the_directory_only(
    world: World, clock: Clock, directory: Directory
) -> None:
    desk = joins(world, GWEN, "author")
    desk.sign_in(GWEN)
    assert comes(Desk(world.browser())).status_code == 303
    assert desk.get("/staff/account").status_code == 303
    assert desk.sign_in(GWEN).status_code == 400
    desk.get("/staff/forgotten")
    desk.post("/staff/forgotten", email=GWEN)
    world.drain()
    assert world.mails(GWEN, "Choose a new password") == []
    comes(desk)
    for path in ("/staff/password", "/staff/passkeys", "/staff/two-step"):
        assert desk.get(path).status_code == 404, path


def test_whom_an_administrator_saw_out_the_directory_does_not_let_in(
    world: World, clock: Clock, directory: Directory
) -> None:
    comes(Desk(world.browser()))
    directory.who = {**WHO, "sub": "u-1", "email": "ada@example.org", "groups": ["admins"]}
    admin = Desk(world.browser())
    comes(admin)
    with world.build(now=clock).app_context():
        number = known(GWEN).id
    admin.get(f"/staff/team/{number}")
    assert admin.post(f"/staff/team/{number}/leave").status_code == 303
    directory.who = {**WHO, "groups": ["stats"]}
    assert "You have left the staff" in says(comes(Desk(world.browser())))


@pytest.mark.parametrize("confirmed", [None, False])
@on_sqlite
def test_an_address_that_nobody_confirmed_opens_no_account(
    world: World, directory: Directory, confirmed: bool | None
) -> None:
    joins(world, GWEN, "admin")
    directory.who = {**WHO, "groups": ["admins"], "email_verified": confirmed}
    refused = comes(Desk(world.browser()))
    assert refused.status_code == 403
    assert "did not confirm your email address" in says(refused)


@on_sqlite
def test_an_address_that_went_to_somebody_else_opens_no_account(
    world: World, directory: Directory
) -> None:
    comes(Desk(world.browser()))
    directory.who = {**WHO, "sub": "u-99", "groups": ["stats"]}
    assert "Somebody else has this address" in says(comes(Desk(world.browser())))


SPOILT: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for another client": {"aud": "somebody"},
    "for several, not for us": {"aud": [CLIENT, "other"], "azp": "other"},
    "for several, for nobody": {"aud": [CLIENT, "other"]},
    "too old": {"exp": 1_700_000_000},
    "no end": {"exp": None},
    "another browser's": {"nonce": "forged"},
    "no nonce": {"nonce": None},
    "nobody": {"sub": None},
    "no address": {"email": None},
}


@pytest.mark.parametrize("fault", SPOILT)
@on_sqlite
def test_a_token_that_is_not_good_opens_nothing(
    world: World, directory: Directory, fault: str
) -> None:
    directory.spoil = SPOILT[fault]
    desk = Desk(world.browser())
    refused = comes(desk)
    assert refused.status_code == 400
    assert "did not answer as it should" in says(refused)
    assert desk.get("/staff/account").status_code == 404
    with world.build(now=world.clock).app_context():
        assert by_email(GWEN) is None


@on_sqlite
def test_a_token_signed_by_another_key_or_by_our_secret_opens_nothing(
    world: World, directory: Directory
) -> None:
    directory.signs = ECKey.generate_key("P-256", {"kid": "one"}, auto_kid=False)
    assert comes(Desk(world.browser())).status_code == 400
    directory.signs = OctKey.import_key(SECRET)  # type: ignore[assignment]
    directory.header = {"alg": "HS256", "kid": "one"}
    assert comes(Desk(world.browser())).status_code == 400


def test_state_and_code_are_good_for_one_browser_once(
    world: World, clock: Clock, directory: Directory
) -> None:
    victim, attacker = Desk(world.browser()), Desk(world.browser())
    path = go(attacker.get("/staff/single-sign-on").headers["Location"])
    victim.get("/staff/sign-in")
    assert victim.get(path).status_code == 400  # a browser that asked for nothing
    victim.get("/staff/single-sign-on")
    assert victim.get(path).status_code == 400  # one that asked for something else
    assert directory.redeemed == []
    assert attacker.get(path).status_code == 303
    assert attacker.get(path).status_code == 400
    late = go(victim.get("/staff/single-sign-on").headers["Location"])
    clock.forward(minutes=11)
    assert victim.get(late).status_code == 400


@on_sqlite
def test_what_is_asked_of_the_directory_binds_the_answer(
    world: World, directory: Directory
) -> None:
    desk = Desk(world.browser())
    asked = [desk.get("/staff/single-sign-on").headers["Location"] for _ in range(2)]
    first, second = (parse_qs(urlsplit(link).query) for link in asked)
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 43, name
        assert first[name] != second[name], name
    assert first["scope"] == ["openid email profile"]
    assert first["redirect_uri"] == ["http://127.0.0.1:8000/staff/single-sign-on/back"]
    assert SECRET not in "".join(asked)


@on_sqlite
def test_without_a_directory_there_is_no_such_door(world: World) -> None:
    desk = Desk(world.browser())
    assert "organisation" not in says(desk.get("/staff/sign-in"))
    assert desk.get("/staff/single-sign-on").status_code == 404
    assert desk.get("/staff/single-sign-on/back?code=x&state=y").status_code == 404


@on_sqlite
def test_a_directory_that_is_away_says_so_and_passwords_work(
    world: World, directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_OIDC_ISSUER", "http://127.0.0.1:9")
    desk = joins(world, "fay@example.org", "author")
    assert desk.get("/staff/single-sign-on").status_code == 502
    assert desk.sign_in("fay@example.org").status_code == 303
