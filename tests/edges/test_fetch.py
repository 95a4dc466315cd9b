"""The one way out: only https, only the public network, only so long and so much."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

import pytest

from notifier import fetch
from notifier.clock import elapsed
from notifier.fetch import Unreachable
from tests.edges.web_server import certificate, serving

HERE = ("127.0.0.0/8",)
TODAY = datetime.now(UTC)  # a certificate is valid in the machine's own time


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1/", "private network"),
        ("https://127.0.0.1/", "private network"),
        ("https://localhost/", "private network"),
        ("https://10.0.0.8/", "private network"),
        ("https://192.168.1.1/admin", "private network"),
        ("https://169.254.169.254/latest/meta-data/", "private network"),
        ("https://[::1]/", "private network"),
        ("https://[::ffff:127.0.0.1]/", "private network"),
        ("https://[64:ff9b::7f00:1]/", "private network"),
        ("https://[2002:7f00:1::]/", "private network"),
        ("https://[fe80::1]/", "private network"),
        ("https://0.0.0.0/", "private network"),
        ("https://2130706433/", "private network"),
        ("https://224.0.0.1/", "private network"),
        ("http://8.8.8.8/", "not https"),
        ("https://user:pass@8.8.8.8/", "user name"),
        ("ftp://8.8.8.8/", "no web address"),
        ("file:///etc/passwd", "no web address"),
        ("https:///path", "no web address"),
        ("https://8.8.8.8/ HTTP/1.1\r\nX: y", "no web address"),
        ("https://8.8.8.8\\@127.0.0.1/", "no web address"),
        ("https://[", "no web address"),
        ("https://name.invalid/", "name is not known"),
        ("", "no web address"),
    ],
)
def test_addresses_that_are_refused(url: str, why: str) -> None:
    with pytest.raises(Unreachable, match=why):
        fetch.fetch(url, seconds=2)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2a00:1450:4009::1", True),
        ("100.64.0.1", False),
        ("::ffff:10.1.2.3", False),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", False),  # Teredo
        ("fc00::1", False),
    ],
)
def test_what_the_public_network_is(address: str, public: bool) -> None:
    assert fetch.is_public(ip_address(address)) is public


def test_a_page_is_read_and_a_redirect_is_looked_at() -> None:
    with serving() as office:
        office.pages["/"] = (200, {"Content-Type": "text/html"}, b"live")
        office.pages["/on"] = (302, {"Location": "/"}, b"")
        office.pages["/in"] = (302, {"Location": "http://169.254.169.254/keys"}, b"")
        office.pages["/round"] = (301, {"Location": "/round"}, b"")
        found = fetch.fetch(office.url + "/on?a=1#part", allow=HERE)
        assert found.status == 404, "the query is asked for, too"
        found = fetch.fetch(office.url + "/on", allow=HERE)
        assert (found.status, found.body, found.url) == (200, b"live", office.url + "/")
        with pytest.raises(Unreachable, match="private network"):
            fetch.fetch(office.url + "/in", allow=HERE)
        with pytest.raises(Unreachable, match="redirects more than 3"):
            fetch.fetch(office.url + "/round", allow=HERE)
        with pytest.raises(Unreachable, match="private network"):
            fetch.fetch(office.url + "/")
    with pytest.raises(Unreachable, match="does not answer"):
        fetch.fetch(office.url + "/", allow=HERE)


def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = certificate(tmp_path / "good.pem", now=TODAY)
    with serving(good) as office:
        office.pages["/"] = (200, {}, b"safe")
        with pytest.raises(Unreachable, match="certificate"):
            fetch.fetch(office.url + "/", allow=HERE)
        monkeypatch.setenv("SSL_CERT_FILE", str(good))
        assert fetch.fetch(office.url + "/", allow=HERE).body == b"safe"
    other = certificate(tmp_path / "other.pem", now=TODAY, host="192.0.2.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with serving(other) as office, pytest.raises(Unreachable, match="certificate"):
        fetch.fetch(office.url + "/", allow=HERE)


def test_size_and_time_have_limits() -> None:
    with serving() as office:
        office.pages["/large"] = (200, {}, b"x" * 50_000)
        assert len(fetch.fetch(office.url + "/large", allow=HERE, most=50_000).body) == 50_000
        with pytest.raises(Unreachable, match="longer than 49,999 bytes"):
            fetch.fetch(office.url + "/large", allow=HERE, most=49_999)
    with dripping() as url:
        began = elapsed()
        with pytest.raises(Unreachable, match="too long"):
            fetch.fetch(url, allow=HERE, seconds=0.6)
        assert elapsed() - began < 5


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends some bytes now and then, for ever."""
    stop = threading.Event()

    class Drip(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(1000)
            self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            with suppress(OSError):
                while not stop.wait(0.05):
                    self.request.sendall(b"x" * 20_000)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Drip) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        stop.set()
        server.shutdown()
