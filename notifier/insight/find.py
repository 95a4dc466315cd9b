"""One search over everything that staff work on. People are found by their whole address only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, cast, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload, selectinload

from notifier.catalogue.models import Series, Topic
from notifier.catalogue.sight import Sight
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import PUBLIC as PUBLIC_NOTICE
from notifier.releases.models import Release
from notifier.releases.queries import PUBLIC as PUBLIC_RELEASE
from notifier.sends.models import Send
from notifier.store.db import session

EACH = 10  # of one kind
LOOKED_AT = 60  # of one kind, of which some may be another team's
SHORTEST, LONGEST = 2, 200  # characters


@dataclass(frozen=True)
class Hit:
    """``kind``: notice, release, series, topic, newsletter or send. ``slug`` names it in addresses;
    ``state`` is its own word, ``at`` its day, ``public`` whether everybody may read it, ``number``
    a newsletter's id, ``own`` whether its page on the desk is for who asked."""

    kind: str
    title: str
    slug: str
    state: str = ""
    note: str = ""
    at: datetime | None = None
    public: bool = True
    number: int = 0
    own: bool = True


@dataclass(frozen=True)
class Hits:
    """Some of each kind; ``more`` names the kinds of which there are others."""

    found: list[Hit]
    more: frozenset[str]


def find(words: str, sight: Sight) -> Hits:
    """What has all these words in its name; of what is not public, what the member may see."""
    asked = words.split()
    if not asked or too_short(words):
        return Hits([], frozenset())
    found: list[Hit] = []
    more: set[str] = set()
    every = (notices, releases, newsletters, series, topics, sends)
    for kind in every if len(words.strip()) >= SHORTEST else (sends,):
        some = list(kind(asked, sight))
        found += some[:EACH]
        more |= {hit.kind for hit in some[EACH:]}
    return Hits(found, frozenset(more))


def too_short(words: str) -> bool:
    """One letter says nothing, one figure is the number of a Send."""
    return len(words.strip()) < SHORTEST and not words.strip().isdigit()


def all_in(column: InstrumentedAttribute[str], asked: list[str]) -> ColumnElement[bool]:
    return and_(*(column.icontains(word, autoescape=True) for word in asked))


def notices(asked: list[str], sight: Sight) -> Iterator[Hit]:
    query = (
        select(ChangeNotice)
        .options(selectinload(ChangeNotice.series))
        .where(or_(all_in(ChangeNotice.headline, asked), all_in(ChangeNotice.reference, asked)))
        .order_by(ChangeNotice.id.desc())
    )
    for row in session.scalars(query.limit(LOOKED_AT)):
        public = row.state in PUBLIC_NOTICE
        own = sight.sees(one.team_id for one in row.series)
        if public or own:
            note = row.series[0].name if row.series else ""
            found = row.headline, row.reference, row.state, note, row.effect_at
            yield Hit("notice", *found, public=public, own=own)


def releases(asked: list[str], sight: Sight) -> Iterator[Hit]:
    query = (
        select(Release)
        .options(joinedload(Release.series))
        .where(all_in(Release.title, asked))
        .order_by(Release.at.is_(None), Release.at.desc(), Release.id.desc())
    )
    for row in session.scalars(query.limit(LOOKED_AT)):
        public = row.state in PUBLIC_RELEASE
        own = sight.sees([row.series.team_id])
        if public or own:
            found = row.title, str(row.id), row.state, row.series.name, row.at
            yield Hit("release", *found, public=public, own=own)


def newsletters(asked: list[str], sight: Sight) -> Iterator[Hit]:
    query = select(Newsletter).where(all_in(Newsletter.title, asked)).order_by(Newsletter.id.desc())
    for row in session.scalars(query.limit(LOOKED_AT)):
        public = row.state == "sent"
        own = sight.sees([row.team_id])
        if public or own:
            at = row.published_at or row.send_at
            yield Hit("newsletter", row.title, row.slug, row.state, "", at, public, row.id, own)


def series(asked: list[str], sight: Sight) -> Iterator[Hit]:
    query = select(Series).options(joinedload(Series.team)).where(all_in(Series.name, asked))
    for row in session.scalars(query.order_by(Series.name).limit(EACH + 1)):
        yield Hit("series", row.name, row.slug, note=row.team.name)


def topics(asked: list[str], sight: Sight) -> Iterator[Hit]:
    query = select(Topic).where(all_in(Topic.name, asked), Topic.retired_at.is_(None))
    for row in session.scalars(query.order_by(Topic.name).limit(EACH + 1)):
        yield Hit("topic", row.name, row.slug)


def sends(asked: list[str], sight: Sight) -> Iterator[Hit]:
    """By number, or by what they are about."""
    about = [
        select(ChangeNotice.reference).where(
            or_(all_in(ChangeNotice.headline, asked), all_in(ChangeNotice.reference, asked))
        ),
        select(literal("release:").concat(cast(Release.id, String))).where(
            all_in(Release.title, asked)
        ),
        select(literal("newsletter:").concat(cast(Newsletter.id, String))).where(
            all_in(Newsletter.title, asked)
        ),
    ]
    named = or_(*(Send.about.in_(each) for each in about))
    number = asked[0].lstrip("#")
    if len(asked) == 1 and number.isascii() and number.isdigit() and len(number) < 10:
        named = or_(named, Send.id == int(number))
    query = select(Send).where(Send.receivers.is_not(None), named)
    if sight.teams is not None:
        query = query.where(or_(Send.team_id.in_(sight.teams), Send.team_id.is_(None)))
    for row in session.scalars(query.order_by(Send.due_at.desc(), Send.id.desc()).limit(EACH + 1)):
        yield Hit("send", row.about, str(row.id), row.state, row.stage, row.due_at, False)
