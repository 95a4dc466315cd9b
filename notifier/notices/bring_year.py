"""Brings a year of releases from a file: each row is added, confirmed, described or asked for.

The dry run is the same work, taken back: there is no second set of rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.catalogue.models import Series
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import contain, follow, release_acts
from notifier.releases import asking, dated, guards
from notifier.releases.add import add
from notifier.releases.change import stands
from notifier.releases.dated import Dated
from notifier.releases.describe import describe
from notifier.releases.models import Release
from notifier.releases.rules import promised
from notifier.releases.year_file import Row, legible
from notifier.store.db import session, tried
from notifier.store.history import By

WORDS = {
    "landing_url": "its page",
    "contact": "who answers",
    "period": "the period",
    "cy_title": "the Welsh title",
}
YES, NO = ("yes", "true", "1", "y", "x"), ("no", "false", "0", "n")
CERTAINTIES = ("planned", "provisional", "confirmed")


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of a row. ``what``: add, change, ask, same or refuse."""

    number: int
    title: str
    what: str
    words: str
    release: int | None = None


@dataclass(frozen=True)
class Bringing:
    """Who brings it, and when; ``series`` are those of their teams, by slug and by name."""

    person: Staff
    by: By
    now: datetime
    series: Mapping[str, Series]


def bring(rows: Iterable[Row], *, person: Staff, by: By, now: datetime) -> list[Outcome]:
    """Do it row by row; one that is refused changes nothing, and the others go on."""
    whose = Bringing(person, by, now, series_of(person))
    return [one(row, whose) for row in rows]


def rehearse(rows: Iterable[Row], *, person: Staff, by: By, now: datetime) -> list[Outcome]:
    """What ``bring`` would do now; nothing is kept."""
    found: list[Outcome] = []
    with tried(keep=False):
        found += bring(rows, person=person, by=by, now=now)
    return found


def one(row: Row, whose: Bringing) -> Outcome:
    title = " ".join(row.cells["title"].split())[:200]
    try:
        with tried(keep=True):
            legible(row)
            series = the_series(row.cells["series"], whose)
            query = select(Release).where(Release.series_id == series.id, Release.title == title)
            release = session.scalars(query).first()
            if release is None:
                return added(row, series, title, whose)
            return changed(row, release, whose)
    except Refused as refusal:
        return Outcome(row.number, title, "refuse", str(refusal))


def series_of(person: Staff) -> dict[str, Series]:
    """Publications of the person's own teams: no other exists for them."""
    mine = sight(person, "author", "approver", "hop", "admin")
    own = [found for found in session.scalars(select(Series)) if mine.owns(found.team_id)]
    return {name: found for found in own for name in (found.name.lower(), found.slug)}


def the_series(asked: str, whose: Bringing) -> Series:
    found = whose.series.get(asked.lower())
    if found is None:
        raise Refused(f"There is no publication “{asked[:60]}” of a team of yours.")
    return found


def added(row: Row, series: Series, title: str, whose: Bringing) -> Outcome:
    cells, to = row.cells, date_of(row, whose)
    certainty = certainty_of(cells)
    entry: dict[str, Any] = {
        "series": series.slug,
        "title": title,
        "date": said(to),
        "precision": to.precision,
        "certainty": "planned" if certainty == "planned" else "provisional",
        "contains_change": answer(cells["contains_change"], "contains_change") or False,
        **{name: cells[name] for name in ("landing_url", "contact", "period") if cells[name]},
    }
    if cells["welsh_title"]:
        entry["cy"] = {"title": cells["welsh_title"]}
    release = add(entry, by=whose.by, now=whose.now)
    words = "Added, not public yet" if certainty == "planned" else "Added, provisional"
    if certainty == "confirmed":
        asks = fix(release, to, whose)
        words = "Added; a second person is asked to confirm it" if asks else "Added and confirmed"
    return Outcome(row.number, title, "add", f"{words}.", release.id)


