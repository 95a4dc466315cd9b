"""A new notice: first about what and of which kind, then the same form that edits it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from notifier.accounts import unsaved
from notifier.errors import Conflict, Refused
from notifier.notices.approve import submit
from notifier.notices.leadtime import MATERIALITY, TYPES
from notifier.notices.models import ChangeNotice
from notifier.notices.parts import NEEDS_NO_IMPACT
from notifier.notices.write import new
from notifier.store.db import session, unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.edit import checked, helped, keep_if_it_fits, typed_here
from notifier.web.staff.notices.fields import Typed, one
from notifier.web.staff.notices.form import groups
from notifier.web.staff.notices.kept import kept_page
from notifier.web.staff.notices.refusals import error_of
from notifier.web.staff.notices.shared import ACTS, NEW, NOTICES, mine, path, the_notice
from notifier.web.staff.notices.sheet import sheet
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notice_new", __name__)

URN = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@blueprint.get(f"{NOTICES}/new")
@door.member(*ACTS)
def begin() -> Any:
    """Two questions; with their answers, or what was typed before, the form."""
    kept = unsaved.kept(door.me(), NEW)
    if kept is not None and request.args.get("kept") == "1":
        typed = {k: v for k, v in kept.fields.items() if k not in ("was", "urn")}
        return sheet(typed, notice=None, urn=one(kept.fields, "urn"))
    if kept is not None:
        return kept_page(kept, None)
    given = request.args
    if "type" not in given and "series" not in given and "materiality" not in given:
        return first_page([])
    chosen = [slug for slug in given.getlist("series") if slug in {s.slug for s in mine()}]
    errors = []
    if not chosen:
        errors.append(Error("series", "Choose at least one publication"))
    if given.get("type") not in TYPES:
        errors.append(Error("type", "Say what kind of change it is"))
    if given.get("materiality") not in MATERIALITY:
        errors.append(Error("materiality", "Say how big it is for users"))
    if errors:
        return first_page(errors)
    return sheet(beginning(chosen, given["type"], given["materiality"]), notice=None)


def beginning(series: list[str], type_: str, size: str) -> Typed:
    return {
        "series": series,
        "type": [type_],
        "materiality": [size],
        "series_break": ["none"],
        "machine_breaking": ["no"],
        "cut": ["no"],
        "effect_kind": ["release" if type_ not in ("consultation", "access_or_api") else "date"],
        "decision": ["consulting" if type_ == "consultation" else "decided"],
        "impact_known": ["not_applicable" if type_ in NEEDS_NO_IMPACT else "no"],
    }


def first_page(errors: list[Error]) -> Any:
    given = request.args
    return page(
        "notice_new",
        400 if errors else 200,
        errors=errors,
        series=groups(mine()),
        chosen=given.getlist("series"),
        kinds=words.KINDS,
        type=given.get("type", ""),
        sizes=words.SIZES,
        materiality=given.get("materiality", ""),
    )


@blueprint.post(f"{NOTICES}/new")
@door.member(*ACTS)
def save() -> Any:
    """One notice for one form, however often it is sent: the form chose its name."""
    typed, urn, do = typed_here(None), request.form.get("urn", ""), request.form.get("do", "save")
    if not URN.fullmatch(urn):
        urn = ""
    if changed := helped(typed, do):
        return sheet(*changed, notice=None, urn=urn)
    if (there := already(urn)) is not None:
        return back(path(there, "edit"), "This was saved already. Here it is.")
    entry, errors = checked(typed, None)
    try:
        if not errors:
            with unit():
                made = new(entry, by=door.by(), now=now(), urn=urn or None)
                unsaved.drop(door.me(), NEW)
                if do == "ask":
                    submit(made, author=door.me(), by=door.by(), now=now())
                where = path(made, "edit" if do != "ask" else "")
            return back(where, "It is saved as a draft. Nobody but your team sees it.")
    except (Conflict, IntegrityError):
        found = already(urn)
        if found is None:
            raise
        return back(path(found, "edit"), "This was saved already. Here it is.")
    except Refused as refusal:
        errors = [error_of(refusal)]
    keep_if_it_fits(None, typed)
    return sheet(typed, errors, notice=None, urn=urn, status=400)


def already(urn: str) -> ChangeNotice | None:
    """The notice that the same form made a moment ago; of another team's, nothing is said."""
    reference = session.scalar(select(ChangeNotice.reference).where(ChangeNotice.urn == urn))
    return the_notice(reference) if urn and reference is not None else None


@blueprint.post(f"{NOTICES}/new/drop")
@door.member(*ACTS)
def drop() -> Any:
    with unit():
        unsaved.drop(door.me(), NEW)
    return back(f"{NOTICES}/new", "What you had typed is gone.")
