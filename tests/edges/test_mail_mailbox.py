"""Each message of the bounce mailbox is read once; the unreadable waits in quarantine."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from notifier.errors import Refused
from notifier.mail import mailbox
from notifier.mail.dsn import WHOLE
from notifier.mail.mailbox import Imap, Maildir, from_url


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for folder in ("tmp", "new", "cur"):
        (tmp_path / folder).mkdir()
    for number in range(3):
        (tmp_path / "new" / f"{number}.host").write_bytes(b"message %d" % number)
    return tmp_path


def test_a_maildir_is_read_once(maildir: Path) -> None:
    box = from_url(f"maildir:{maildir}")
    read = dict(box.messages())
    assert list(read.values()) == [b"message 0", b"message 1", b"message 2"]
    box.done("0.host")
    box.quarantine("1.host")
    assert [key for key, _ in box.messages()] == ["2.host"]
    assert [file.name for file in (maildir / "cur").iterdir()] == ["0.host:2,S"]
    assert [file.name for file in (maildir / ".Quarantine" / "new").iterdir()] == ["1.host"]
    box.done("0.host")
    box.close()


def test_a_huge_message_is_cut_just_above_what_is_read(maildir: Path) -> None:
    (maildir / "new" / "0.host").write_bytes(b"x" * (WHOLE * 2))
    _, raw = next(from_url(f"maildir:{maildir}").messages())
    assert len(raw) == WHOLE + 1


def test_a_limit_and_a_missing_maildir(maildir: Path) -> None:
    assert len(list(Maildir(maildir).messages(limit=2))) == 2
    assert list(Maildir(maildir / "none").messages()) == []


class ImapServer:
    """As much of RFC 3501 as a mailbox needs, over one folder, by hand."""

    def __init__(self) -> None:
        self.messages = {7: b"From: a\r\n\r\nseven", 9: b"x" * 50}
        self.flags: dict[int, set[str]] = {7: set(), 9: set()}
        self.quarantined: list[int] = []
        self.heard: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.thread.join(5)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                with sock, sock.makefile("rwb", buffering=0) as file, suppress(OSError):
                    file.write(b"* OK ready\r\n")
                    while line := file.readline().decode().strip():
                        tag, _, rest = line.partition(" ")
                        self.heard.append(rest)
                        file.write(
                            self._answer(rest)
                            + f"{self.verdict} x\r\n".encode().join([f"{tag} ".encode(), b""])
                        )

    verdict = "OK"

    def _answer(self, command: str) -> bytes:
        self.verdict = "OK"
        words = command.split()
        if words[0] == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1 UIDPLUS\r\n"
        if words[0] == "LOGIN":
            self.verdict = "OK" if words[1:] == ["cleo", '"p@ss"'] else "NO"
        if words[0] == "SELECT":
            self.verdict = "OK" if "Bounces" in command else "NO"
            return b"* 2 EXISTS\r\n"
        if words[0] == "UID":
            return self._uid(words[1], words[2:], command)
        return b""

    def _uid(self, verb: str, words: list[str], command: str) -> bytes:
        if verb == "SEARCH":
            unseen = [str(n) for n in self.messages if "\\Seen" not in self.flags[n]]
            return f"* SEARCH {' '.join(unseen)}\r\n".encode()
        key = int(words[0])
        if verb == "FETCH":
            most = int(re.search(r"<0\.(\d+)>", command)[1])  # type: ignore[index]
            body = self.messages[key][:most]
            head = f"* 1 FETCH (UID {key} BODY[]<0> {{{len(body)}}}\r\n".encode()
            return head + body + b")\r\n"
        if verb == "STORE":
            self.flags[key] |= set(re.findall(r"\\\w+", command))
        if verb == "COPY":
            self.quarantined.append(key)
        if verb == "EXPUNGE":
            del self.messages[key]
        return b""


@pytest.fixture
def server() -> Iterator[ImapServer]:
    running = ImapServer()
    yield running
    running.stop()


def test_an_imap_folder_is_read_once(server: ImapServer) -> None:
    box = from_url(f"imap://cleo:p%40ss@127.0.0.1:{server.port}/Bounces%20here")
    assert list(box.messages()) == [("7", b"From: a\r\n\r\nseven"), ("9", b"x" * 50)]
    assert server.flags == {7: set(), 9: set()}, "reading alone marks nothing"
    box.done("7")
    assert [key for key, _ in box.messages()] == ["9"]
    box.quarantine("9")
    assert list(box.messages()) == []
    box.close()
    assert server.quarantined == [9]
    assert list(server.messages) == [7]
    assert 'SELECT "Bounces here"' in server.heard


def test_what_was_understood_may_be_deleted(server: ImapServer) -> None:
    box = from_url(f"imap://cleo:p%40ss@127.0.0.1:{server.port}/Bounces?delete=1")
    box.done("7")
    box.close()
    assert list(server.messages) == [9]


@pytest.mark.parametrize(("password", "folder"), [("wrong", "Bounces"), ("p%40ss", "Absent")])
def test_a_mailbox_that_cannot_be_opened_is_one_kind_of_error(
    server: ImapServer, password: str, folder: str
) -> None:
    box = from_url(f"imap://cleo:{password}@127.0.0.1:{server.port}/{folder}")
    with pytest.raises(ConnectionError, match="bounce mailbox"):
        list(box.messages())


def test_no_server_is_the_same_kind_of_error() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        box = from_url(f"imap://cleo:x@127.0.0.1:{closed.getsockname()[1]}")
        with pytest.raises(ConnectionError):
            list(box.messages())


def test_an_address_is_secured_off_loopback() -> None:
    for url, port, security in (
        ("imaps://u:p@mail.example.org/Bounces", 993, "tls"),
        ("imap://u:p@mail.example.org", 143, "starttls"),
        ("imap://u:p@127.0.0.1:1430", 1430, "none"),
    ):
        box = from_url(url)
        assert isinstance(box, Imap)
        assert (box._address.port, box._address.security) == (port, security)
        assert "p@" not in repr(box._address)


@pytest.mark.parametrize(
    "url", ["", "maildir:", "pop3://u@h", "imaps://h", "imaps://u:p@h:x", "imaps://u:p@h/a%0D%0Ab"]
)
def test_a_malformed_address_is_refused(url: str) -> None:
    with pytest.raises(Refused, match="BOUNCE_MAILBOX"):
        mailbox.from_url(url)
