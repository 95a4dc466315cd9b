"""Insight: the statement of a quarter, and the way to every figure behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, current_app

from notifier.insight.statement import Statement, statement
from notifier.store.once import reading
from notifier.web.guard import settings
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked, choices
from notifier.web.staff.insight.statement import as_text, how_counted, lines
from notifier.web.staff.insight.words import capital, changes, some

blueprint = Blueprint("staff_insight", __name__)

REACH = "/staff/reach"


@dataclass(frozen=True)
class Way:
    """A page behind this one, and what it answers."""

    title: str
    url: str
    says: str


@blueprint.get(INSIGHT)
@door.member()
def insight() -> Any:
    with reading():
        found = asked()
        figures = counted(found)
        return page(
            "insight",
            400 if found.errors else 200,
            errors=list(found.errors),
            asked=found,
            answer=answer(found, figures),
            lines=lines(found, figures),
            how=how_counted(found, base()),
            text=as_text(found, figures, base()),
            ways=ways(found),
            **choices(found),
        )


@blueprint.get(f"{INSIGHT}/statement.txt")
@door.member()
def text() -> Response:
    """The statement as a file of plain text."""
    with reading():
        found = asked()
        if found.errors:
            abort(404)
        said = as_text(found, counted(found), base())
    answer_ = Response(said, mimetype="text/plain")
    name = f"statement-{found.quarter.slug}.txt"
    answer_.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer_.headers["Cache-Control"] = "no-store"
    return answer_


def counted(found: Asked) -> Statement:
    return statement(found.quarter, now=found.now, at=found.at, team_ids=found.whose.teams)


def base() -> str:
    return str(settings().base_url)


def answer(found: Asked, figures: Statement) -> tuple[str, str]:
    """The answer, which is set in bold, and the rest."""
    count = figures.announced
    if not count.total:
        return f"{found.span} no change was announced.", ""
    how = "as early as we promise"
    if count.total == 1:
        first = f"One change was announced, {how if count.kept else f'not {how}'}."
    elif count.kept == count.total:
        first = f"All {changes(count.total)} were announced {how}."
    else:
        be = "were" if count.kept > 1 else "was"
        which = some(count.kept, count.total)
        first = f"{capital(which)} of {changes(count.total)} {be} announced {how}."
    return first, f"{found.quarter.words}, {found.whose.words}."


def ways(found: Asked) -> list[Way]:
    reach = [
        Way("Who hears from us, and who does not", REACH, "By topic and user type, with the gaps.")
        for rule in current_app.url_map.iter_rules()
        if rule.rule == REACH
    ]
    return [
        Way(
            "Notice given",
            found.url("notice"),
            "How long before each change we told: by quarter, kind and team.",
        ),
        Way(
            "Releases on time",
            found.url("releases"),
            "Out when it was said, moved with how much notice, late.",
        ),
        *reach,
        Way(
            "Delivery",
            found.url("delivery"),
            "Accepted, bounced, failed; how soon people were told; by domain.",
        ),
        Way(
            "What people did",
            found.url("people"),
            "Joined, left and why, “got it”, answers to consultations, complaints.",
        ),
        Way(
            "Evidence packs",
            found.url("evidence", quarter="", of=""),
            "Everything about one series in one file, for an assessment.",
        ),
    ]
