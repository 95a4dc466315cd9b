"""What follows from other settings is filled in; what is malformed or not safe is refused."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from notifier.errors import Refused
from notifier.settings.guards import (
    SHORTEST_SECRET,
    guard_hub,
    guard_limits,
    guard_mail,
)
from notifier.settings.keep import kept_secret
from notifier.settings.model import Settings
from notifier.settings.sign_in import STAFF_ROLES, guard_sign_in


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
    guard_sign_in(settings)
    guard_limits(settings)
    guard_hub(settings.websub_hub, production=settings.production)
    changes: dict[str, Any] = {"base_url": settings.base_url.rstrip("/")}
    domain = settings.mail_from.rpartition("@")[2]
    changes["bounce_domain"] = settings.bounce_domain or domain
    changes["two_step_roles"] = settings.two_step_roles or STAFF_ROLES[1:]
    changes["mail_from_oneoff"] = settings.mail_from_oneoff or f"no-reply@{domain}"
    if not settings.database_url:
        changes["database_url"] = f"sqlite:///{settings.instance / 'notifier.db'}"
    elif settings.database_url.startswith(("postgres://", "postgresql://")):
        rest = settings.database_url.split("://", 1)[1]
        changes["database_url"] = f"postgresql+psycopg://{rest}"
    for name in ("secret_key", "suppression_pepper"):
        changes[name] = guard_secret(settings, name)
    return replace(settings, **changes)


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


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_root = not (parts.path.strip("/") or parts.query or parts.fragment)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
        return is_web and is_root and parts.port != 0
    except ValueError:  # http://[, or a port that is no number
        return False
