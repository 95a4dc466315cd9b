"""What one person asks a second one to agree to: a date change, an end, a mark taken off.

The command line names both at once; a page knows one person at a time. Nothing happens until the
second one agrees (``notices.release_acts``), and what was asked lapses when the release changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from notifier.accounts.models import ROLES, Staff
from notifier.accounts.people import has_role
from notifier.catalogue.models import Series
from notifier.errors import Conflict, Refused
from notifier.releases import guards
from notifier.releases.models import Release, ReleaseAsk
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take

CHANGED = "This release changed while you had it open. Look at how it stands now, and go on."
GONE = "Nothing of this waits any more; somebody was here before you."


def base(release: Release) -> str:
    """How it stands, for a form that changes it: what it was changed to, and how often."""
    return f"{release.changed_at.isoformat()}/{release.sequence}/{release.state}"


def ask(
    release: Release,
    act: str,
    given: Mapping[str, Any],
    *,
    person: Staff,
    by: By,
    now: datetime,
    seen: str,
) -> ReleaseAsk:
    """Keep it until somebody else agrees. Asking again takes the place of what one asked before.

    ``seen`` is the release as the form showed it: Conflict when it changed since, or when somebody
    else's request waits. Whether it could be done at all, ``release_acts.rehearse`` says.
    """
    take(release)
    guards.staff_of(release, person)
    if seen != base(release):
        raise Conflict(CHANGED)
    found = of(release)
    if found is not None and found.staff_id != person.id and not lapsed(found):
        raise Conflict(
            "Somebody else has asked for a change of this release already; agree to that, or turn "
            "it down first."
        )
    forget(release)
    row = ReleaseAsk(
        release_id=release.id,
        act=act,
        given=dict(given),
        base=base(release),
        staff_id=person.id,
        at=now,
    )
    session.add(row)
    session.flush()
    why = str(given.get("reason", ""))
    record(f"release:{release.id}", f"ask_to_{act}", by=by, now=now, why=why, **told(given))
    return row


def told(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "reason" and value}


def turn_down(release: Release, reason: str, *, person: Staff, by: By, now: datetime) -> None:
    """It does not happen; whoever asked may take it back without a reason."""
    take(release)
    if not has_role(person, *ROLES, team_ids=guards.deciding_teams(release)):
        raise Refused(f"{person.email} has no role in the team {release.series.team.name}.")
    found = waits(release)
    if found.staff_id != person.id and not reason.strip():
        raise Refused("Say why not; whoever asked reads it.", field="reason")
    act = found.act
    forget(release)
    record(f"release:{release.id}", f"not_{act}", by=by, now=now, why=reason.strip())


def waits(release: Release, *, read: int | None = None) -> ReleaseAsk:
    """What waits. ``read`` is the stamp of what the second person read; Conflict for another."""
    found = of(release)
    if found is None:
        raise Conflict(GONE)
    if read is not None and stamp(found) != read:
        raise Conflict("What is asked for was changed a moment ago; read it again.")
    if lapsed(found):
        raise Conflict("The release changed after this was asked for, so it lapsed; ask again.")
    return found


def stamp(found: ReleaseAsk) -> int:
    """Milliseconds: what a page holds to say which request it shows."""
    return int(found.at.timestamp() * 1000)


def of(release: Release) -> ReleaseAsk | None:
    return session.get(ReleaseAsk, release.id)


def lapsed(found: ReleaseAsk) -> bool:
    return found.base != base(found.release)


def forget(release: Release) -> None:
    found = of(release)
    if found is not None:
        session.delete(found)
        session.flush()


def waiting() -> list[ReleaseAsk]:
    """Every request that has not lapsed, oldest first."""
    query = select(ReleaseAsk).options(
        joinedload(ReleaseAsk.release).joinedload(Release.series).joinedload(Series.team)
    )
    found = session.scalars(query.order_by(ReleaseAsk.at, ReleaseAsk.release_id))
    return [each for each in found if not lapsed(each)]
