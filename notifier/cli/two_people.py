"""Options of a verb that needs a public reason and a second person, read once for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from functools import wraps
from typing import Any

import click

from notifier.accounts.models import Staff
from notifier.accounts.people import known
from notifier.cli.door import Door
from notifier.cli.options import approved_option, by_option, reason_option
from notifier.cli.release_rows import moment
from notifier.clock import at_london
from notifier.releases.decision import Decision

decided_option = click.option(
    "--decided", metavar="DATE", help="When it was decided, if before now; users see how soon."
)
code_option = click.option("--reason-code", default="other", show_default=True, metavar="CODE")

Command = Callable[..., None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was typed; people are looked up inside the unit of work."""

    reason: str
    by_: str
    approved_by: str
    reason_code: str = "other"
    decided: str | None = None

    @property
    def second(self) -> Staff:
        return known(self.approved_by)

    def decision(self, door: Door) -> Decision:
        return Decision(
            reason=self.reason,
            person=known(self.by_),
            approved_by=self.second,
            reason_code=self.reason_code,
            decided_at=decided_at(self.decided, door.now()),
        )


def two_people(command: Command) -> Command:
    """Adds --reason, --by and --approved-by; the command takes them as ``asked``."""
    return gathered(command, reason_option, by_option, approved_option)


def two_people_on_a_date(command: Command) -> Command:
    """The same with --reason-code and --decided."""
    options = (code_option, reason_option, decided_option, by_option, approved_option)
    return gathered(command, *options)


def gathered(command: Command, *options: Callable[[Command], Command]) -> Command:
    @wraps(command)
    def taking(*positional: Any, **given: Any) -> None:
        words = {name: given.pop(name) for name in Asked.__dataclass_fields__ if name in given}
        command(*positional, asked=Asked(**words), **given)

    found: Command = taking
    for option in reversed(options):
        found = option(found)
    return found


def decided_at(text: str | None, now: datetime) -> datetime | None:
    """The instant of a decision: a day without a time means its start."""
    if text is None:
        return None
    day, wall = moment(text, now)
    return at_london(day, wall or time.min)
