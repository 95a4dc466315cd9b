"""The two ways in which the house says no: a sentence that a person can act on."""

from __future__ import annotations


class Refused(Exception):
    """A verb declined; nothing was changed.

    ``str(error)`` is one sentence that names the rule and the way out. ``field`` names the input it
    is about, so that a form can put the sentence beside it.
    """

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class NotFound(Refused):
    """What was named does not exist, or may not be seen by whoever asked."""


class Conflict(Refused):
    """Somebody else acted first: the row was no longer in the state that the verb expected."""