def changed(row: Row, release: Release, whose: Bringing) -> Outcome:
    """What is there already: its date, its words, its mark; only what the row says otherwise."""
    did, what, to = [], "change", date_of(row, whose)
    confirms = certainty_of(row.cells) == "confirmed" and release.state != "confirmed"
    if confirms and was_said(release, to):
        asks = fix(release, to, whose)
        what = "ask" if asks else what
        did.append("a second person is asked to confirm it" if asks else "confirmed")
    elif stands(release) != to:
        ask_to_move(row, release, to, whose)
        what = "ask"
        did.append("a second person is asked to agree to the other date")
    did += described(row, release, whose)
    did += marked(row, release, whose)
    if not did:
        return Outcome(row.number, release.title, "same", "Nothing changes.", release.id)
    words = "; ".join(did)
    return Outcome(row.number, release.title, what, f"{words[0].upper()}{words[1:]}.", release.id)


def was_said(release: Release, to: Dated) -> bool:
    """Whether users were told a date that may mean this one."""
    if release.day is None or release.precision == "tbc":
        return True
    first, last = promised(release.day, release.precision)
    same_time = release.precision != "datetime" or to.wall == release.wall_time
    return first <= to.day <= last and same_time


def fix(release: Release, to: Dated, whose: Bringing) -> bool:
    """Confirm it; True where the organisation asks for a second person, who is asked."""
    if to.wall is None:
        raise Refused("A confirmed release needs an exact time; write it as 2027-03-25 09:30.")
    acts = {"person": whose.person, "by": whose.by, "now": whose.now}
    if not guards.confirming_takes_two():
        follow.confirm(release, to.day, to.wall, **acts)  # type: ignore[arg-type]
        return False
    ask(release, "confirm", release_acts.as_given(to), whose)
    return True


def ask_to_move(row: Row, release: Release, to: Dated, whose: Bringing) -> None:
    if not row.cells["reason"]:
        raise Refused(
            "It has another date now. Give the reason, which is public, in the columns reason and "
            "reason_code; a second person is asked to agree."
        )
    code = row.cells["reason_code"] or "other"
    given = {**release_acts.as_given(to), "reason": row.cells["reason"], "reason_code": code}
    ask(release, "move", given, whose)


def ask(release: Release, act: str, given: dict[str, Any], whose: Bringing) -> None:
    two = {"person": whose.person, "by": whose.by, "now": whose.now}
    seen = asking.base(release)
    release_acts.ask(release, act, given, seen=seen, **two)  # type: ignore[arg-type]


def described(row: Row, release: Release, whose: Bringing) -> list[str]:
    """An empty cell leaves what is there."""
    cells = {**row.cells, "cy_title": row.cells["welsh_title"]}
    other = {n: cells[n] for n in WORDS if cells[n] and getattr(release, n) != cells[n]}
    if not other:
        return []
    given: dict[str, Any] = {("welsh_title" if n == "cy_title" else n): t for n, t in other.items()}
    describe(release, person=whose.person, by=whose.by, now=whose.now, **given)
    return [f"{', '.join(WORDS[name] for name in other)} changed"]


def marked(row: Row, release: Release, whose: Bringing) -> list[str]:
    wanted = answer(row.cells["contains_change"], "contains_change")
    if wanted is None or wanted == release.contains_change:
        return []
    if not wanted:
        raise Refused("It is marked as containing a change; take the mark off on its page.")
    contain.mark(release, person=whose.person, by=whose.by, now=whose.now)
    return ["marked as containing a change"]


def date_of(row: Row, whose: Bringing) -> Dated:
    return dated.read(row.cells["date"], today=london_date(whose.now))


def said(to: Dated) -> str:
    """As the catalogue's shape takes it."""
    return to.day.isoformat() if to.wall is None else f"{to.day.isoformat()} {to.wall:%H:%M}"


def certainty_of(cells: dict[str, str]) -> str:
    word = cells["certainty"].lower() or "provisional"
    if word not in CERTAINTIES:
        raise Refused(f"certainty is planned, provisional or confirmed, not “{word[:40]}”.")
    return word


def answer(cell: str, column: str) -> bool | None:
    word = cell.lower()
    if word and word not in (*YES, *NO):
        raise Refused(f"{column} is yes or no, not “{cell[:40]}”.")
    return None if not word else word in YES
