"""Evidence packs: all that is on record about one series, for an assessment, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.insight.evidence import pack
from notifier.render.evidence import files
from notifier.render.zipped import zipped
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked

blueprint = Blueprint("staff_insight_evidence", __name__)

EVIDENCE = f"{INSIGHT}/evidence"


@dataclass(frozen=True)
class Group:
    """The series of one team."""

    team: str
    series: list[Series]


@blueprint.get(EVIDENCE)
@door.member()
def packs() -> Any:
    with reading():
        found = asked()
        groups = mine()
        return page(
            "insight_evidence",
            400 if found.errors else 200,
            errors=list(found.errors),
            asked=found,
            groups=groups,
            number=sum(len(group.series) for group in groups),
        )


def mine() -> list[Group]:
    """The series of the teams that somebody sees, by team."""
    seen = sight(door.me())
    by: dict[int, list[Series]] = {}
    for series in catalogue.all_series():
        if seen.owns(series.team_id):
            by.setdefault(series.team_id, []).append(series)
    return [Group(team.name, by[team.id]) for team in catalogue.teams() if team.id in by]


@blueprint.get(f"{EVIDENCE}/<series>")
@door.member()
def one(series: str) -> Response:
    """The pack of a series of their own teams; there is none of any other."""
    found = asked()
    if found.errors:
        abort(404)
    chosen = next((s for group in mine() for s in group.series if s.slug == series), None)
    if chosen is None:
        abort(404)
    return sent(chosen, found)


def sent(series: Series, found: Asked) -> Response:
    """The zip, while it is packed: what it is made of was read before the first byte."""
    read = list(files(pack(series, now=found.now, at=found.at)))
    answer = Response(zipped(read), mimetype="application/zip")
    name = f"evidence-{series.slug}-{london_date(found.moment).isoformat()}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
