"""The rules behind the staff's doors: tries, sessions, passkeys, codes, the last administrator."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask, g

from notifier.accounts import members, passkeys, passwords, people, sessions, tries, two_step
from notifier.accounts.models import SignInTry, StaffSession
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, broken
from notifier.web.staff import door
from notifier.web.staff.security import Member, codes, key_ring
from notifier.web.staff.who import browser
from tests.makers import ALICE, HANA, Clock, engine, member, on_sqlite, settings

ADA = "ada@example.org"


def begin(email: str, clock: Clock) -> StaffSession:
    given = {"how": "password", "network": "192.0.2.0/24", "browser": "Firefox"}
    with unit():
        return sessions.begin(member(email), stage="full", now=clock(), **given)[0]


def test_the_worker_and_the_command_line_never_load_the_doors() -> None:
    """Flask-Security costs 12 MB and 0.1 s: no command and no worker pays for it."""
    words = (
        "import sys; import notifier.cli.working, notifier.worker.loop; "
        "from notifier.app import create_app; from notifier.settings import load; "
        "from pathlib import Path; import tempfile; "
        "create_app(load({}, instance=Path(tempfile.mkdtemp())), web=False); "
        "found = {'flask_security', 'flask_login', 'webauthn', 'joserfc'} & set(sys.modules); "
        "sys.exit(str(found) if found else 0)"
    )
    asked = [sys.executable, "-c", words]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def add_key(credential: str, clock: Clock) -> None:
    passkeys.add(
        member(ALICE), name="x", credential=credential, public_key="k", sign_count=0, now=clock()
    )


@on_sqlite
def test_a_passkey_answers_no_challenge_twice_and_none_that_is_older(
    room: Flask, clock: Clock
) -> None:
    with unit():
        key = passkeys.add(
            member(ALICE), name=" ", credential="c", public_key="k", sign_count=0, now=clock()
        )
        passkeys.use(key, sign_count=0, challenged=1_000, now=clock())
    assert key.name == "Passkey 1"
    for earlier in (1_000, 999):
        with pytest.raises(Refused, match="used already"), unit():
            passkeys.use(key, sign_count=0, challenged=earlier, now=clock())
    with pytest.raises(Refused, match="registered already"), unit():
        passkeys.add(
            member(HANA), name="x", credential="c", public_key="k", sign_count=0, now=clock()
        )
    with pytest.raises(NotFound), unit():
        passkeys.remove(member(HANA), key.id, by=SYSTEM, now=clock())


@on_sqlite
def test_ten_passkeys_are_enough(room: Flask, clock: Clock) -> None:
    with unit():
        for n in range(10):
            add_key(f"c{n}", clock)
    with pytest.raises(Refused, match="You have 10 passkeys"), unit():
        add_key("c", clock)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("eleven char", "12 characters or more"),
        ("aaaaaaaaaaaa", "5 different characters"),
        ("abababababab", "5 different characters"),
        ("ALICE@example.org", "not your email address"),
        ("alice@example.org1", "not your email address"),
    ],
)
def test_what_is_no_password(password: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        passwords.digest(password, email=ALICE)


def test_a_password_is_compared_as_a_whole_and_nobody_has_one(clock: Clock) -> None:
    made = passwords.digest("ŵyth crëyr glas wrth y gored" + "x" * 2_000, email=ALICE)
    assert made.startswith("$argon2id$")
    assert passwords.matches(made, "ŵyth crëyr glas wrth y gored" + "x" * 2_000)
    assert not passwords.matches(made, "ŵyth crëyr glas wrth y gored")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("no hash", "x")


def test_the_last_administrator_stays_until_there_is_another(room: Flask, clock: Clock) -> None:
    with unit():
        ada, _ = people.add(ADA, "admin", team_id=None, by=SYSTEM, now=clock())
    role = next(r for r in ada.roles if r.role == "admin")
    for act in (
        lambda: members.leave(ada, by=SYSTEM, now=clock()),
        lambda: members.take_role(ada, role.id, by=SYSTEM, now=clock()),
    ):
        with pytest.raises(Refused, match="the only administrator"), unit():
            act()
    with unit():
        people.grant(HANA, "admin", team_id=None, by=SYSTEM, now=clock())
        members.leave(ada, by=SYSTEM, now=clock())
    with pytest.raises(Refused, match=r"bin/notifier staff return ada"), unit():
        people.add(ADA, "author", team_id=None, by=SYSTEM, now=clock())
    with pytest.raises(Refused, match="take them back"), unit():
        members.invite(ADA, "author", team_id=None, by=SYSTEM, now=clock())
    with unit():
        members.take_back(ada, by=SYSTEM, now=clock())
    assert people.known(ADA).password_hash is None
    assert list(broken()) == []


def test_who_leaves_keeps_no_link_and_no_session(room: Flask, clock: Clock) -> None:
    with unit():
        _, secret = people.add(ALICE, "author", team_id=None, by=SYSTEM, now=clock())
    row = begin(ALICE, clock)
    assert people.invited(secret, now=clock()) is not None
    with unit():
        members.leave(member(ALICE), by=SYSTEM, now=clock())
    assert people.invited(secret, now=clock()) is None
    assert row.end_reason == "left the staff"


def test_who_is_not_active_has_no_session_whatever_its_row_says(room: Flask, clock: Clock) -> None:
    given = {"how": "password", "network": "", "browser": ""}
    with unit():
        _, secret = sessions.begin(member(ALICE), stage="full", now=clock(), **given)
    assert sessions.find(secret, now=clock()) is not None
    with unit():
        people.known(ALICE).active = False
    assert sessions.find(secret, now=clock()) is None


def test_recovery_codes_are_read_as_they_are_typed(room: Flask, clock: Clock) -> None:
    with unit():
        made = two_step.make_codes(member(ALICE), now=clock())
        typed = f"  {made[0].upper().replace('-', ' ')} "
        assert two_step.use_code(member(ALICE), typed, now=clock())
        assert not two_step.use_code(member(ALICE), made[0], now=clock())
        assert not two_step.use_code(member(HANA), made[1], now=clock())
        assert not two_step.use_code(member(ALICE), "", now=clock())
    assert len(member(ALICE).mf_recovery_codes) == 9
    with unit():
        two_step.make_codes(member(ALICE), now=clock())
        assert not two_step.use_code(member(ALICE), made[1], now=clock())


@on_sqlite
def test_what_an_earlier_key_encrypted_can_be_read_after_a_rotation(
    room: Flask, clock: Clock
) -> None:
    kept: dict[str, str] = key_ring(room.config["SETTINGS"])
    secret = codes().generate_totp_secret()
    assert next(iter(kept)) in secret
    assert "otpauth" not in secret
    folder = room.config["SETTINGS"].instance
    new = settings("sqlite://", folder, secret_key="a new key that is long enough to sign")
    ring = {**key_ring(new), **kept}
    fresh = type(codes())(ring, "here", clock=clock)
    assert fresh.get_totp_b32_key(secret) == codes().get_totp_b32_key(secret)
    assert next(iter(key_ring(new))) in fresh.generate_totp_secret()
    renewed = fresh.renewed(secret)
    assert fresh.renewed(renewed) == renewed
    alone = type(codes())(key_ring(new), "here", clock=clock)
    assert alone.get_totp_b32_key(renewed) == codes().get_totp_b32_key(secret)
    with pytest.raises(KeyError):
        alone.get_totp_b32_key(secret)


@on_sqlite
def test_tries_and_sessions_of_long_ago_are_forgotten(house: Flask, clock: Clock) -> None:
    from notifier.worker.tick import tick

    with house.app_context():
        with unit():
            tries.count("password", address="a", network="n", now=clock())
        old = begin(ALICE, clock).id
        clock.forward(days=89)
        newer = begin(ALICE, clock).id
        clock.forward(days=2)
        tick(engine(house, clock))
        assert session.query(SignInTry).count() == 0
        assert [row.id for row in session.query(StaffSession)] == [newer]
        assert old != newer


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Safari/605", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/20 Safari/605", "Safari on Mac"),
        ("curl/8.0", "an unknown browser"),
        ("", "an unknown browser"),
    ],
)
@on_sqlite
def test_a_browser_in_words(house: Flask, says: str, words: str) -> None:
    with house.test_request_context(headers={"User-Agent": says}):
        assert browser() == words


def test_what_belongs_to_another_team_does_not_exist(house: Flask, clock: Clock) -> None:
    """Role × team × what a view asks for: let in, or 404; nothing between."""
    with house.app_context():
        waste, food = catalogue.team("waste").id, catalogue.team("food").id
        with unit():
            for role in ("author", "approver"):
                people.grant(f"{role}@example.org", role, team_id=waste, by=SYSTEM, now=clock())
        held = {
            "author@example.org": {("author", waste)},
            "approver@example.org": {("approver", waste)},
            HANA: {("hop", waste), ("hop", food)},
            ALICE: {("author", waste), ("author", food)},
        }
        for email, may in held.items():
            row = begin(email, clock)
            for role in ("author", "approver", "hop", "admin"):
                for team in (waste, food):
                    with house.test_request_context():
                        g._login_user = Member(member(email), row)
                        assert lets_in(role, team) is ((role, team) in may), (email, role, team)


def lets_in(role: str, team: int) -> bool:
    from werkzeug.exceptions import NotFound as NoSuchPage

    try:
        door.require(role, team_ids={team})
    except NoSuchPage:
        return False
    return True


def test_a_view_of_a_role_is_closed_to_others(house: Flask, clock: Clock) -> None:
    """The mark on the view alone decides; one without a mark is closed to everybody."""

    def view() -> Callable[[], str]:
        return lambda: "secret"

    house.add_url_rule("/staff/x", "x", door.member("hop", "admin")(view()))
    house.add_url_rule("/staff/y", "y", view())
    with house.app_context():
        for email, status in ((HANA, 200), (ALICE, 404)):
            row = begin(email, clock)
            with house.test_request_context("/staff/x"):
                g._login_user = Member(member(email), row)
                answer = house.full_dispatch_request()
                assert answer.status_code == status, email
            with house.test_request_context("/staff/y"):
                g._login_user = Member(member(email), row)
                assert house.full_dispatch_request().status_code == 404


def test_a_limit_is_counted_from_its_first_try(room: Flask, clock: Clock) -> None:
    limit = tries.LIMITS["code"]
    for _ in range(limit.address):
        with unit():
            _, last = tries.count("code", address="a", network="n", now=clock())
        clock.forward(minutes=1)
    assert last
    with pytest.raises(tries.TooOften, match="Wait 15 minutes"), unit():
        tries.count("code", address="a", network="m", now=clock())
    with unit():  # another address, and the same at another door
        tries.count("code", address="b", network="n", now=clock())
        tries.count("password", address="a", network="n", now=clock())
    clock.instant += timedelta(minutes=15) - timedelta(minutes=limit.address) + timedelta(seconds=1)
    with unit():
        row, last = tries.count("code", address="a", network="n", now=clock())
        tries.succeed(row.id)
    assert last
