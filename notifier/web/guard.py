"""Closed by default: only what is marked public is reachable; headers that every answer carries."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, request
from flask_wtf.csrf import CSRFProtect

from notifier.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

csrf = CSRFProtect()

POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self' 'nonce-{nonce}'; connect-src 'self'; form-action 'self'; "
    "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def public(view: View) -> View:
    """Mark a view as reachable without a session; all others answer 404 to strangers."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def roomy(octets: int) -> Callable[[View], View]:
    """Mark a view as one that takes files: its requests may hold so much."""

    def mark(view: View) -> View:
        view.octets = octets  # type: ignore[attr-defined]
        return view

    return mark


def attach(app: Flask) -> None:
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings(app).base_url.startswith("https:"),
        # A cookie of our own name: several apps may live on one host.
        SESSION_COOKIE_NAME="notifier",
    )
    app.url_map.merge_slashes = False  # its redirect would repeat whatever Host says
    app.before_request(fresh_nonce)  # first: an answer that refuses needs it too
    app.before_request(closed)
    app.before_request(make_room)  # before anything reads the form
    csrf.init_app(app)
    app.before_request(legible)
    app.after_request(harden)
    app.jinja_env.globals["csp_nonce"] = lambda: g.nonce


def settings(app: Flask | None = None) -> Settings:
    found: Settings = (app or current_app).config["SETTINGS"]
    return found


def closed() -> Any:
    """404 for every view that is not marked public: a stranger learns nothing about what exists.

    Views that say whom they are for are kept by the staff's doorkeeper (web.staff.door).
    """
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions.get(request.endpoint)
    if getattr(view, "is_public", False):
        return None
    needs, keeper = getattr(view, "needs", None), current_app.extensions.get("notifier.keeper")
    if needs is None or keeper is None:
        abort(404)
    return keeper(needs)


def make_room() -> None:
    octets = getattr(current_app.view_functions.get(request.endpoint or ""), "octets", None)
    if octets is not None:
        request.max_content_length = octets


def legible() -> None:
    """No address and no answer holds a NUL; PostgreSQL refuses text that does."""
    given = (v for values in (request.args, request.form) for v in values.listvalues())
    if "\0" in request.path or any("\0" in word for words in given for word in words):
        abort(404 if request.method in ("GET", "HEAD") else 400)


def fresh_nonce() -> None:
    g.nonce = secrets.token_urlsafe(16)


def harden(response: Response) -> Response:
    """Security headers, unless a view set its own (the mail preview in development does)."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    policy = POLICY.format(nonce=g.get("nonce", ""))
    response.headers.setdefault("Content-Security-Policy", policy)
    # What holds a form's token or stands behind a private link is kept by nobody.
    secret = "csrf_token" in g or {"token", "secret", "key"} & set(request.view_args or {})
    response.headers.setdefault("Cache-Control", "no-store" if secret else "no-cache")
    if settings().base_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def client_address() -> str:
    """The address that asks: X-Forwarded-For counts only as far as trusted proxies wrote it."""
    networks, here = proxies(), request.remote_addr or ""
    chain = [p.strip() for p in request.headers.get("X-Forwarded-For", "").split(",") if p.strip()]
    while chain and trusted(here, networks):
        here = chain.pop()
    return here


def is_local() -> bool:
    """Whether somebody on this machine asks, and no unknown proxy in the name of somebody else."""
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded and not trusted(request.remote_addr or "", proxies()):
        return False
    return is_loopback(client_address())


def proxies() -> list[Network]:
    return [ipaddress.ip_network(n, strict=False) for n in settings().trusted_proxies]


def trusted(address: str, networks: list[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)


def is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
