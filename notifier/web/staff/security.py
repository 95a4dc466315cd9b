"""Flask-Security, joined to our staff: it signs in and out, and proves codes of an app.

Its pages, forms, scripts and mails are not used: ours keep one answer for everybody, history, the
unit of work and the look of the desk. The rooms know nothing of it, and worker and command line
never import it.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import partial
from typing import Any

from flask import Flask, current_app, session
from flask_security import RoleMixin, Security, UserDatastore, UserMixin
from flask_security.totp import Totp
from passlib.totp import TOTP, AppWallet

from notifier.accounts import passwords, sessions
from notifier.accounts.models import Staff, StaffSession
from notifier.clock import Now
from notifier.settings import Settings

SECRET = "notifier.session"  # noqa: S105 (where the cookie keeps the secret)
DRIFT = 30  # seconds that a telephone's clock may be wrong


class Member(UserMixin):
    """A member of staff as Flask-Security knows users; what it does not know stands in ``row``."""

    def __init__(self, row: Staff, at: StaffSession) -> None:
        self.row, self.at = row, at

    id = property(lambda self: self.row.id)
    email = property(lambda self: self.row.email)
    password = property(lambda self: self.row.password_hash)
    active = property(lambda self: self.row.active)
    fs_uniquifier = property(lambda self: self.row.fs_uniquifier)
    roles = property(lambda self: [Named(role.role) for role in self.row.roles])

    def verify_and_update_password(self, password: str) -> bool:
        return passwords.matches(self.row.password_hash, password)


class Named(RoleMixin):
    """A role by its name, of whatever team."""

    def __init__(self, name: str) -> None:
        self.name = name


class Members(UserDatastore):
    """Finds staff. It changes nothing: doors do, in their unit of work."""

    def __init__(self) -> None:
        super().__init__(Member, Named)

    def find_user(self, case_insensitive: bool = False, **asked: Any) -> Member | None:
        """The member whose session this request carries; by anything else, nobody: the doors look
        people up themselves. Flask-Login asks by ``fs_uniquifier``, which is in the cookie."""
        secret = session.get(SECRET)
        if set(asked) != {"fs_uniquifier"} or not isinstance(secret, str):
            return None
        found = sessions.find(secret, now=now())
        if found is None or not hmac.compare_digest(
            found[1].fs_uniquifier, str(asked["fs_uniquifier"])
        ):
            return None
        return Member(found[1], found[0])

    def put(self, model: Any) -> Any:
        return model

    def commit(self) -> None:
        """Nothing: only doors commit, through ``unit()``."""


class Codes(Totp):
    """Codes of an authenticator app: at the app's clock, and each one once. Its secrets are
    encrypted under keys that are derived from ours; what an old key encrypted can be read."""

    def __init__(self, secrets: dict[str, str], issuer: str, *, clock: Now) -> None:
        wallet = AppWallet(secrets=secrets, default_tag=next(iter(secrets)))
        self._totp = TOTP.using(issuer=issuer, wallet=wallet, now=lambda: clock().timestamp())

    def renewed(self, secret: str) -> str:
        """The same secret under the newest key, where an earlier one encrypted it: so that key can
        be taken away some day."""
        found = self._totp.from_source(secret)
        return str(found.to_json(encrypt=True)) if found.changed else secret

    def get_last_counter(self, user: Any) -> int | None:
        found: int | None = user.totp_counter
        return found

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter


def now() -> datetime:
    found: datetime = current_app.config["NOW"]()
    return found


def codes() -> Codes:
    found: Codes = current_app.extensions["security"].totp_factory
    return found


def key_ring(settings: Settings) -> dict[str, str]:
    """A key for each of ours, the newest first, under a tag that tells nothing of it."""
    made = {}
    for key in settings.keys:
        secret = hmac.digest(key.encode(), b"notifier.totp", "sha256").hex()
        tag = hmac.digest(key.encode(), b"notifier.totp.tag", "sha256").hex()[:12]
        made[f"k{tag}"] = secret
    return made


def attach(app: Flask) -> None:
    settings: Settings = app.config["SETTINGS"]
    app.config.update(
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TOTP_SECRETS=key_ring(settings),
        SECURITY_TOTP_ISSUER=settings.host_name,
        SECURITY_PASSWORD_SALT=settings.suppression_pepper,
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
        SECURITY_DEFAULT_REMEMBER_ME=False,
    )
    made: Any = partial(Codes, clock=app.config["NOW"])
    security = Security(totp_cls=made)
    security.init_app(app, Members(), register_blueprint=False)
    quieten(app, security)


def quieten(app: Flask, security: Any) -> None:
    """Flask-Login and Flask-Principal would read the session of every request, also of feeds and
    pages that everybody may cache: each answer would say Vary: Cookie. Tokens in headers or
    addresses, and cookies that remember, open nothing here."""
    manager = security.login_manager
    manager.request_loader(lambda request: None)
    app.config["REMEMBER_COOKIE_NAME"] = "notifier-none"
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    app.template_context_processors[None] = [
        each
        for each in app.template_context_processors[None]
        if not each.__module__.startswith("flask_login")
    ]
