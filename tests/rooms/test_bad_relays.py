"""Mail servers that cannot be used: named in the progress view, tried again or ended, no loop."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from notifier.delivery.progress import shape
from notifier.delivery.server_replies import without_person
from notifier.mail.session import Patience
from notifier.mail.transport import Several, relays
from notifier.sends.models import Send
from notifier.sends.rules import State
from notifier.worker.drain import drain
from notifier.worker.engine import Engine
from tests.edges.misbehaving import Script, Talk, misbehaving, well
from tests.edges.web_server import certificate
from tests.makers import Clock, asks, on_sqlite
from tests.makers import engine as sending
from tests.rooms.crowd import counters, states
from tests.rooms.paced import gathered, limit, passes, the, waiting, worker

PEOPLE = 12
QUICK = Patience(connect=2, reply=1, body=0.4, accepted=0.8, goodbye=0.2)


def garbage(_: int, talk: Talk) -> None:
    talk.say("I am a toaster", "ding")


def garbage_later(_: int, talk: Talk) -> None:
    talk.greet()
    talk.hear()
    talk.say("<html>Welcome</html>")


def no_sign_in(_: int, talk: Talk) -> None:
    talk.greet("AUTH PLAIN")
    while talk.hear():
        talk.say("535 5.7.8 Authentication credentials invalid")


def small(_: int, talk: Talk) -> None:
    well(talk, "SIZE 100")


def answers(reply: str) -> Script:
    """A server that says this to each RCPT."""

    def script(_: int, talk: Talk) -> None:
        talk.greet()
        while (said := talk.hear()) != "QUIT":
            talk.say(reply if said.startswith("RCPT") else "250 ok")

    return script


Told = tuple[str, int, str]  # state in words, code, in the server's words


def first_failure(send_id: int, clock: Clock) -> Told:
    (failure,) = shape(the(send_id), now=clock())["failures"]
    assert failure["people"] == PEOPLE
    return failure["state"], failure["code"], failure["said"]


def impatient(engine: Engine) -> Engine:
    for relay in relays(engine.transport):
        assert not isinstance(relay, Several)
        vars(relay)["_patience"] = QUICK
    return engine


@pytest.mark.parametrize(
    ("script", "user", "state", "code", "words"),
    [
        (garbage, "", "trying again", 0, "does not speak SMTP: 'a toaster'"),
        (garbage_later, "", "trying again", 0, "does not speak SMTP"),
        (no_sign_in, "pat:wrong@", "trying again", 0, "535 5.7.8 Authentication credentials"),
        (small, "", "failed", 552, "this mail server takes 100"),
        (answers("450 4.1.2 no MX for it"), "", "trying again", 450, "4.1.2 no MX for it"),
        (answers("550 5.1.2 no such host"), "", "bounced", 550, "5.1.2 no such host"),
        (answers("556 5.1.10 null MX"), "", "bounced", 556, "5.1.10 null MX"),
        (answers("421 4.3.2 shutting down"), "", "trying again", 421, "4.3.2 shutting down"),
        (answers("451 4.3.0 no room"), "", "trying again", 451, "4.3.0 no room"),
    ],
)
@on_sqlite
def test_it_is_named_and_tried_again_or_ended(
    room: Flask, clock: Clock, script: Script, user: str, state: str, code: int, words: str
) -> None:
    with misbehaving(script) as (port, bodies, connections):
        send = gathered(room, clock, odd=PEOPLE)
        engine = worker(port, room, clock, user=user)
        drain(impatient(engine))
        told = first_failure(send, clock)
        assert told[:2] == (state, code)
        assert words in told[2]
        assert bodies == []
        if state != "trying again":
            assert the(send).state == "done"
            assert (the(send).bounced + the(send).failed, waiting(send)) == (PEOPLE, [])
            return
        assert {row.next_at > clock() for row in waiting(send)} == {True}
        tried = len(connections)
        drain(engine)  # at once again: there is nothing to do
        assert len(connections) == tried
        for _ in range(30):
            passes(engine, clock, 4 * 3600, every=4 * 3600)
        assert (the(send).state, the(send).failed) == ("done", PEOPLE)
        assert len(connections) < 60 * PEOPLE


@on_sqlite
def test_a_certificate_that_nobody_vouches_for(room: Flask, clock: Clock, tmp_path: Path) -> None:
    pem = certificate(tmp_path / "server.pem", now=datetime.now(UTC))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    def script(_: int, talk: Talk) -> None:
        context.wrap_socket(vars(talk)["_sock"], server_side=True)

    with misbehaving(script) as (port, _, connections):
        send = gathered(room, clock, odd=PEOPLE)
        drain(worker(port, room, clock, scheme="smtps"))
        state, code, said = first_failure(send, clock)
        assert (state, code) == ("trying again", 0)
        assert "certificate verify failed" in said
        assert len(connections) == 1
        assert limit(f"127.0.0.1:{port}") is None  # it does not say that we are too fast


def test_once_it_is_mended_everybody_has_it(room: Flask, clock: Clock) -> None:
    broken = [True]

    def script(number: int, talk: Talk) -> None:
        if broken:
            no_sign_in(number, talk)
        talk.greet("AUTH PLAIN")
        talk.hear()
        talk.say("235 2.7.0 welcome")
        while True:
            talk.take()

    with misbehaving(script) as (port, bodies, _):
        send = gathered(room, clock, odd=PEOPLE)
        engine = worker(port, room, clock, user="pat:right@")
        drain(impatient(engine))
        assert first_failure(send, clock)[1] == 0
        broken.clear()
        passes(engine, clock, 60, every=60)
        assert (the(send).state, the(send).accepted, len(bodies)) == ("done", PEOPLE, PEOPLE)
        assert shape(the(send), now=clock())["failures"] == []


@on_sqlite
def test_one_off_mail_says_why_too(room: Flask, clock: Clock) -> None:
    with misbehaving(no_sign_in) as (port, _, _):
        drain(sending(room, clock))
        asks("cleo@example.org", now=clock())
        drain(impatient(worker(port, room, clock, user="pat:wrong@")))
        (send,) = Send.query.filter_by(kind="confirm")
        (failure,) = shape(send, now=clock())["failures"]
        assert (failure["state"], failure["code"]) == ("trying again", 0)
        assert "Authentication credentials invalid" in failure["said"]


def test_two_servers_at_once(room: Flask, clock: Clock) -> None:
    """One of two cannot be used: its batches are tried again, and the other takes them in time."""
    with misbehaving(garbage) as (bad, _, _), misbehaving(lambda _, talk: well(talk)) as (good, *_):
        send = gathered(room, clock, odd=PEOPLE)
        engine = worker(bad, room, clock, options=f" smtp://127.0.0.1:{good}?weight=1")
        drain(impatient(engine))
        for _ in range(8):
            passes(engine, clock, 3600, every=3600)
        assert counters(the(send)) == (PEOPLE, 0, 0, 0, 0)
        assert set(states(the(send)).values()) == {State.ACCEPTED}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<cleo.j@home.example>: unknown", "…>: unknown"),
        ("user Cleo.J unknown at HOME.example", "user … unknown at …"),
        ("other@elsewhere.example is not here", "… is not here"),
        ("5.7.1 cleo.jx and home.examples stay", "5.7.1 cleo.jx and home.examples stay"),
        ("", ""),
    ],
)
def test_nobodys_address_is_kept_with_the_words(text: str, kept: str) -> None:
    assert without_person(text, "cleo.j@home.example") == kept


def test_a_short_name_is_no_part_of_other_words() -> None:
    assert without_person("no, it is not", "it@home.example") == "no, it is not"
