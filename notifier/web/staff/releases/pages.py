"""Hangs the pages of releases into the desk."""

from __future__ import annotations

from flask import Flask

from notifier.web.staff.releases import acts, asks, bulk, calendar, one


def attach(app: Flask) -> None:
    for room in (calendar, bulk, one, asks, acts):
        app.register_blueprint(room.blueprint)
