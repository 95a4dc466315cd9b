"""Hangs the public pages into the app."""

from __future__ import annotations

from flask import Flask

from notifier.settings import Settings
from notifier.web import dev
from notifier.web.public import (
    browse,
    changes_list,
    confirming,
    consultation,
    early,
    feeds,
    frame,
    got_it,
    issues,
    leaving,
    operations,
    pausing,
    policy,
    preferences,
    record,
    release_calendar,
    release_page,
    series_page,
    signup,
    tables,
    topic_page,
    week_ahead,
)


def attach(app: Flask) -> None:
    """All public blueprints; the development inbox only where mail goes to the outbox."""
    frame.attach(app)
    for room in (
        browse,
        changes_list,
        release_calendar,
        release_page,
        series_page,
        topic_page,
        week_ahead,
        tables,
        issues,
        signup,
        confirming,
        preferences,
        pausing,
        leaving,
        got_it,
        consultation,
        early,
        record,
        policy,
        feeds,
        operations,
    ):
        app.register_blueprint(room.blueprint)
    settings: Settings = app.config["SETTINGS"]
    if settings.development_inbox:
        app.register_blueprint(dev.blueprint)
