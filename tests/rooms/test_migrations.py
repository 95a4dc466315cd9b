"""Migrations lead from nothing to exactly the models and back, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text, update
from sqlalchemy.exc import IntegrityError

from notifier.audience.models import Subscriber
from notifier.errors import Refused
from notifier.store import schema
from notifier.store.db import db, session, unit
from tests.conftest import Databases, opened
from tests.makers import Clock, joins


@pytest.fixture
def bare(databases: Databases, kind: str, clock: Clock, tmp_path: Path) -> Iterator[Flask]:
    """The application over a database in which there is nothing at all, in its context."""
    url = databases.create(kind)
    for app in opened(url, clock, tmp_path):
        with app.app_context():
            yield app
    databases.drop(url)


def ours() -> list[str]:
    return [name for name in inspect(db.engine).get_table_names() if name != "alembic_version"]


def test_from_nothing_to_the_models_and_back(bare: Flask) -> None:
    assert inspect(db.engine).get_table_names() == []
    assert schema.current(db.engine) == ""
    upgrade()
    assert schema.current(db.engine) == schema.head()
    assert set(ours()) == set(db.metadata.tables)
    upgrade()  # again is no error
    downgrade(revision="base")
    assert ours() == []
    upgrade()
    assert set(ours()) == set(db.metadata.tables)


def test_the_schema_equals_the_models(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "target_metadata": db.metadata}
        )
        assert compare_metadata(context, db.metadata) == []


def test_the_history_of_migrations_is_one_line(bare: Flask) -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.FOLDER))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.head()]
    assert len(script.get_bases()) == 1
    walked = list(script.walk_revisions())
    assert [found.revision for found in reversed(walked)] == list(schema.revisions())
    for revision in walked:
        assert revision.doc
        assert "notifier" not in Path(revision.path).read_text("utf-8").split("import ", 1)[0]


def test_an_older_schema_is_refused_and_a_newer_one_is_welcome(bare: Flask) -> None:
    with pytest.raises(Refused, match="older than this program; run: bin/notifier migrate"):
        schema.require_current(db.engine)
    upgrade()
    schema.require_current(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    schema.require_current(db.engine)


def test_foreign_keys_are_guarded_on_both(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with pytest.raises(IntegrityError), unit():
        session.execute(
            update(Subscriber).where(Subscriber.id == person.id).values(user_type_id=999)
        )


def test_the_ledger_is_narrow_and_has_no_other_index(app: Flask) -> None:
    with app.app_context():
        found = inspect(db.engine)
        assert found.get_indexes("delivery") == []
        assert found.get_pk_constraint("delivery")["constrained_columns"] == [
            "send_id",
            "subscriber_id",
        ]
        if db.engine.dialect.name == "sqlite":
            sql = session.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'delivery'"))
            assert "WITHOUT ROWID" in str(sql)
        else:
            options = text("SELECT reloptions FROM pg_class WHERE relname = 'delivery'")
            assert session.scalar(options) == ["fillfactor=80"]
