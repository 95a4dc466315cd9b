"""The notice editor: one form for a new notice, a draft, and the next revision of a public one."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request

from notifier.accounts import unsaved
from notifier.errors import Conflict, Refused
from notifier.notices.approve import submit
from notifier.notices.edit import Unchanged, edit
from notifier.notices.mail_to_me import mail_to_me
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.rules import OPEN
from notifier.notices.write import headline
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back
from notifier.web.staff.notices.clash import marks
from notifier.web.staff.notices.clashing import clash_page, settled
from notifier.web.staff.notices.fields import ROWS, Typed, one, same
from notifier.web.staff.notices.form import names_of_all
from notifier.web.staff.notices.ghost import releases_of, with_words
from notifier.web.staff.notices.kept import kept_page
from notifier.web.staff.notices.read import entry_of, in_order, typed_of
from notifier.web.staff.notices.refusals import error_of
from notifier.web.staff.notices.shared import ONE, about, approvers, mine, named, path, the_notice
from notifier.web.staff.notices.sheet import sheet
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notice_edit", __name__)

NOT_YOURS = "Choose publications of your own teams"
MOST = 200_000  # characters of one field; a longer one is no notice


def typed_here(notice: ChangeNotice | None) -> Typed:
    """The fields of the editor that were sent, and nothing else."""
    found = {name: request.form.getlist(name) for name in names_of_all()}
    typed = {name: values for name, values in found.items() if values}
    return in_order(typed, notice) if notice is not None else typed


@blueprint.get(f"{ONE}/edit")
@door.member()
def editor(reference: str) -> Any:
    notice = the_notice(reference)
    if notice.state not in (*UNPUBLISHED, *OPEN):
        return back(path(notice), "It is not edited any more: it stays as users read it.")
    kept = unsaved.kept(door.me(), about(notice))
    if kept is None:
        return sheet(typed_of(notice), notice=notice)
    if request.args.get("kept") != "1":
        return kept_page(kept, notice)
    if kept.base != unsaved.version(notice.changed_at):
        return clash_page(notice, kept.fields, began=one(kept.fields, "was"))
    return sheet({k: v for k, v in kept.fields.items() if k != "was"}, notice=notice)


@blueprint.post(f"{ONE}/edit")
@door.member()
def save(reference: str) -> Any:
    """What ``do`` says: save, ask for approval, or show the form again with something more."""
    notice = the_notice(reference)
    typed, do = typed_here(notice), request.form.get("do", "save")
    if changed := helped(typed, do):
        return sheet(*changed, notice=notice)
    if notice.state not in (*UNPUBLISHED, *OPEN):
        keep_if_it_fits(notice, typed)
        return back(
            path(notice), "Nothing was saved: it is not edited any more. Your words are kept."
        )
    if request.form.get("version") != unsaved.version(notice.changed_at):
        keep_if_it_fits(notice, typed)
        return clash_page(notice, typed, began=request.form.get("was", ""))
    entry, errors = checked(typed, notice)
    if errors:
        return refused(typed, errors, notice)
    if notice.state in OPEN:
        keep(notice, typed)
        return back(path(notice, "revise"))
    try:
        with unit():
            said = stored(the_notice(reference), entry, do, request.form.get("version", ""))
    except Conflict:
        return clash_page(the_notice(reference), typed, began=request.form.get("was", ""))
    except Refused as refusal:
        return refused(typed, [error_of(refusal)], the_notice(reference))
    return back(path(notice, "" if do == "ask" else "edit"), said)


def stored(notice: ChangeNotice, entry: dict[str, Any], do: str, version: str) -> str:
    """Inside a unit of work: the edit, what was kept of it dropped, and perhaps the request."""
    if version != unsaved.version(notice.changed_at):
        raise Conflict("Somebody else saved it a moment ago.")
    moment, by, was = now(), door.by(), notice.state
    said = "It is saved."
    try:
        edit(notice, entry, person=door.me(), by=by, now=moment)
        if was != "draft":
            said = "It is saved, and a draft again: what was approved counts no more."
    except Unchanged:
        said = "Nothing was changed."
    unsaved.drop(door.me(), about(notice))
    if do == "mail":
        mail_to_me(notice, depth="detail", language="en", person=door.me(), by=by, now=moment)
        said = f"{said} A preview is on its way to {door.me().email}, and to nobody else."
    if do == "ask" and notice.state == "draft":
        submit(notice, author=door.me(), by=by, now=moment)
        said = f"It is saved. {named(approvers(notice)[1]) or 'Somebody'} is asked to approve it."
    return said


def checked(typed: Typed, notice: ChangeNotice | None) -> tuple[dict[str, Any], list[Error]]:
    """The entry and what is wrong with how it is written, whose publications they are, and, of a
    stored notice, everything that the room would refuse."""
    allowed = {series.slug: series for series in [*mine(), *(notice.series if notice else [])]}
    chosen = [allowed[slug] for slug in typed.get("series", []) if slug in allowed]
    entry, errors = entry_of(typed, releases_of(chosen, notice))
    if len(chosen) < len(set(typed.get("series", []))):
        errors.insert(0, Error("series", NOT_YOURS))
    if any(len(value) > MOST for values in typed.values() for value in values):
        errors.insert(0, Error("what", "This is too long for a notice; put the rest into evidence"))
    try:
        headline(one(typed, "headline"), "the notice")
        if not errors and notice is not None:
            with_words(notice, entry, now=now())
    except Refused as refusal:
        errors.insert(0, error_of(refusal))
    return entry, errors


def refused(typed: Typed, errors: list[Error], notice: ChangeNotice | None) -> Any:
    """The form again with what is wrong; what was typed is kept, and nothing else changed."""
    keep_if_it_fits(notice, typed)
    return sheet(typed, errors=errors, notice=notice, status=400)


def keep_if_it_fits(notice: ChangeNotice | None, typed: Typed) -> None:
    """What is too long to be kept stands on the page that answers, all the same."""
    with suppress(Refused):
        keep(notice, typed)


def keep(notice: ChangeNotice | None, typed: Typed) -> datetime | None:
    """Remember what was typed until it is saved or dropped; None when it says what is stored."""
    moment = now()
    base = request.form.get("version", "")
    name = about(notice) if notice is not None else "notice:new"
    fields = {**typed, "was": [request.form.get("was", "")]}
    stored = typed_of(notice) if notice is not None else None
    with unit():
        if stored is not None and same(typed, stored):
            unsaved.drop(door.me(), name)
            return None
        if notice is None:
            fields["urn"] = [request.form.get("urn", "")]
        unsaved.keep(door.me(), name, fields, base=base, now=moment)
    return moment


def helped(typed: Typed, do: str) -> tuple[Typed, list[Error], str] | None:
    """What a button inside the form asks for, without script: one more row, the technical words
    begun from the others, the releases of other publications."""
    what, _, which = do.partition(":")
    if what == "row" and which in ROWS:
        return typed, [], which
    if what == "technical":
        start = "\n\n".join(filter(None, (one(typed, "what"), one(typed, "why"))))
        return {**typed, "technical": [one(typed, "technical") or start]}, [], ""
    return (typed, [], "") if what == "again" else None


@blueprint.post(f"{ONE}/drop")
@door.member()
def drop(reference: str) -> Any:
    notice = the_notice(reference)
    with unit():
        unsaved.drop(door.me(), about(notice))
    return back(path(notice, "edit"), "What you had typed is gone.")


@blueprint.post(f"{ONE}/settle")
@door.member()
def settle(reference: str) -> Any:
    """Of each field that two people changed, the text that was chosen; it is shown, not saved."""
    notice = the_notice(reference)
    typed = typed_here(notice)
    if notice.state not in (*UNPUBLISHED, *OPEN):
        abort(404)
    if request.form.get("version") != unsaved.version(notice.changed_at):
        return clash_page(notice, typed, began=request.form.get("was", ""))
    chosen = settled(notice, typed, began=request.form.get("was", ""))
    if chosen is None:
        errors = [Error("clash", "Choose one text of each part")]
        return clash_page(notice, typed, began=request.form.get("was", ""), errors=errors)
    with unit():
        fields = {**chosen, "was": [marks(typed_of(notice))]}
        base = unsaved.version(notice.changed_at)
        unsaved.keep(door.me(), about(notice), fields, base=base, now=now())
    return back(f"{path(notice, 'edit')}?kept=1", "Both texts are brought together. Save it now.")
