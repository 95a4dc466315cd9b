"""Hangs the public pages into the app."""

from __future__ import annotations

from flask import Flask

from notifier.settings import Settings
from notifier.web import dev
from notifier.web.public import (
    browse,
    calendars,
    data,
    feeds,
    following,
    frame,
    issues,
    operations,
    pictures,
    tables,
)
from notifier.web.public.changes import changes_list, consultation
from notifier.web.public.people import (
    complaining,
    confirming,
    got_it,
    holdings,
    leaving,
    moving,
    pausing,
    preferences,
    private,
    signup,
)
from notifier.web.public.record import policy, record
from notifier.web.public.releases import early, release_calendar, release_page, week_page
from notifier.web.public.series import series_page, topic_page


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
        week_page,
        tables,
        issues,
        pictures,
        signup,
        confirming,
        preferences,
        private,
        pausing,
        moving,
        holdings,
        complaining,
        leaving,
        got_it,
        consultation,
        early,
        record,
        policy,
        feeds,
        following,
        calendars,
        data,
        operations,
    ):
        app.register_blueprint(room.blueprint)
    settings: Settings = app.config["SETTINGS"]
    if settings.development_inbox:
        app.register_blueprint(dev.blueprint)
