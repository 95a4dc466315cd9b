"""Every setting of the program, read once from the environment or ``instance/notifier.toml``.

The environment wins over the file. A secret may be given by the path of a file that holds it
(``NOTIFIER_SECRET_KEY_FILE``).
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from notifier.errors import Refused

PREFIX = "NOTIFIER_"
DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
BARE_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@" + DOMAIN.pattern)
SHORTEST_SECRET = 32  # characters
RATE = re.compile(r"([1-9]\d{0,8})/(s|min|h|day)", re.ASCII)
NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
HUB = re.compile(r"https://[\w.-]+(?::\d+)?(?:[/?][^\s#]*)?", re.ASCII)
HUB_HERE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:[/?][^\s#]*)?", re.ASCII)
SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}


@dataclass(frozen=True)
class Settings:
    """One field a setting; its ``doc`` is the sentence that the README shows."""

    instance: Path = field(metadata={"doc": "Folder of the database, secrets and outbox"})
    env: str = field(default="development", metadata={"doc": "development or production"})
    secret_key: str = field(
        default="", metadata={"doc": "Signs links; 32 characters or more", "secret": True}
    )
    old_secret_keys: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Earlier keys, newest first: their links keep working", "secret": True},
    )
    suppression_pepper: str = field(
        default="", metadata={"doc": "Key of the suppression list; never change it", "secret": True}
    )
    database_url: str = field(
        default="",
        metadata={
            "doc": "SQLAlchemy URL; SQLite in the instance folder by default",
            "secret": True,
        },
    )
    queue_url: str = field(
        default="",
        metadata={
            "doc": "The queue: sqlite:PATH, postgresql://… or redis://…; follows the database",
            "secret": True,
        },
    )
    base_url: str = field(
        default="http://127.0.0.1:8000",
        metadata={"doc": "Public address of the site; every link starts with it"},
    )
    mail_url: str = field(
        default="outbox:",
        metadata={
            "doc": "outbox:, smtp://user:pass@host:port or smtps://…; several with ?weight=N",
            "secret": True,
        },
    )
    mail_from: str = field(
        default="statistics@notifier.example", metadata={"doc": "From address of bulk mail"}
    )
    mail_from_oneoff: str = field(
        default="",
        metadata={
            "doc": "From address of one-off mail; no-reply@ the domain of MAIL_FROM by default"
        },
    )
    limits: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Messages to a domain, as in gmail.com=600/min; `*` is each other domain"},
    )
    warm_up: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "A first day and the most messages of it and of each day after it"},
    )
    reply_to: str = field(
        default="", metadata={"doc": "Reply-To where a team has no contact of its own"}
    )
    bounce_domain: str = field(
        default="",
        metadata={"doc": "Domain of the envelope senders; the domain of MAIL_FROM by default"},
    )
    bounce_mailbox: str = field(
        default="",
        metadata={
            "doc": "maildir:PATH or imaps://user:pass@host/folder that the worker reads",
            "secret": True,
        },
    )
    bounce_hook_secret: str = field(
        default="",
        metadata={
            "doc": "Bearer token, or key of the signature, for /hooks/bounces; closed without it",
            "secret": True,
        },
    )
    dkim_domain: str = field(
        default="",
        metadata={"doc": "Domain that signs (d=); empty leaves signing to the mail server"},
    )
    dkim_selector: str = field(default="", metadata={"doc": "Selector of the RSA key"})
    dkim_key: str = field(
        default="",
        metadata={
            "doc": "RSA private key, PEM; without keys the mail server signs",
            "secret": True,
        },
    )
    dkim_ed25519_selector: str = field(
        default="", metadata={"doc": "Selector of the second, Ed25519 key"}
    )
    dkim_ed25519_key: str = field(
        default="", metadata={"doc": "Ed25519 private key, PEM", "secret": True}
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(), metadata={"doc": "Addresses or networks whose X-Forwarded-For counts"}
    )
    fetch_allow: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Private networks whose pages may be checked for links, also over http"},
    )
    websub_hub: str = field(default="", metadata={"doc": "WebSub hub to tell of news in feeds"})
    metrics_token: str = field(
        default="",
        metadata={
            "doc": "Bearer token that may read /metrics from elsewhere than loopback",
            "secret": True,
        },
    )
    retention_delivery_months: int = field(
        default=13,
        metadata={"doc": "Delivery rows are kept so long after what they are about is closed"},
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """All signing keys, the one that signs first."""
        return (self.secret_key, *self.old_secret_keys)

    @property
    def production(self) -> bool:
        return self.env == "production"

    @property
    def development_inbox(self) -> bool:
        """Whether /dev/inbox exists: development only, and only when mail goes to the outbox."""
        return not self.production and self.mail_url.strip() == "outbox:"

    @property
    def host_name(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"


def load(environ: Mapping[str, str] | None = None, *, instance: Path | None = None) -> Settings:
    """The settings in force.

    Raises Refused when one is malformed or not safe for production, or unknown in the file; other
    NOTIFIER_ names in the environment are somebody else's.
    """
    environ = os.environ if environ is None else environ
    folder = Path(instance or environ.get(PREFIX + "INSTANCE") or default_instance()).resolve()
    given: dict[str, Any] = {**from_file(folder / "notifier.toml"), **from_environ(environ)}
    types = get_type_hints(Settings)
    values = {n: coerce(n, v, types[n]) for n, v in given.items() if n in types and n != "instance"}
    settings = Settings(instance=folder, **values)
    return complete(settings)


def default_instance() -> Path:
    """``instance/`` beside the package in a checkout, else ``notifier-instance`` here."""
    beside = Path(__file__).resolve().parent.parent / "instance"
    return beside if beside.is_dir() else Path.cwd() / "notifier-instance"


def from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = {k.lower(): v for k, v in tomllib.loads(path.read_text("utf-8")).items()}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{path} is not valid TOML ({error}); correct it or remove it.") from error
    for name in found.keys() - {f.name for f in fields(Settings)}:
        raise Refused(f"{path} holds {name!r}, which is no setting; see the table in README.md.")
    return found


def from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in environ.items():
        if not key.startswith(PREFIX) or key == PREFIX + "INSTANCE":
            continue
        name = key.removeprefix(PREFIX)
        if name.endswith("_FILE"):
            try:
                found[name.removesuffix("_FILE").lower()] = Path(value).read_text("utf-8").strip()
            except (OSError, ValueError) as error:  # ValueError: not text
                why = getattr(error, "strerror", None) or "it is not text"
                raise Refused(f"{key} names {value}, which cannot be read: {why}.") from error
        else:
            found[name.lower()] = value
    return found


def coerce(name: str, value: Any, kind: Any) -> Any:
    if kind is int:
        try:
            return int(value)
        except (TypeError, ValueError):
            raise Refused(
                f"{PREFIX}{name.upper()} must be a whole number, not {value!r}."
            ) from None
    if kind is str and not isinstance(value, list | dict):
        return str(value).strip()
    if kind is not str and isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    if kind is not str and isinstance(value, list) and all(isinstance(v, str) for v in value):
        return tuple(value)
    raise Refused(f"{name} in notifier.toml must be {'a text' if kind is str else 'texts'}.")


def complete(settings: Settings) -> Settings:
    """Fill in what follows from other settings, and refuse what is not safe."""
    if settings.env not in ("development", "production"):
        raise Refused(f"NOTIFIER_ENV must be development or production, not {settings.env!r}.")
    if not is_web_address(settings.base_url):
        raise Refused(
            "NOTIFIER_BASE_URL must be the site's address without a path, such as "
            "https://updates.example.org."
        )
    for name in ("trusted_proxies", "fetch_allow"):
        for network in getattr(settings, name):
            try:
                ipaddress.ip_network(network, strict=False)
            except ValueError:
                raise Refused(
                    f"NOTIFIER_{name.upper()} holds {network!r}, which is not an address or "
                    "network."
                ) from None
    guard_mail(settings)
    guard_limits(settings)
    guard_hub(settings.websub_hub, production=settings.production)
    changes: dict[str, Any] = {"base_url": settings.base_url.rstrip("/")}
    domain = settings.mail_from.rpartition("@")[2]
    changes["bounce_domain"] = settings.bounce_domain or domain
    changes["mail_from_oneoff"] = settings.mail_from_oneoff or f"no-reply@{domain}"
    if not settings.database_url:
        changes["database_url"] = f"sqlite:///{settings.instance / 'notifier.db'}"
    elif settings.database_url.startswith(("postgres://", "postgresql://")):
        rest = settings.database_url.split("://", 1)[1]
        changes["database_url"] = f"postgresql+psycopg://{rest}"
    for name in ("secret_key", "suppression_pepper"):
        changes[name] = guard_secret(settings, name)
    return replace(settings, **changes)


def guard_mail(settings: Settings) -> None:
    """Refuse an address that no header could carry: mail would fail one by one, for good."""
    for name in ("mail_from", "mail_from_oneoff", "reply_to"):
        value = getattr(settings, name)
        if (value or name == "mail_from") and not BARE_ADDRESS.fullmatch(value):
            raise Refused(
                f"NOTIFIER_{name.upper()} must be a bare email address, such as "
                f"statistics@example.org, not {value!r}."
            )
    for name in ("bounce_domain", "dkim_domain"):
        value = getattr(settings, name)
        if value and not DOMAIN.fullmatch(value):
            raise Refused(f"NOTIFIER_{name.upper()} must be a domain, not {value!r}.")
    for key, selector in (
        ("dkim_key", "dkim_selector"),
        ("dkim_ed25519_key", "dkim_ed25519_selector"),
    ):
        if bool(getattr(settings, key)) != bool(getattr(settings, selector)):
            raise Refused(f"NOTIFIER_{key.upper()} and NOTIFIER_{selector.upper()} go together.")
    if 0 < len(settings.bounce_hook_secret) < SHORTEST_SECRET:
        raise Refused(
            f"NOTIFIER_BOUNCE_HOOK_SECRET must be {SHORTEST_SECRET} random characters or more; "
            "leave it out to keep the hook closed."
        )
    if settings.retention_delivery_months < 1:
        raise Refused("NOTIFIER_RETENTION_DELIVERY_MONTHS must be 1 or more.")


def guard_limits(settings: Settings) -> None:
    for word in settings.limits:
        domain, _, text = word.partition("=")
        if not (domain == "*" or DOMAIN.fullmatch(domain)) or not RATE.fullmatch(text):
            raise Refused(
                f"NOTIFIER_LIMITS holds {word!r}; write a domain and a rate, such as "
                "gmail.com=600/min, or *=6000/min for each other domain."
            )
    days = settings.warm_up
    if days and not (len(days) > 1 and is_date(days[0]) and all(map(NUMBER.fullmatch, days[1:]))):
        raise Refused(
            f"NOTIFIER_WARM_UP is {' '.join(days)!r}; write the first day and the most messages of "
            "each day, such as 2026-12-01 200 500 1000 5000."
        )


def guard_hub(hub: str, *, production: bool) -> None:
    if hub and not HUB.fullmatch(hub) and (production or not HUB_HERE.fullmatch(hub)):
        raise Refused(
            "NOTIFIER_WEBSUB_HUB must be the hub's https address, such as "
            "https://hub.example.org/; over http only on this machine, in development."
        )


def is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def per_second(text: str) -> float:
    """Messages a second, of "600/min"."""
    found = RATE.fullmatch(text)
    if found is None:
        raise Refused(
            f"{text!r} is no rate; write messages for each s, min, h or day, such as 600/min.",
            field="rate",
        )
    return int(found[1]) / SECONDS[found[2]]


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_root = not (parts.path.strip("/") or parts.query or parts.fragment)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        return is_web and is_root and parts.port != 0
    except ValueError:  # http://[, or a port that is no number
        return False


def replace(settings: Settings, **changes: Any) -> Settings:
    return Settings(
        **{f.name: changes.get(f.name, getattr(settings, f.name)) for f in fields(Settings)}
    )


def guard_secret(settings: Settings, name: str) -> str:
    value: str = getattr(settings, name)
    if settings.production:
        if len(value) < SHORTEST_SECRET or len(set(value)) < 8:
            raise Refused(
                f"NOTIFIER_{name.upper()} must be {SHORTEST_SECRET} random characters or more in "
                "production; make one with: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'."
            )
        return value
    return value or kept_secret(settings.instance / name)


def make_folder(path: Path) -> None:
    """The instance folder, made when it is not there."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            f"The instance folder {path} cannot be made ({error.strerror}); "
            "set NOTIFIER_INSTANCE to a folder that can be written to."
        ) from error


def kept_secret(path: Path) -> str:
    """A random secret for development, made once and kept in the instance folder."""
    make_folder(path.parent)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        fresh.write_text(secrets.token_urlsafe(48), "utf-8")
        fresh.chmod(0o600)
        # link() fails when the name exists: of two processes that start together one makes the
        # key and the other reads it, whole.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text("utf-8").strip()
