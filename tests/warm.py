"""Keeps what one app has compiled for the next app of a test process, which has thousands of them.

SQL, templates and routes are the same for each of them: to compile them again took 45% of the time
of a journey. Nothing is kept that an answer could depend on.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Dialect, Engine, event
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

Statements = tuple[Dialect, LRUCache[Any, Any]]


class Templates(BytecodeCache):
    """The code of each template of the pages, as long as its source is the same."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self.kept[bucket.key, bucket.checksum] = bucket.code


class Route(Rule):
    """A rule whose function that writes addresses is made once for all rules of the same shape."""

    made: dict[str, Callable[..., tuple[str, str]]] = {}  # noqa: RUF012

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        shape = repr((self.rule, self._trace, append_unknown))
        if shape not in self.made:
            self.made[shape] = super()._compile_builder(append_unknown)
        return self.made[shape]


def keep() -> None:
    """From here on every app of this process uses what those before it have compiled."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
    Flask.url_rule_class = Route
    known: dict[str, Statements] = {}

    @event.listens_for(Engine, "engine_connect")
    def share(connection: Connection) -> None:
        engine = connection.engine
        if engine.dialect.name not in known:
            known[engine.dialect.name] = engine.dialect, LRUCache(5000)
        # A compiled statement is found again under the dialect for which it was compiled.
        dialect, engine._compiled_cache = known[engine.dialect.name]
        connection.dialect = engine.dialect = dialect
