"""Mail reaches real servers in few round trips; every misbehaviour has an honest outcome."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd import smtp as server
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from aiosmtpd.smtp import Envelope as Received
from aiosmtpd.smtp import Session as Client
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifier.mail.envelope import Envelope, Outcome
from notifier.mail.plain import Plain
from notifier.mail.relay import Relay, Security
from notifier.mail.session import Patience
from notifier.mail.smtp import Smtp

QUICK = Patience(connect=2, reply=1, body=1, accepted=1, goodbye=0.2)
WORDS = b"From: a@n.example\r\nSubject: s\r\n\r\nHello\r\n"


def mails(*recipients: str, data: bytes = WORDS) -> list[Envelope]:
    return [Envelope(n, f"b+{n}@n.example", to, data) for n, to in enumerate(recipients)]


def people(count: int) -> list[Envelope]:
    return mails(*(f"cleo{n}@example.org" for n in range(count)))


def states(outcomes: list[Outcome]) -> list[str]:
    assert [outcome.key for outcome in outcomes] == list(range(len(outcomes)))
    return [outcome.state for outcome in outcomes]


class Handler:
    """Takes mail, but not for everybody."""

    def __init__(self, *features: str) -> None:
        self.features = features
        self.taken: list[Received] = []
        self.peers: set[Any] = set()

    async def handle_EHLO(  # noqa: N802
        self, _: server.SMTP, session: Client, __: Received, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses[:1] + [f"250-{f}" for f in self.features] + responses[1:]

    async def handle_RCPT(  # noqa: N802
        self, _: server.SMTP, __: Client, envelope: Received, address: str, ___: list[str]
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such person"
        if address.startswith("later"):
            return "450 4.2.1 come back"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: server.SMTP, session: Client, envelope: Received) -> str:  # noqa: N802
        if b"REFUSE" in (envelope.content or b""):
            return "554 5.7.1 not this"
        self.peers.add(session.peer)
        self.taken.append(envelope)
        return "250 2.0.0 kept"


class Local(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def running(handler: Handler, **options: Any) -> Iterator[int]:
    controller = Local(handler, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def to(port: int, **options: Any) -> Smtp:
    relay = Relay("127.0.0.1", port, "none", **options)
    return Smtp(relay, host_name="n.example", patience=QUICK)


FEATURES = pytest.mark.parametrize("features", [("PIPELINING",), ()], ids=["pipelined", "stepwise"])


@FEATURES
def test_each_recipient_has_their_own_outcome(features: tuple[str, ...]) -> None:
    handler = Handler(*features)
    with running(handler) as port:
        transport = to(port)
        batch = mails("cleo@example.org", "gone@example.org", "later@example.org", "dan@n.example")
        batch.insert(1, Envelope(9, "b+9@n.example", "x@n.example", WORDS + b"REFUSE\r\n"))
        outcomes = list(transport.send(batch))
        again = list(transport.send(people(2)))
        transport.close()
    assert [(o.key, o.state, o.code, o.status) for o in outcomes] == [
        (0, "accepted", 250, "2.0.0"),
        (9, "refused", 554, "5.7.1"),
        (1, "refused", 550, "5.1.1"),
        (2, "deferred", 450, "4.2.1"),
        (3, "accepted", 250, "2.0.0"),
    ]
    assert states(again) == ["accepted", "accepted"]
    assert [e.rcpt_tos for e in handler.taken[:2]] == [["cleo@example.org"], ["dan@n.example"]]
    assert handler.taken[0].mail_from == "b+0@n.example"
    assert len(handler.peers) == 1, "one connection carried it all"


@FEATURES
@pytest.mark.parametrize(
    "data",
    [
        b".\r\n.dot\r\n..two\r\n.\r\n",
        b"no end",
        b".",
        b"a\r\n",
        b"\r\n\r\n.",
        (b"x" * 70 + b"\r\n") * 30_000,
    ],
)
def test_the_message_arrives_octet_by_octet(features: tuple[str, ...], data: bytes) -> None:
    handler = Handler(*features)
    with running(handler) as port:
        batch = mails("a@n.example", "b@n.example", "c@n.example", data=data)
        assert states(list(to(port).send(batch))) == ["accepted"] * 3
    whole = data if data.endswith(b"\r\n") else data + b"\r\n"
    assert [e.original_content for e in handler.taken] == [whole] * 3


def test_bare_line_feeds_cannot_smuggle_a_second_message() -> None:
    handler = Handler("PIPELINING")
    data = b"Subject: s\r\n\r\nHi\n.\nMAIL FROM:<x@y.example>\r.\r\nend\n"
    with running(handler) as port:
        assert states(list(to(port).send(mails("a@n.example", data=data)))) == ["accepted"]
    (taken,) = handler.taken
    assert taken.original_content == (
        b"Subject: s\r\n\r\nHi\r\n.\r\nMAIL FROM:<x@y.example>\r\n.\r\nend\r\n"
    )


def test_connections_are_renewed_after_their_share() -> None:
    handler = Handler("PIPELINING")
    with running(handler) as port:
        transport = to(port, per_connection=4)
        assert states(list(transport.send(people(10)))) == ["accepted"] * 10
    assert len(handler.peers) == 3


def test_an_address_in_another_alphabet_needs_smtputf8() -> None:
    batch = [Envelope(0, "b+0@n.example", "siân@ffermŵyr.example", WORDS, utf8=True)]
    handler = Handler("PIPELINING")
    with running(handler, enable_SMTPUTF8=True) as port:
        assert states(list(to(port).send(batch))) == ["accepted"]
    assert handler.taken[0].rcpt_tos == ["siân@xn--ffermyr-fvb.example"]
    with running(handler, enable_SMTPUTF8=False) as port:
        (outcome,) = to(port).send(batch)
    assert (outcome.state, outcome.status) == ("refused", "5.6.7")


def test_a_message_over_the_servers_size_is_not_offered() -> None:
    handler = Handler("PIPELINING")
    with running(handler, data_size_limit=1000) as port:
        small, large = mails("a@n.example", "b@n.example")
        batch = [small, large._replace(data=b"x" * 1001)]
        outcomes = list(to(port).send(batch))
    assert states(outcomes) == ["accepted", "refused"]
    assert outcomes[1].status == "5.3.4"


@pytest.mark.parametrize("recipient", ["a@n.example>\r\nRCPT TO:<b@n.example", "a b@n.example", ""])
def test_an_address_that_would_break_a_command_is_refused_by_us(recipient: str) -> None:
    handler = Handler("PIPELINING")
    with running(handler) as port:
        outcomes = list(to(port).send(mails("a@n.example", recipient, "c@n.example")))
    assert states(outcomes) == ["accepted", "refused", "accepted"]
    assert outcomes[1].status == "5.1.3"


def test_a_relay_that_is_down_defers_everything() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        outcomes = list(to(closed.getsockname()[1]).send(people(50)))
    assert {(o.state, o.code) for o in outcomes} == {("deferred", 0)}
    assert states(outcomes) == ["deferred"] * 50


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path


def secured(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def signs_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"cleo", b"p@ss"))


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not count implicit TLS
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_over_tls_and_signs_in(certificate: Path, security: Security) -> None:
    handler = Handler("PIPELINING")
    context = secured(certificate)
    options: dict[str, Any] = {"authenticator": signs_in, "auth_required": True}
    if security == "tls":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    with running(handler, **options) as port:
        relay = Relay("127.0.0.1", port, security, user="cleo", password="p@ss", ca=certificate)
        good = Smtp(relay, host_name="n.example", patience=QUICK)
        assert states(list(good.send(people(3)))) == ["accepted"] * 3
        assert states(list(good.send(people(3)))) == ["accepted"] * 3
        good.close()
        for changes in ({"ca": None}, {"password": "wrong"}):
            bad = Smtp(replace(relay, **changes), host_name="n.example", patience=QUICK)
            assert states(list(bad.send(people(3)))) == ["deferred"] * 3
        lax = Smtp(replace(relay, ca=None, verify=False), host_name="n.example")
        assert states(list(lax.send(people(1)))) == ["accepted"]
        lax.close()
    assert len(handler.peers) == 2


def test_a_server_without_starttls_gets_nothing_where_it_is_required() -> None:
    handler = Handler("PIPELINING")
    with running(handler) as port:
        relay = Relay("127.0.0.1", port, "starttls", user="cleo", password="p@ss")
        outcomes = list(Smtp(relay, host_name="n.example", patience=QUICK).send(people(2)))
    assert states(outcomes) == ["deferred"] * 2
    assert "STARTTLS" in outcomes[0].text
    assert handler.taken == []


def test_the_library_alone_gives_the_same_outcomes() -> None:
    handler = Handler()
    relay = Relay("127.0.0.1", 0, "none", per_connection=2)
    with running(handler) as port:
        transport = Plain(Relay("127.0.0.1", port, "none", per_connection=2), host_name="n.example")
        batch = mails(
            "a@n.example", "gone@n.example", "later@n.example", "d e@n.example", "e@n.example"
        )
        outcomes = list(transport.send(batch))
        transport.close()
    assert states(outcomes) == ["accepted", "refused", "deferred", "refused", "accepted"]
    down = list(Plain(relay, host_name="n.example").send(people(3)))
    assert states(down) == ["deferred"] * 3
