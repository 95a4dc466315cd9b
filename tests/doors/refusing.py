"""That a command refuses with one sentence and leaves every row as it was."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml
from sqlalchemy import create_engine, func, inspect, literal, select, table, union_all

from tests.journeys.world import Said, World
from tests.makers import CATALOGUE

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at"
CONSENT = ("--consent", "I agree to get emails about the topics I chose.")
ROW = "new@example.org,academic,air-quality,immediate,en,,2026-11-01"


def contents(world: World) -> dict[str, int]:
    """Rows of every table of the world's database. Asked by name: to reflect them takes 0.2 s."""
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", database()))
    with engine.connect() as connection:
        counts = [
            select(literal(name), func.count()).select_from(table(name))
            for name in inspect(engine).get_table_names()
        ]
        rows: dict[str, int] = dict(connection.execute(union_all(*counts)).all())
    engine.dispose()
    return rows


def database() -> str:
    return os.environ["NOTIFIER_DATABASE_URL"]


@contextmanager
def nothing_changes(world: World) -> Iterator[None]:
    before = contents(world)
    yield
    assert contents(world) == before


def refuses(world: World, *arguments: str, about: str) -> Said:
    """Exit 1: one sentence on standard error that names what is wrong; nothing else."""
    with nothing_changes(world):
        said = world.cli(*arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    assert about in said.err
    assert said.err.rstrip().endswith((".", ")", "?")), said.err
    return said


def file(world: World, content: object, name: str = "file.yaml") -> str:
    """A file with that content: bytes and text as they are, anything else as YAML."""
    path = world.folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    return str(path)


def changed(section: str, **keys: Any) -> dict[str, Any]:
    """The catalogue with a new first entry of a section: the old one under another name."""
    catalogue: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    entry = {**catalogue[section][0], **keys}
    catalogue[section] = [*catalogue[section], entry]
    return catalogue
