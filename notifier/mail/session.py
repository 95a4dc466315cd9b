"""One open connection to a mail server: smtplib makes and secures it, then we write and read."""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
from dataclasses import dataclass
from typing import IO, NamedTuple

from notifier.mail.relay import Relay

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\r\n]*))?\r?\n")
_LONGEST_LINE = 4096  # octets; RFC 5321 4.5.3.1.5 says 512, some servers write more
_MOST_LINES = 100
CLOSING = 421


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait at each step: less than RFC 5321 4.5.3.2 says, for a lease is short."""

    connect: float = 20  # also for greeting, TLS and signing in
    reply: float = 60
    body: float = 60  # for the server to take some of what we write
    accepted: float = 120  # after the final dot, when filters run
    goodbye: float = 2


class Broken(Exception):
    """The connection is lost, silent, or says what makes no sense; do not use it again.

    ``sent`` counts the octets of the last write that the system took. ``code`` is 421 when the
    server said so, else 0.
    """

    def __init__(self, text: str, *, sent: int = 0, code: int = 0) -> None:
        super().__init__(text)
        self.text, self.sent, self.code = text, sent, code


class Reply(NamedTuple):
    """A server's reply; the lines of ``text`` are joined by spaces."""

    code: int
    text: str


class Session:
    """An opened, secured and authenticated session; made by ``connect``."""

    def __init__(self, client: smtplib.SMTP, patience: Patience) -> None:
        if client.sock is None or client.file is None:
            raise Broken("the connection is closed")
        self._sock: socket.socket = client.sock
        self._file: IO[bytes] = client.file
        self._patience = patience
        self.carried = 0  # messages begun on this connection
        self.pipelining = client.has_extn("pipelining")
        self.utf8 = client.has_extn("smtputf8")
        self.sized = client.has_extn("size")
        size = client.esmtp_features.get("size", "") if self.sized else ""
        self.largest = int(size) if size.isdecimal() else 0  # octets; 0 is no limit, RFC 1870
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        """Write everything, or raise Broken with how much of it the system took."""
        view, sent = memoryview(data), 0
        try:
            self._sock.settimeout(self._patience.body)
            while sent < len(view):
                sent += self._sock.send(view[sent:])
        except OSError as error:
            raise Broken(_said(error), sent=sent) from None

    def reply(self, *, after_body: bool = False) -> Reply:
        """The next reply; Broken when none comes, when it is not SMTP, and when it is a 421."""
        patience = self._patience.accepted if after_body else self._patience.reply
        texts: list[bytes] = []
        try:
            self._sock.settimeout(patience)
            while len(texts) < _MOST_LINES:
                line = self._file.readline(_LONGEST_LINE)
                if not line:
                    raise Broken("the server closed the connection")
                found = _LINE.fullmatch(line)
                if not found:
                    raise Broken(f"the server does not speak SMTP: {line[:60]!r}")
                texts.append(found[3] or b"")
                if found[2] != b"-":
                    code, text = int(found[1]), b" ".join(texts).decode("utf-8", "replace")
                    if code == CLOSING:
                        raise Broken(text, code=CLOSING)
                    return Reply(code, text)
        except (OSError, ValueError) as error:
            raise Broken(_said(error)) from None
        raise Broken("the server's reply does not end")

    def stale(self) -> bool:
        """Whether the server spoke, or left, while nothing was asked of it."""
        try:
            return bool(select.select([self._sock], [], [], 0)[0])
        except (OSError, ValueError):
            return True

    def close(self, *, politely: bool) -> None:
        """End the connection; ``politely`` with QUIT, without waiting long for its answer."""
        with contextlib.suppress(OSError, ValueError, Broken):
            if politely:
                self._sock.settimeout(self._patience.goodbye)
                self._sock.sendall(b"QUIT\r\n")
                self._file.readline(_LONGEST_LINE)
        with contextlib.suppress(OSError, ValueError):
            self._file.close()
            self._sock.close()


def connect(relay: Relay, *, host_name: str, patience: Patience) -> Session:
    """Open, secure and authenticate; Broken with the reason when any of it fails."""
    return Session(library_client(relay, host_name=host_name, patience=patience), patience)


def library_client(relay: Relay, *, host_name: str, patience: Patience) -> smtplib.SMTP:
    """smtplib's client after EHLO, TLS and AUTH as ``relay`` wants them; Broken when they fail."""
    client: smtplib.SMTP | None = None
    try:
        if relay.security == "tls":
            client = smtplib.SMTP_SSL(
                relay.host, relay.port, host_name, timeout=patience.connect, context=relay.tls()
            )
        else:
            client = smtplib.SMTP(relay.host, relay.port, host_name, timeout=patience.connect)
        client.ehlo_or_helo_if_needed()
        if relay.security == "starttls":
            client.starttls(context=relay.tls())
            client.ehlo_or_helo_if_needed()
        if relay.user:
            client.login(relay.user, relay.password)
    except (OSError, smtplib.SMTPException, ValueError) as error:
        if client is not None:
            client.close()
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
        raise Broken(_said(error), code=CLOSING if code == CLOSING else 0) from None
    return client


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return f"{error.smtp_code} {said}"
    return str(error) or type(error).__name__
