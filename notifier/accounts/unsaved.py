"""What was typed and not saved outlives the browser, and who types at the same thing is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from notifier.accounts.models import Staff, Unsaved
from notifier.errors import Refused
from notifier.store.db import session

LONGEST = 400_000  # characters in all: four times the longest newsletter
HERE = timedelta(minutes=2)  # a form keeps what is typed each few seconds; silence means gone
KEPT = timedelta(days=30)


def version(changed_at: datetime) -> str:
    """What a form holds to say which version of a row it shows, exact to the microsecond."""
    return changed_at.isoformat()


def keep(
    person: Staff, about: str, fields: Mapping[str, Sequence[str]], *, base: str, now: datetime
) -> None:
    """Remember the fields of a form, instead of what was remembered of it before.

    ``about`` is the object's name in history ("notice:12"), or "notice:new". Raises Refused.
    """
    if sum(len(value) for values in fields.values() for value in values) > LONGEST:
        raise Refused("This is too long to keep. Shorten it, then save it.")
    typed = {name: list(values) for name, values in fields.items()}
    session.merge(Unsaved(staff_id=person.id, about=about, fields=typed, base=base, at=now))
    session.flush()


def kept(person: Staff, about: str) -> Unsaved | None:
    """What they typed there and neither saved nor dropped."""
    return session.get(Unsaved, (person.id, about))


def drop(person: Staff, about: str) -> None:
    """It was saved, or they do not want it."""
    mine = (Unsaved.staff_id == person.id) & (Unsaved.about == about)
    session.execute(delete(Unsaved).where(mine))


def others(person: Staff, about: str, *, now: datetime) -> list[Staff]:
    """Who else has typed there within the last two minutes, by name."""
    here = (Unsaved.about == about) & (Unsaved.at > now - HERE) & (Staff.id != person.id)
    query = select(Staff).join(Unsaved, Unsaved.staff_id == Staff.id).where(here, Staff.active)
    return list(session.scalars(query.order_by(Staff.name, Staff.id)))


def forget(*, now: datetime) -> None:
    """What nobody came back to within a month."""
    session.execute(delete(Unsaved).where(Unsaved.at <= now - KEPT))
