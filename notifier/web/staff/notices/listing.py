"""The list of notices, with its filters in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import Sight, own_teams, sight
from notifier.clock import london_date
from notifier.insight import notice_list
from notifier.notices.leadtime import PROMISES, TYPES
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.store.once import reading
from notifier.web.public.shapes import Choice, Link, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.coming import next_for
from notifier.web.staff.notices.shared import ACTS, NOTICES, path
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notices", __name__)

TABS = {"writing": "Not public yet", "public": "Public", "over": "Over"}
WHOSE = {"mine": "Begun by me", "team": "My teams", "all": "Everything I see"}
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Row:
    reference: str
    url: str
    headline: str
    note: str
    effect: str
    tag: Tag
    verdict: Tag | None
    next: str
    left: str
    tone: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for; what makes no sense is left out."""

    show: str
    whose: str
    team: str
    type: str
    q: str
    page: int

    def url(self, **other: Any) -> str:
        given = {**self.__dict__, "page": 1, **other}
        usual = {("show", "writing"), ("whose", "all"), ("page", 1)}
        kept = {key: value for key, value in given.items() if value and (key, value) not in usual}
        return f"{NOTICES}?{urlencode(kept)}" if kept else NOTICES


@blueprint.get(NOTICES)
@door.member()
def notices() -> Any:
    with reading():
        return show(sight(door.me(), *ACTS))


def show(seen: Sight) -> Any:
    asked, today = read(), london_date(now())
    teams = {team.slug: team for team in catalogue.teams() if seen.owns(team.id)}
    of_teams = {teams[asked.team].id} if asked.team in teams else None
    if of_teams is None and asked.whose == "team" and own_teams(door.me()):
        of_teams = set(own_teams(door.me()))
    found = notice_list.listed(
        seen,
        show=asked.show,
        team_ids=of_teams,
        author_id=door.me().id if asked.whose == "mine" else None,
        type_=asked.type,
        words=asked.q,
        page=asked.page,
    )
    return page(
        "notices",
        asked=asked,
        sentence=sentence(found.counts),
        tabs=[
            Link(f"{label} ({found.counts[name]})", asked.url(show=name), active=name == asked.show)
            for name, label in TABS.items()
        ],
        rows=[row(notice, today) for notice in found.rows],
        whose=[Choice(slug, label) for slug, label in WHOSE.items()],
        teams=[Choice("", "Every team"), *(Choice(t.slug, t.name) for t in teams.values())],
        types=[Choice("", "Every kind"), *(Choice(s, n) for s, n in words.KIND_NAMES.items())],
        judged=any(notice.verdict for notice in found.rows),
        narrowed=bool(asked.q or asked.type or asked.team or asked.whose != "all"),
        newer=asked.url(page=asked.page - 1) if asked.page > 1 else "",
        older=asked.url(page=asked.page + 1) if found.more else "",
    )


def sentence(counts: dict[str, int]) -> str:
    """ "3 are being written, 5 are public, 2 are over."."""
    said = {"writing": "being written", "public": "public", "over": "over"}
    parts = [f"{n} {'is' if n == 1 else 'are'} {said[name]}" for name, n in counts.items() if n]
    return f"{', '.join(parts)}." if parts else "There is none yet."


def read() -> Asked:
    given = request.args
    number = given.get("page", "1")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1
    tab, whose, kind = (given.get(name, "") for name in ("show", "whose", "type"))
    return Asked(
        show=tab if tab in TABS else "writing",
        whose=whose if whose in WHOSE else "all",
        team=given.get("team", "")[:100],
        type=kind if kind in TYPES else "",
        q=given.get("q", "").strip()[: notice_list.LONGEST_SEARCH],
        page=min(max(at, 1), LAST_PAGE),
    )


def row(notice: ChangeNotice, today: date) -> Row:
    next_, left, tone = next_for(notice, today)
    names = [series.name for series in notice.series]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return Row(
        reference=notice.reference,
        url=path(notice),
        headline=notice.headline,
        note=f"{PROMISES[notice.class_].words.capitalize()} · {names[0]}{more}",
        effect=dates.past(london_date(notice.effect_at)) if notice.effect_at else "No date yet",
        tag=words.state(notice),
        verdict=words.VERDICTS[notice.verdict] if notice.verdict else None,
        next=next_,
        left=left,
        tone=tone,
    )
