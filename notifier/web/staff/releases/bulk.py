"""Many dates confirmed at once: one page says what will happen to each, and one refused stops none
of the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, session

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import follow, release_acts
from notifier.releases import asking, change, guards
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.store.db import unit
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import listing, told, words
from notifier.web.staff.releases.calendar import staff_names
from notifier.web.staff.releases.listing import Asked
from notifier.web.staff.releases.shared import (
    ACTS,
    PATH,
    clock,
    day,
    ids,
    own,
    path,
    plain,
    to_act_on,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_releases_bulk", __name__)

CONFIRM = f"{PATH}/confirm"
MOST = 60  # at once


@dataclass(frozen=True)
class Line:
    """``verdict`` says what will happen; ``tone`` "" or bad where it is refused."""

    id: int
    url: str
    title: str
    series: str
    stands: str
    day: str
    clock: str
    verdict: str
    tone: str
    people: str
    seen: str


@blueprint.get(CONFIRM)
@door.member(*ACTS)
def ask() -> Any:
    """Those that were ticked; without any, those that are due."""
    with reading():
        releases = chosen()
        lines = [line(release) for release in releases]
    ready = sum(not each.tone for each in lines)
    return page(
        "releases/confirm_many",
        lines=lines,
        ready=ready,
        two=guards.confirming_takes_two(),
        refused=len(lines) - ready,
        ready_words=listing.counted(ready),
        refused_words=listing.counted(len(lines) - ready),
        most=MOST,
    )


def chosen() -> list[Release]:
    asked = request.args.getlist("id")
    if asked:
        return [to_act_on(number) for number in ids(asked, MOST)]
    mine = own()
    found = listing.releases(mine, Asked(show="needs"), now=now())
    by = listing.beside(found, staff_names(), now=now())
    due = [r for r in found if r.state == "provisional" and listing.needs(r, by)]
    return [release for release in due if release.id not in by.asks][:MOST]


def line(release: Release) -> Line:
    moment = now()
    typed_day = request.args.get(f"day-{release.id}", "")
    typed_clock = request.args.get(f"time-{release.id}", "")
    if release.precision == "datetime" and release.day and release.wall_time and not typed_day:
        typed_day, typed_clock = release.day.isoformat(), f"{release.wall_time:%H:%M}"
    standard = f"{guards.standard_time():%H:%M}"
    try:
        verdict, tone = would(release, typed_day, typed_clock or standard, moment), ""
    except Refused as refusal:
        verdict, tone = f"{plain(refusal)}.", "bad"
    mail = told.told(release, "confirm")
    return Line(
        id=release.id,
        url=path(release.id),
        title=release.title,
        series=release.series.name,
        stands=words.when(release, london_date(moment)),
        day=typed_day,
        clock=typed_clock or standard,
        verdict=verdict,
        tone=tone,
        people=f"{words.people(mail.total)} told" if mail.mail else "nobody gets mail",
        seen=asking.base(release),
    )


def would(release: Release, typed_day: str, typed_clock: str, moment: datetime) -> str:
    """What confirming it would do. Raises Refused as confirming does."""
    if not typed_day:
        raise Refused("Give the day: users were told " + told_so_far(release, moment) + ".")
    to, wall = day(typed_day, "day"), clock(typed_clock, "time")
    follow.may_be_confirmed(release, to, wall)
    change.may_be_fixed(release, exact(to, wall), moment)
    lead = (to - london_date(moment)).days
    at = words.date_words(exact(to, wall), london_date(moment))
    return f"{at}. {words.ahead(lead)}"


def told_so_far(release: Release, moment: datetime) -> str:
    return words.lower(words.when(release, london_date(moment)))


@blueprint.post(CONFIRM)
@door.member(*ACTS)
def confirm() -> Any:
    """One unit of work for each: who is refused stays on the page with the reason."""
    numbers = ids(request.form.getlist("id"), MOST)
    for number in numbers:
        to_act_on(number)
    two, done, left = guards.confirming_takes_two(), 0, list[int]()
    for number in numbers:
        try:
            with unit():
                one(to_act_on(number), two=two)
            done += 1
        except Refused:
            left.append(number)
    said = summary(done, len(left), two=two)
    if not left:
        return back(PATH, said)
    session["done"] = said
    typed = {f"{name}-{n}": request.form.get(f"{name}-{n}", "") for n in left for name in FIELDS}
    query = [*(("id", number) for number in left), *((k, v) for k, v in typed.items() if v)]
    return redirect(f"{CONFIRM}?{urlencode(query)}", 303)


FIELDS = ("day", "time")


def one(release: Release, *, two: bool) -> None:
    number = release.id
    to = day(request.form.get(f"day-{number}", ""), "day")
    wall = clock(request.form.get(f"time-{number}", ""), "time")
    if request.form.get(f"seen-{number}", "") != asking.base(release):
        raise Refused(asking.CHANGED)
    who: dict[str, Any] = {"person": door.me(), "by": door.by(), "now": now()}
    if not two:
        follow.confirm(release, to, wall, **who)
        return
    given = release_acts.as_given(exact(to, wall))
    release_acts.ask(release, "confirm", given, seen=asking.base(release), **who)


def summary(done: int, left: int, *, two: bool) -> str:
    what = "is asked for" if two else "is confirmed"
    many = "are asked for" if two else "are confirmed"
    said = f"{listing.counted(done)} {f'date {what}' if done == 1 else f'dates {many}'}."
    if not left:
        return said
    return f"{said} {listing.counted(left)} could not be: the reason stands beside each."
