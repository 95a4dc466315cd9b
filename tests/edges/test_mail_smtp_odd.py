"""Servers that talk rubbish, mind pipelining or close; batches that stop: no message is halved."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from notifier.mail.envelope import Envelope
from tests.edges.misbehaving import FEATURES, WORDS, Talk, misbehaving, people, states, to, well


@FEATURES
@pytest.mark.parametrize("rubbish", ["HTTP/1.1 400 Bad Request", "\0\0\0", "999 what", "x" * 9000])
def test_rubbish_defers_and_does_not_loop(features: tuple[str, ...], rubbish: str) -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet(*features)
        while True:
            talk.hear()
            talk.say(rubbish)

    with misbehaving(script) as (port, _, seen):
        outcomes = list(to(port).send(people(20)))
    assert states(outcomes) == ["deferred"] * 20
    assert {o.code for o in outcomes} == {0}
    assert len(seen) <= 3


@pytest.mark.parametrize("greeting", ["554 no", "421 busy", "rubbish", ""])
def test_an_unfriendly_greeting_defers(greeting: str) -> None:
    def script(_: int, talk: Talk) -> None:
        if greeting:
            talk.say(greeting)

    with misbehaving(script) as (port, _, seen):
        outcomes = list(to(port).send(people(5)))
    assert states(outcomes) == ["deferred"] * 5
    assert {o.code for o in outcomes} == {421 if greeting.startswith("421") else 0}
    assert len(seen) == 1


def test_a_server_that_promises_pipelining_and_minds_it_gets_it_slower() -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet("PIPELINING")
        while True:
            talk.hear()
            talk._sock.setblocking(False)
            try:
                early = talk._file.peek(1)  # type: ignore[attr-defined]
            except BlockingIOError:
                early = b""
            talk._sock.setblocking(True)
            if early:
                talk.say("503 5.5.1 one at a time")
                return
            talk.say("250 sender")
            talk.hear()
            talk.say("250 recipient")
            talk.hear()
            talk.say("354 go on")
            talk.body()
            talk.say("250 kept")

    with misbehaving(script) as (port, _, __):
        outcomes = list(to(port).send(people(5)))
    assert "accepted" in states(outcomes)
    assert set(states(outcomes)[1:]) == {"accepted"}


def test_data_accepted_for_nobody_is_ended_by_a_lone_dot() -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet("PIPELINING")
        for answer in ("250 sender", "550 5.1.1 nobody", "354 go on"):
            talk.hear()
            talk.say(answer)
        talk.body()
        talk.say("554 5.5.1 no valid recipients")
        while True:
            talk.take()

    with misbehaving(script) as (port, bodies, seen):
        outcomes = list(to(port).send(people(3)))
    assert states(outcomes) == ["refused", "accepted", "accepted"]
    assert outcomes[0].status == "5.1.1"
    assert bodies[0] == b""
    assert len(seen) == 1


def test_an_idle_connection_that_was_closed_is_opened_again() -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet("PIPELINING")
        talk.take()
        talk.say("421 4.4.2 idle for too long")

    with misbehaving(script) as (port, bodies, seen):
        transport = to(port)
        for _ in range(3):
            assert states(list(transport.send(people(1)))) == ["accepted"]
            threading.Event().wait(0.05)
    assert len(bodies) == len(seen) == 3


def test_a_batch_that_is_stopped_sends_no_half_message() -> None:
    with misbehaving(lambda _, talk: well(talk, "PIPELINING")) as (port, bodies, seen):
        transport = to(port)
        sending = iter(transport.send(people(10)))
        first = next(sending)
        sending.close()  # type: ignore[attr-defined]
        assert first.state == "accepted"
        assert states(list(transport.send(people(2)))) == ["accepted"] * 2
        transport.close()
    assert bodies == [WORDS] * 3
    assert len(seen) == 2


def test_a_batch_whose_source_fails_raises_and_sends_no_half_message() -> None:
    def source() -> Iterator[Envelope]:
        yield from people(2)
        raise RuntimeError("the database went away")

    with misbehaving(lambda _, talk: well(talk, "PIPELINING")) as (port, bodies, _):
        transport = to(port)
        outcomes = []
        with pytest.raises(RuntimeError):
            outcomes += [outcome.state for outcome in transport.send(source())]
        assert states(list(transport.send(people(1)))) == ["accepted"]
        transport.close()
    assert set(bodies) == {WORDS}
