"""The editor of a release's words: main points by depth and language, who may read them early, and
whether they are armed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from notifier.accounts import duty, unsaved
from notifier.accounts.models import Unsaved
from notifier.catalogue.rules import DEPTHS
from notifier.clock import london_date, london_time
from notifier.errors import Conflict, Refused
from notifier.releases import announce, guards
from notifier.releases.announce import READY
from notifier.releases.models import Announcement, Release
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door, ways
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import deeds, words
from notifier.web.staff.releases.armed import armed
from notifier.web.staff.releases.letter_checks import LANGS, NAMES, checks
from notifier.web.staff.releases.letter_preview import preview
from notifier.web.staff.releases.readers import readers
from notifier.web.staff.releases.shared import ONE, READS, may_act, path, plain, to_read
from notifier.web.staff.security import now

blueprint = Blueprint("staff_release_letter", __name__)

LETTER = f"{ONE}/announcement"
HINTS = {
    "headline": "Two or three points for those who read headlines.",
    "detail": "The main points. Needed: the other two fall back to them.",
    "technical": "For those who work with the data.",
}


@dataclass(frozen=True)
class Field:
    name: str
    label: str
    hint: str
    lang: str
    value: str
    theirs: str  # what somebody else saved meanwhile, where it differs
    rows: int


def about(release: Release) -> str:
    return f"release:{release.id}:words"


@blueprint.get(LETTER)
@door.member(*READS)
def letter(release_id: int) -> Any:
    """Opening the words before their instant is kept, as for every early reader."""
    release = to_read(release_id)
    written = announce.of(release)
    if written is not None and written.author_id != door.me().id:
        with unit():
            announce.opened(announce.written(to_read(release_id)), by=door.by(), now=now())
        release = to_read(release_id)
    found = unsaved.kept(door.me(), about(release))
    go_on = request.args.get("typed") == "kept" and found is not None
    if not go_on or found is None:
        return show(release)
    return show(release, typed=fields_of(found), going_on=True, base=found.base)


def show(
    release: Release,
    errors: list[Error] | None = None,
    status: int = 200,
    *,
    typed: Mapping[str, str] | None = None,
    going_on: bool = False,
    conflict: bool = False,
    links: list[tuple[str, str, bool]] | None = None,
    base: str = "",
) -> Any:
    moment, me = now(), door.me()
    written = announce.of(release)
    stored = flat(written.words) if written is not None else {}
    shown = typed if typed is not None else stored
    mine = unsaved.kept(me, about(release)) if typed is None else None
    kept_words = fields_of(mine)
    differs = mine is not None and any(kept_words.get(n, "") != stored.get(n, "") for n in names())
    structure = nested(shown)
    may_write = may_act(release) and release.state in READY
    base = base or announce.version(written)
    if typed is not None and not conflict and request.method == "POST":
        base = request.form.get("base", base)
    seen = preview(release, structure, request.args, now=moment)
    return page(
        "releases/letter",
        status,
        errors=errors or [],
        release=release,
        when=words.when(release, london_date(moment)),
        written=armed(release, written, moment),
        state=written.state if written is not None else "none",
        given=[field(name, shown, stored if conflict else {}) for name in names()],
        open_welsh=any(shown.get(name) for name in names("cy")),
        base=base,
        may_write=may_write,
        conflict=conflict,
        typed_at=at_clock(mine.at) if differs and mine is not None else "",
        going_on=going_on,
        others=[p.name or p.email for p in unsaved.others(me, about(release), now=moment)],
        checks=checks(release, structure, size=len(seen.html.encode())),
        links=links,
        preview=seen,
        readers=readers(written, moment) if written is not None else [],
        opened=opened(written) if written is not None else [],
        back=deeds.sent_back(f"announcement:{written.id}", me.id) if written is not None else None,
        approve=approving(release, written),
    )


@dataclass(frozen=True)
class Approving:
    """Who may approve, where, and whether that is this member."""

    names: str
    url: str
    me: bool


def approving(release: Release, written: Announcement | None) -> Approving | None:
    if written is None or written.state != "draft":
        return None
    teams, today = guards.deciding_teams(release), london_date(now())
    people = [p for p in duty.approvers(teams, today) if p.id != written.author_id]
    me = door.me()
    may = duty.may_approve(me, teams, today) and me.id != written.author_id
    named = words.listed([p.name or p.email for p in people])
    return Approving(named, ways.leads(path(release.id, "approve")), may)


def opened(written: Announcement) -> list[deeds.Deed]:
    """Who of the team had the words before you, newest first."""
    every = deeds.deeds(f"announcement:{written.id}", door.me().id, deeds.OF_WORDS)
    return every[:12]


def names(lang: str = "") -> list[str]:
    return [f"{code}-{depth}" for code in ([lang] if lang else LANGS) for depth in DEPTHS]


def flat(found: Mapping[str, Any]) -> dict[str, str]:
    return {f"{lang}-{depth}": text for lang, by in found.items() for depth, text in by.items()}


def nested(typed: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """{lang: {depth: words}} of what is not empty."""
    found: dict[str, dict[str, str]] = {"en": {}, "cy": {}}
    for name in names():
        lang, _, depth = name.partition("-")
        if typed.get(name, "").strip():
            found[lang][depth] = typed[name].strip()
    return found


def field(name: str, shown: Mapping[str, str], stored: Mapping[str, str]) -> Field:
    lang, _, depth = name.partition("-")
    value = shown.get(name, "")
    theirs = stored.get(name, "") if stored and stored.get(name, "") != value.strip() else ""
    label = NAMES[depth] if lang == "en" else f"{NAMES[depth]}, in Welsh"
    rows = {"headline": 4, "detail": 9, "technical": 7}[depth]
    return Field(name, label, HINTS[depth] if lang == "en" else "", lang, value, theirs, rows)


def fields_of(found: Unsaved | None) -> dict[str, str]:
    if found is None:
        return {}
    return {name: values[0] for name, values in found.fields.items() if values and name in names()}


def typed_now() -> dict[str, str]:
    return {name: request.form.get(name, "").replace("\r\n", "\n") for name in names()}


@blueprint.post(LETTER)
@door.member(*READS)
def save(release_id: int) -> Any:
    """A change of approved words takes the approval away; the same words again change nothing."""
    to_read(release_id)
    typed = typed_now()
    same = False
    try:
        with unit():
            release = to_read(release_id)
            found = announce.held(release, request.form.get("base", ""))
            same = found is not None and flat(found.words) == flat(cleaned(nested(typed)))
            if not same:
                announce.write(release, entry(typed), author=door.me(), by=door.by(), now=now())
            unsaved.drop(door.me(), about(release))
    except Conflict:
        with unit():
            release = to_read(release_id)
            keep_typed(release, typed)
        return show(to_read(release_id), [Error("base", CONFLICT)], 400, typed=typed, conflict=True)
    except Refused as refusal:
        errors = [Error(refusal.field or "en-detail", plain(refusal))]
        return show(to_read(release_id), errors, 400, typed=typed)
    done = "Nothing was changed." if same else "Saved. Somebody else approves them."
    return back(path(release_id, "announcement"), done)


CONFLICT = "Somebody else saved these words while you typed: compare, then save again"


def cleaned(found: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {lang: by for lang, by in found.items() if by or lang == "en"}


def entry(typed: Mapping[str, str]) -> dict[str, Any]:
    """As the catalogue's file has it: depths in English, and ``cy``."""
    found = nested(typed)
    given: dict[str, Any] = {"detail": "", **found["en"]}
    if found["cy"]:
        given["cy"] = found["cy"]
    return given


