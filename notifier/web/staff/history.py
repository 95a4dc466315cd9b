"""The history: who did what, when and why; that nobody changed it since; and a file of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, redirect, request, stream_with_context
from sqlalchemy import ColumnElement

from notifier.accounts import people
from notifier.cells import defused
from notifier.clock import london_date, london_time
from notifier.errors import NotFound
from notifier.insight import audit
from notifier.insight.audit import Asked, Checked
from notifier.notices import queries as notices
from notifier.render import dates
from notifier.store.db import unit
from notifier.store.history import is_whole, of, record
from notifier.web.public.shapes import Choice
from notifier.web.staff import door
from notifier.web.staff.approve.who import called
from notifier.web.staff.desk_words import counted
from notifier.web.staff.frame import page
from notifier.web.staff.history_words import KINDS, Line, lines
from notifier.web.staff.security import now

blueprint = Blueprint("staff_history", __name__)

ALL = "/staff/history"
PAGE = 50
LONGEST = 500  # rows of one thing on its page; the file has the others
OBJECT = re.compile(r"[a-z_]{2,20}:[\w.@-]{1,60}", re.ASCII)
HEADER = ("when", "kind", "name", "action", "who", "how", "why", "facts", "sha256")


@blueprint.get(ALL)
@door.member()
def history() -> Any:
    return show(asked())


@blueprint.post(f"{ALL}/check")
@door.member()
def check() -> Any:
    """By a button: to follow 300,000 rows took 11 s on a busy machine; pages over them 0.1 s."""
    return show(Asked(), checked=said(audit.check(door.me())))


@blueprint.get(f"{ALL}.csv")
@door.member()
def as_csv() -> Response:
    """What the page lists, all of it; history keeps who took it."""
    wanted = asked()
    with unit():
        of_whom, kind = wanted.staff_id, wanted.kind
        record("export:history", "export", by=door.by(), now=now(), kind=kind, of=of_whom)
    where, today = audit.conditions(door.me(), wanted), london_date(now())
    body = written(where, wanted.before, staff_names(), today)
    answer = Response(stream_with_context(body), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="history.csv"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get(f"{ALL}/<about>")
@door.member()
def one(about: str) -> Any:
    """Of one thing, by its name in the history or the reference of a notice."""
    if not OBJECT.fullmatch(about):
        try:
            notice = notices.notice(about[:40])
        except NotFound:
            abort(404)
        return redirect(f"{ALL}/notice:{notice.id}", 303)
    chain = of(about)
    if not chain or not audit.may_see(door.me(), about):
        abort(404)
    shown = worded(chain[-LONGEST:][::-1])
    return page(
        "history_one",
        it=shown[0],
        lines=shown,
        sentence=unbroken(about),
        number=len(chain),
        longest=LONGEST,
    )


def unbroken(about: str) -> tuple[bool, str]:
    """Whether the chain of one thing adds up, in a sentence."""
    chain = of(about)
    last, whole = "", True
    for seq, row in enumerate(chain, start=1):
        whole = whole and row.seq == seq and row.previous == last and is_whole(row)
        last = row.hash
    entries = counted(len(chain), "entry", "entries")
    if whole:
        return True, f"{entries.capitalize()}, each chained to the one before: unbroken."
    return False, "The chain is broken: an entry was changed, taken out or put in."


def asked() -> Asked:
    """From the address of the page; what is not understood is left out."""
    kind, who, before = (request.args.get(name, "") for name in ("kind", "who", "before"))
    return Asked(
        kind=kind if kind in KINDS else "",
        staff_id=number(who),
        also=who if who in ("system", "readers") else "",
        before=number(before),
    )


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def show(wanted: Asked, *, checked: tuple[bool, str] | None = None) -> Any:
    found = audit.rows(door.me(), wanted, limit=PAGE + 1)
    who = wanted.also or str(wanted.staff_id or "")
    query = {"kind": wanted.kind, "who": who}
    kept = urlencode({name: value for name, value in query.items() if value})
    last = found[PAGE - 1].id if len(found) > PAGE else None
    older = f"{ALL}?{kept}{'&' if kept else ''}before={last}" if last is not None else ""
    whole = audit.sees_all(door.me())
    return page(
        "history",
        lines=worded(found[:PAGE]),
        older=older,
        newest=f"{ALL}?{kept}" if wanted.before else "",
        csv=f"{ALL}.csv?{kept}" if kept else f"{ALL}.csv",
        kinds=[Choice("", "Everything"), *(Choice(kind, KINDS[kind]) for kind in KINDS)],
        kind=wanted.kind,
        whos=whos(whole),
        who=who,
        whole=whole,
        checked=checked,
    )


def whos(whole: bool) -> list[Choice]:
    """By whom: staff, also the program, readers where one sees them, or one member of staff."""
    first = [Choice("", "Staff"), Choice("system", "Staff and Notifier")]
    if whole:
        first.append(Choice("readers", "Readers too"))
    return [*first, *(Choice(str(each.id), called(each)) for each in people.everybody())]


def worded(found: Any) -> list[Line]:
    person = door.me()
    seen: dict[str, bool] = {}

    def may_open(about: str) -> bool:
        if about not in seen:
            kind = about.partition(":")[0]
            own = about == f"staff:{person.id}"
            seen[about] = own or kind not in audit.OF_PEOPLE or audit.sees_all(person)
        return seen[about]

    return lines(found, staff_names(), today=london_date(now()), may_open=may_open)


def staff_names() -> dict[int, str]:
    return {person.id: called(person) for person in people.everybody()}


def said(found: Checked) -> tuple[bool, str]:
    """The result of a look at all chains, in a sentence."""
    if found.broken or found.days:
        things = counted(len(found.broken), "thing", "things")
        parts = [f"the history of {things} does not add up ({', '.join(found.broken[:10])})"]
        parts = parts if found.broken else []
        if found.days:
            first = dates.past(found.days[0])
            parts.append(f"the seal of {first} is not what was kept: something was cut off since")
        words = "; ".join(parts)
        return False, f"Broken: {words}. Tell an administrator, and keep the backups."
    if not found.rows:
        return True, "There is nothing to check yet."
    until = f"{london_time(found.newest):%H:%M}, {dates.past(london_date(found.newest))}"
    sealed = ""
    if found.heads_until is not None:
        sealed = f" The days until {dates.past(found.heads_until)} are sealed, and the seals hold."
    things = counted(found.objects, "thing", "things")
    return True, f"Unbroken to {until}: {found.rows:,} entries about {things}.{sealed}"


def written(
    where: list[ColumnElement[bool]], before: int | None, names: dict[int, str], today: date
) -> Iterator[str]:
    """CSV with the mark by which spreadsheets know UTF-8; no cell is a formula. Whose it is was
    asked before: it is written when the request is over."""
    yield "\ufeff"
    yield text_of([HEADER])
    for found in audit.every(where, before):
        shown = lines(found, names, today=today, may_open=lambda _: False)
        yield text_of(row_of(line) for line in shown)


def row_of(line: Line) -> tuple[str, ...]:
    facts = "; ".join(f"{name}: {words}" for name, words in line.facts)
    cells = (line.kind, line.title, line.action, line.who, line.how, line.why, facts)
    return (line.iso, cells[0], *map(defused, cells[1:]), line.hash)


def text_of(rows: Any) -> str:
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\r\n").writerows(rows)
    return kept.getvalue()
