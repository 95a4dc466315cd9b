"""Settings that no program could keep to are refused at the start, in a sentence."""

from __future__ import annotations

import re
from datetime import date

from notifier.errors import Refused
from notifier.settings.model import Settings

DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*")
BARE_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@" + DOMAIN.pattern)
SHORTEST_SECRET = 32  # characters
RATE = re.compile(r"([1-9]\d{0,8})/(s|min|h|day)", re.ASCII)
NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
HUB = re.compile(r"https://[\w.-]+(?::\d+)?(?:[/?][^\s#]*)?", re.ASCII)
HUB_HERE = re.compile(r"http://(?:127\.0\.0\.1|localhost)(?::\d+)?(?:[/?][^\s#]*)?", re.ASCII)
SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86_400}


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
