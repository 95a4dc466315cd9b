"""Releases on time: out when it was said, moved with how much notice, late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, request

from notifier.clock import london_date, london_time
from notifier.insight import punctual
from notifier.insight.punctual import OUT, Moved, Out, Punctual, Waiting
from notifier.insight.quarters import Quarter
from notifier.render import dates
from notifier.store.once import reading
from notifier.web.public.shapes import Tag
from notifier.web.staff import door
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked
from notifier.web.staff.insight.tables import Cell, Column, Row, Table, bar, number, show
from notifier.web.staff.insight.words import capital, some, word

blueprint = Blueprint("staff_insight_releases", __name__)

PARTS = dict(zip(OUT, ("best", "short", "after", "open"), strict=True))
TONES = dict(zip(OUT, ("neutral", "look", "bad", "look"), strict=True))
KEY = [
    ("best", "On the day and at the time"),
    ("short", "Later that day"),
    ("after", "Days late"),
    ("open", "Before its date"),
]
CAVEATS = [
    "On time: on the day that stood last, within five minutes of the time. A date that moved is "
    "counted in its own table, so a release can be moved and then on time.",
    "Notice is counted in calendar days from the news to the first day on which it could have "
    "come out by the old date. A vague date that became exact within what it said is no move.",
    "Releases that came out before this house kept the calendar are not counted.",
]


@blueprint.get(f"{INSIGHT}/releases")
@door.member()
def releases() -> Any:
    with reading():
        return page(asked())


def page(found: Asked) -> Any:
    teams = found.whose.teams
    quarters = punctual.quarters(found.quarters, now=found.moment, team_ids=teams)
    waiting = punctual.waiting(now=found.now, at=found.at, team_ids=teams)
    own = quarters[found.quarter]
    return show(
        found,
        "releases",
        "Releases on time",
        answer(found, own, waiting),
        [
            by_quarter(found, quarters),
            late_now(waiting, found),
            moved(own),
            out(own.out),
        ],
        caveats=CAVEATS,
        more={"how": how_asked()},
    )


def answer(found: Asked, own: Punctual, waiting: Sequence[Waiting]) -> str:
    total, kept = len(own.out), own.number(punctual.ON_TIME)
    were = "was" if len(waiting) == 1 else "were"
    late = f" {capital(word(len(waiting)))} {were} overdue on {found.on_day}." if waiting else ""
    if not total:
        return f"{found.span} no release came out.{late}"
    noun = "release" if total == 1 else "releases"
    which = some(kept, total)
    return f"{found.span} {word(total)} {noun} came out, {which} on time.{late}"


def by_quarter(found: Asked, quarters: dict[Quarter, Punctual]) -> Table:
    most = max(len(each.out) for each in quarters.values())
    return Table(
        slug="quarters",
        title="By quarter",
        columns=[
            Column("Quarter", "quarter", "text"),
            Column("Picture", kind="bar"),
            Column("Came out", "came_out"),
            Column("On time", "on_time"),
            Column("Later that day", "later_that_day"),
            Column("Days late", "late"),
            Column("Before its date", "before_its_date"),
            Column("Dates changed", "dates_changed"),
            Column("Typical notice", "typical_notice_days"),
        ],
        rows=[
            Row(
                cells=[
                    Cell(q.short, q.slug, found.url("releases", quarter=q.slug)),
                    number(len(each.out)),
                    *(number(each.number(how)) for how in OUT),
                    number(len(each.moved)),
                    number(each.typical_notice),
                ],
                parts=bar([(PARTS[how], each.number(how)) for how in OUT], most),
                strong=q == found.quarter,
            )
            for q, each in quarters.items()
        ],
        says="Typical notice: the median of the days between the news of another date and the "
        "old one.",
        key=KEY,
    )


def late_now(waiting: Sequence[Waiting], found: Asked) -> Table:
    return Table(
        slug="waiting",
        title=f"Overdue on {found.on_day}",
        columns=[
            Column("Release", "release", "text"),
            Column("Series", "series", "text"),
            Column("Should have been out", "due", "brief"),
        ],
        rows=[
            Row(
                [
                    Cell(one.title, url=f"/releases/{one.id}"),
                    Cell(one.series),
                    Cell(due(one.due), one.due.isoformat()),
                ]
            )
            for one in waiting
        ],
        none=f"Nothing was overdue on {found.on_day}.",
    )


def moved(own: Punctual) -> Table:
    return Table(
        slug="moved",
        title="Dates that were changed",
        columns=[
            Column("Release", "release", "text"),
            Column("Series", "series", "text"),
            Column("Was", "was", "brief"),
            Column("Is now", "now", "brief"),
            Column("Announced", "announced", "brief"),
            Column("Notice", "notice_days"),
            Column("Why", "reason", "text"),
        ],
        rows=[moved_row(one) for one in own.moved],
        none="No date was changed in this quarter.",
    )


def moved_row(one: Moved) -> Row:
    is_now = shown(one.now_is, one.now_precision) if one.now_is else "No date"
    code = one.reason_code.replace("_", " ").capitalize()
    return Row(
        [
            Cell(one.title, url=f"/releases/{one.release_id}"),
            Cell(one.series),
            Cell(shown(one.was, one.was_precision)),
            Cell("Cancelled" if one.cancelled else is_now),
            Cell(dates.past(one.announced), one.announced.isoformat()),
            number(one.notice),
            Cell(one.reason, note=code if one.reason and code != "Other" else ""),
        ]
    )


def shown(day: date, precision: str) -> str:
    exact = precision in ("datetime", "date")
    return dates.past(day) if exact else dates.vague(day, precision)


def how_asked() -> str:
    given = request.args.get("how", "").replace("-", " ")
    return given.replace(" ", "-") if given in OUT else ""


def out(rows: Sequence[Out]) -> Table:
    how = how_asked().replace("-", " ")
    return Table(
        slug="out",
        title=f"What came out: {how}" if how else "What came out",
        columns=[
            Column("Release", "release", "text"),
            Column("Series", "series", "text"),
            Column("Its date", "planned", "brief"),
            Column("Came out", "published", "brief"),
            Column("Moved", "times_moved"),
            Column("How", "how", "text"),
        ],
        rows=[out_row(one) for one in rows if not how or one.how == how],
        none="There is no such release in this quarter.",
    )


def out_row(one: Out) -> Row:
    planned = Cell(dates.past(one.planned), one.planned.isoformat()) if one.planned else Cell("–")
    far = abs(one.days)
    words = (
        capital(one.how) if not far else f"{dates.days(far)} {'late' if one.days > 0 else 'early'}"
    )
    return Row(
        [
            Cell(one.title, url=f"/releases/{one.id}"),
            Cell(one.series),
            planned,
            Cell(moment(one.published_at), one.published_at.isoformat()),
            number(one.moved),
            Cell(words, one.how, tag=Tag(words, TONES[one.how])),
        ]
    )


def due(instant: datetime) -> str:
    """Of a vague date the end of its last day, which is the midnight after it."""
    if london_time(instant) == time.min:
        return f"By the end of {dates.past(london_date(instant) - timedelta(days=1))}"
    return moment(instant)


def moment(instant: datetime) -> str:
    """ "30 September 2026 09:30", in London."""
    return f"{dates.past(london_date(instant))} {london_time(instant):%H:%M}"
