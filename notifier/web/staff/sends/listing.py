"""The list of Sends, with its filters in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import Sight
from notifier.clock import london_date, london_time
from notifier.insight import send_list
from notifier.insight.going import being_handed_over
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.once import reading
from notifier.web.public.shapes import Choice, Link, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.live import Part, parts
from notifier.web.staff.sends.shared import seen

blueprint = Blueprint("staff_sends", __name__)

SENDS = "/staff/sends"
TABS = {"sent": "Sent and going out", "coming": "To come", "stopped": "Stopped or not sent"}
KINDS = {
    "notice": ("Changes", ("notice",)),
    "release": ("Releases", ("release", "released")),
    "newsletter": ("Newsletters", ("newsletter",)),
    "digest": ("Digests and weeks", ("digest", "week_ahead")),
    "other": ("Corrections and topics", ("correction", "topic")),
}
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Row:
    """``reached`` is "" before it has begun."""

    title: str
    url: str
    note: str
    day: str
    tag: Tag
    parts: list[Part]
    accepted: str
    reached: str
    failed: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what makes no sense is left out."""

    show: str
    team: str
    kind: str
    day: date | None
    page: int

    def url(self, **other: Any) -> str:
        given = {"show": self.show, "team": self.team, "kind": self.kind, "page": 1, **other}
        given["day"] = self.day.isoformat() if self.day and "show" not in other else ""
        kept = {key: value for key, value in given.items() if value and (key, value) != ("page", 1)}
        return f"{SENDS}?{urlencode(kept)}" if kept else SENDS


@blueprint.get(SENDS)
@door.member()
def sends() -> Any:
    with reading():
        return show(seen())


def show(sight: Sight) -> Any:
    asked, moment = read(), now()
    teams = {team.slug: team for team in catalogue.teams() if sight.owns(team.id)}
    found = send_list.listed(
        sight,
        show=asked.show,
        team_id=teams[asked.team].id if asked.team in teams else None,
        kinds=KINDS[asked.kind][1] if asked.kind in KINDS else (),
        day=asked.day,
        page=asked.page,
    )
    titles = send_words.titles(found.rows)
    busy = being_handed_over(found.rows)
    return page(
        "sends",
        asked=asked,
        heading=f"On {dates.within(dates.full(asked.day))}" if asked.day else "",
        tabs=[
            Link(words, asked.url(show=name), active=not asked.day and name == asked.show)
            for name, words in TABS.items()
        ],
        rows=[row(send, titles[send.id], moment, send.id in busy) for send in found.rows],
        teams=[Choice("", "Every team"), *(Choice(t.slug, t.name) for t in teams.values())],
        kinds=[Choice("", "Everything"), *(Choice(name, KINDS[name][0]) for name in KINDS)],
        newer=asked.url(page=asked.page - 1) if asked.page > 1 else "",
        older=asked.url(page=asked.page + 1) if found.more else "",
    )


def read() -> Asked:
    given = request.args
    tab = given.get("show", "sent")
    number = given.get("page", "1")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    return Asked(
        show=tab if tab in TABS else "sent",
        team=given.get("team", "")[:100],
        kind=given.get("kind", "")[:20],
        day=a_day(given.get("day", "")),
        page=min(max(page, 1), LAST_PAGE),
    )


def a_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def row(send: Send, title: str, moment: datetime, under_way: bool) -> Row:
    reached = send.audience - send.skipped
    failed = send.bounced + send.failed
    begun = send.frozen_at is not None and send.audience > 0
    return Row(
        title=title,
        url=f"{SENDS}/{send.id}",
        note=" · ".join(filter(None, (send_words.kind(send), send.end_reason))),
        day=day_of(send, moment),
        tag=send_words.state(send, under_way=under_way),
        parts=parts(send.accepted, 0, failed, max(send.pending, 0), reached) if begun else [],
        accepted=f"{send.accepted:,}" if begun else "",
        reached=f"{reached:,}" if begun else "",
        failed=f"{failed:,}" if failed else "",
    )


def day_of(send: Send, moment: datetime) -> str:
    """ "Today 10:30", "Mon 22 Feb 10:30"; the year where it is another one."""
    at = send.due_at if send.frozen_at is None else send.frozen_at
    day, today = london_date(at), london_date(moment)
    wall = f"{london_time(at):%H:%M}"
    if day == today:
        return f"Today {wall}"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{dates.short(day)}{year} {wall}"
