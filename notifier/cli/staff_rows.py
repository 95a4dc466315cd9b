"""A member of staff as the command line shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue


def row(person: Staff, *, today: date, teams: Mapping[int, str] | None = None) -> dict[str, Any]:
    """Roles as "hop" (in every team) or "author of waste", days away to come."""
    names = catalogue.team_slugs() if teams is None else teams
    coming = [a for a in duty.absences(person) if a.last_day >= today]
    return {
        "email": person.email,
        "name": person.name,
        "active": person.active,
        "roles": [
            f"{r.role} of {names[r.team_id]}" if r.team_id is not None else r.role
            for r in sorted(person.roles, key=lambda r: (r.role, r.team_id or 0))
        ],
        "away": [f"{a.first_day.isoformat()} to {a.last_day.isoformat()}" for a in coming],
    }
