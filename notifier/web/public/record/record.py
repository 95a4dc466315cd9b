"""Our record: how long before each change users were told, against what was promised."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import Blueprint, render_template, request

from notifier.clock import london_date
from notifier.errors import NotFound
from notifier.insight import notice_given, time_to_tell
from notifier.insight.notice_given import Given, Kind, Record
from notifier.notices import queries as notices
from notifier.render import dates
from notifier.web.guard import public
from notifier.web.public.changes.change_class import overruled
from notifier.web.public.frame import now, today
from notifier.web.public.record import record_words
from notifier.web.public.record.promise_chart import chart
from notifier.web.public.shapes import Link, Tag, on_day

blueprint = Blueprint("record", __name__)


@blueprint.get("/notice-given")
@public
def notice_given_page() -> str:
    """The record of this year, or of an earlier one by ``?year=``."""
    years = notice_given.years(now=now())
    year = asked(years)
    return render_template(
        "pages/public/notice_given.html",
        **context(notice_given.record(year, now=now())),
        at_once=at_once(year),
        years=[Link(str(y), f"/notice-given?year={y}") for y in years if y != year],
    )


def asked(years: list[int]) -> int:
    """The year that is asked for. Raises NotFound for one without a record."""
    given = request.args.get("year")
    if given is None:
        return years[0]
    found = next((year for year in years if str(year) == given), None)
    if found is None:
        raise NotFound(f"There is no record of the year {given!r}.")
    return found


def context(record: Record) -> dict[str, Any]:
    """Every variable of the page that comes from the notices."""
    found = [c for c in (*record.changes, *record.coming) if c.overruled or c.shortened]
    return {
        "year": record.first.year,
        "headline": record_words.headline(record, today()),
        "in_words": record_words.in_words(record),
        "coming": record_words.coming(record),
        "chart": chart(record.kinds),
        "kinds": [row_of(kind) for kind in record.kinds],
        "changes": [change_row(change) for change in reversed(record.changes)],
        "late": [late(change) for change in record.late],
        "promises": record_words.promises(record.kinds),
        "by_hand": [by_hand(change) for change in found],
    }


def by_hand(change: Given) -> SimpleNamespace:
    """A change of which the class was chosen, and why; or of which less was promised."""
    text = overruled(notices.public_notice(change.reference))
    return SimpleNamespace(label=change.headline, url=url_of(change), text=text)


def row_of(kind: Kind) -> SimpleNamespace:
    """A kind's figures, for the table beside the chart."""
    return SimpleNamespace(
        name=record_words.name(kind.class_),
        promised=dates.days(kind.minimum),
        changes=str(len(kind.changes)),
        kept=str(kind.kept),
        typical=record_words.number(kind.typical),
        days=", ".join(record_words.number(d) for d in sorted(c.days for c in kind.changes)),
        rule=kind.rule[:1].upper() + kind.rule[1:],
    )


def change_row(change: Given) -> SimpleNamespace:
    return SimpleNamespace(
        link=Link(change.headline, url_of(change)),
        day=on_day(change.effect, today()),
        kind=record_words.name(change.class_),
        told=record_words.told(change),
    )


def late(change: Given) -> SimpleNamespace:
    """A change that was told later than promised, with the reason in full."""
    word, tone = record_words.TAGS[change.verdict]
    return SimpleNamespace(
        label=record_words.label(change, today()),
        day=on_day(change.effect, today()),
        headline=change.headline,
        url=url_of(change),
        tag=Tag(word, tone, record_words.told(change)),
        reason=change.reason,
    )


def url_of(change: Given) -> str:
    return f"/changes/{change.reference}"


def at_once(year: int) -> list[SimpleNamespace]:
    """What cannot be told ahead, counted by how soon it was told."""
    found = {
        "Release moved or cancelled": time_to_tell.moved(year),
        "Error corrected": time_to_tell.corrected(year),
    }
    return [
        SimpleNamespace(what=what, **vars(times), total=times.total)
        for what, times in found.items()
    ]


def this_year() -> SimpleNamespace | None:
    """The record in a few words, for the home page; None while no change has taken effect."""
    instant = now()
    found = notice_given.took_effect(london_date(instant).year, now=instant)
    if not found:
        return None
    late = [change for change in found if not change.kept]
    return SimpleNamespace(
        kept=len(found) - len(late),
        total=len(found),
        words=record_words.in_short(len(found), late),
    )
