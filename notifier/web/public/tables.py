"""Tables of the pages as CSV files: the mapping of a change, and our record."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint, Response, request

from notifier.cells import defused
from notifier.clock import at_london
from notifier.errors import NotFound
from notifier.feeds import changed
from notifier.insight import notice_given
from notifier.insight.notice_given import Given
from notifier.notices import queries as notices
from notifier.notices.leadtime import PROMISES
from notifier.render.passages import line
from notifier.web.guard import public
from notifier.web.public.feeds import answer, site
from notifier.web.public.frame import now

blueprint = Blueprint("tables", __name__)

RECORD = (
    "reference",
    "headline",
    "class",
    "class_words",
    "takes_effect",
    "told_days_ahead",
    "promised_days",
    "verdict",
    "short_notice_reason",
    "state",
    "url",
)


@blueprint.get("/changes/<reference>/mapping.csv")
@public
def mapping(reference: str) -> Response:
    """Old and new codes of one change. Raises NotFound where it has none."""
    notice = notices.public_notice(reference)
    if not notice.mapping:
        raise NotFound(f"{reference} has no table of old and new codes.")
    rows = [[row.get("old"), row.get("new"), row.get("what")] for row in notice.mapping]
    last = changed.words([notice])[notice.id]
    return file(f"{reference}-mapping.csv", ("old", "new", "what"), rows, last)


@blueprint.get("/notice-given.csv")
@public
def record() -> Response:
    """The public record of this year, or of an earlier one by ``?year=``."""
    instant = now()
    years = notice_given.years(now=instant)
    asked = request.args.get("year", str(years[0]))
    year = next((y for y in years if str(y) == asked), None)
    if year is None:
        raise NotFound(f"There is no record of the year {asked!r}.")
    found = notice_given.record(year, now=instant)
    rows = [given(change) for change in (*found.changes, *found.coming)]
    # It counts days until today, so that it is new each day.
    return file(f"notice-given-{year}.csv", RECORD, rows, at_london(found.last))


def given(change: Given) -> list[object]:
    return [
        change.reference,
        change.headline,
        change.class_,
        PROMISES[change.class_].words,
        change.effect.isoformat(),
        change.days,
        change.minimum,
        change.verdict,
        change.reason,
        change.state,
        f"{site()}/changes/{change.reference}",
    ]


def file(
    name: str, header: Iterable[str], rows: Iterable[Iterable[object]], last: datetime
) -> Response:
    """RFC 4180 in UTF-8; cached and shared like the feeds' data."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(list(header))
    writer.writerows([[cell(value) for value in row] for row in rows])
    instant = now()
    response = answer(out.getvalue().encode(), "text/csv", changed=min(last, instant), now=instant)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def cell(value: object) -> str:
    """One cell. Text that a spreadsheet would run as a formula gets an apostrophe; numbers stay."""
    if isinstance(value, int | float):
        return str(value)
    return defused(line(value).text)
