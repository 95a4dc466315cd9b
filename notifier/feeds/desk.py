"""What it takes to write the entries of a feed, fetched once for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Team, Topic, UserType
from notifier.clock import london_date
from notifier.feeds import changed
from notifier.feeds.addresses import entry_id, page
from notifier.feeds.happenings import RELEASE_NEWS, Happening
from notifier.feeds.items import Author, Category
from notifier.feeds.notice_prose import is_not_done
from notifier.feeds.public_site import public_site
from notifier.feeds.scopes import Scope
from notifier.feeds.words import named, word
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases import announce
from notifier.releases.models import Announcement, Release, ReleaseDateChange
from notifier.render.origin import main_series_of
from notifier.render.phrases import say
from notifier.render.site import Site
from notifier.sends.models import Send
from notifier.store.db import session

Row = ChangeNotice | ReleaseDateChange | Release | Newsletter | Topic | Send
LABELS = (  # kinds with words of their own; above a letter a decision is "Decision on …"
    "announced",
    "in_effect",
    "moved",
    "released",
    "issue",
    "topic_ends",
    "decision",
    "release_cancelled",
    "release_withdrawn",
    "notice",
    "release",
)
STOPS = {"hold", "resume", "cancel", "supersede", "retract"}  # a notice's own entry says so, too


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Whose words, how deep, on which day, where links begin; and what stands beside the rows."""

    site: Site
    language: str
    depth: str
    now: datetime
    kinds: Mapping[str, UserType]
    revised: Mapping[int, datetime]  # by notice id: its words, or how it stands
    stood: Mapping[str, datetime]  # by the key of its entry: when anything of it last changed
    carried: Mapping[int, Sequence[ChangeNotice]]  # public notices by the id of their release
    words: Mapping[int, Announcement]  # main points by the id of their release
    withdrawn: Mapping[int, datetime]  # by release id
    main: Mapping[int, Series]  # by notice id: the series that speaks for it
    about: Mapping[str, ChangeNotice]  # public notices by reference, of messages about them
    with_move: Mapping[int, Sequence[ChangeNotice]]  # by the id of the change of date
    with_end: Mapping[int, Sequence[ChangeNotice]]  # by the id of the cancelled release

    @property
    def today(self) -> date:
        return london_date(self.now)

    def letters(self, notice: ChangeNotice) -> dict[str, Any]:
        """What the words of a letter about it are made from."""
        team = self.main[notice.id].team
        frame = {"site": self.site, "now": self.now, "lang": self.language}
        return {"kinds": self.kinds, "team": team, **frame}

    def page(self, *steps: object) -> str:
        """The address of a page in the language of the feed."""
        return page(self.site.base_url, *steps, language=self.language)


def desk(
    rows: Collection[Row],
    scope: Scope,
    *,
    now: datetime,
    base_url: str,
    stood: Mapping[str, datetime] | None = None,
) -> Desk:
    house = catalogue.organisation()
    about = by_reference(row.about for row in rows if isinstance(row, Send))
    of_notices = [row for row in rows if isinstance(row, ChangeNotice)]
    out = [row.id for row in rows if isinstance(row, Release)]
    told = merged([*out, *(row.release_id for row in rows if isinstance(row, ReleaseDateChange))])
    return Desk(
        site=public_site(base_url, house.name if house else "", scope.language),
        language=scope.language,
        depth=scope.depth,
        now=now,
        kinds={kind.slug: kind for kind in catalogue.user_types()},
        revised=revised(of_notices),
        stood=stood or {},
        carried=carried(rows),
        words=announce.public(out),
        withdrawn=ends(out),
        main=main_series_of([*of_notices, *about.values()]),
        about=about,
        with_move={int(s.context.get("change") or 0): found for s, found in told},
        with_end={s.context["release"]: found for s, found in told if s.stage == "cancelled"},
    )


def revised(found: Sequence[ChangeNotice]) -> dict[int, datetime]:
    """By id: when the words of a notice last changed, or whether it goes on. Taking effect changes
    neither: it is an entry of its own."""
    steps = changed.notice_steps(notice.id for notice in found)
    times = changed.words(found)
    for notice in found:
        stops = STOPS | {"close"} if is_not_done(notice) else STOPS
        taken = steps.get(notice.id, {})
        times[notice.id] = max([times[notice.id], *(taken[e] for e in stops & taken.keys())])
    return times


def ends(ids: Collection[int]) -> dict[int, datetime]:
    """When each of these releases was taken back, if it was."""
    steps = changed.taken("release", ids, {"withdraw"})
    return {id_: taken["withdraw"] for id_, taken in steps.items()}


def carried(rows: Iterable[Row]) -> dict[int, list[ChangeNotice]]:
    """The public notices of each release among the rows."""
    ids = [row.id for row in rows if isinstance(row, Release)]
    query = notices.public().where(ChangeNotice.effect_release_id.in_(ids))
    query = query.order_by(ChangeNotice.first_public_at.desc(), ChangeNotice.id.desc())
    by_release: dict[int, list[ChangeNotice]] = {}
    for notice in session.scalars(query) if ids else []:
        if notice.effect_release_id is not None:
            by_release.setdefault(notice.effect_release_id, []).append(notice)
    return by_release


def by_reference(references: Iterable[str]) -> dict[str, ChangeNotice]:
    query = notices.public().where(ChangeNotice.reference.in_(set(references)))
    query = query.options(selectinload(ChangeNotice.series).selectinload(Series.topics))
    return {notice.reference: notice for notice in session.scalars(query)}


def merged(release_ids: Iterable[int]) -> list[tuple[Send, list[ChangeNotice]]]:
    """The messages about these releases that told of changes, too, and which."""
    names = {f"release:{id_}" for id_ in release_ids}
    query = select(Send).where(
        Send.kind == "release", Send.about.in_(names), Send.stage.in_(RELEASE_NEWS)
    )
    sends = [send for send in session.scalars(query) if send.context.get("notices")]
    ids = {id_ for send in sends for id_ in send.context["notices"]}
    found = {n.id: n for n in session.scalars(notices.public().where(ChangeNotice.id.in_(ids)))}
    return [
        (send, [found[id_] for id_ in send.context["notices"] if id_ in found]) for send in sends
    ]


def frame(it: Happening, series: Iterable[Series], team: Team, desk: Desk) -> dict[str, Any]:
    """What entries of every kind have."""
    lang = desk.language
    topics = {t.slug: named(t.name, t.cy, lang).text for s in series for t in s.topics}
    categories: list[Category] = [(it.kind, label(it.kind, lang)), *topics.items()]
    contact = team.contact.strip()
    author: Author = (named(team.name, "", lang).text, contact if "@" in contact else None)
    return {
        "id": entry_id(desk.site.base_url, it.kind, it.key, language=lang),
        "published": it.at,
        "language": lang,
        "authors": (author,),
        "categories": tuple(categories),
    }


def label(kind: str, lang: str) -> str:
    """What people read for a kind of entry; of an event, the words above its letter."""
    return word(kind, lang) if kind in LABELS else say(f"stage_{kind}", lang)
