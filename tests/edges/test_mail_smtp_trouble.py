"""Servers that misbehave: what they do to a message becomes an honest outcome for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from notifier.mail.envelope import Envelope, Outcome
from notifier.mail.relay import Relay
from notifier.mail.session import Patience
from notifier.mail.smtp import Smtp

QUICK = Patience(connect=2, reply=1, body=0.4, accepted=0.8, goodbye=0.2)
WORDS = b"From: a@n.example\r\nSubject: s\r\n\r\nHello\r\n"


def mails(*recipients: str, data: bytes = WORDS) -> list[Envelope]:
    return [Envelope(n, f"b+{n}@n.example", to, data) for n, to in enumerate(recipients)]


def people(count: int) -> list[Envelope]:
    return mails(*(f"cleo{n}@example.org" for n in range(count)))


def states(outcomes: list[Outcome]) -> list[str]:
    assert [outcome.key for outcome in outcomes] == list(range(len(outcomes)))
    return [outcome.state for outcome in outcomes]


def to(port: int) -> Smtp:
    relay = Relay("127.0.0.1", port, "none")
    return Smtp(relay, host_name="n.example", patience=QUICK)


FEATURES = pytest.mark.parametrize("features", [("PIPELINING",), ()], ids=["pipelined", "stepwise"])


class Talk:
    """The server's side of one connection, by hand."""

    def __init__(self, sock: socket.socket, bodies: list[bytes]) -> None:
        self._sock, self._file, self._bodies = sock, sock.makefile("rb"), bodies

    def say(self, *lines: str) -> None:
        self._sock.sendall("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self) -> str:
        line = self._file.readline()
        if not line:
            raise EOFError
        return line.decode().strip()

    def body(self) -> None:
        lines = []
        while (line := self._file.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line)
        self._bodies.append(b"".join(lines))

    def greet(self, *features: str) -> None:
        self.say("220 ready")
        self.hear()
        self.say(*(f"250-{feature}" for feature in ("n.example", *features)), "250 HELP")

    def take(self, accepted: str = "250 2.0.0 kept") -> None:
        """One message, as a good server takes it."""
        for answer in ("250 sender", "250 recipient", "354 go on"):
            while self.hear() == "RSET":
                self.say("250 reset")
            self.say(answer)
        self.body()
        self.say(accepted)


Script = Callable[[int, Talk], None]


@contextmanager
def misbehaving(script: Script) -> Iterator[tuple[int, list[bytes], list[int]]]:
    """A server that plays ``script(connection, talk)``: its port, bodies and connections."""
    bodies: list[bytes] = []
    seen: list[int] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            seen.append(len(seen))
            with sock, suppress(OSError, EOFError):
                script(seen[-1], Talk(sock, bodies))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], bodies, seen
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def well(talk: Talk, *features: str) -> None:
    talk.greet(*features)
    while True:
        talk.take()


@FEATURES
def test_a_reply_lost_after_the_final_dot_is_uncertain(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        talk.take()
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        return talk.body()

    with misbehaving(script) as (port, bodies, _):
        outcomes = list(to(port).send(people(4)))
    assert states(outcomes) == ["accepted", "uncertain", "accepted", "accepted"]
    assert outcomes[1].code == 0
    assert len(bodies) == 4


@FEATURES
def test_silence_after_the_final_dot_is_uncertain(features: tuple[str, ...]) -> None:
    release = threading.Event()

    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        talk.body()
        release.wait(1.3)
        return None

    with misbehaving(script) as (port, _, __):
        outcomes = list(to(port).send(people(2)))
    release.set()
    assert states(outcomes) == ["uncertain", "accepted"]


@FEATURES
def test_a_server_that_stops_reading_has_not_got_the_message(features: tuple[str, ...]) -> None:
    release = threading.Event()

    def script(connection: int, talk: Talk) -> None:
        if connection > 1:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient", "354 go on"):
            talk.hear()
            talk.say(answer)
        release.wait(2)
        return None

    large = mails("a@n.example", data=(b"x" * 70 + b"\r\n") * 300_000)
    with misbehaving(script) as (port, _, __):
        (outcome,) = to(port).send(large)
        release.set()
    assert (outcome.state, outcome.code) == ("deferred", 0)


@FEATURES
def test_a_close_after_data_is_tried_once_more_and_then_deferred(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection > 1:
            return well(talk, *features)
        talk.greet(*features)
        for answer in ("250 sender", "250 recipient"):
            talk.hear()
            talk.say(answer)
        talk.hear()
        return None

    with misbehaving(script) as (port, bodies, _):
        outcomes = list(to(port).send(people(3)))
    assert states(outcomes) == ["deferred", "accepted", "accepted"]
    assert outcomes[0].code == 0
    assert len(bodies) == 2


@FEATURES
def test_a_421_defers_its_message_and_the_rest_goes_over_a_new_connection(
    features: tuple[str, ...],
) -> None:
    def script(connection: int, talk: Talk) -> None:
        talk.greet(*features)
        talk.take()
        if not connection:
            talk.hear()
            talk.say("421 4.3.2 going down")
            return
        while True:
            talk.take()

    with misbehaving(script) as (port, bodies, seen):
        outcomes = list(to(port).send(people(4)))
    assert states(outcomes) == ["accepted", "deferred", "accepted", "accepted"]
    assert (outcomes[1].code, outcomes[1].status) == (421, "4.3.2")
    assert len(seen) == 2
    assert len(bodies) == 3


@FEATURES
def test_421_instead_of_the_last_answer_means_not_taken(features: tuple[str, ...]) -> None:
    def script(connection: int, talk: Talk) -> None:
        if connection:
            return well(talk, *features)
        talk.greet(*features)
        return talk.take("421 4.3.2 going down")

    with misbehaving(script) as (port, _, __):
        outcomes = list(to(port).send(people(2)))
    assert states(outcomes) == ["deferred", "accepted"]
    assert outcomes[0].code == 421


def test_a_server_that_always_says_421_is_left_alone() -> None:
    def script(_: int, talk: Talk) -> None:
        talk.greet("PIPELINING")
        talk.hear()
        talk.say("421 4.7.0 too much")

    with misbehaving(script) as (port, _, seen):
        outcomes = list(to(port).send(people(100)))
    assert states(outcomes) == ["deferred"] * 100
    assert {o.code for o in outcomes} == {421}
    assert len(seen) == 3


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
