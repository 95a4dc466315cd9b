"""The web's doors, joined to the app: public pages, the staff desk, the guard, errors."""

from __future__ import annotations

from flask import Flask

from notifier.web import errors, guard, language, network
from notifier.web.hooks import bounces
from notifier.web.public import pages
from notifier.web.staff import pages as staff


def attach(app: Flask) -> None:
    """Hang every blueprint, filter and error page into the app."""
    guard.attach(app)
    language.attach(app)
    network.attach(app)
    errors.attach(app)
    pages.attach(app)
    staff.attach(app)
    app.register_blueprint(bounces.blueprint)
