"""The week ahead: what comes out each day, what changes, what closes, what is moved away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template

from notifier.clock import SEND_TIME, is_working_day
from notifier.errors import NotFound
from notifier.notices import week as weeks
from notifier.notices.models import ChangeNotice
from notifier.notices.week import Ahead, Week
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.render.week_ahead import span
from notifier.web.guard import public
from notifier.web.public.changes import change_rows
from notifier.web.public.changes.planned import counted
from notifier.web.public.frame import now, today
from notifier.web.public.releases import release_rows
from notifier.web.public.shapes import Link, on_day

blueprint = Blueprint("week_ahead", __name__)

BACK, AHEAD = 13, 52  # weeks that the page links to; earlier ones answer, too
EARLIEST = date(2000, 1, 3)


@blueprint.get("/week-ahead")
@public
def coming() -> str:
    """The coming week from Friday's mail on, until then the week we are in."""
    return page(weeks.present(now()), permanent=False)


@blueprint.get("/week-ahead/<name>")
@public
def one_week(name: str) -> str:
    """One week's permanent page: ``2026-W49`` (ISO 8601). Raises NotFound beyond 12 months."""
    week = weeks.named(name)
    latest = weeks.of(today()).after(AHEAD)
    if week is None or not EARLIEST <= week.monday <= latest.monday:
        raise NotFound(f"There is no week {name!r}; write it as 2026-W49.")
    return page(week, permanent=True)


def page(week: Week, *, permanent: bool) -> str:
    found, day = weeks.ahead(week), today()
    return render_template(
        "pages/public/week_ahead.html",
        **context(found, day),
        which=which(week, permanent=permanent),
        permanent_url=f"/week-ahead/{week.name}",
        earlier=beside(week, -1, day),
        later=beside(week, 1, day),
    )


def context(found: Ahead, day: date) -> dict[str, Any]:
    """What happens in the week."""
    week = found.week
    changes = found.effects
    return {
        "title": title(week, day),
        "in_words": went(found) if week.last < day else in_words(found),
        "heads": heads(past=week.last < day),
        "days": [one_day(found, each, day) for each in week.days if shown(found, each)],
        "vague": [release_rows.row(r, day, changes) for r in found.vague],
        "changes": [change_rows.row(n, day) for n in changes],
        "closing": [last_call(n, closes, day) for closes, n in found.closing],
        "away": [away(*each, day) for each in found.away],
    }


def title(week: Week, day: date) -> str:
    """ "Coming next week: 30 November to 6 December 2026"."""
    this = weeks.of(day)
    names = {this: "This week", this.after(): "Coming next week", this.after(-1): "Last week"}
    return f"{names[week]}: {span(week)}" if week in names else f"The week from {span(week)}"


def which(week: Week, *, permanent: bool) -> str:
    """Which week this is and, on the page that moves on, when it does."""
    if permanent:
        return ""
    told = f"{dates.full(week.after().told_on)} at {dates.clock(SEND_TIME)}"
    return f"From {told} this page shows the week after."


def heads(*, past: bool) -> SimpleNamespace:
    """The headings and the words for an empty part, in the tense of the week."""
    if past:
        return SimpleNamespace(
            out="What came out",
            no_day="Nothing came out.",
            changed="What changed",
            no_change="No announced change took effect in this week.",
            closing="Last days to have your say",
            closes="Closed on",
            away="Did not come out in this week",
        )
    return SimpleNamespace(
        out="What comes out",
        no_day="Nothing comes out.",
        changed="What changes",
        no_change="No announced change takes effect in this week.",
        closing="Last days to have your say",
        closes="Closes on",
        away="Will not come out in this week",
    )


def in_words(found: Ahead) -> str:
    """ "Three releases come out, one change takes effect and one release is moved away."."""
    editions = len(found.releases) + len(found.vague)
    parts = [
        counted_words(editions, "release comes", "releases come", "out"),
        counted_words(len(found.effects), "change takes", "changes take", "effect"),
        counted_words(len(found.closing), "consultation", "consultations", "closes|close"),
        counted_words(len(found.away), "release will", "releases will", "not come out as planned"),
    ]
    return sentence(parts) or (
        "Nothing comes out and nothing changes in this week, as far as we know today."
    )


def went(found: Ahead) -> str:
    """The same of a week that is over, where what was planned has not always happened:
    "Two releases came out and one release is not out yet."."""
    editions = [*found.releases, *found.vague]
    out = [release for release in editions if release.state == "released"]
    took = [notice for notice in found.effects if notice.state != "announced"]
    waits = "has|have not taken effect yet"
    parts = [
        counted_words(len(out), "release came", "releases came", "out"),
        counted_words(len(editions) - len(out), "release", "releases", "is|are not out yet"),
        counted_words(len(took), "change took", "changes took", "effect"),
        counted_words(len(found.effects) - len(took), "change", "changes", waits),
        counted_words(len(found.closing), "consultation", "consultations", "closed"),
        counted_words(len(found.away), "release did", "releases did", "not come out as planned"),
    ]
    return sentence(parts) or "Nothing came out and nothing changed in this week."


def sentence(parts: Iterable[str]) -> str:
    """Its parts with commas and "and"; "" when there is none."""
    said = [part for part in parts if part]
    if not said:
        return ""
    words = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
    return f"{words[0].upper()}{words[1:]}."


def counted_words(count: int, one: str, many: str, rest: str) -> str:
    if not count:
        return ""
    first, *others = rest.split()
    singular, _, plural = first.partition("|")
    end = " ".join([singular if count == 1 or not plural else plural, *others])
    return f"{counted(count).lower()} {one if count == 1 else many} {end}"


def shown(found: Ahead, day: date) -> bool:
    """Working days are shown also when nothing comes out; days off, only when something does."""
    return is_working_day(day) or any(r.day == day for r in found.releases) or is_holiday(day)


def is_holiday(day: date) -> bool:
    return day.weekday() < 5 and not is_working_day(day)


def one_day(found: Ahead, day: date, today: date) -> SimpleNamespace:
    return SimpleNamespace(
        when=on_day(day, today),
        name=f"{dates.full(day)}",
        off="Bank holiday" if is_holiday(day) else "",
        rows=[
            timed(release_rows.row(r, today, found.effects)) for r in found.releases if r.day == day
        ],
    )


def timed(row: release_rows.ReleaseRow) -> release_rows.ReleaseRow:
    """Its day is the heading above: only the time stands before the title."""
    if row.day is None:
        return row
    return replace(row, day=replace(row.day, short=row.day.clock or "Some time", clock=""))


def last_call(notice: ChangeNotice, closes: date, today: date) -> SimpleNamespace:
    return SimpleNamespace(
        day=on_day(closes, today),
        link=Link(notice.headline, f"/changes/{notice.reference}#consultation"),
    )


def away(
    day: date, release: Release, change: ReleaseDateChange | None, today: date
) -> release_rows.ReleaseRow:
    if change is None:
        return release_rows.row(release, today)
    return release_rows.old_day(change, release, today)


def beside(week: Week, by: int, day: date) -> Link | None:
    """The week before or after, while it is near enough to be linked."""
    other, this = week.after(by), weeks.of(day)
    if not this.after(-BACK).monday <= other.monday <= this.after(AHEAD).monday:
        return None
    return Link(span(other), f"/week-ahead/{other.name}")
