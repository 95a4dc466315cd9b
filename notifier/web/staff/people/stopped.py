"""The list of addresses to which nothing may be sent: why, since when; stop one more, or take back
what staff stopped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request

from notifier.audience import stop, suppressed
from notifier.audience.models import Suppression
from notifier.audience.suppressed import Stopped
from notifier.audience.waiting import read
from notifier.errors import Refused
from notifier.store.db import session, unit
from notifier.web.guard import takes
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page, problem
from notifier.web.staff.people.shared import (
    KEEP,
    LOOK,
    PEOPLE,
    STOPPED,
    day,
    keep_look,
    keeps,
    pepper,
    tabs,
    to_keep,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_people_stopped", __name__)

LIST = f"{PEOPLE}/suppressed"
ONE = f"{LIST}/<string(length=64):key>"
PAGE = 50
LARGEST = 1_000_000  # bytes of a file


@dataclass(frozen=True)
class Row:
    """``who`` is an address only for whom it may be shown; ``code`` the beginning of its HMAC."""

    who: str
    code: str
    url: str
    why: str
    note: str
    when: str
    lift: str


@blueprint.get(LIST)
@door.member(*LOOK)
def listed() -> Any:
    return show([])


def show(errors: list[Error], status: int = 200) -> Any:
    asked = request.args.get("reason", "")
    asked = asked if asked in STOPPED else ""
    given = request.args.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    number, whole = max(number, 1), keeps()
    if whole:
        keep_look("people:stopped")
    found = suppressed.listed(pepper=pepper(), reason=asked, page=number, limit=PAGE)
    counts = suppressed.counts()
    url = f"{LIST}?reason={asked}&page=" if asked else f"{LIST}?page="
    return page(
        "people_stopped",
        status,
        errors=errors,
        tabs=tabs("Stopped"),
        keeps=whole,
        total=sum(counts.values()),
        reasons=[Choice("", "Every reason"), *choices(counts)],
        asked=asked,
        rows=[row(each, whole=whole) for each in found[:PAGE]],
        newer=f"{url}{number - 1}" if number > 1 else "",
        older=f"{url}{number + 1}" if len(found) > PAGE else "",
        typed={name: request.form.get(name, "") for name in ("address", "why")},
    )


def choices(counts: dict[str, int]) -> list[Choice]:
    known = [name for name in STOPPED if counts.get(name)]
    return [Choice(name, f"{STOPPED[name]} ({counts[name]:,})") for name in known]


def row(each: Stopped, *, whole: bool) -> Row:
    hand = whole and each.reason == "staff"
    if each.person is not None:
        url = f"{PEOPLE}/{each.person}" if whole else ""
        lift = f"{PEOPLE}/{each.person}/lift" if hand else ""
        who = each.email if whole else "Somebody we know"
    else:
        url, lift = "", f"{LIST}/{each.key}" if hand else ""
        who = "Erased" if each.reason == "erased" else "Nobody we know"
    return Row(
        who,
        each.key[:12],
        url,
        STOPPED.get(each.reason, each.reason.replace("_", " ")),
        each.note if whole else "",
        day(each.at),
        lift,
    )


@blueprint.post(LIST)
@door.member(*KEEP)
@takes(4 * LARGEST)
def add() -> Any:
    """One address, or a file of them."""
    to_keep()
    typed, given = request.form.get("address", "").strip(), request.files.get("file")
    raw = given.stream.read(LARGEST + 1) if given is not None else b""
    why, by, moment = request.form.get("why", ""), door.by(), now()
    try:
        if bool(typed) == bool(raw):
            raise Refused("Type an address or choose a file, one of them.", field="address")
        if len(raw) > LARGEST:
            raise Refused("The file is larger than 1 MB. Split it.", field="file")
        lines = [typed] if typed else read(raw).splitlines()
        with unit():
            if typed:
                new = stop.list_address(typed, why=why, by=by, now=moment, pepper=pepper())
                done = "Nothing is sent to it any more." if new else "It was stopped already."
            else:
                report = stop.list_many(lines, why=why, by=by, now=moment, pepper=pepper())
                done = said(report)
    except Refused as refusal:
        field = {"email": "address"}.get(refusal.field or "", refusal.field or "address")
        return show(problem(field, refusal), 400)
    return back(LIST, done)


def said(report: stop.Listed) -> str:
    words = f"{report.added:,} stopped, {report.already:,} stopped already."
    if report.refused:
        lines = ", ".join(map(str, report.refused[:10]))
        more = f" and {len(report.refused) - 10:,} more" if len(report.refused) > 10 else ""
        words += f" No address stands in line {lines}{more}."
    return words


def by_hand(key: str) -> Suppression:
    """404 for what staff did not stop, and for what a person has: their own page has the button."""
    to_keep()
    found = session.get(Suppression, key)
    if found is None or found.reason != "staff" or found.subscriber_id is not None:
        abort(404)
    return found


@blueprint.get(ONE)
@door.member(*KEEP)
def ask(key: str) -> Any:
    return one(by_hand(key), [])


@blueprint.post(ONE)
@door.member(*KEEP)
def lift(key: str) -> Any:
    found = by_hand(key)
    try:
        with unit():
            stop.unlist(found.key, why=request.form.get("why", ""), by=door.by(), now=now())
    except Refused as refusal:
        return one(by_hand(key), problem(refusal.field or "why", refusal))
    return back(LIST, "The address is off the list.")


def one(found: Suppression, errors: list[Error]) -> Any:
    return page(
        "people_unlist",
        400 if errors else 200,
        errors=errors,
        code=found.key[:12],
        url=f"{LIST}/{found.key}",
        note=found.note,
        when=day(found.at),
        why=request.form.get("why", ""),
    )
