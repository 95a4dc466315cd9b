"""Following one change or one release by itself: who follows it, and when that comes to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from sqlalchemy import select

from notifier.audience.over import BATCH, OVER, end_followers
from notifier.audience.receivers import Audience, about
from notifier.audience.why import names_followed, singly_followed
from notifier.catalogue.models import Series, Topic
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session

ENDED = ("closed", "cancelled", "superseded", "retracted")
OUT = ("released", "cancelled", "withdrawn")
UNSAID = ("planned", "paused", "sending")
ASKS = ("open", "midpoint", "close-7", "close-1")  # stages that ask for answers

Reasons = tuple[tuple[str, str], ...]
Named = tuple[tuple[str, str, str], ...]  # kind, name, Welsh name or nothing
Row = TypeVar("Row", ChangeNotice, Release)


def followers(notice: ChangeNotice, stage: str = "") -> Audience:
    """Who follows its series, their topics, the change itself, one that it takes the place of or
    was a part of, or the release that carries it, and takes the kind that this ``stage`` is."""
    before = list(
        session.scalars(select(ChangeNotice.id).where(ChangeNotice.superseded_by_id == notice.id))
    )
    if notice.split_from_id is not None:
        before.append(notice.split_from_id)
    found = about(
        [series.id for series in notice.series],
        notices=[notice.id, *before],
        releases=[notice.effect_release_id] if notice.effect_release_id is not None else [],
    )
    return replace(found, kinds=kinds(notice, stage), breaks_machines=notice.machine_breaking)


def kinds(notice: ChangeNotice, stage: str = "") -> list[str]:
    """Which of the kinds that a person can turn off it is (``audience.kinds``), or one of its
    messages: who wants no consultations is not asked for answers, and who wants only those hears
    what became of them, but not of the days before the change."""
    if notice.class_ == "I":
        return ["correction"]
    if notice.class_ == "K" or stage in ASKS:
        return ["consultation"]
    if stage.startswith("T") or stage == "last-edition":
        return ["change"]
    asked = notice.decision == "consulting"
    if asked or (stage == "decision" and notice.consultation.get("closes")):
        return ["change", "consultation"]
    return ["change"]


def kinds_of(notices: Iterable[ChangeNotice]) -> list[str]:
    """The kinds of several in one message."""
    return sorted({kind for notice in notices for kind in kinds(notice)})


class Names:
    """The names of what people follow, each read once: they are the same for all batches of a
    chunk. One that is changed meanwhile is new from the next chunk on."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], tuple[str, str, str]] = {}

    @cached_property
    def followed(self) -> dict[tuple[str, int], str]:
        return names_followed()

    @cached_property
    def welsh(self) -> dict[tuple[str, str], str]:
        return welsh_names()

    def of(self, reason: tuple[str, str]) -> tuple[str, str, str]:
        if reason not in self.known:
            kind, name = reason
            found = name_of(kind, name) or (name, self.welsh.get(reason, ""))
            self.known[reason] = (kind, *found)
        return self.known[reason]


def named(why: Mapping[int, Reasons], names: Names | None = None) -> dict[int, Named]:
    """Reasons with the headline of a notice and the title of a release in place of their ids, and
    with Welsh names where there are some."""
    names = names or Names()
    return {person: tuple(names.of(each) for each in reasons) for person, reasons in why.items()}


def name_of(kind: str, key: str) -> tuple[str, str] | None:
    """The English and Welsh names of the notice or release with that id; None of any other kind."""
    if kind == "notice":
        notice = session.get(ChangeNotice, int(key))
        return (notice.headline, notice.cy.get("headline") or "") if notice else ("", "")
    if kind == "release":
        release = session.get(Release, int(key))
        return (release.title, release.cy_title) if release else ("", "")
    return None


def welsh_names() -> dict[tuple[str, str], str]:
    """The Welsh names of topics and series by ("topic" | "series", English name)."""
    topics = session.execute(select(Topic.name, Topic.cy).where(Topic.cy != ""))
    series = session.execute(select(Series.name, Series.cy).where(Series.cy != ""))
    return {
        **{("topic", name): welsh for name, welsh in topics},
        **{("series", name): welsh for name, welsh in series},
    }


def end_what_is_over(*, now: datetime, limit: int = BATCH) -> int:
    """End subscriptions to notices and releases of which nothing more will be said; returns how
    many, ``limit`` while there may be more. Who follows a change that another takes the place of
    goes on with that one. Who follows a release goes on until its changes are over, too."""
    notice_ids, release_ids = singly_followed()
    ended = 0
    for notice in found(ChangeNotice, notice_ids, ENDED):
        if not is_unsaid([notice.reference]):
            successor = session.get(ChangeNotice, notice.superseded_by_id or 0)
            ended += end_followers(
                notice_id=notice.id,
                successor_id=successor.id if successor is not None else None,
                reason=f"{successor.reference} takes its place" if successor else OVER,
                now=now,
                limit=limit - ended,
            )
    for release in found(Release, release_ids, OUT):
        carried = select(ChangeNotice).where(ChangeNotice.effect_release_id == release.id)
        changes = list(session.scalars(carried))
        names = [f"release:{release.id}", *(notice.reference for notice in changes)]
        if not any(notice.state in OPEN for notice in changes) and not is_unsaid(names):
            ended += end_followers(release_id=release.id, now=now, limit=limit - ended)
    return ended


def found(model: type[Row], ids: Iterable[int], states: Iterable[str]) -> list[Row]:
    query = select(model).where(model.id.in_(list(ids)), model.state.in_(list(states)))
    return list(session.scalars(query.order_by(model.id)))


def is_unsaid(about: Iterable[str]) -> bool:
    """Whether something is still to be said, or on its way, about one of these."""
    query = select(Send.id).where(Send.about.in_(list(about)), Send.state.in_(UNSAID))
    return session.scalar(query.limit(1)) is not None
