"""From which network somebody asks, as a keyed HMAC, and the limits of doors that leave no row."""

from __future__ import annotations

import hmac
import ipaddress
from collections import defaultdict, deque
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, current_app
from werkzeug.exceptions import TooManyRequests

from notifier.web.guard import client_address, settings

WITHIN = timedelta(hours=1)
MOST = {"link": 60, "answer": 60, "complaint": 20}  # of one network in an hour
NETWORKS = 10_000  # remembered at most; then the memory begins anew
LENGTH = 32  # hexadecimal digits: 128 bit


def network() -> str:
    """The /24 (IPv4) or /64 (IPv6) of who asks, as an HMAC: it can be counted, not turned back."""
    key = hmac.digest(settings().suppression_pepper.encode(), b"notifier.network", "sha256")
    return hmac.digest(key, around(client_address()).encode(), "sha256").hex()[:LENGTH]


def around(address: str) -> str:
    """The network of an address in words, "203.0.113.0/24"; of what is no address, itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))


class Recent:
    """When each network came to each door, within the last hour, in this process's memory.

    A sign-up is counted in the database; asking for a link leaves no row for an address that we do
    not know, and must be limited alike.
    """

    def __init__(self) -> None:
        self._lock, self._came = Lock(), defaultdict[tuple[str, str], deque[datetime]](deque)

    def may(self, door: str, network: str, now: datetime) -> bool:
        """Count one more; False when there were enough."""
        with self._lock:
            if len(self._came) > NETWORKS:
                self._came.clear()
            came = self._came[door, network]
            while came and came[0] <= now - WITHIN:
                came.popleft()
            if len(came) >= MOST[door]:
                return False
            came.append(now)
            return True


def attach(app: Flask) -> None:
    app.extensions["notifier.recent"] = Recent()


def limit(door: str, *, now: datetime) -> None:
    """Answer 429 when this network came too often; known and unknown addresses count alike."""
    recent: Recent = current_app.extensions["notifier.recent"]
    if not recent.may(door, network(), now):
        too_often()


def too_often() -> None:
    raise TooManyRequests(retry_after=int(WITHIN.total_seconds()))
