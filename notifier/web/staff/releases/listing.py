"""The releases of a team as lines: when, what, how firm, and what each needs of somebody."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from notifier.catalogue.models import Series
from notifier.catalogue.sight import Sight
from notifier.clock import at_london, london_date
from notifier.notices.models import ChangeNotice
from notifier.releases import asking
from notifier.releases.flags import NAGS, confirm_by, late
from notifier.releases.models import Announcement, Release, ReleaseAsk
from notifier.releases.queries import LONGEST_WINDOW
from notifier.releases.rules import window
from notifier.store.db import session
from notifier.web.public.shapes import Tag
from notifier.web.staff.releases import words
from notifier.web.staff.releases.shared import path

TO_COME = ("planned", "provisional", "confirmed", "postponed_tbc")
OVER = ("released", "cancelled", "withdrawn")
BACK = timedelta(days=366)
MOST = 400
WORDS_WITHIN = timedelta(days=14)
LIVE = ("draft", "in_review", "approved", "announced", "on_hold")


@dataclass(frozen=True)
class Asked:
    """What one looks for; "" is any."""

    show: str = "coming"  # coming | needs | past
    team: str = ""
    series: str = ""
    state: str = ""


@dataclass(frozen=True)
class Row:
    id: int
    url: str
    day: str
    clock: str
    title: str
    series: str
    tag: Tag
    note: str
    tone: str
    extra: list[Tag]
    tick: bool


@dataclass(frozen=True)
class Month:
    name: str
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Beside:
    """What stands beside the releases of one page, read once for all of them."""

    asks: dict[int, ReleaseAsk]
    letters: dict[int, str]  # the state of the words of each
    changed: set[int]
    who: dict[int, str]
    now: datetime

    @property
    def today(self) -> date:
        return london_date(self.now)


def query(seen: Sight, asked: Asked) -> Select[Release]:
    found = select(Release).join(Release.series)
    if seen.teams is not None:
        found = found.where(Series.team_id.in_(seen.teams))
    if asked.series:
        found = found.where(Series.slug == asked.series)
    if asked.team:
        found = found.where(Series.team.has(slug=asked.team))
    if asked.state:
        found = found.where(Release.state == asked.state)
    return found.options(
        joinedload(Release.series).joinedload(Series.team), selectinload(Release.date_changes)
    )


def releases(seen: Sight, asked: Asked, *, now: datetime) -> list[Release]:
    """Those to come soonest first and undated ones last; those that are over newest first."""
    found = query(seen, asked)
    if asked.show == "past":
        old = found.where(
            Release.state.in_(OVER), or_(Release.at > now - BACK, Release.changed_at > now - BACK)
        )
        old = old.order_by(Release.at.is_(None), Release.at.desc(), Release.id.desc())
        return list(session.scalars(old.limit(MOST)))
    coming = Release.state.in_(TO_COME)
    if asked.show == "needs":
        unexplained = Release.breached_on.is_not(None) & (Release.breach_reason == "")
        soon = at_london(london_date(now) + timedelta(days=max(NAGS) + 1), time.min)
        waits = Release.id.in_(select(ReleaseAsk.release_id))
        near = coming & or_(Release.at < soon, Release.state == "postponed_tbc")
        found = found.where(or_(near, unexplained, waits))
    else:
        found = found.where(coming)
    found = found.order_by(Release.at.is_(None), Release.at, Release.id)
    return list(session.scalars(found.limit(MOST)))


def of_days(seen: Sight, asked: Asked, *, first: date, last: date) -> list[Release]:
    """Those whose date may fall between two days, soonest first, in any state."""
    begins = at_london(first - LONGEST_WINDOW, time.min)
    ends = at_london(last + timedelta(days=1), time.min)
    found = query(seen, asked).where(Release.at >= begins, Release.at < ends)
    every = session.scalars(found.order_by(Release.at, Release.id))
    return [release for release in every if touches(release, first, last)]


def beside(found: Collection[Release], who: dict[int, str], *, now: datetime) -> Beside:
    """Three queries, however many releases there are."""
    ids = [release.id for release in found]
    asks = select(ReleaseAsk).where(ReleaseAsk.release_id.in_(ids))
    letters = select(Announcement.release_id, Announcement.state).where(
        Announcement.release_id.in_(ids)
    )
    linked = select(ChangeNotice.effect_release_id).where(
        ChangeNotice.effect_release_id.in_(ids), ChangeNotice.state.in_(LIVE)
    )
    return Beside(
        asks={a.release_id: a for a in session.scalars(asks) if not asking.lapsed(a)},
        letters={one.release_id: one.state for one in session.execute(letters)},
        changed={number for number in session.scalars(linked) if number is not None}
        | {release.id for release in found if release.contains_change},
        who=who,
        now=now,
    )


def touches(release: Release, first: date, last: date) -> bool:
    if release.day is None:
        return False
    start, end = window(release.day, release.precision)
    return start <= last and end >= first


def row(release: Release, by: Beside, *, may_act: bool) -> Row:
    day, clock = words.short(release)
    note, tone = words.attention(release, by.now)
    ask = by.asks.get(release.id)
    if ask is not None:
        name = by.who.get(ask.staff_id, "Somebody")
        note, tone = f"{name} asks to {words.asked(ask, by.today)}.", "look"
    return Row(
        id=release.id,
        url=path(release.id),
        day=day,
        clock=clock,
        title=release.title,
        series=release.series.name,
        tag=words.tag(release),
        note=note,
        tone=tone,
        extra=extra(release, by),
        tick=may_act and release.state == "provisional" and ask is None,
    )


def extra(release: Release, by: Beside) -> list[Tag]:
    """Small marks: a change, and how far the words of its mail are."""
    found = [Tag("Contains a change", "way")] if release.id in by.changed else []
    state = by.letters.get(release.id)
    if state in ("armed", "withheld"):
        found.append(words.WORDS_STATES[state])
    near = release.at is not None and by.now < release.at < by.now + WORDS_WITHIN
    if near and release.state == "confirmed" and state in (None, "draft"):
        found.append(Tag("Words not approved" if state else "No words yet", "look"))
    return found


def needs(release: Release, by: Beside) -> bool:
    """Whether somebody must do something about it now."""
    if release.id in by.asks or late(release, by.now):
        return True
    if release.breached_on is not None and not release.breach_reason:
        return True
    if release.state == "postponed_tbc":
        due = release.next_update_by
        return due is not None and due <= by.today
    last = confirm_by(release)
    soon = by.today + timedelta(days=max(NAGS) - min(NAGS))
    return release.state == "provisional" and last is not None and last <= soon


def months(rows: Iterable[tuple[Release, Row]]) -> list[Month]:
    """Rows under the months in which they stand, in their order."""
    found: list[Month] = []
    for release, one in rows:
        name = f"{release.day:%B %Y}" if release.day is not None else "No date yet"
        if not found or found[-1].name != name:
            found.append(Month(name))
        found[-1].rows.append(one)
    return found


def sentence(found: Collection[Release], by: Beside) -> tuple[str, str]:
    """What the page answers: what must be done, and the next that comes out."""
    due = [r for r in found if r.state == "provisional" and needs(r, by)]
    late_ones = [r for r in due if (last := confirm_by(r)) is not None and last < by.today]
    parts = []
    if due:
        verb = "date needs" if len(due) == 1 else "dates need"
        past = f", {counted(len(late_ones)).lower()} of them late" if late_ones else ""
        parts.append(f"{counted(len(due))} {verb} confirming{past}.")
    owed = [r for r in found if r.breached_on is not None and not r.breach_reason]
    if owed:
        parts.append(f"{counted(len(owed))} {'is' if len(owed) == 1 else 'are'} owed a reason.")
    if by.asks:
        one = len(by.asks) == 1
        parts.append(f"{counted(len(by.asks))} {'waits' if one else 'wait'} for a second person.")
    coming = [r for r in found if r.state == "confirmed" and r.at is not None and r.at > by.now]
    following = ""
    if coming:
        when = words.lower(words.when(coming[0], by.today))
        following = f"Next comes {coming[0].title}, {when}."
    return " ".join(parts) or "No date needs confirming now.", following


NUMBERS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]


def counted(number: int) -> str:
    return NUMBERS[number] if number < len(NUMBERS) else str(number)
