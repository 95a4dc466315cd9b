"""A year of releases from a file: what it would do stands there first, row by row."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request

from notifier.accounts import unsaved
from notifier.errors import Refused
from notifier.notices import bring_year
from notifier.notices.bring_year import Outcome
from notifier.releases import year_file
from notifier.releases.models import Release
from notifier.releases.year_file import COLUMNS
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import listing
from notifier.web.staff.releases.listing import Asked
from notifier.web.staff.releases.shared import ACTS, PATH, own, path, plain
from notifier.web.staff.security import now

blueprint = Blueprint("staff_releases_bringing", __name__)

IMPORT = f"{PATH}/import"
TYPED = "import:releases"  # under which the file waits between dry run and doing it
WHAT = {
    "add": ("New", "good"),
    "change": ("Changed", "way"),
    "ask": ("Asks a second person", "look"),
    "same": ("As it is", "neutral"),
    "refuse": ("Refused", "bad"),
}


@dataclass(frozen=True)
class Line:
    number: int
    title: str
    word: str
    tone: str
    words: str
    url: str


@blueprint.get(IMPORT)
@door.member(*ACTS)
def bring() -> Any:
    """The form; with a file that waits, what it would do now."""
    found = unsaved.kept(door.me(), TYPED)
    if found is None:
        return bring_form([])
    return plan_page(found.fields["file"][0], found.fields["name"][0])


def bring_form(errors: list[Error], status: int = 200, pasted: str = "") -> Any:
    return page(
        "releases/import",
        status,
        errors=errors,
        pasted=pasted,
        columns=COLUMNS,
        most=year_file.MOST,
    )


@blueprint.post(IMPORT)
@door.member(*ACTS)
def dry_run() -> Any:
    """Keep the file and show what it would do; nothing else is done."""
    sent = request.files.get("file")
    pasted = request.form.get("pasted", "")
    try:
        if sent is not None and sent.filename:
            raw, name = sent.stream.read(year_file.LARGEST + 1), sent.filename[:100]
        else:
            raw, name = pasted.encode(), "what you pasted"
        year_file.read(raw)
        with unit():
            fields = {"file": [year_file.text(raw)], "name": [name]}
            unsaved.keep(door.me(), TYPED, fields, base="", now=now())
    except Refused as refusal:
        kept = pasted if len(pasted) <= year_file.LARGEST else ""
        return bring_form([Error(refusal.field or "file", plain(refusal))], 400, kept)
    return redirect(IMPORT, 303)


def plan_page(text: str, name: str, errors: list[Error] | None = None, status: int = 200) -> Any:
    rows = year_file.read(text.encode())
    with unit():
        who = {"person": door.me(), "by": door.by(), "now": now()}
        found = bring_year.rehearse(rows, **who)  # type: ignore[arg-type]
    return page(
        "releases/import_plan",
        status,
        errors=errors or [],
        name=name,
        lines=[line(each) for each in found],
        counts=counts(found),
        mark=mark(text, found),
        does=any(each.what in ("add", "change", "ask") for each in found),
    )


def line(each: Outcome) -> Line:
    word, tone = WHAT[each.what]
    new = each.what == "add"
    url = path(each.release) if each.release is not None and not new else ""
    said = plain(each.words)
    return Line(each.number, each.title, word, tone, f"{said[0].upper()}{said[1:]}.", url)


def counts(found: list[Outcome]) -> str:
    """ "Three are new, one is refused."."""
    said = {
        "add": ("is new", "are new"),
        "change": ("is changed", "are changed"),
        "ask": ("asks a second person", "ask a second person"),
        "same": ("stays as it is", "stay as they are"),
        "refuse": ("is refused", "are refused"),
    }
    parts: list[str] = []
    for what, (one, many) in said.items():
        number = sum(each.what == what for each in found)
        if number:
            words_of = f"{listing.counted(number)} {one if number == 1 else many}"
            parts.append(words_of if not parts else words_of[0].lower() + words_of[1:])
    return f"{', '.join(parts)}."


def mark(text: str, found: list[Outcome]) -> str:
    """Of a file and what it would do: what is done is what was shown."""
    shown = [(each.number, each.what, each.words) for each in found]
    return hashlib.sha256(repr((text, shown)).encode()).hexdigest()[:32]


@blueprint.post(f"{IMPORT}/do")
@door.member(*ACTS)
def do() -> Any:
    """Do what was shown; when it would be something else by now, that is shown instead."""
    kept = unsaved.kept(door.me(), TYPED)
    if kept is None:
        return back(PATH, "That file was done or dropped already.")
    text, name = kept.fields["file"][0], kept.fields["name"][0]
    rows = year_file.read(text.encode())
    who: dict[str, Any] = {"person": door.me(), "by": door.by(), "now": now()}
    try:
        with unit():
            if mark(text, bring_year.rehearse(rows, **who)) != request.form.get("mark", ""):
                raise Refused("Something changed meanwhile: look at what would happen now")
            found = bring_year.bring(rows, **who)
            unsaved.drop(door.me(), TYPED)
    except Refused as refusal:
        return plan_page(text, name, [Error("do", plain(refusal))], 400)
    return back(PATH, f"Done. {counts(found)}")


@blueprint.post(f"{IMPORT}/drop")
@door.member(*ACTS)
def drop() -> Any:
    with unit():
        unsaved.drop(door.me(), TYPED)
    return back(IMPORT, "The file is dropped. Nothing was changed.")


@blueprint.get(f"{IMPORT}/template.csv")
@door.member(*ACTS)
def template() -> Response:
    """A table to fill in: empty but for an example, or with what stands in the calendar."""
    rows = []
    if request.args.get("with") == "releases":
        found = listing.releases(own(), Asked(), now=now())
        rows = [cells(release) for release in found if release.state in ("planned", *KNOWN)]
    answer = Response(year_file.template(rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="releases.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


KNOWN = ("provisional", "confirmed")


def cells(release: Release) -> list[str]:
    when = release.day.isoformat() if release.day else ""
    if release.precision == "datetime" and release.wall_time:
        when += f" {release.wall_time:%H:%M}"
    elif release.precision == "month" and release.day:
        when = f"{release.day:%Y-%m}"
    elif release.precision == "quarter" and release.day:
        when = f"{release.day.year}-Q{(release.day.month + 2) // 3}"
    elif release.precision == "week" and release.day:
        when = f"{release.day.isocalendar()[0]}-W{release.day.isocalendar()[1]:02d}"
    return [
        release.series.slug,
        release.title,
        when,
        release.state,
        release.period,
        release.landing_url,
        release.contact,
        release.cy_title,
        "yes" if release.contains_change else "no",
        "",
        "",
    ]
