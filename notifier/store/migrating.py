"""Joins Flask-Migrate to the app, for those who change the schema."""

from __future__ import annotations

from flask_migrate import Migrate

from notifier.store.schema import FOLDER

migrations = Migrate(
    directory=str(FOLDER), render_as_batch=True, compare_type=True, include_schemas=False
)
