"""What somebody tells about themselves, all of it optional: name, organisation, uses, interests."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from notifier.audience.models import Subscriber
from notifier.audience.reach import sync
from notifier.audience.rules import ASKED_BY, TAKES_PART
from notifier.errors import Refused
from notifier.store.history import PERSON, record

LONGEST = {"name": 100, "organisation": 200, "uses": 2_000}  # characters

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def describe(
    person: Subscriber,
    *,
    name: str,
    organisation: str,
    uses: str,
    takes_part: Collection[str],
    asked_by: str,
    now: datetime,
) -> None:
    """Keep all of it as it is given; empty is an answer. ``takes_part`` holds words of
    ``rules.TAKES_PART``, ``asked_by`` is one of ``rules.ASKED_BY`` or empty.

    History keeps which of it changed, never the words. Raises Refused for words that are too long
    or not among the choices.
    """
    given = {
        "name": " ".join(tidy(name).split()),
        "organisation": " ".join(tidy(organisation).split()),
        "uses": tidy(uses),
        "takes_part": bits(takes_part),
        "asked_by": asked_by,
    }
    for field, longest in LONGEST.items():
        if len(str(given[field])) > longest:
            raise Refused(f"Shorten this to {longest} characters.", field=field)
    if asked_by and asked_by not in ASKED_BY:
        raise Refused("Choose how we may ask you from the list.", field="asked_by")
    changed = [field for field, value in given.items() if getattr(person, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(person, field, given[field])
    record(f"subscriber:{person.id}", "describe", by=PERSON, now=now, changed=changed)
    sync(person)


def tidy(text: str) -> str:
    """Somebody's words without control characters; every line break is one ``\\n``."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def bits(words: Collection[str]) -> int:
    """The number for interests. Raises Refused for one that there is not."""
    if any(word not in TAKES_PART for word in words):
        raise Refused("Choose what you would like to take part in from the list.")
    return sum(1 << TAKES_PART.index(word) for word in set(words))


def interests(packed: int) -> list[str]:
    """The reverse of ``bits``, in the order of ``rules.TAKES_PART``."""
    return [word for place, word in enumerate(TAKES_PART) if packed >> place & 1]
