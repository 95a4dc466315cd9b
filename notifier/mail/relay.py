"""One mail server of MAIL_URL: where it is, how it is secured, how it is used."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from notifier.errors import Refused
from notifier.settings import per_second

Security = Literal["none", "starttls", "tls"]

_OPTIONS = frozenset(
    {"starttls", "weight", "smtplib", "verify", "ca", "per_connection", "connections", "limit"}
)
_PORTS = {"none": 25, "starttls": 25, "tls": 465}
_SHAPE = (
    "MAIL_URL must be outbox:, smtp://user:pass@host:port or smtps://user:pass@host:port; "
    "a special character in the password is percent-encoded."
)
SUBMISSION = 587  # RFC 6409: where one signs in


@dataclass(frozen=True, slots=True)
class Relay:
    """A parsed ``smtp://`` or ``smtps://`` address.

    ``weight`` is its share of batches among several; ``connections`` how many one thread opens at
    most, ``per_connection`` the messages after which one is renewed; ``limit`` the messages a
    second that it is given by all workers together, 0 for any number. ``ca`` is a file of
    certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    verify: bool = True
    ca: Path | None = None
    weight: int = 1
    per_connection: int = 1000
    connections: int = 4
    plain_library: bool = False
    limit: float = 0.0

    @property
    def name(self) -> str:
        """What tells it from other relays, without its password."""
        return f"{self.host}:{self.port}"

    def tls(self) -> ssl.SSLContext:
        """The client's side of TLS; the certificate is checked unless ``verify=0`` was given."""
        context = ssl.create_default_context(cafile=self.ca)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def parse(url: str) -> Relay:
    """The relay that ``url`` names; Refused, without its password, when it is malformed."""
    try:
        split = urlsplit(url)
        host, port = split.hostname or "", split.port
    except ValueError:
        raise Refused(_SHAPE) from None
    if split.scheme not in ("smtp", "smtps") or not host or split.path.strip("/"):
        raise Refused(_SHAPE)
    options = dict(parse_qsl(split.query, keep_blank_values=True))
    named = f"MAIL_URL for {host}"
    for name in options.keys() - _OPTIONS:
        raise Refused(f"{named} has no option {name!r}; there are {', '.join(sorted(_OPTIONS))}.")
    security = _security(split.scheme, host, _flag(named, options, "starttls"))
    user, password = unquote(split.username or ""), unquote(split.password or "")
    if user and security == "none" and not is_loopback(host):
        raise Refused(f"{named} would send a password in plain text; remove starttls=0.")
    return Relay(
        host=host,
        port=port or (SUBMISSION if user and security != "tls" else _PORTS[security]),
        security=security,
        user=user,
        password=password,
        verify=_flag(named, options, "verify") is not False,
        ca=Path(options["ca"]) if options.get("ca") else None,
        weight=_number(named, options, "weight", 1),
        per_connection=_number(named, options, "per_connection", 1000),
        connections=_number(named, options, "connections", 4),
        plain_library=bool(_flag(named, options, "smtplib")),
        limit=_rate(named, options.get("limit", "")),
    )


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine, so that nobody can listen on the way."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _security(scheme: str, host: str, starttls: bool | None) -> Security:
    if scheme == "smtps":
        return "tls"
    return "starttls" if starttls or (starttls is None and not is_loopback(host)) else "none"


def _flag(named: str, options: dict[str, str], name: str) -> bool | None:
    """True, False, or None when it is not given."""
    if name not in options:
        return None
    if options[name] not in ("0", "1"):
        raise Refused(f"{named}: {name} must be 0 or 1, not {options[name]!r}.")
    return options[name] == "1"


def _rate(named: str, text: str) -> float:
    try:
        return per_second(text) if text else 0.0
    except Refused as refusal:
        raise Refused(f"{named}: limit={refusal}") from None


def _number(named: str, options: dict[str, str], name: str, default: int) -> int:
    given = options.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,8}", given, re.ASCII):
        raise Refused(f"{named}: {name} must be a whole number above 0, not {given!r}.")
    return int(given)
