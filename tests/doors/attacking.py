"""What attacks on the doors have in common: an honest form to bend, and what must not change."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from notifier.store.db import db, session
from tests.journeys.world import hidden
from tests.makers import Clock

OUTSIDER = {"REMOTE_ADDR": "203.0.113.9"}
TYPED = {"topics": ["air-quality"], "user_type": "academic"}


def counts() -> dict[str, int]:
    """Rows of every table."""
    tables = db.metadata.sorted_tables
    return {t.name: session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def form(client: FlaskClient, clock: Clock, path: str = "/subscribe") -> dict[str, Any]:
    """The hidden fields of a page's form, twenty seconds after it was opened."""
    page = client.get(path).get_data(as_text=True)
    clock.forward(seconds=20)
    return {name: hidden(page, name) for name in ("csrf_token", "t")}
