"""Hangs the pages of releases into the desk."""

from __future__ import annotations

from flask import Flask

from notifier.web.staff.releases import (
    acts,
    adding,
    asks,
    bringing,
    bulk,
    calendar,
    letter,
    letter_preview,
    one,
    readers,
    repeating,
)


def attach(app: Flask) -> None:
    for room in (
        calendar,
        bulk,
        one,
        asks,
        bringing,
        acts,
        letter,
        letter_preview,
        readers,
        adding,
        repeating,
    ):
        app.register_blueprint(room.blueprint)
