"""Forms for what takes two people: what will happen, and who is told, before one asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request

from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.notices import follow, release_acts
from notifier.releases import asking, guards
from notifier.releases.dated import Dated, exact
from notifier.releases.models import Release
from notifier.releases.rules import REASONS, window
from notifier.store.db import unit
from notifier.store.once import reading
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import told, words
from notifier.web.staff.releases.carriers import carriers, chosen
from notifier.web.staff.releases.shared import (
    ACTS,
    ONE,
    clock,
    day,
    path,
    plain,
    reason_of,
    to_act_on,
    typed,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_release_asks", __name__)

FIELDS = ("exact", "day", "time", "next_update", "reason_code", "reason")


@dataclass(frozen=True)
class Form:
    """One act: its words, the fields that it shows, and where an error without a field stands."""

    title: str
    lead: str
    button: str
    dated: bool = False
    news: bool = False
    coded: bool = False
    reason: str = ""
    choices: bool = False
    field: str = "reason"


PUBLIC_REASON = "Users read it on the page and in their mail."
FORMS = {
    "confirm": Form(
        "Confirm its date",
        "From then on users count on it: moving it takes a reason and a second person.",
        "Confirm it",
        dated=True,
        field="day",
    ),
    "move": Form(
        "Move it",
        "Everybody who follows it hears of it at once, with your reason.",
        "move it",
        dated=True,
        coded=True,
        reason=PUBLIC_REASON,
        field="day",
    ),
    "postpone": Form(
        "Take its date away",
        "Users are told that it has no date for now, and when there will be news.",
        "take its date away",
        news=True,
        coded=True,
        reason=PUBLIC_REASON,
        field="next_update",
    ),
    "cancel": Form(
        "Cancel it",
        "It will not come out. Its page stays and says so, and why. This cannot be undone.",
        "cancel it",
        reason=PUBLIC_REASON,
        choices=True,
    ),
    "withdraw": Form(
        "Take it back",
        "It is out, and is taken back: its page says so. This cannot be undone.",
        "take it back",
        reason=PUBLIC_REASON,
    ),
    "unmark": Form(
        "It contains no change after all",
        "The gate opens by this: it may come out without a notice of change.",
        "take the mark off",
        reason="It is kept in the history; it is not public.",
    ),
}


@door.member(*ACTS)
def form(release_id: int, act: str) -> Any:
    release = to_act_on(release_id)
    with reading():
        return show(release, act, [], given_now(release, act))


def given_now(release: Release, act: str) -> dict[str, str]:
    """The fields as they stand: the date, where it is exact."""
    wall = f"{release.wall_time or guards.standard_time():%H:%M}"
    stands = release.day is not None and release.precision in ("datetime", "date")
    shown = stands and act == "confirm"
    return {
        "exact": "datetime",
        "day": release.day.isoformat() if shown and release.day else "",
        "time": wall,
        "reason_code": "data_late",
    }


def show(
    release: Release,
    act: str,
    errors: list[Error],
    values: dict[str, str],
    status: int = 200,
    *,
    seen: str = "",
    looked: bool = False,
) -> Any:
    it = FORMS[act]
    moment = now()
    try:
        given = given_of(release, act, values)
    except Refused:
        given = {}
    person = door.me()
    alone = act == "confirm" and not guards.confirming_takes_two()
    people = release_acts.seconds(release, act, given, person=person, now=moment)
    return page(
        "releases/act",
        status,
        errors=errors,
        release=release,
        act=act,
        it=it,
        values=values,
        stands=words.when(release, london_date(moment)),
        tag=words.tag(release),
        told=told.told(release, act),
        follows=told.follows(release, act, given, moment),
        choices=carriers(release) if it.choices else [],
        alone=alone,
        waits_for=words.listed([each.name or each.email for each in people]),
        seen=seen or asking.base(release),
        looked=looked,
        preview=preview(release, act, given),
        codes=[Choice(code, words.REASONS[code]) for code in REASONS],
        precisions=[Choice(slug, name) for slug, name in words.EXACT.items()],
        earlier=asking.of(release) is not None,
    )


def preview(release: Release, act: str, given: dict[str, Any]) -> str:
    """The date as users will read it."""
    if act not in ("move", "confirm") or not given.get("day"):
        return ""
    today = london_date(now())
    to = release_acts.dated(given)
    said = f"{words.when(release, today)} → {words.date_words(to, today)}"
    if act == "confirm":
        return f"{words.date_words(to, today)}: {words.ahead((to.day - today).days)}"
    return said


def given_of(release: Release, act: str, values: dict[str, str]) -> dict[str, Any]:
    """What the act needs, from what was typed. Raises Refused with the field."""
    it, given = FORMS[act], dict[str, Any]()
    if it.dated:
        given |= release_acts.as_given(date_of(act, values))
    if it.news:
        given["next_update"] = day(values.get("next_update", ""), "next_update").isoformat()
    if it.coded:
        code = values.get("reason_code", "")
        if code not in REASONS:
            raise Refused("Choose why the date changes.", field="reason_code")
        given["reason_code"] = code
    if it.reason:
        given["reason"] = reason_of(values.get("reason", ""), empty="Say why")
    if it.choices:
        given["choices"] = chosen(release, values)
    return given


def date_of(act: str, values: dict[str, str]) -> Dated:
    found = day(values.get("day", ""), "day")
    precision = "datetime" if act == "confirm" else values.get("exact", "")
    if precision not in words.EXACT:
        raise Refused("Choose how exactly you know the date.", field="exact")
    if precision == "datetime":
        return exact(found, clock(values.get("time", ""), "time"))
    first = found if precision == "no_later_than" else window(found, precision)[0]
    return Dated(first, None, precision)


@door.member(*ACTS)
def ask(release_id: int, act: str) -> Any:
    """See, which changes nothing, or ask; a refusal keeps all that was typed."""
    release = to_act_on(release_id)
    values = typed(*FIELDS)
    values |= {
        name: value[:50] for name, value in request.form.items() if name.startswith("change-")
    }
    seen = request.form.get("seen", "")
    try:
        given = given_of(release, act, values)
        if request.form.get("do") == "see":
            with unit():
                try_it(to_act_on(release_id), act, given)
            return show(to_act_on(release_id), act, [], values, seen=seen, looked=True)
        with unit():
            done = carry(to_act_on(release_id), act, given, seen)
    except Refused as refusal:
        release = to_act_on(release_id)
        errors = [Error(field_of(refusal, act), plain(refusal))]
        fresh = "" if isinstance(refusal, Conflict) else seen
        return show(release, act, errors, values, 400, seen=fresh)
    return back(path(release_id), done)


def field_of(refusal: Refused, act: str) -> str:
    return refusal.field or FORMS[act].field


def try_it(release: Release, act: str, given: dict[str, Any]) -> None:
    """Raise what would refuse it; nothing is kept."""
    who: dict[str, Any] = {"person": door.me(), "by": door.by(), "now": now()}
    if act == "confirm" and not guards.confirming_takes_two():
        to = release_acts.dated(given)
        follow.may_be_confirmed(release, to.day, to.wall or guards.standard_time())
        return
    release_acts.rehearse(release, act, given, **who)


def carry(release: Release, act: str, given: dict[str, Any], seen: str) -> str:
    """Confirm at once where one person may; else ask a second one. Returns what was done."""
    who: dict[str, Any] = {"person": door.me(), "by": door.by(), "now": now()}
    if act == "confirm" and not guards.confirming_takes_two():
        if seen != asking.base(release):
            raise Conflict(asking.CHANGED)
        to = release_acts.dated(given)
        follow.confirm(release, to.day, to.wall or guards.standard_time(), **who)
        return f"It is confirmed for {words.date_words(to, today())}."
    people = release_acts.ask(release, act, given, seen=seen, **who)
    names = words.listed([each.name or each.email for each in people])
    verb = "is" if len(people) == 1 else "are"
    return f"{names} {verb} asked to agree. Nothing happens until then."


def today() -> date:
    return london_date(now())


for name in FORMS:
    for method, view in (("GET", form), ("POST", ask)):
        blueprint.add_url_rule(
            f"{ONE}/{name}",
            endpoint=f"{method.lower()}_{name}",
            view_func=view,
            methods=[method],
            defaults={"act": name},
        )
