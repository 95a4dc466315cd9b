""" "Nothing planned as of …", by team; silence is shown as silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from notifier.notices.statements import Statement
from notifier.web.public.shapes import Link, When, on_day


@dataclass(frozen=True)
class Said:
    """Series about which a team said the same on the same day; ``day`` None: it said nothing."""

    day: When | None
    overtaken: bool
    series: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class TeamSays:
    team: str
    id: str
    said: list[Said] = field(default_factory=list)


def by_team(found: list[Statement], today: date) -> list[TeamSays]:
    """Teams by name; within one the newest statement first and silence last."""
    teams: dict[str, TeamSays] = {}
    order = sorted(found, key=lambda s: (s.series.team.name, -(s.on or date.min).toordinal()))
    for one in sorted(order, key=lambda s: (s.series.team.name, s.on is None, s.overtaken)):
        team = one.series.team
        says = teams.setdefault(team.slug, TeamSays(team.name, f"team-{team.slug}"))
        said = shown(one, today)
        last = says.said[-1] if says.said else None
        if last is None or (last.day, last.overtaken) != (said.day, said.overtaken):
            says.said.append(last := said)
        last.series.append(Link(one.series.name, f"/series/{one.series.slug}"))
    return list(teams.values())


def shown(statement: Statement, today: date) -> Said:
    """A statement without its series."""
    return Said(on_day(statement.on, today) if statement.on else None, statement.overtaken)
