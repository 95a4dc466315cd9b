"""Who did what, when and why, as far as somebody may see it: their teams' things, and of people and
accounts their own acts; administrators and Heads of Profession of the whole organisation, all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select

from notifier.accounts.models import Staff
from notifier.catalogue.models import Series
from notifier.catalogue.sight import Sight, sight
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Announcement, Release
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import History, broken, broken_heads, last_head

# Things of teams; people, accounts and files with people in them; the rest belongs to everybody.
OF_TEAMS = ("notice", "release", "announcement", "newsletter", "series", "send")
OF_PEOPLE = ("subscriber", "staff", "complaint", "answer", "import", "export")
OF_ALL = ("organisation", "policy", "topic", "segment", "team")
WHOLE = ("admin", "hop", "deputy")
TOGETHER = 500  # rows read at once for a file


@dataclass(frozen=True)
class Asked:
    """What is looked for: ``kind`` of thing, by which member of staff, ``also`` what the program
    did (system) and readers did themselves (readers), and only rows before the id ``before``."""

    kind: str = ""
    staff_id: int | None = None
    also: str = ""
    before: int | None = None


def sees_all(person: Staff) -> bool:
    return any(role.team_id is None and role.role in WHOLE for role in person.roles)


def visible(person: Staff) -> list[ColumnElement[bool]]:
    """What somebody may see of the history, as conditions; none for who may see all."""
    if sees_all(person):
        return []
    own = and_(History.staff_id == person.id, or_(*map(of_kind, OF_PEOPLE)))
    mine = History.object == f"staff:{person.id}"
    common = or_(*map(of_kind, OF_ALL))
    seen = sight(person)
    if seen.teams is None:
        return [or_(own, mine, common, *map(of_kind, OF_TEAMS))]
    return [or_(own, mine, common, *(History.object.in_(of) for of in of_teams(seen)))]


def of_teams(seen: Sight) -> Iterator[Select[str]]:
    """The names in history of what belongs to these teams; of Sends also the organisation's."""
    teams = seen.teams or frozenset()
    series = select(Series.id).where(Series.team_id.in_(teams))
    releases = select(Release.id).where(Release.series_id.in_(series))
    yield named("notice", ChangeNotice).where(ChangeNotice.series.any(Series.id.in_(series)))
    yield named("release", Release).where(Release.series_id.in_(series))
    yield named("announcement", Announcement).where(Announcement.release_id.in_(releases))
    yield named("newsletter", Newsletter).where(Newsletter.team_id.in_(teams))
    yield named("series", Series).where(Series.team_id.in_(teams))
    theirs = Send.team_id.in_(teams) | (Send.team_id.is_(None) & Send.receivers.is_not(None))
    yield named("send", Send).where(theirs)


def named(kind: str, table: Any) -> Select[str]:
    """ "notice:12" of each row."""
    return select(literal(f"{kind}:", String).concat(cast(table.id, String)))


def of_kind(kind: str) -> ColumnElement[bool]:
    return History.object.startswith(f"{kind}:", autoescape=True)


def conditions(person: Staff, asked: Asked) -> list[ColumnElement[bool]]:
    found = visible(person)
    if asked.kind:
        found.append(of_kind(asked.kind))
    if asked.staff_id is not None:
        found.append(History.staff_id == asked.staff_id)
    elif asked.also == "system":
        found.append(or_(History.staff_id.is_not(None), ~of_kind("subscriber")))
    elif asked.also != "readers":
        asserted = History.by["basis"].as_string() == "asserted"
        found.append(or_(History.staff_id.is_not(None), asserted))
    return found


def rows(person: Staff, asked: Asked, *, limit: int) -> list[History]:
    """The newest first."""
    return block(conditions(person, asked), asked.before, limit)


def block(where: list[ColumnElement[bool]], before: int | None, limit: int) -> list[History]:
    query = select(History).where(*where)
    if before is not None:
        query = query.where(History.id < before)
    return list(session.scalars(query.order_by(History.id.desc()).limit(limit)))


def every(where: list[ColumnElement[bool]], before: int | None = None) -> Iterator[list[History]]:
    """All of what these ``conditions`` show, for a file: newest first, a block of rows at a time,
    of which no more is held."""
    while found := block(where, before, TOGETHER):
        before = found[-1].id
        yield found
        for row in found:
            session.expunge(row)


def may_see(person: Staff, about: str) -> bool:
    """Whether somebody may read the whole history of one thing."""
    kind = about.partition(":")[0]
    if sees_all(person) or about == f"staff:{person.id}":
        return True
    if kind in OF_PEOPLE:
        return False
    found = select(History.id).where(History.object == about, *visible(person)).limit(1)
    return session.scalar(found) is not None


@dataclass(frozen=True)
class Checked:
    """What a look at the hash chains found: how many rows of how many things, those of which the
    chain does not add up, the newest instant; ``days`` of which the head over all is another."""

    rows: int
    objects: int
    broken: list[str]
    newest: Any
    heads_until: Any
    days: list[Any]


def check(person: Staff) -> Checked:
    """Follow each chain that somebody may see, whole; who sees all also has the heads compared."""
    which = visible(person)
    totals = select(
        func.count(), func.count(History.object.distinct()), func.max(History.at)
    ).where(*which)
    number, objects, newest = session.execute(totals).one()
    whole = sees_all(person)
    last = last_head() if whole else None
    return Checked(
        rows=number,
        objects=objects,
        broken=list(dict.fromkeys(broken(*which))),
        newest=newest,
        heads_until=last.day if last is not None else None,
        days=sorted(broken_heads()) if whole else [],
    )
