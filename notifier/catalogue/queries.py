"""What one can ask of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from notifier.catalogue.models import Organisation, Series, Team, Topic, UserType
from notifier.errors import NotFound
from notifier.store.db import session
from notifier.store.once import once


@once
def organisation() -> Organisation | None:
    """The organisation, or None before the first catalogue is loaded."""
    return session.scalars(select(Organisation).limit(1)).first()


def both_languages(kind: str) -> bool:
    """Whether the organisation promises that kind of words (notice | release | newsletter) in both
    languages or not at all; what it chose for the kind goes before what it chose for all."""
    house = organisation()
    return house is not None and house.welsh_kinds.get(kind, house.welsh) == "both_or_neither"


def topics() -> list[Topic]:
    """All topics in the order of the catalogue; children follow by ``topic.children``."""
    return list(session.scalars(select(Topic).order_by(Topic.position, Topic.id)))


def topic(slug: str) -> Topic:
    found = session.scalars(select(Topic).where(Topic.slug == slug)).first()
    if found is None:
        raise NotFound(f"There is no topic {slug!r}; choose one of the topics on the sign-up page.")
    return found


def topics_named(slugs: Iterable[str]) -> list[Topic]:
    """The topics with these slugs. Raises NotFound for the first that does not exist."""
    return [topic(slug) for slug in dict.fromkeys(slugs)]


def parents() -> dict[int, int | None]:
    """Each topic's parent, by id."""
    return {row.id: row.parent_id for row in session.execute(select(Topic.id, Topic.parent_id))}


def all_series() -> list[Series]:
    return list(session.scalars(select(Series).order_by(Series.name)))


def series(slug: str) -> Series:
    found = session.scalars(select(Series).where(Series.slug == slug)).first()
    if found is None:
        raise NotFound(f"There is no series {slug!r}; see /topics for those that there are.")
    return found


def user_types() -> list[UserType]:
    return list(session.scalars(select(UserType).order_by(UserType.position, UserType.id)))


def user_type(slug: str) -> UserType:
    found = session.scalars(select(UserType).where(UserType.slug == slug)).first()
    if found is None:
        known = ", ".join(kind.slug for kind in user_types())
        raise NotFound(f"There is no user type {slug!r}; choose one of: {known}.")
    return found


def teams() -> list[Team]:
    """By name."""
    return list(session.scalars(select(Team).order_by(Team.name)))


def team(slug: str) -> Team:
    found = session.scalars(select(Team).where(Team.slug == slug)).first()
    if found is None:
        known = ", ".join(session.scalars(select(Team.slug).order_by(Team.slug)))
        raise NotFound(f"There is no team {slug!r}; known: {known or 'none'}.")
    return found


def body_teams(team_ids: Iterable[int]) -> set[int]:
    """The teams and all others of their bodies."""
    return set(of_their_bodies(frozenset(team_ids)))


@once
def of_their_bodies(own: frozenset[int]) -> frozenset[int]:
    bodies = select(Team.body_id).where(Team.id.in_(own), Team.body_id.is_not(None))
    return own | frozenset(session.scalars(select(Team.id).where(Team.body_id.in_(bodies))))


def team_slugs() -> dict[int, str]:
    """Each team's slug, by id."""
    return {row.id: row.slug for row in session.execute(select(Team.id, Team.slug))}
