"""Insight: the statement of a quarter, and the way to every figure behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort

from notifier.insight.statement import Statement, statement
from notifier.store.once import reading
from notifier.web.guard import settings
from notifier.web.staff import door
from notifier.web.staff.frame import NAV, page
from notifier.web.staff.insight_asked import INSIGHT, Asked, asked, choices
from notifier.web.staff.insight_statement import as_text, how_counted, lines
from notifier.web.staff.insight_words import capital, changes, word

blueprint = Blueprint("staff_insight", __name__)


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
    if count.kept == count.total:
        which = "The one change" if count.total == 1 else f"All {changes(count.total)}"
    else:
        which = f"{capital(word(count.kept))} of {changes(count.total)}"
    be = "was" if count.kept == 1 or count.total == 1 else "were"
    first = f"{which} {be} announced as early as we promise."
    return first, f"{found.quarter.words}, {found.whose.words}."


def ways(found: Asked) -> list[Way]:
    reach = [
        Way("Who hears from us, and who does not", path, "By topic and user type, with the gaps.")
        for _, path, _ in NAV
        if path == "/staff/reach"
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
