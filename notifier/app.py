"""``create_app``: the only place where the house is joined together."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

# Importing the rooms' tables makes the schema whole.
import notifier.accounts.models
import notifier.audience.models
import notifier.audience.private_feed
import notifier.catalogue.models
import notifier.delivery.models
import notifier.feeds.models
import notifier.newsletters.models
import notifier.notices.models
import notifier.releases.models
import notifier.sends.models
import notifier.store.history  # noqa: F401
from notifier import clock
from notifier.settings import Settings, load, make_folder
from notifier.store.db import db

PACKAGE = Path(__file__).parent


def create_app(
    settings: Settings | None = None, *, now: clock.Now = clock.now, web: bool = True
) -> Flask:
    """The Flask application. ``now`` is the clock that its doors read; without ``web`` it has no
    pages and cannot migrate: enough for a command or a worker.

    Raises Refused when a setting is missing or not safe.
    """
    settings = settings or load()
    make_folder(settings.instance)
    app = Flask(
        "notifier",
        instance_path=str(settings.instance),
        static_folder=str(PACKAGE / "web" / "static"),
        template_folder=str(templates()),
    )
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=500_000,
        SETTINGS=settings,
        NOW=now,
    )
    db.init_app(app)
    if web:
        open_doors(app)
    return app


def open_doors(app: Flask) -> None:
    """Pages and migrations. Imported here: 60 MB and 0.8 s that a worker has no use for."""
    from notifier.store.migrating import migrations  # noqa: PLC0415
    from notifier.web import attach  # noqa: PLC0415

    migrations.init_app(app, db)
    attach(app)


def templates() -> Path:
    """The templates: inside the package when it was installed, beside it in a checkout."""
    installed = PACKAGE / "_templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"
