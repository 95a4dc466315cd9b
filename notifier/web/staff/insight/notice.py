"""Notice given: how long before each change users were told, by quarter, kind and team."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Body
from notifier.insight import announced, stood
from notifier.insight.announced import Told
from notifier.insight.notice_given import KEPT, typical_days
from notifier.insight.quarters import Quarter
from notifier.notices.agree import SHORT
from notifier.render import dates
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.public.record import record_words
from notifier.web.public.shapes import Link, Tag
from notifier.web.staff import door
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked
from notifier.web.staff.insight.tables import Cell, Column, Row, Table, bar, number, show
from notifier.web.staff.insight.words import KEY, TONES, VERDICTS, changes, parts_of, some, word

blueprint = Blueprint("staff_insight_notice", __name__)

BY = {"announced": "By day of announcement", "effect": "By day of effect"}
COUNTS = [
    Column("Best", "best"),
    Column("Enough", "enough"),
    Column("Short", "short"),
    Column("Same day", "same_day"),
    Column("After", "after"),
]
WHICH = {
    **VERDICTS,
    "kept": "As early as promised",
    "late": "Later than promised",
    "explained": "Late, with a public reason",
    "undated": "No day yet",
}


@blueprint.get(f"{INSIGHT}/notice")
@door.member()
def notice() -> Any:
    with reading():
        return page(asked())


def page(found: Asked) -> Any:
    by = request.args.get("by", "announced")
    by = by if by in BY else "announced"
    rows = announced.told(stood.changes(at=found.at), found.whose.teams)
    quarters = {q: of_quarter(q, rows, by, found) for q in found.quarters}
    own = quarters[found.quarter]
    return show(
        found,
        "notice",
        "Notice given",
        answer(found, by, own),
        [
            by_quarter(found, by, quarters),
            by_kind(own),
            by_team(found, own),
            each(own),
        ],
        hidden={"by": by},
        segments=[Link(w, found.url("notice", by=b), active=b == by) for b, w in BY.items()],
        more={"by": by, "told": told_asked()},
        caveats=[*CAVEATS, agrees(found)] if by == "effect" else CAVEATS,
    )


CAVEATS = [
    "Days are calendar days in London, from the first public word, which nobody can edit, to the "
    "day of effect. A change that grew is judged again from the day on which we said so.",
    "Corrections are not here: they cannot be told ahead. Nor is what was published in error and "
    "taken back.",
    "A change of two teams counts for both, so the teams may add up to more than the whole.",
    "With few changes in a quarter one more or less moves every share: read the numbers.",
]


def agrees(found: Asked) -> str:
    return (
        f"By day of effect the four quarters of {found.quarter.year} add up to the public page "
        "“Our record”, to the digit."
    )


def told_asked() -> str:
    given = request.args.get("told", "")
    return given if given in WHICH else ""


def of_quarter(quarter: Quarter, rows: Collection[Told], by: str, found: Asked) -> list[Told]:
    if by == "effect":
        return announced.effective_in(quarter, rows, now=found.moment)
    return announced.announced_in(quarter, rows)


def answer(found: Asked, by: str, own: Collection[Told]) -> str:
    """ "From July to September 2026 we announced 14 changes: 12 as early as we promise."."""
    count = announced.count(own)
    if not count.total:
        did = "took effect" if by == "effect" else "was announced"
        return f"{found.span} no change {did}."
    what = f"{changes(count.total)} took effect" if by == "effect" else ""
    what = what or f"we announced {changes(count.total)}"
    kept = some(count.kept, count.total)
    late = f" and {word(count.late)} later" if count.late else ""
    open_ = f"; {word(count.undated)} with no day of effect yet" if count.undated else ""
    return f"{found.span} {what}: {kept} told as early as we promise{late}{open_}."


def counts(found: announced.Count) -> list[Cell]:
    return [number(getattr(found, verdict)) for verdict in VERDICTS]


def by_quarter(found: Asked, by: str, quarters: dict[Quarter, list[Told]]) -> Table:
    tallies = {quarter: announced.count(rows) for quarter, rows in quarters.items()}
    most = max(tally.total for tally in tallies.values())
    undated = [Column("No day yet", "no_day_yet")] if by == "announced" else []
    return Table(
        slug="quarters",
        title="By quarter",
        columns=[
            Column("Quarter", "quarter", "text"),
            Column("Picture", kind="bar"),
            Column("Changes", "changes"),
            *COUNTS,
            *undated,
            Column("Late, with a reason", "late_with_reason"),
        ],
        rows=[
            Row(
                cells=[
                    Cell(
                        quarter.short,
                        quarter.slug,
                        found.url("notice", quarter=quarter.slug, by=by),
                    ),
                    number(tally.total),
                    *counts(tally),
                    *([number(tally.undated)] if undated else []),
                    number(tally.explained),
                ],
                parts=bar(parts_of(tally), most),
                strong=quarter == found.quarter,
            )
            for quarter, tally in tallies.items()
        ],
        key=[pair for pair in KEY if undated or pair[0] != "open"],
    )


def by_kind(own: Sequence[Told]) -> Table:
    """A kind with two promises has two rows: what fits several kinds is promised the longest."""
    found: dict[tuple[str, int], list[Told]] = {}
    for row in own:
        found.setdefault((row.stood.class_, row.stood.minimum_days), []).append(row)
    most = max((len(rows) for rows in found.values()), default=0)
    rows = []
    for class_, minimum in sorted(found):
        these = found[class_, minimum]
        tally = announced.count(these)
        days = [row.days for row in these if row.days is not None]
        rows.append(
            Row(
                cells=[
                    Cell(record_words.name(class_)),
                    Cell(dates.days(minimum), minimum),
                    number(tally.total),
                    *counts(tally),
                    number(typical_days(days)),
                ],
                parts=bar(parts_of(tally), most),
            )
        )
    return Table(
        slug="kinds",
        title="By kind of change",
        columns=[
            Column("Kind of change", "kind", "text"),
            Column("Picture", kind="bar"),
            Column("We promise", "promised_days"),
            Column("Changes", "changes"),
            *COUNTS,
            Column("Typical days", "typical_days"),
        ],
        rows=rows,
        says="Typical is the median: half of the changes had no more days, half no fewer.",
    )


def by_team(found: Asked, own: Sequence[Told]) -> Table:
    bodies = {body.id: body.name for body in session.scalars(select(Body))}
    teams = {team.id: team for team in catalogue.teams()}
    tallies = {
        id_: announced.count([row for row in own if id_ in row.teams])
        for id_ in teams
        if found.whose.teams is None or id_ in found.whose.teams
    }
    most = max((tally.total for tally in tallies.values()), default=0)
    rows = [
        Row(
            cells=[
                Cell(teams[id_].name, url=found.url("notice", of=f"team:{teams[id_].slug}")),
                Cell(bodies.get(teams[id_].body_id or 0, "")),
                number(tally.total),
                *counts(tally),
            ],
            parts=bar(parts_of(tally), most),
        )
        for id_, tally in tallies.items()
        if tally.total
    ]
    return Table(
        slug="teams",
        title="By team",
        columns=[
            Column("Team", "team", "text"),
            Column("Picture", kind="bar"),
            Column("Body", "body", "text"),
            Column("Changes", "changes"),
            *COUNTS,
        ],
        rows=rows,
    )


def each(own: Sequence[Told]) -> Table:
    told = told_asked()
    words, rows = WHICH.get(told, ""), [row for row in own if fits(row, told)]
    return Table(
        slug="changes",
        title=f"Each change: {words.lower()}" if words else "Each change",
        columns=[
            Column("Change", "headline", "text"),
            Column("Reference", "reference", "brief"),
            Column("Announced", "announced", "brief"),
            Column("Takes effect", "takes_effect", "brief"),
            Column("Days", "days"),
            Column("Promised", "promised_days"),
            Column("Notice", "notice", "text"),
            Column("Public reason", "public_reason", "text"),
        ],
        rows=[change_row(row) for row in rows],
        none="There is no such change in this quarter.",
    )


def fits(row: Told, told: str) -> bool:
    """Whether it is one of those that are asked for; "" asks for all."""
    some = {
        "kept": row.verdict in KEPT,
        "late": row.verdict in SHORT,
        "explained": bool(row.reason),
        "undated": row.verdict is None,
    }
    return not told or some.get(told, row.verdict == told)


def change_row(row: Told) -> Row:
    one = row.stood
    verdict = VERDICTS.get(row.verdict or "", "No day yet")
    return Row(
        [
            Cell(one.headline, url=f"/changes/{one.reference}"),
            Cell(one.reference),
            Cell(dates.past(row.announced), row.announced.isoformat()),
            Cell(dates.past(row.effect), row.effect.isoformat()) if row.effect else Cell("–", ""),
            number(row.days),
            number(one.minimum_days),
            Cell(verdict, tag=Tag(verdict, TONES.get(row.verdict or "", "neutral"))),
            Cell(row.reason or ("None was given" if row.verdict in SHORT else ""), row.reason),
        ]
    )
