"""How often a publication comes out: set it, see the year it gives, and make what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, abort, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue import state
from notifier.catalogue.models import Series
from notifier.clock import london_date
from notifier.errors import NotFound, Refused
from notifier.releases import guards, regular
from notifier.releases.regular import Choice as Rule
from notifier.releases.regular import Edition
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import listing
from notifier.web.staff.releases.adding import my_series
from notifier.web.staff.releases.shared import (
    ACTS,
    LONGEST,
    PATH,
    clock,
    own,
    path,
    plain,
    typed,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_releases_regular", __name__)

REGULAR = f"{PATH}/regular"
FIELDS = ("every", "which", "weekday", "begins", "time", "rule")
EVERY = {
    "month": "Each month",
    "quarter": "Each quarter",
    "half": "Twice a year",
    "year": "Once a year",
}
WHICH = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
WEEKDAYS = dict(zip(regular.DAYS, dates.WEEKDAYS["en"].split(), strict=False))


@dataclass(frozen=True)
class Line:
    name: str
    url: str
    words: str
    team: str


@dataclass(frozen=True)
class Shown:
    """An edition that the rule gives; ``there`` is where it stands already, "" while it is new."""

    day: str
    title: str
    there: str
    why_not: str


def words_of(rule: str) -> str:
    """ "Each month on the third Thursday at 9:30am"."""
    if not rule:
        return "By hand"
    found = regular.chosen(rule)
    if found is None:
        return f"By a rule of its own: {rule}"
    day = f"{WHICH[found.which]} {WEEKDAYS[found.day]}"
    since = ""
    if found.every != "month":
        since = f", beginning with {dates.MONTHS['en'].split()[found.begins.month - 1]}"
    return f"{EVERY[found.every]} on the {day} at {dates.clock(found.wall)}{since}"


@blueprint.get(REGULAR)
@door.member(*ACTS)
def all_series() -> Any:
    lines = [
        Line(one.name, f"{REGULAR}/{one.slug}", words_of(one.recurrence), one.team.name)
        for one in my_series()
    ]
    return page("releases/regular", lines=lines, number=sum(x.words != "By hand" for x in lines))


def the_series(slug: str) -> Series:
    try:
        found = catalogue.series(slug)
    except NotFound:
        abort(404)
    if not own().owns(found.team_id):
        abort(404)
    return found


@blueprint.get(f"{REGULAR}/<slug>")
@door.member(*ACTS)
def one_series(slug: str) -> Any:
    series = the_series(slug)
    return show(series, [], stands(series))


def stands(series: Series) -> dict[str, str]:
    found = regular.chosen(series.recurrence) if series.recurrence else None
    standard = f"{guards.standard_time():%H:%M}"
    if found is None:
        begins = f"{london_date(now()):%Y-%m}"
        given = {"every": "month", "which": "2", "weekday": "TH", "begins": begins}
        return {**given, "time": standard, "rule": series.recurrence}
    return {
        "every": found.every,
        "which": found.which,
        "weekday": found.day,
        "begins": f"{found.begins:%Y-%m}",
        "time": f"{found.wall:%H:%M}",
        "rule": "",
    }


def show(series: Series, errors: list[Error], values: dict[str, str], status: int = 200) -> Any:
    editions: list[Edition] = []
    try:
        rule = rule_of(series, values)
        editions = regular.preview(series, rule, now=now())
    except Refused as refusal:
        rule = ""
        errors = errors or [Error(refusal.field or "every", plain(refusal))]
    new = sum(each.there is None for each in editions)
    return page(
        "releases/regular_one",
        status,
        errors=errors if request.method == "POST" else [],
        series=series,
        exemption=exemption_of(series),
        values=values,
        stands=words_of(series.recurrence),
        would=words_of(rule),
        changes=rule != series.recurrence,
        was=series.recurrence,
        editions=[shown(each) for each in editions],
        new=new,
        new_words=listing.counted(new),
        everys=[Choice(key, name) for key, name in EVERY.items()],
        whiches=[Choice(key, name.capitalize()) for key, name in WHICH.items()],
        weekdays=[Choice(key, name) for key, name in WEEKDAYS.items()],
    )


def exemption_of(series: Series) -> str:
    """ "It comes out at 7am, and on days off: it goes with the Bank's."."""
    found = series.exemption or {}
    parts = [f"at {found['time']}"] if found.get("time") else []
    parts += ["on days off"] if found.get("days_off") else []
    return f"It comes out {' and '.join(parts)}: {found.get('reason', '')}" if parts else ""


def shown(each: Edition) -> Shown:
    return Shown(
        day=f"{dates.full(each.day)} at {dates.clock(each.wall)}",
        title=each.title,
        there=path(each.there.id) if each.there is not None else "",
        why_not=plain(each.why_not) if each.why_not else "",
    )


def rule_of(series: Series, values: dict[str, str]) -> str:
    """The rule that the choices make; one written by hand goes before them. Raises Refused."""
    if series.recurrence and values == stands(series):
        return series.recurrence  # as it is, on whatever day of the month it was begun
    if values.get("rule"):
        return values["rule"]
    if values.get("every") not in EVERY:
        raise Refused("Choose how often it comes out", field="every")
    if values.get("which") not in WHICH or values.get("weekday") not in WEEKDAYS:
        raise Refused("Choose the day of the month", field="which")
    try:
        begins = date.fromisoformat(f"{values.get('begins', '')}-01")
    except ValueError:
        raise Refused("Enter the month it begins with, like 2027-03", field="begins") from None
    wall = clock(values.get("time", ""), "time")
    return Rule(values["every"], values["which"], values["weekday"], begins, wall).rule()


@blueprint.post(f"{REGULAR}/<slug>")
@door.member(*ACTS)
def keep(slug: str) -> Any:
    """See the year that the choices give; or set the rule, end it, make what is missing."""
    series = the_series(slug)
    values, what = typed(*FIELDS), request.form.get("do", "")
    if what == "see":
        return show(series, [], values)
    who: dict[str, Any] = {"person": door.me(), "by": door.by(), "now": now()}
    made = 0
    try:
        with unit():
            series = the_series(slug)
            if what != "make":
                rule = "" if what == "end" else rule_of(series, values)
                regular.set_rule(series, rule, was=request.form.get("was", ""), **who)
            if what != "end":
                made = len(regular.generate(series, **who))
    except Refused as refusal:
        errors = [Error(FIELD.get(refusal.field or "", refusal.field or "every"), plain(refusal))]
        return show(the_series(slug), errors, values, 400)
    return back(f"{REGULAR}/{slug}", said(what, made))


@blueprint.post(f"{REGULAR}/<slug>/exempt")
@door.member(*ACTS)
def exempt(slug: str) -> Any:
    """Another time of day, or days off, with a reason that is public (Standard 3.1)."""
    the_series(slug)
    given = typed("exempt_time", "exempt_days_off", "exempt_reason")
    try:
        wall = clock(given["exempt_time"], "exempt_time") if given["exempt_time"] else None
        days_off = given["exempt_days_off"] == "1"
        if wall is None and not days_off:
            raise Refused(
                "Give the time, or tick that it comes out on days off", field="exempt_time"
            )
        if not given["exempt_reason"] or len(given["exempt_reason"]) > LONGEST:
            said = f"Give the reason in {LONGEST:,} characters at most; it is public"
            raise Refused(said, field="exempt_reason")
        with unit():
            state.exempt(
                the_series(slug),
                time=f"{wall:%H:%M}" if wall else None,
                days_off=days_off,
                reason=given["exempt_reason"],
                by=door.by(),
                now=now(),
            )
    except Refused as refusal:
        series = the_series(slug)
        errors = [Error(refusal.field or "exempt_reason", plain(refusal))]
        return show(series, errors, {**stands(series), **given}, 400)
    return back(f"{REGULAR}/{slug}", "The exemption is recorded, and public with its reason.")


@blueprint.post(f"{REGULAR}/<slug>/landing")
@door.member(*ACTS)
def landing(slug: str) -> Any:
    """Whether its page must answer before an armed release goes out."""
    with unit():
        series = the_series(slug)
        asks = request.form.get("asks") == "1"
        state.check_landing(series, asks, by=door.by(), now=now())
    words = "must answer before" if asks else "is not asked before"
    return back(f"{REGULAR}/{slug}", f"Its page {words} an armed release goes out.")


FIELD = {"wall": "time"}


def said(what: str, made: int) -> str:
    if what == "end":
        return "It comes out by hand from now on. What stands in the calendar stays."
    count = listing.counted(made)
    new = (
        "Nothing was missing."
        if not made
        else (f"{count} {'edition is' if made == 1 else 'editions are'} added, provisional.")
    )
    return new if what == "make" else f"That is how often it comes out. {new}"
