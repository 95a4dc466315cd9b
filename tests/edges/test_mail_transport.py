"""MAIL_URL is understood or refused in a sentence; the outbox keeps what was sent."""

from __future__ import annotations

import mailbox
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from notifier.errors import NotFound, Refused
from notifier.mail import outbox
from notifier.mail.outbox import Outbox
from notifier.mail.plain import Plain
from notifier.mail.relay import parse
from notifier.mail.smtp import Smtp
from notifier.mail.transport import Envelope, Several, from_url

MESSAGE = (
    b"From: statistics@n.example\r\nTo: cleo@example.org\r\nSubject: =?utf-8?q?=C5=B5?=\r\n"
    b"Date: Tue, 08 Dec 2026 09:30:00 +0000\r\n\r\nHello\r\n.\r\n"
)


def envelope(key: object = 1, *, data: bytes = MESSAGE) -> Envelope:
    return Envelope(key, "b+00@n.example", "cleo@example.org", data)


def test_the_outbox_keeps_every_octet_and_the_envelope_sender(tmp_path: Path) -> None:
    (outcome,) = Outbox(tmp_path / "outbox").send([envelope(("send", 7))])
    assert (outcome.key, outcome.state) == (("send", 7), "accepted")
    (entry,) = outbox.entries(tmp_path / "outbox")
    assert (entry.to, entry.subject) == ("cleo@example.org", "ŵ")
    assert entry.date == "Tue, 08 Dec 2026 09:30:00 +0000"
    raw = outbox.raw(tmp_path / "outbox", entry.key)
    assert raw == b"Return-Path: <b+00@n.example>\r\n" + MESSAGE
    assert outbox.read(tmp_path / "outbox", entry.key)["Subject"] == "ŵ"


def test_the_newest_comes_first_and_a_mail_client_may_file_it(tmp_path: Path) -> None:
    path = tmp_path / "outbox"
    messages = [MESSAGE.replace(b"=C5=B5", str(n).encode()) for n in range(20)]
    list(Outbox(path).send([envelope(data=data) for data in messages]))
    assert [entry.subject for entry in outbox.entries(path)] == [str(n) for n in range(19, -1, -1)]
    assert len(outbox.entries(path, limit=3)) == 3
    key = outbox.entries(path)[0].key
    (path / "new" / key).rename(path / "cur" / f"{key}:2,S")
    assert outbox.entries(path)[0].key == key
    assert outbox.read(path, key)["Subject"] == "19"
    assert len(mailbox.Maildir(path)) == 20


@pytest.mark.parametrize("key", ["", "..", "../new/x", "/etc/passwd", "*", "a/b", "absent", "\0"])
def test_a_key_reads_nothing_outside_the_outbox(tmp_path: Path, key: str) -> None:
    list(Outbox(tmp_path / "outbox").send([envelope()]))
    with pytest.raises(NotFound):
        outbox.raw(tmp_path / "outbox", key)


def test_no_outbox_is_an_empty_one(tmp_path: Path) -> None:
    assert outbox.entries(tmp_path / "none") == []


def _write(path: Path, count: int) -> None:
    assert all(o.state == "accepted" for o in Outbox(path).send([envelope()] * count))


def test_several_processes_write_side_by_side(tmp_path: Path) -> None:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_write, [tmp_path] * 4, [50] * 4))
    assert len(outbox.entries(tmp_path, limit=1000)) == 200


def test_an_outbox_that_cannot_be_written_defers(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    (outcome,) = Outbox(tmp_path / "outbox").send([envelope()])
    assert (outcome.state, outcome.code) == ("deferred", 0)


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, "none"),
        ("smtp://localhost", "localhost", 25, "none"),
        ("smtp://[::1]:2525?starttls=1", "::1", 2525, "starttls"),
        ("smtp://mail.example.org", "mail.example.org", 25, "starttls"),
        ("smtp://u:p@mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtp://mail.example.org?starttls=0", "mail.example.org", 25, "none"),
        ("smtps://u:p%40ss@mail.example.org", "mail.example.org", 465, "tls"),
    ],
)
def test_a_relay_is_secured_off_loopback(url: str, host: str, port: int, security: str) -> None:
    relay = parse(url)
    assert (relay.host, relay.port, relay.security) == (host, port, security)
    assert relay.verify
    assert "p@ss" not in repr(relay)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "  ",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://host:99999",
        "smtp://host:port",
        "smtp://[::1",
        "smtp://host/path",
        "smtp://host?weight=0",
        "smtp://host?weight=x",
        "smtp://host?starttls=no",
        "smtp://host?colour=red",
        "smtp://u:secret@mail.example.org?starttls=0",
        "outbox: smtp://u:secret@",
        "outbox:elsewhere",
    ],
)
def test_a_malformed_url_is_refused_in_a_sentence(tmp_path: Path, url: str) -> None:
    with pytest.raises(Refused, match="MAIL_URL") as refusal:
        from_url(url, host_name="n.example", instance=tmp_path)
    assert "secret" not in str(refusal.value)


def test_urls_choose_the_transport(tmp_path: Path) -> None:
    for url, kind in (
        ("outbox:", Outbox),
        ("smtp://127.0.0.1:2525", Smtp),
        ("smtp://127.0.0.1:2525?smtplib=1", Plain),
        ("smtp://127.0.0.1:2525, smtps://mail.example.org?weight=3", Several),
    ):
        transport = from_url(url, host_name="n.example", instance=tmp_path)
        assert isinstance(transport, kind)
        transport.close()


def test_batches_are_shared_by_weight(tmp_path: Path) -> None:
    both = Several([(3, Outbox(tmp_path / "a")), (1, Outbox(tmp_path / "b"))])
    for _ in range(8):
        list(both.send([envelope()]))
    assert len(outbox.entries(tmp_path / "a")) == 6
    assert len(outbox.entries(tmp_path / "b")) == 2