@blueprint.post(f"{LETTER}/keep")
@door.member(*READS)
def keep(release_id: int) -> Response:
    """What is typed, each few seconds; says when it was kept and who else types here."""
    release = to_read(release_id)
    try:
        with unit():
            release = to_read(release_id)
            keep_typed(release, typed_now())
        said = f"Kept as you typed it, {at_clock(now())}. Not saved yet."
    except Refused as refusal:
        said = str(refusal)
    others = [p.name or p.email for p in unsaved.others(door.me(), about(release), now=now())]
    answer = make_response(
        render_template("parts/staff_kept.html", said=said, others=others, words=words)
    )
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["HX-Trigger"] = "kept"
    return answer


def keep_typed(release: Release, typed: Mapping[str, str]) -> None:
    fields = {name: [text] for name, text in typed.items()}
    base = request.form.get("base", "")[:100]
    unsaved.keep(door.me(), about(release), fields, base=base, now=now())


@blueprint.post(f"{LETTER}/drop")
@door.member(*READS)
def drop(release_id: int) -> Any:
    release = to_read(release_id)
    with unit():
        unsaved.drop(door.me(), about(release))
    return back(path(release_id, "announcement"), "What you had typed is dropped.")


@blueprint.post(f"{LETTER}/disarm")
@door.member(*READS)
def disarm(release_id: int) -> Any:
    to_read(release_id)
    try:
        with unit():
            found = announce.written(to_read(release_id))
            announce.disarm(found, person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return show(to_read(release_id), [Error("armed", plain(refusal))], 400)
    done = "It is not armed any more: the words are a draft again, and nothing goes out by itself."
    return back(path(release_id, "announcement"), done)


@blueprint.get(f"{ONE}/armed")
@door.member(*READS)
def countdown(release_id: int) -> Response:
    """How long it is, for a page that looks each second; it never holds a word of the mail."""
    release = to_read(release_id)
    shown = armed(release, announce.of(release), now())
    answer = make_response(
        render_template("parts/staff_armed.html", written=shown, url=path(release.id))
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def at_clock(at: datetime) -> str:
    day = london_date(at)
    wall = f"{london_time(at):%H:%M}"
    return wall if day == london_date(now()) else f"{wall} on {dates.past(day)}"
