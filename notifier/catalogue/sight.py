"""Whose work a member of staff sees: their teams', a Head of Profession their whole body's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from notifier.accounts.models import ROLES, Staff
from notifier.catalogue.queries import body_teams

WHOLE_BODY = ("hop", "deputy")


@dataclass(frozen=True)
class Sight:
    """Ids of teams; None sees every team, and what belongs to none: digests, mail to one person."""

    teams: frozenset[int] | None

    def sees(self, team_ids: Iterable[int]) -> bool:
        """Whether something of these teams is theirs."""
        return self.teams is None or not self.teams.isdisjoint(team_ids)

    def owns(self, team_id: int | None) -> bool:
        """Whether something of that team, or of none, is theirs."""
        return self.teams is None or team_id in self.teams


def sight(person: Staff, *roles: str) -> Sight:
    """What somebody sees by these roles, or by all that they hold."""
    held = [role for role in person.roles if role.role in (roles or ROLES)]
    if any(role.team_id is None for role in held):
        return Sight(None)
    own = {role.team_id for role in held if role.team_id is not None}
    above = {role.team_id for role in held if role.role in WHOLE_BODY} - {None}
    return Sight(frozenset(own | (body_teams(above) if above else set())))  # type: ignore[arg-type]


def own_teams(person: Staff) -> frozenset[int]:
    """The teams in which somebody holds a role by name; empty for who works for all of them."""
    return frozenset(role.team_id for role in person.roles if role.team_id is not None)
