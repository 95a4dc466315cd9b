"""Who asks, as far as it is kept: keys that can be counted, and words for the list of sessions."""

from __future__ import annotations

import hmac

from flask import request

from notifier.web.guard import client_address, settings
from notifier.web.network import around

# The first that is found names it; every browser also claims to be several others.
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("CriOS/", "Chrome"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


def browser() -> str:
    """ "Firefox on Windows"; "an unknown browser" for what says nothing we know."""
    says = request.headers.get("User-Agent", "")[:500]
    name = next((word for mark, word in BROWSERS if mark in says), "")
    system = next((word for mark, word in SYSTEMS if mark in says), "")
    return " on ".join(filter(None, (name, system))) or "an unknown browser"


def network_words() -> str:
    """The network around the address, "203.0.113.0/24": enough to know one's own by."""
    return around(client_address())


def address_key(email: str) -> str:
    """An address that was typed, as a keyed HMAC: it can be counted, not read."""
    key = hmac.digest(settings().suppression_pepper.encode(), b"notifier.sign-in", "sha256")
    return hmac.digest(key, email.strip().lower().encode(), "sha256").hex()[:32]
