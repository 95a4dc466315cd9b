"""What the organisation chooses for everybody: the hour of digests, days off, Welsh."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from notifier.catalogue.models import Organisation
from notifier.catalogue.rules import OFF_DAYS
from notifier.errors import Refused
from notifier.store.history import By, record

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WELSH = ("frame", "both_or_neither")
WELSH_KINDS = ("notice", "release", "newsletter")


def choose(
    house: Organisation,
    *,
    by: By,
    now: datetime,
    digest_time: time | None = None,
    digest_day: str | None = None,
    off_days: str | None = None,
    welsh: str | None = None,
    welsh_kinds: Mapping[str, str] | None = None,
) -> None:
    """Change what is given; None stays as it is. What was sent is not touched, and what is planned
    follows the rule from now on.

    ``welsh_kinds`` overrides ``welsh`` for kinds of words. Raises Refused for a word that is not
    one of the choices, and when nothing is given.
    """
    for given, words, what in (
        (digest_day, WEEKDAYS, "day of the weekly digest"),
        (off_days, OFF_DAYS, "rule for days off"),
        (welsh, WELSH, "rule for Welsh"),
        *((rule, WELSH, "rule for Welsh") for rule in (welsh_kinds or {}).values()),
        *((kind, WELSH_KINDS, "kind of words") for kind in welsh_kinds or {}),
    ):
        if given is not None and given not in words:
            raise Refused(f"The {what} is one of {', '.join(words)}, not {given[:40]!r}.")
    found = {
        "digest_time": digest_time,
        "digest_weekday": None if digest_day is None else WEEKDAYS.index(digest_day),
        "off_days": off_days,
        "welsh": welsh,
        "welsh_kinds": {**house.welsh_kinds, **welsh_kinds} if welsh_kinds else None,
    }
    changed = {name: value for name, value in found.items() if value is not None}
    if not changed:
        raise Refused("Say what to change; see: bin/notifier organisation set --help.")
    for name, value in changed.items():
        setattr(house, name, value)
    said: dict[str, Any] = {
        n: v.isoformat("minutes") if isinstance(v, time) else v for n, v in changed.items()
    }
    record(f"organisation:{house.id}", "choose", by=by, now=now, **said)
