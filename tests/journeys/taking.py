"""A mail server that takes everything, fast enough to be killed in front of."""

from __future__ import annotations

import re
import socket
import socketserver
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

_RECIPIENT = re.compile(rb"RCPT TO:<([^>]+)>", re.IGNORECASE)
_MESSAGE_ID = re.compile(rb"^Message-ID: (<[^>]+>)", re.IGNORECASE | re.MULTILINE)


class Taken:
    """Message-IDs by recipient; ``count`` is of all messages."""

    def __init__(self) -> None:
        self.ids: dict[str, list[str]] = defaultdict(list)
        self.count = 0
        self.lock = threading.Lock()

    def keep(self, recipient: bytes, message: bytes) -> None:
        found = _MESSAGE_ID.search(message)
        assert found is not None
        with self.lock:
            self.ids[recipient.decode()].append(found[1].decode())
            self.count += 1


@contextmanager
def taking() -> Iterator[tuple[Taken, int]]:
    """What a server takes, and its port on loopback."""
    taken = Taken()

    class Talk(socketserver.BaseRequestHandler):
        request: socket.socket

        def handle(self) -> None:
            self.heard = b""
            with suppress(OSError, EOFError):
                self.talk()

        def until(self, end: bytes) -> bytes:
            """What was said before ``end``; what came after it waits."""
            while end not in self.heard:
                more = self.request.recv(65_536)
                if not more:
                    raise EOFError
                self.heard += more
            said, _, self.heard = self.heard.partition(end)
            return said

        def talk(self) -> None:
            self.request.sendall(b"220 here\r\n")
            recipient = b""
            while (line := self.until(b"\r\n")) != b"QUIT":
                answer = b"250 2.0.0 ok\r\n"
                if line.startswith(b"ehlo"):
                    answer = b"250-here\r\n250 PIPELINING\r\n"
                elif found := _RECIPIENT.match(line):
                    recipient = found[1]
                elif line == b"DATA":
                    self.request.sendall(b"354 go on\r\n")
                    taken.keep(recipient, self.until(b"\r\n.\r\n"))
                self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads, allow_reuse_address = True, True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A killed client is what we are here for."""

    with Server(("127.0.0.1", 0), Talk) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield taken, server.server_address[1]
        finally:
            server.shutdown()
