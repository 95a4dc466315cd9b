"""The one way to other people's servers, for link checks and hooks; no way into our own network.

The name is resolved once, every address it has is looked at, and the connection goes to the address
that was looked at: a second look-up could give another one (DNS rebinding). STANDARDS.md section 5.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

import certifi
import urllib3

from notifier.clock import elapsed

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

SECONDS = 10.0
LARGEST = 1_000_000  # bytes
REDIRECTS = 3
HEADERS = {"User-Agent": "Notifier (link check)", "Accept-Encoding": "identity"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Unreachable(Exception):
    """The page could not be had; the text says why, without anything that the other side sent."""


@dataclass(frozen=True)
class Answer:
    """What came back: ``url`` is the last one after redirects, ``body`` at most ``most`` bytes."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes


def fetch(
    url: str,
    *,
    allow: Iterable[str] = (),
    seconds: float = SECONDS,
    most: int = LARGEST,
) -> Answer:
    """GET a page over https, at most ``REDIRECTS`` redirects away, each looked at like the first.

    ``allow`` names networks of our own that may be asked although they are private, there also over
    http: an intranet's pages. Raises Unreachable when the address is refused, nobody answers within
    ``seconds`` altogether, or the answer is longer than ``most`` bytes.
    """
    own = [ipaddress.ip_network(network, strict=False) for network in allow]
    until = elapsed() + seconds
    for _ in range(REDIRECTS + 1):
        answer = once(url, own=own, until=until, most=most)
        onward = answer.headers.get("Location")
        if answer.status not in (301, 302, 303, 307, 308) or not onward:
            return answer
        url = urljoin(url, onward)
    raise Unreachable(f"it redirects more than {REDIRECTS} times")


def post(
    url: str,
    form: Sequence[tuple[str, str]],
    *,
    allow: Iterable[str] = (),
    seconds: float = SECONDS,
    most: int = LARGEST,
) -> Answer:
    """POST a form as ``fetch`` gets a page; where the answer points is not followed."""
    own = [ipaddress.ip_network(network, strict=False) for network in allow]
    body = urlencode(form).encode()
    return once(url, own=own, until=elapsed() + seconds, most=most, body=body)


def once(
    url: str, *, own: list[Network], until: float, most: int, body: bytes | None = None
) -> Answer:
    """One request, without following where it points: a GET, or a POST of a form's ``body``."""
    parts = read(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = resolve(host, port, secure=parts.scheme == "https", own=own)
    left = max(until - elapsed(), 0.1)
    pool = connect(address, host, port, secure=parts.scheme == "https", seconds=left)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with closing(pool):
        try:
            response = pool.urlopen(
                "GET" if body is None else "POST",
                target,
                body=body,
                headers={**HEADERS, "Host": parts.netloc, **(FORM if body is not None else {})},
                redirect=False,
                retries=False,
                preload_content=False,
                assert_same_host=False,
            )
            found = read_body(response, until=until, most=most)
        except ssl.SSLError as error:
            raise Unreachable("its certificate is not valid") from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise Unreachable(words(error)) from error
    return Answer(response.status, url, response.headers, found)


def read(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not url.isascii() or any(c <= " " or c == "\\" for c in url):
        raise Unreachable("it is no web address")
    if parts.username is not None or parts.password is not None:
        raise Unreachable("it holds a user name")
    return parts


def resolve(host: str, port: int, *, secure: bool, own: list[Network]) -> Address:
    """The address to connect to. All that the name has are looked at: one bad one refuses it."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("its name is not known") from error
    found = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows]
    for address in found:
        inside = any(address in network for network in own)
        if not inside and not is_public(address):
            raise Unreachable("it leads into a private network")
        if not inside and not secure:
            raise Unreachable("it is not https")
    return found[0]


def is_public(address: Address) -> bool:
    """Global unicast, also behind the ways in which IPv6 can wrap an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        teredo = address.teredo[1] if address.teredo else None
        inner = wrapped or teredo or translated(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address inside 64:ff9b::/96. [RFC 6052]"""
    if address in ipaddress.ip_network("64:ff9b::/96"):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def connect(
    address: Address, host: str, port: int, *, secure: bool, seconds: float
) -> urllib3.HTTPConnectionPool:
    """A pool of one connection to the address, with the certificate checked for the name."""
    timeout = urllib3.Timeout(total=seconds)
    if not secure:
        return urllib3.HTTPConnectionPool(str(address), port, timeout=timeout, maxsize=1)
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return urllib3.HTTPSConnectionPool(
        str(address),
        port,
        timeout=timeout,
        maxsize=1,
        ssl_context=context,
        server_hostname=host,
        assert_hostname=host,
    )


def read_body(response: urllib3.BaseHTTPResponse, *, until: float, most: int) -> bytes:
    """The body in pieces: a server that drips one byte a second must not hold us for ever."""
    pieces, size = [], 0
    for piece in response.stream(16_384, decode_content=False):
        size += len(piece)
        if size > most:
            raise Unreachable(f"it is longer than {most:,} bytes")
        if elapsed() > until:
            raise Unreachable("it takes too long")
        pieces.append(piece)
    return b"".join(pieces)


def words(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.SSLError):
        return "its certificate is not valid"
    refused = isinstance(error, urllib3.exceptions.NewConnectionError)  # counts as a time-out
    if not refused and isinstance(error, urllib3.exceptions.TimeoutError | TimeoutError):
        return "it takes too long"
    return "it does not answer"
