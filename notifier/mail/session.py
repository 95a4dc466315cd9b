"""One open connection to a mail server: smtplib makes and secures it, then we write and read."""

from __future__ import annotations

import contextlib
import re
import select
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from notifier.mail.relay import Relay

_LINE = re.compile(rb"([2-5]\d\d)(?:([ -])([^\r\n]*))?\r?\n")
_LONGEST_LINE = 4096  # octets; RFC 5321 4.5.3.1.5 says 512, some servers write more
_MOST_LINES = 100
_AT_ONCE = 16_384  # octets of one read; TLS gives no more
_QUICK = getattr(socket, "TCP_QUICKACK", None)  # Linux
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
    """An opened, secured and authenticated session; made by ``connect``.

    Nothing here waits for an answer: ``take`` gives a reply that has arrived, ``fill`` reads once.
    """

    def __init__(self, client: smtplib.SMTP, patience: Patience) -> None:
        if client.sock is None or client.file is None:
            raise Broken("the connection is closed")
        self._sock: socket.socket = client.sock
        self._file = client.file  # smtplib's; kept open, for it closes the socket
        self._secure = isinstance(client.sock, ssl.SSLSocket)
        self._arrived, self._texts = b"", list[bytes]()
        self._heard = False  # something was read and nothing written since
        self.patience = patience
        self.carried = 0  # messages begun on this connection
        self.late = False  # who waits for an answer has waited enough
        self.pipelining = client.has_extn("pipelining")
        self.utf8 = client.has_extn("smtputf8")
        self.sized = client.has_extn("size")
        size = client.esmtp_features.get("size", "") if self.sized else ""
        self.largest = int(size) if size.isdecimal() else 0  # octets; 0 is no limit, RFC 1870
        with contextlib.suppress(OSError):
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sock.settimeout(patience.body)

    def fileno(self) -> int:
        """For ``poll``."""
        return self._sock.fileno()

    def write(self, *buffers: bytes) -> None:
        """Write everything, or raise Broken with how much of it the system took."""
        self._heard = False
        sent = 0
        try:
            sent = took = self._some(buffers)  # nearly always all of it
            if sent == sum(map(len, buffers)):
                return
            waiting = [memoryview(one) for one in buffers if one]
            while waiting:
                while waiting and took >= len(waiting[0]):
                    took -= len(waiting.pop(0))
                if waiting:
                    waiting[0] = waiting[0][took:]
                    sent += (took := self._some(waiting))
        except OSError as error:
            raise Broken(_said(error), sent=sent) from None

    def _some(self, buffers: Sequence[bytes | memoryview]) -> int:
        return self._sock.send(buffers[0]) if self._secure else self._sock.sendmsg(buffers)

    def take(self) -> Reply | None:
        """The next reply that has come whole; Broken when it is no SMTP, and when it is a 421."""
        at = 0
        while found := _LINE.match(self._arrived, at):
            at = found.end()
            code, more, text = found.groups()
            if more == b"-" or self._texts:
                self._texts.append(text or b"")
                if more == b"-":
                    continue
                text = b" ".join(self._texts)
                self._texts.clear()
            self._arrived = self._arrived[at:]
            said = text.decode("utf-8", "replace") if text else ""
            if code == b"421":
                raise Broken(said, code=CLOSING)
            return Reply(int(code), said)
        self._arrived = self._arrived[at:]
        if len(self._texts) >= _MOST_LINES:
            raise Broken("the server's reply does not end")
        if b"\n" in self._arrived or len(self._arrived) > _LONGEST_LINE:
            raise Broken(f"the server does not speak SMTP: {self._arrived[:60]!r}")
        return None

    def fill(self) -> None:
        """Read what there is; wait for it if need be. Broken when the connection has ended."""
        if self.late:
            raise Broken("the server did not answer in time")
        try:
            found = self._sock.recv(_AT_ONCE)
            while found and self._secure and self._pending():
                found += self._sock.recv(_AT_ONCE)  # select does not see what TLS has read
        except (OSError, ValueError) as error:
            raise Broken(_said(error)) from None
        if not found:
            raise Broken("the server closed the connection")
        self._arrived += found
        self._heard = True

    def _pending(self) -> int:
        return self._sock.pending() if isinstance(self._sock, ssl.SSLSocket) else 0

    def hurry(self) -> None:
        """Before waiting for more of an answer: acknowledge what has come, for a server that
        answers in parts waits 40 ms for that. What we write acknowledges by itself."""
        if self._heard and _QUICK is not None:
            with contextlib.suppress(OSError):
                self._sock.setsockopt(socket.IPPROTO_TCP, _QUICK, 1)

    def stale(self) -> bool:
        """Whether the server spoke, or left, while nothing was asked of it."""
        try:
            poll = select.poll()
            poll.register(self._sock, select.POLLIN)
            return bool(self._arrived) or bool(poll.poll(0))
        except (OSError, ValueError):
            return True

    def close(self, *, politely: bool) -> None:
        """End the connection; ``politely`` with QUIT, without waiting long for its answer."""
        with contextlib.suppress(OSError, ValueError, Broken):
            if politely:
                self._sock.settimeout(self.patience.goodbye)
                self._sock.sendall(b"QUIT\r\n")
                self.fill()
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
        if error.smtp_code < 0:  # smtplib's way to say that it was no reply
            return f"the server does not speak SMTP: {said!r}"
        return f"{error.smtp_code} {said}"
    return str(error) or type(error).__name__
