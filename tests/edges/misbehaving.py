"""Mail servers that do what no mail server should, by a script."""

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
