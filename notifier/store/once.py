"""Within one look, the same small question is asked of the database once: a board of 150 rows asked
who is on duty, and what is promised, 700 times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_KEPT: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """For pages that only read: nothing that is asked for within may change meanwhile."""
    before = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(before)


def once(ask: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Marks a question whose answer is remembered ``reading``; elsewhere it is asked each time.

    What it is given must be hashable, and nobody may change what it answers.
    """

    @wraps(ask)
    def asked(*given: Given.args, **named: Given.kwargs) -> Answer:
        kept = _KEPT.get()
        if kept is None:
            return ask(*given, **named)
        key = (ask, given, tuple(sorted(named.items())))
        if key not in kept:
            kept[key] = ask(*given, **named)
        return cast(Answer, kept[key])

    return asked
