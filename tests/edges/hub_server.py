"""A small WebSub hub on loopback: takes what publishers say, and looks at the feeds itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl


class Hub:
    """``told`` are the forms it got; it answers ``status`` after ``before`` was called."""

    def __init__(self) -> None:
        self.url = ""
        self.status = 204
        self.told: list[list[tuple[str, str]]] = []
        self.before: Callable[[], None] = lambda: None

    @property
    def topics(self) -> list[set[str]]:
        return [{value for name, value in form if name == "hub.url"} for form in self.told]


@contextmanager
def hub() -> Iterator[Hub]:
    made = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            body = self.rfile.read(int(self.headers["Content-Length"])).decode("ascii")
            made.told.append(parse_qsl(body, strict_parsing=True))
            made.before()
            self.send_response(made.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
