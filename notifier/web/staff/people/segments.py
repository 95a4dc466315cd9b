"""Segments: the list of them, and the sentence in which one is built, counted while it is written.

Every button but "Save" only changes what the form holds; a page without script does the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request

from notifier.audience import segments, segments_preview
from notifier.audience.models import Segment
from notifier.audience.receivers import Audience
from notifier.audience.segments_named import check, names
from notifier.audience.segments_preview import Somebody
from notifier.audience.segments_read import Filter, read
from notifier.audience.segments_words import sentence as said
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Team
from notifier.catalogue.sight import sight
from notifier.errors import NotFound, Refused
from notifier.newsletters import segments as used
from notifier.newsletters.models import Newsletter
from notifier.store.db import session, unit
from notifier.store.history import record
from notifier.store.once import reading
from notifier.web.public.shapes import Choice, Error, Link
from notifier.web.staff import door, ways
from notifier.web.staff.frame import back, page, problem, team_names
from notifier.web.staff.people.segment_count import capital, counted, plainly, sentence
from notifier.web.staff.people.segment_rows import shown, verbs
from notifier.web.staff.people.segment_tree import (
    Group,
    Line,
    change,
    from_filter,
    of_form,
    to_filter,
    unfinished,
)
from notifier.web.staff.people.shared import LOOK, PEOPLE, keeps, tabs
from notifier.web.staff.security import now
from notifier.web.staff.sends.shared import seen, sizes

blueprint = Blueprint("staff_segments", __name__)

LIST = f"{PEOPLE}/segments"
ONE = f"{LIST}/<slug>"
SHOWN = 10  # people of a preview


@dataclass(frozen=True)
class Row:
    """``people`` "" while it is not counted yet."""

    name: str
    url: str
    means: str
    team: str
    people: str
    uses: str


def visible(row: Segment) -> bool:
    return row.team_id is None or seen().owns(row.team_id)


def the_segment(slug: str) -> Segment:
    """404 for another team's."""
    try:
        row = segments.segment(slug)
    except NotFound:
        abort(404)
    if not visible(row):
        abort(404)
    return row


# The list


@blueprint.get(LIST)
@door.member(*LOOK)
def listed() -> Any:
    with reading():
        rows = [row for row in segments.every() if visible(row)]
        numbers = sizes().of([Audience(segment=dict(r.filter)).as_dict() for r in rows], now=now())
        uses, teams, known = used.uses(), team_names(), names()
        return page(
            "segments",
            tabs=tabs("Segments"),
            rows=[
                Row(
                    row.name,
                    f"{LIST}/{row.slug}",
                    capital(said(row.filter, known)),
                    teams.get(row.team_id or 0, ""),
                    f"{number:,}" if number is not None else "",
                    used_by(len(uses.get(row.slug, []))),
                )
                for row, number in zip(rows, numbers, strict=True)
            ],
        )


def used_by(number: int) -> str:
    return "" if not number else "1 newsletter" if number == 1 else f"{number} newsletters"


# One


@blueprint.get(f"{LIST}/new")
@door.member(*LOOK)
def new() -> Any:
    return show(Group("and", [Line("topic")]), None, [])


@blueprint.get(ONE)
@door.member(*LOOK)
def one(slug: str) -> Any:
    row = the_segment(slug)
    return show(from_filter(row.filter), row, [])


@blueprint.post(f"{LIST}/new")
@door.member(*LOOK)
def write_new() -> Any:
    return written(None)


@blueprint.post(ONE)
@door.member(*LOOK)
def write(slug: str) -> Any:
    return written(the_segment(slug))


def written(row: Segment | None) -> Any:
    """A button of the form: one changes the tree, one saves it, one shows a few people."""
    tree, deed = of_form(request.form), request.form.get("do", "")
    if deed == "save":
        return save(tree, row)
    if deed == "people" and keeps():
        return show(tree, row, [], sample=people(tree))
    change(tree, deed)
    return show(tree, row, [])


