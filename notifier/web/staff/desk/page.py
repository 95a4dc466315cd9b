"""The desk: what needs me today, what goes out next, what is owed, what is being sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request

from notifier.accounts import people
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import Sight, own_teams, sight
from notifier.clock import london_date
from notifier.insight import going, needs, two_weeks
from notifier.insight.loud import loud
from notifier.insight.needs import Need
from notifier.insight.subjects import subjects
from notifier.notices.owed import Owed, owed
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.once import reading
from notifier.web.public.shapes import Choice, Link
from notifier.web.staff import door
from notifier.web.staff.desk import board, calendar_rows, loud_words, need_words
from notifier.web.staff.desk.desk_words import sentence
from notifier.web.staff.desk.need_words import Reader
from notifier.web.staff.frame import page
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.live import live
from notifier.web.staff.sends.shared import pace, sizes

blueprint = Blueprint("staff_desk", __name__)

NEEDS, OWED = 8, 12  # rows before "All 23"


@dataclass(frozen=True)
class Scope:
    """Whose desk it shows: ``slug`` is mine, all or a team's; ``words`` name it."""

    sight: Sight
    slug: str
    words: str
    tabs: list[Link]
    teams: list[Choice]


@dataclass(frozen=True)
class Sent:
    """One of the last messages: "1,011 of 1,011"."""

    title: str
    url: str
    note: str
    accepted: str
    of: str


@blueprint.get("/staff")
@door.member()
def front() -> Any:
    return redirect(door.HOME, 303)


@blueprint.get(door.HOME)
@door.member()
def desk() -> Any:
    with reading():
        return show(door.me(), scope(door.me()))


@blueprint.get("/staff/going")
@door.member()
def fragment() -> Response:
    """What is being sent, for a desk that is open; nothing polls any more when it is over."""
    person, seen = door.me(), scope(door.me())
    under_way = going.under_way(seen.sight)
    titles = send_words.titles(under_way)
    shown = [one_going(send, titles, person) for send in under_way]
    answer = make_response(render_template("parts/going.html", going=shown, scope=seen))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def show(person: Staff, seen: Scope) -> Any:
    moment = now()
    rows = [row for row in owed(now=moment) if seen.sight.sees(row.teams)]
    waiting = [need for need in needs.needs(rows, now=moment) if concerns(need, seen.sight, person)]
    mine = needs.of(waiting, person)
    shown = waiting if request.args.get("needs") == "all" else mine
    under_way = going.under_way(seen.sight)
    last = going.last_ones(seen.sight, now=moment)
    said = two_weeks.sayings(seen.sight, rows, now=moment)
    sends = [*under_way, *last, *(need.thing for need in shown if isinstance(need.thing, Send))]
    names = subjects({*(send.about for send in sends), *(each.about for each in said)})
    titles = {send.id: send_words.title(send, names) for send in sends}
    reader = Reader(moment, staff_names(), titles, need_words.remarks(shown))
    board_rows = [row for row in rows if row.what != "release"]
    all_owed = request.args.get("owed") == "all"
    all_needs = request.args.get("needs") == "all"
    return page(
        "desk",
        today=day_title(moment),
        loud=[loud_words.line(each) for each in loud(seen.sight, now=moment)],
        scope=seen,
        sentence=sentence(mine, len(under_way), rows),
        needs=[need_words.row(each, reader) for each in (shown if all_needs else shown[:NEEDS])],
        needs_total=len(waiting),
        needs_mine=len(mine),
        all_needs=all_needs,
        going=[one_going(send, titles, person) for send in under_way],
        last=[one_sent(send, titles) for send in last],
        days=calendar_rows.days(said, names, sizes(), moment),
        owed=board.rows(board_rows if all_owed else board_rows[:OWED], reader),
        owed_total=len(board_rows),
        all_owed=all_owed,
        owed_until=until(board_rows, reader),
    )


def scope(person: Staff) -> Scope:
    """Somebody with a role in a team by name starts with their teams; who works for all, with
    everything, and may look at one team alone."""
    own, whole = own_teams(person), sight(person)
    asked = request.args.get("scope", "")
    names = {team.slug: team for team in catalogue.teams()}
    if asked in names and whole.owns(names[asked].id):
        found, slug, words = Sight(frozenset({names[asked].id})), asked, names[asked].name
    elif whole.teams is None and (asked == "all" or not own):
        found, slug, words = whole, "all", "the whole organisation"
    else:
        mine = sight(person) if whole.teams is not None else Sight(own)
        found, slug, words = mine, "mine", "your teams"
    offered = [team for team in names.values() if whole.owns(team.id)]
    return Scope(
        sight=found,
        slug=slug,
        words=words,
        tabs=tabs(slug, own=bool(own), whole=whole.teams is None),
        teams=[Choice(team.slug, team.name) for team in offered] if len(offered) > 1 else [],
    )


def tabs(slug: str, *, own: bool, whole: bool) -> list[Link]:
    """Where there is something to choose from."""
    if not (own and whole):
        return []
    return [
        Link("My teams", "/staff/?scope=mine", active=slug == "mine"),
        Link("Whole organisation", "/staff/?scope=all", active=slug == "all"),
    ]


def concerns(need: Need, seen: Sight, person: Staff) -> bool:
    if not need.teams:
        return seen.teams is None or person.id in need.people
    return seen.sees(need.teams)


def day_title(moment: Any) -> str:
    return dates.full(london_date(moment)).rsplit(" ", 1)[0]


def staff_names() -> dict[int, str]:
    return {person.id: person.name or person.email for person in people.everybody()}


def one_going(send: Send, titles: dict[int, str], person: Staff) -> dict[str, Any]:
    shown = live(send, now=now(), pace=pace(), me=person.id)
    return {"title": titles[send.id], "url": f"/staff/sends/{send.id}", "live": shown}


def one_sent(send: Send, titles: dict[int, str]) -> Sent:
    reached = send.audience - send.skipped
    failed = send.bounced + send.failed
    day = dates.short(london_date(send.finished_at or send.frozen_at or send.due_at))
    note = f"{day}, {failed:,} failed" if failed else day
    if send.pending > 0:  # their digest, or another try
        note += f", {send.pending:,} to come"
    accepted, of = f"{send.accepted:,}", f"{reached:,}"
    return Sent(titles[send.id], f"/staff/sends/{send.id}", note, accepted, of)


def until(rows: list[Owed], reader: Reader) -> str:
    """The month in which the lines of the board end."""
    last = board.scale_of(rows, reader.today).last
    return dates.MONTHS["en"].split()[last.month - 1]
