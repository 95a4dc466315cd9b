"""A public notice is changed as a new version: what users read now beside what they would read, and
one plain question before anything goes.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

from flask import Blueprint, request

from notifier.accounts import unsaved
from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.notices import asked
from notifier.notices.models import ChangeNotice
from notifier.notices.revise import revise
from notifier.notices.rules import OPEN
from notifier.notices.widening import facts
from notifier.render import compare
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.clashing import clash_page
from notifier.web.staff.notices.edit import checked
from notifier.web.staff.notices.fields import Typed, one, same
from notifier.web.staff.notices.ghost import with_words
from notifier.web.staff.notices.names import names_in
from notifier.web.staff.notices.read import typed_of
from notifier.web.staff.notices.refusals import error_of, plainly
from notifier.web.staff.notices.said import texts
from notifier.web.staff.notices.shared import ONE, about, named, path, the_notice
from notifier.web.staff.notices.sheet import sheet
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notice_revise", __name__)

LONGEST = 1_000  # characters of a summary or a reason
MEANS = {
    "type": "the kind of change",
    "other_types": "the kind of change",
    "materiality": "its size for users",
    "series_break": "whether the series breaks",
    "machine_breaking": "whether programs stop",
    "effect_at": "when it takes effect",
    "effect": "when it takes effect",
    "class": "what is promised for it",
    "scope": "what is affected",
    "mapping": "codes",
    "impact": "the effect on the figures",
    "what_to_do": "what people should do",
    "next_update_by": "when you say more",
    "series": "the publications",
    "decision": "whether it is decided",
    "consultation": "the days on which you ask",
}


def typed_before(notice: ChangeNotice) -> Typed | None:
    """What was typed in the form and waits; None when it says what is public."""
    kept = unsaved.kept(door.me(), about(notice))
    if kept is None:
        return None
    found = {name: values for name, values in kept.fields.items() if name != "was"}
    return None if same(found, typed_of(notice)) else found


@blueprint.get(f"{ONE}/revise")
@door.member()
def look(reference: str) -> Any:
    return prepared(the_notice(reference), [], {})


def prepared(
    notice: ChangeNotice, errors: list[Error], given: dict[str, str], status: int = 200
) -> Any:
    """The difference and the question; the form when there is none, or something is wrong."""
    if notice.state not in OPEN:
        return back(path(notice), "It is not changed any more: it stays as users read it.")
    typed = typed_before(notice)
    if typed is None:
        return back(path(notice, "edit"), "Nothing is different from what is public.")
    kept = unsaved.kept(door.me(), about(notice))
    if kept is not None and kept.base != unsaved.version(notice.changed_at):
        return clash_page(notice, typed, began=one(kept.fields, "was"))
    entry, wrong = checked(typed, notice)
    if wrong:
        return sheet(typed, wrong, notice=notice, status=400)
    moment = now()
    ghost = with_words(notice, entry, now=moment)
    means = meaning(notice, ghost)
    return page(
        "notice_revise",
        status,
        notice=notice,
        parts=compare.parts(shown(typed_of(notice), notice), shown(typed, notice)),
        every=request.args.get("every") == "1",
        announced=words.moment(notice.changed_at, moment),
        means=means,
        errors=errors,
        given=given,
        version=unsaved.version(notice.changed_at),
        read=mark(typed),
        number=notice.revision + 1,
    )


def shown(typed: Typed, notice: ChangeNotice) -> dict[str, str]:
    return texts(typed, names_in(notice, typed))


def meaning(notice: ChangeNotice, ghost: ChangeNotice) -> list[str]:
    """What of the meaning is different, in words; where there is any, everybody is told."""
    before, after = facts(notice), facts(ghost)
    found = [name for name in before if before[name] != after[name]]
    return list(dict.fromkeys(MEANS.get(name, name.replace("_", " ")) for name in found))


def mark(typed: Typed) -> str:
    """Which words a page has shown."""
    plain = sorted((name, values) for name, values in typed.items() if any(values))
    return f"{crc32(repr(plain).encode()):x}"


@blueprint.post(f"{ONE}/revise")
@door.member()
def go(reference: str) -> Any:
    notice = the_notice(reference)
    given = {n: request.form.get(n, "").strip() for n in ("summary", "meaning", "reason")}
    if notice.state not in OPEN:
        return back(path(notice), "It is not changed any more: it stays as users read it.")
    typed = typed_before(notice)
    if typed is None:
        return back(path(notice), "This version is public already; nothing was sent twice.")
    stale = request.form.get("version") != unsaved.version(notice.changed_at)
    if stale or request.form.get("read") != mark(typed):
        error = Error("summary", "The words changed since this page was shown. Read them again")
        return prepared(notice, [error], given, 409)
    errors = blanks(given)
    entry, wrong = checked(typed, notice)
    if errors or wrong:
        return prepared(notice, errors, given, 400)
    try:
        return back(path(notice), published(notice.reference, entry, given))
    except Conflict:
        return prepared(the_notice(reference), [], given, 409)
    except Refused as refusal:
        return prepared(the_notice(reference), [beside(refusal)], given, 400)


def blanks(given: dict[str, str]) -> list[Error]:
    found = []
    if not given["summary"]:
        found.append(
            Error("summary", "Say in a sentence what changed; it stands in the public log")
        )
    if given["meaning"] not in ("yes", "no"):
        found.append(Error("meaning", "Say whether the meaning changes for a user"))
    for name in ("summary", "reason"):
        if len(given[name]) > LONGEST:
            found.append(Error(name, f"Shorten this to {LONGEST:,} characters"))
    return found


def published(reference: str, entry: dict[str, Any], given: dict[str, str]) -> str:
    """Revise it; where less is given or promised than before, ask who must agree."""
    editorial = given["meaning"] == "no"
    try:
        with unit():
            notice = the_notice(reference)
            today = london_date(now())
            mine = asked.may_second("revise", notice, door.me(), today)
            revise(
                notice,
                entry,
                summary=given["summary"],
                editorial=editorial,
                by=door.by(),
                now=now(),
                short_notice_reason=given["reason"],
                approved_by=door.me() if mine and given["reason"] else None,
            )
            unsaved.drop(door.me(), about(notice))
            told = "" if editorial else " Everybody who was told hears it."
            return f"Version {notice.revision} is public.{told}"
    except Refused as refusal:
        if refusal.field != "approved_by" or not given["reason"]:
            raise
    with unit():
        notice = the_notice(reference)
        kept = {"entry": entry, "summary": given["summary"], "reason": given["reason"]}
        asked.ask(notice, "revise", kept, person=door.me(), by=door.by(), now=now())
        people = asked.seconds("revise", notice, london_date(now()), but={door.me().id})
        unsaved.drop(door.me(), about(notice))
    who = named(people) or "The Head of Profession"
    return f"{who} is asked to agree. Nothing changes before."


def beside(refusal: Refused) -> Error:
    """Beside the question that it is about."""
    field = {"editorial": "meaning", "short_notice_reason": "reason", "approved_by": "reason"}
    if refusal.field in field:
        return Error(field[refusal.field], plainly(refusal))
    return Error("summary", error_of(refusal).text)
