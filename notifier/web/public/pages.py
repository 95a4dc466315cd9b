"""Hangs the public pages into the app."""

from __future__ import annotations

from flask import Flask

from notifier.settings import Settings
from notifier.web import dev
from notifier.web.public import (
    browse,
    feeds,
    frame,
    got_it,
    issues,
    leaving,
    operations,
    preferences,
    record,
    signup,
)


def attach(app: Flask) -> None:
    """All public blueprints; the development inbox only where mail goes to the outbox."""
    frame.attach(app)
    for room in (browse, issues, signup, preferences, leaving, got_it, record, feeds, operations):
        app.register_blueprint(room.blueprint)
    settings: Settings = app.config["SETTINGS"]
    if settings.development_inbox:
        app.register_blueprint(dev.blueprint)
