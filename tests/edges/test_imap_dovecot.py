"""The bounce mailbox on a real IMAP server: Debian's Dovecot, started for this."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from structlog.testing import capture_logs

from notifier.mail.mailbox import Away, Imap, from_url
from notifier.mail.returned import Returned
from notifier.worker.replies import look_in_mailbox
from notifier.worker.returns import take
from tests import makers
from tests.edges.dovecot import Server, running
from tests.makers import CLEO, Clock, on_sqlite
from tests.rooms.reports import address, answer, dsn, rows, state, went_out

PLAIN = b"From: MAILER-DAEMON@x.example\r\nSubject: %d\r\n\r\nhello\r\n"


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def server(dovecot: Server) -> Server:
    """With an empty mailbox that gets three messages."""
    for file in [
        f for f in dovecot.box.rglob("*") if f.is_file() and f.parent.name in ("new", "cur")
    ]:
        file.unlink()
    for number in range(3):
        dovecot.gets(f"{number}.host", PLAIN % number)
    return dovecot


def test_each_message_is_read_once(server: Server) -> None:
    box = from_url(server.url())
    found = dict(box.messages())
    assert sorted(found.values()) == [PLAIN % 0, PLAIN % 1, PLAIN % 2]
    first, second, third = sorted(found, key=int)
    box.done(first)
    box.quarantine(second)
    box.close()
    again = from_url(server.url())
    assert [key for key, _ in again.messages()] == [third], "the mark outlives the connection"
    again.close()
    assert sorted(server.holds().values()) == ["", "S"]
    assert len(server.holds(".Quarantine")) == 1, "moved, and not lost"


def test_reading_marks_nothing(server: Server) -> None:
    """A process that is killed after the fetch and before the mark: it is all there again."""
    for _ in range(2):
        box = from_url(server.url())
        assert len(list(box.messages())) == 3
        box.close()
    assert set(server.holds().values()) == {""}


def test_what_was_understood_is_deleted_where_asked(server: Server) -> None:
    box = from_url(server.url("?delete=1"))
    for key, _ in list(box.messages(limit=2)):
        box.done(key)
    box.close()
    assert len(server.holds()) == 1


def test_a_copy_is_kept_before_anything_is_deleted(server: Server) -> None:
    box = from_url(server.url("?delete=1"))
    keys = [key for key, _ in box.messages()]
    for key in keys:
        box.quarantine(key)
    box.close()
    assert server.holds() == {}
    assert len(server.holds(".Quarantine")) >= 3


@pytest.mark.parametrize(
    ("scheme", "options"), [("imaps", "?ca={pem}"), ("imap", "?starttls=1&ca={pem}")]
)
def test_tls_with_a_certificate_that_is_trusted(server: Server, scheme: str, options: str) -> None:
    box = from_url(server.url(options.format(pem=server.pem), scheme=scheme))
    assert len(list(box.messages())) == 3
    box.close()


@pytest.mark.parametrize(
    ("scheme", "options"), [("imaps", ""), ("imap", "?starttls=1"), ("imaps", "?ca=/no/such/file")]
)
def test_a_certificate_that_nobody_vouches_for_is_refused(
    server: Server, scheme: str, options: str
) -> None:
    with pytest.raises(Away, match=r"cannot be read: .*(certificate|No such file)"):
        list(from_url(server.url(options, scheme=scheme)).messages())


def test_a_refused_login_is_one_sentence_without_the_password(server: Server) -> None:
    with pytest.raises(Away) as refused:
        list(from_url(server.url(login="cleo:geheim")).messages())
    assert str(refused.value) == (
        "The bounce mailbox cannot be read: [AUTHENTICATIONFAILED] Authentication failed."
    )


def test_a_folder_that_is_not_there(server: Server) -> None:
    with pytest.raises(Away, match="The bounce mailbox has no folder 'Bounces'"):
        list(from_url(server.url().replace("INBOX", "Bounces")).messages())


def test_more_messages_than_one_search_asks_for(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.mail.mailbox._WINDOW", 2)
    box = from_url(server.url())
    assert len(list(box.messages())) == 3
    for key, _ in list(box.messages(limit=2)):
        box.done(key)
    assert len(list(box.messages())) == 1
    box.close()


def test_a_server_that_goes_away_and_comes_back() -> None:
    with running() as server:
        for number in range(2):
            server.gets(f"{number}.host", PLAIN % number)
        box = from_url(server.url())
        key, _ = next(box.messages())
        server.stop()
        assert isinstance(box, Imap)
        assert box._client is not None
        box._client.sock.shutdown(socket.SHUT_RDWR)
        with pytest.raises(Away, match="cannot be read: "):
            box.done(key)
        with pytest.raises(Away, match="cannot be read: "):
            list(from_url(server.url()).messages())
        server.start()
        assert len(list(box.messages())) == 2, "the same box opens a new connection"
        box.close()


@pytest.mark.parametrize(("prefix", "moved"), [("INBOX.", 1), ("Mail.", 0)])
def test_a_server_that_keeps_folders_elsewhere_is_not_read_for_ever(
    prefix: str, moved: int
) -> None:
    with running(prefix=prefix) as server:
        server.gets("0.host", PLAIN % 0)
        box = from_url(server.url())
        ((key, _),) = box.messages()
        box.quarantine(key)
        assert list(box.messages()) == []
        box.close()
        assert len(server.holds(".Quarantine")) == moved
        assert list(server.holds().values()) == ([] if moved else ["FS"])


def test_many_windows_of_which_the_first_is_deleted(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.mail.mailbox._WINDOW", 1)
    box = from_url(server.url("?delete=1"))
    read = 0
    for key, _ in box.messages():
        box.done(key)
        read += 1
    box.close()
    assert (read, server.holds()) == (3, {})


def test_starttls_is_not_given_up_silently() -> None:
    with running(ssl="no") as server, pytest.raises(Away):
        list(from_url(server.url("?starttls=1")).messages())


@on_sqlite
def test_the_worker_takes_what_came_back(
    room: Flask, clock: Clock, server: Server, tmp_path: Path
) -> None:
    """Also what it took already when it was killed before the mark; then the server is away."""
    room.config["SETTINGS"] = makers.settings(
        room.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "instance",
        bounce_mailbox=server.url(),
        reply_to="desk@example.org",
    )
    engine, send = makers.engine(room, clock), went_out(clock)
    report = dsn((CLEO, "5.1.1"), to=address(room, send))
    take(engine, report)
    server.gets("report.host", report)
    server.gets("answer.host", answer(address(room, send)))
    server.gets("rubbish.host", b"\xff\xfe")
    for _ in range(2):
        look_in_mailbox(engine)
        assert (rows(), state()) == ([("hard", "report")], "suppressed")
    assert {name for name, flags in server.holds().items() if flags == "S"} >= {"report.host"}
    assert "" not in server.holds().values()
    assert Returned(engine.settings.instance).waiting() == []
    assert list((engine.settings.instance / "outbox" / "new").iterdir()), "the answer went on"


@on_sqlite
def test_a_mailbox_that_is_away_is_one_sentence_in_the_log(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    room.config["SETTINGS"] = makers.settings(
        room.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "instance",
        bounce_mailbox="imap://cleo:geheim@127.0.0.1:9/INBOX",
    )
    with capture_logs() as said:
        look_in_mailbox(makers.engine(room, clock))
    (line,) = said
    assert (line["log_level"], line["event"]) == ("warning", "the bounce mailbox was not read")
    assert line["why"] == "The bounce mailbox cannot be read: [Errno 111] Connection refused."