def save(tree: Group, row: Segment | None) -> Any:
    try:
        if unfinished(tree):
            raise Refused("Complete each condition, or remove it.", field="0")
        found = read(to_filter(tree))
        checked(found)
        with unit():
            slug = keep(found, row)
    except Refused as refusal:
        return show(tree, row, problem(refusal.field or "0", plainly(refusal)))
    return back(f"{LIST}/{slug}", "The segment is saved.")


def checked(found: Filter) -> None:
    """Raises Refused for what the sentence names and is not there."""
    try:
        check(found)
    except NotFound as missing:
        raise Refused(str(missing).partition(";")[0] + ".", field="0") from missing


def keep(found: Filter, row: Segment | None) -> str:
    """The slug under which it is kept. Raises Refused."""
    name = " ".join(request.form.get("name", "").split())
    if not name:
        raise Refused("Give it a name.", field="name")
    if row is not None:
        row = session.get_one(Segment, row.id, populate_existing=True)
        if request.form.get("base", "") != version(row.changed_at):
            raise Refused(
                "Somebody else saved it a moment ago. Save again to put yours in its place.",
                field="name",
            )
    slug = row.slug if row is not None else segments.free_slug(name, found)
    team = team_chosen()
    kept = segments.save(
        slug, found, person=door.me(), by=door.by(), now=now(), name=name, team=team
    )
    return kept.slug


def version(at: datetime) -> str:
    return at.isoformat()


def team_chosen() -> Team | None:
    """404 for a team in which they hold no role."""
    slug = request.form.get("team", "")
    if not slug:
        return None
    team = catalogue.team(slug)
    if not sight(door.me()).owns(team.id):
        abort(404)
    return team


def people(tree: Group) -> list[Somebody]:
    """Ten of them, most of each address hidden; that they were shown is kept."""
    found = read(to_filter(tree))
    with unit():
        record("people:segment", "look", by=door.by(), now=now(), filter=found)
    return segments_preview.sample(Audience(segment=found), most=SHOWN)


def show(
    tree: Group,
    row: Segment | None,
    errors: list[Error],
    *,
    sample: list[Somebody] | None = None,
) -> Any:
    typed = request.form if request.method == "POST" else {}
    with reading():
        root, told = shown(tree, errors)
        return page(
            "segment",
            400 if errors else 200,
            errors=errors,
            row=row,
            url=f"{LIST}/{row.slug}" if row is not None else f"{LIST}/new",
            root=root,
            told=told,
            verbs=verbs(),
            unfinished=unfinished(tree),
            counted=counted(tree),
            name=typed.get("name", row.name if row is not None else ""),
            base=version(row.changed_at) if row is not None else "",
            team=typed.get("team", team_slug(row)),
            teams=teams(row),
            keeps=keeps(),
            sample=sample,
            uses=[use(issue) for issue in used.uses().get(row.slug, [])] if row is not None else [],
        )


def team_slug(row: Segment | None) -> str:
    if row is None or row.team_id is None:
        return ""
    return catalogue.team_slugs().get(row.team_id, "")


def teams(row: Segment | None) -> list[Choice]:
    mine = sight(door.me())
    own = [Choice(team.slug, team.name) for team in catalogue.teams() if mine.owns(team.id)]
    return own if row is not None and row.team_id is not None else [Choice("", "Every team"), *own]


def use(issue: Newsletter) -> Link:
    """Of another team's issue only that there is one."""
    if not seen().owns(issue.team_id):
        return Link("A newsletter of another team", "")
    public = issue.published_at is not None
    return Link(issue.title, ways.newsletter(issue.id, issue.slug, public=public))


# Dropping it


@blueprint.get(f"{ONE}/delete")
@door.member(*LOOK)
def ask(slug: str) -> Any:
    return asked(the_segment(slug), [])


@blueprint.post(f"{ONE}/delete")
@door.member(*LOOK)
def delete(slug: str) -> Any:
    the_segment(slug)
    try:
        with unit():
            used.delete(the_segment(slug), person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return asked(the_segment(slug), problem("delete", refusal))
    return back(LIST, "The segment is deleted.")


def asked(row: Segment, errors: list[Error]) -> Any:
    return page(
        "segment_delete",
        400 if errors else 200,
        errors=errors,
        row=row,
        url=f"{LIST}/{row.slug}",
        means=sentence(row.filter),
    )
