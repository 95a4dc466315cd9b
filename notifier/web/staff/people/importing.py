"""Bringing in a list: a report first, then the button; and taking the people out as a file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request

from notifier.audience import exporting, segments, waiting
from notifier.audience.cells import COLUMNS, REQUIRED
from notifier.audience.exporting import defused
from notifier.audience.models import WaitingImport
from notifier.audience.reading import NO_CONSENT
from notifier.audience.receivers import Audience
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.store.bulk import many_rows
from notifier.store.db import session, unit
from notifier.web.guard import takes
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.shared import KEEP, PEOPLE, pepper, tabs, to_keep
from notifier.web.staff.security import now
from notifier.web.staff.sends.people import as_file

blueprint = Blueprint("staff_people_import", __name__)

IMPORT = f"{PEOPLE}/import"
ONE = f"{IMPORT}/<int(max=2147483647):number>"
EXAMPLES = 8  # numbers of rows that are named for each reason
NO_DAY = "the day on which they agreed is missing (confirmed_at)"


@dataclass(frozen=True)
class Reason:
    """Why rows were refused: how many, and where the first of them stand."""

    words: str
    rows: int
    where: str


@blueprint.get(IMPORT)
@door.member(*KEEP)
def form() -> Any:
    to_keep()
    return show([])


@blueprint.post(IMPORT)
@door.member(*KEEP)
@takes(4 * waiting.LARGEST)
def upload() -> Any:
    """Says what would be, and keeps the list for an hour; nobody is added yet."""
    to_keep()
    given = request.files.get("file")
    name = (given.filename or "") if given is not None else ""
    moment, by = now(), door.by()
    try:
        wording = waiting.consent(request.form.get("wording", ""))
        raw = given.stream.read(waiting.LARGEST + 1) if given is not None else b""
        text = waiting.read(raw)
        with unit():
            report = waiting.rehearse(
                text, filename=name, wording=wording, by=by, now=moment, pepper=pepper()
            )
    except Refused as refusal:
        return show(problem(refusal.field or "file", refusal), 400)
    with unit():
        row = waiting.keep(text, report, filename=name, wording=wording, by=by, now=moment)
        number = row.id
    return back(f"{IMPORT}/{number}")


def show(errors: list[Error], status: int = 200) -> Any:
    return page(
        "people_import",
        status,
        errors=errors,
        tabs=tabs("Import"),
        wording=request.form.get("wording", ""),
        required=[*REQUIRED, "confirmed_at"],
        optional=[each for each in COLUMNS if each not in (*REQUIRED, "confirmed_at")],
        user_types=catalogue.user_types(),
        topics=merge.living(now()),
        recent=[line(row) for row in waiting.recent(door.me().id)],
        rows=waiting.MOST_ROWS,
    )


def line(row: WaitingImport) -> tuple[str, str, str]:
    """(path, name, how it stands)."""
    said = f"{row.counts['added']:,} added" if row.done_at is not None else "not brought in"
    return f"{IMPORT}/{row.id}", row.filename, said


def mine(number: int) -> WaitingImport:
    """404 for another's: whoever uploads a list answers for it."""
    to_keep()
    row = session.get(WaitingImport, number)
    if row is None or row.staff_id != door.me().id:
        abort(404)
    return row


@blueprint.get(ONE)
@door.member(*KEEP)
def report(number: int) -> Any:
    row = mine(number)
    fresh = row.text != "" and row.begun_at is None and now() - row.at < waiting.LIST_KEPT
    return page(
        "people_import_report",
        row=row,
        url=f"{IMPORT}/{row.id}",
        added=row.counts["added"],
        already=row.counts["already"],
        refused=row.counts["refused"],
        reasons=reasons(row.refused),
        waits=fresh,
    )


def reasons(refused: list[Any]) -> list[Reason]:
    """The most frequent first; rows that differ by a word only are not the same reason."""
    counted = Counter(in_words(why) for _, why in refused)
    found = []
    for why, number in counted.most_common(50):
        first = [str(row) for row, said in refused if in_words(said) == why][:EXAMPLES]
        more = f" and {number - len(first):,} more" if number > len(first) else ""
        found.append(Reason(why[:1].upper() + why[1:], number, f"{', '.join(first)}{more}"))
    return found


def in_words(why: str) -> str:
    return NO_DAY if why == NO_CONSENT else why


@blueprint.post(f"{ONE}/bring")
@door.member(*KEEP)
def bring(number: int) -> Any:
    mine(number)
    url = f"{IMPORT}/{number}"
    with unit():
        row = mine(number)
        name, wording = row.filename, row.wording
        text = waiting.begin(row, now=now())
    if text is None:
        return back(url, "Nothing was changed: see below.")
    try:
        bring_in(number, text, name, wording)
    except Refused as refusal:
        return back(url, f"Nothing was brought in. {refusal}")
    return back(url, "The list is brought in.")


def bring_in(number: int, text: str, name: str, wording: str) -> None:
    """In a unit of work of its own; where that fails, the list waits again."""
    moment, by = now(), door.by()
    try:
        with many_rows(), unit():
            found = waiting.run(
                text,
                filename=name,
                wording=wording,
                by=by,
                now=moment,
                pepper=pepper(),
                rehearsal=False,
            )
    except BaseException:
        with unit():
            waiting.give_back(number)
        raise
    with unit():
        waiting.finish(number, found, now=moment)


@blueprint.post(f"{ONE}/drop")
@door.member(*KEEP)
def drop(number: int) -> Any:
    with unit():
        waiting.drop(mine(number))
    return back(IMPORT, "The list is deleted. Nobody was added.")


@blueprint.get(f"{ONE}/refused.csv")
@door.member(*KEEP)
def refused_csv(number: int) -> Response:
    """Rows by number and why; no address is in it."""
    row = mine(number)
    body = ((str(each), defused(in_words(why))) for each, why in row.refused)
    return as_file(f"refused-{row.id}.csv", [("row", "reason"), *body])


@blueprint.get(f"{PEOPLE}/export")
@door.member(*KEEP, proved=True)
def export() -> Response:
    """Everybody who gets mail, or a segment's people: history keeps who took it, before the first
    row is written."""
    to_keep()
    slug = request.args.get("segment", "")[:80]
    audience = Audience(everyone=True)
    if slug:
        audience = Audience(segment=dict(segments.segment(slug).filter))
    with unit():
        exporting.keep(whom=slug or "everyone", by=door.by(), now=now())
    return as_file(f"people-{slug or 'all'}.csv", exporting.rows(audience))
