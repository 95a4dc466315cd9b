"""What people will be told of a notice, and when: a line to scale, and the same as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from notifier.audience.receivers import about
from notifier.clock import at_london, london_date, london_time
from notifier.notices.as_public import as_public
from notifier.notices.followers import kinds_of
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.promises import audience_of, stages_of
from notifier.notices.rules import OPEN
from notifier.notices.stages import Stage, may_be_adjusted
from notifier.render import dates
from notifier.render.notice_words import day_of
from notifier.sends.models import Send
from notifier.sends.queries import calendar
from notifier.web.public.shapes import Tag
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import sizes

APART = 3.4  # percent between two dots of the line
TITLES = {
    "announce": "Announcement",
    "open": "The consultation opens",
    "midpoint": "Halfway through the consultation",
    "last-edition": "With the last edition before it",
}


@dataclass(frozen=True)
class Row:
    """``mark``: dated, open (waits for a fact) or effect. ``url`` leads to its Send, ``adjust`` to
    the page where it is moved; each "" where there is none."""

    number: int
    mark: str
    when: str
    title: str
    note: str
    people: str
    x: float
    url: str = ""
    adjust: str = ""
    tag: Tag | None = None


@dataclass(frozen=True)
class Plan:
    """``start`` and ``end`` of the promised notice on the line, in percent; ``words`` says it."""

    rows: list[Row]
    start: float
    end: float
    notice: str
    words: str


@dataclass(frozen=True)
class Item:
    """One message before it has its place on the line."""

    at: datetime
    stage: str
    wall: date | None
    receivers: dict[str, Any] | None
    send: Send | None = None
    skipped: str = ""


def plan(notice: ChangeNotice, *, base: str, acts: bool, now: datetime) -> Plan:
    """Of a draft, as if it were announced now; of a public notice, its Sends."""
    shown = as_public(notice, now=now)
    items = drafted(shown, now) if notice.state in UNPUBLISHED else promised(notice)
    asked = [item.receivers for item in items if item.send is None or not item.send.frozen_at]
    people = dict(zip(map(key, asked), sizes().of(asked, now=now), strict=True))
    facts = waits(shown, london_date(now))
    ends = [*(item.at for item in items), *(at for at, _ in facts)]
    if not ends:
        return Plan([], 0, 0, "", "")
    first, last = min(ends), max(ends)
    rows = [row(shown, item, people, base=base, acts=acts, now=now) for item in items]
    rows += [
        Row(0, "open", f"by {dates.short(london_date(at))}", what, "", "", 0) for at, what in facts
    ]
    places = [scale(at, first, last) for at in ends]
    ordered = sorted(zip(places, range(len(rows)), rows, strict=True))
    xs = apart([place for place, _, _ in ordered])
    numbered = [
        replace(each, number=number, x=x)
        for number, (x, (_, _, each)) in enumerate(zip(xs, ordered, strict=True), 1)
    ]
    start, end = span(shown, first, last)
    words = dates.days(shown.minimum_days) + " of notice" if end > start else ""
    return Plan(numbered, start, end, words, sentence(numbered))


def key(receivers: dict[str, Any] | None) -> str:
    return repr(sorted(receivers.items())) if receivers else ""


def drafted(notice: ChangeNotice, now: datetime) -> list[Item]:
    known: dict[str, dict[str, Any]] = {}
    found = []
    for stage in stages_of(notice, announced_at=now):
        about_it = receivers_of(notice, stage, known)
        found.append(Item(stage.due_at, stage.name, stage.wall_date, about_it, None, stage.skipped))
    return found


def receivers_of(
    notice: ChangeNotice, stage: Stage, known: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """To whom it would go; with the release, also to those who follow that (as ``out.tell``)."""
    release = notice.effect_release
    if stage.name == "T0" and release is not None:
        series = {release.series_id, *(s.id for s in notice.series)}
        found = about(
            series,
            notices=[notice.id],
            releases=[release.id],
            kinds=["release", *kinds_of([notice])],
            breaks_machines=notice.machine_breaking,
        )
        return found.as_dict()
    family = stage.name if stage.name == "announce" else stage.name.split("-")[0].split("+")[0]
    if family not in known:
        known[family] = audience_of(notice, stage.name).as_dict()
    return known[family]


def promised(notice: ChangeNotice) -> list[Item]:
    """The announcement and every dated message, each once: the newest Send of a stage."""
    sends = [
        send
        for send in calendar(about=notice.reference)
        if send.kind == "notice" and (send.wall_date is not None or send.stage == "announce")
    ]
    newest = {send.stage: send for send in sorted(sends, key=lambda send: send.revision)}
    return [
        Item(send.due_at, send.stage, send.wall_date, send.receivers, send)
        for send in newest.values()
    ]


def waits(notice: ChangeNotice, today: date) -> list[tuple[datetime, str]]:
    """What waits for a fact, and by when that is promised."""
    found = []
    if notice.state in OPEN and notice.impact.get("known") in ("no", "partly"):
        day = day_of(notice.impact.get("known_by")) or notice.next_update_by
        if day is not None and day >= today:
            found.append((at_london(day), "The size of the effect is known"))
    return found


def row(
    notice: ChangeNotice,
    item: Item,
    people: dict[str, int | None],
    *,
    base: str,
    acts: bool,
    now: datetime,
) -> Row:
    send = item.send
    url = f"/staff/sends/{send.id}" if send is not None else ""
    ahead = item.at > now and not item.skipped and (send is None or send.state == "planned")
    may = acts and ahead and may_be_adjusted(item.stage)
    return Row(
        number=0,
        mark="effect" if item.stage == "T0" else "dated",
        when=when(item, now),
        title=title(item.stage, notice, item.wall),
        note=note(item, notice),
        people=number(item, people),
        x=0,
        url=url,
        adjust=f"{base}/plan/{item.stage}" if may else "",
        tag=tag(item),
    )


def when(item: Item, now: datetime) -> str:
    if item.stage == "announce" and item.send is None:
        return "When it is published"
    day, wall = london_date(item.at), london_time(item.at)
    year = f" {day.year}" if day.year != london_date(now).year else ""
    return f"{dates.short(day)}{year}, {wall:%H:%M}"


def title(stage: str, notice: ChangeNotice, day: date | None = None) -> str:
    """ "A month to go", "Takes effect, in the release mail"; the true number of days of one that
    staff moved to ``day``."""
    if day is not None and stage in (notice.stage_shifts or {}) and stage.startswith("T-"):
        effect = london_date(notice.effect_at) if notice.effect_at is not None else day
        stage = f"T-{max((effect - day).days, 1)}"
    if stage == "T0":
        return "Takes effect, in the release mail" if notice.effect_release else "Takes effect"
    if stage.startswith("T-"):
        words = {
            1: "The day before",
            7: "A week to go",
            28: "Four weeks to go",
            30: "A month to go",
        }
        return words.get(int(stage[2:]), f"{int(stage[2:])} days to go")
    if stage.startswith("T+"):
        return "Where to go now" if notice.class_ == "B" else "What happened"
    if stage.startswith("close-"):
        left = int(stage[6:])
        return f"{'A week' if left == 7 else dates.days(left)} left to answer"
    return TITLES.get(stage) or send_words.stage_words(stage).capitalize()


def note(item: Item, notice: ChangeNotice) -> str:
    """Why it stands on another day than its name says."""
    moved = (notice.stage_shifts or {}).get(item.stage)
    if moved:
        return f"moved {dates.days(abs(int(moved)))} {'later' if moved > 0 else 'earlier'} by staff"
    nominal = nominal_day(item.stage, notice)
    if item.wall is None or nominal is None or nominal == item.wall:
        return ""
    weekday = f"{nominal:%A}"
    off = f"is a {weekday}" if nominal.weekday() > 4 else "is a bank holiday"
    return f"{nominal.day} {nominal:%B} {off}"


def nominal_day(stage: str, notice: ChangeNotice) -> date | None:
    if notice.effect_at is None or not stage.startswith(("T-", "T+")):
        return None
    return london_date(notice.effect_at) + timedelta(days=int(stage[1:]))


def number(item: Item, people: dict[str, int | None]) -> str:
    """People whom it would reach today, or whom it reached."""
    send = item.send
    if item.skipped or (send is not None and send.state in ("skipped", "cancelled")):
        return "–"
    if send is not None and send.frozen_at is not None:
        return f"{send.accepted:,}"
    found = people.get(key(item.receivers))
    return "–" if found is None else f"{found:,}"


def tag(item: Item) -> Tag | None:
    if item.skipped:
        return Tag("Not sent: its day is past", "neutral")
    if item.send is None or item.send.state == "planned":
        return None
    return send_words.state(item.send)


def scale(at: datetime, first: datetime, last: datetime) -> float:
    """Percent of the way, inside the picture."""
    whole = (last - first).total_seconds() or 1
    return 3 + 94 * (at - first).total_seconds() / whole


def apart(places: Sequence[float]) -> list[float]:
    """The same places in their order, far enough from each other that each dot is seen."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + APART) if found else place)
    limit = 97.0
    for at in range(len(found) - 1, -1, -1):
        found[at] = min(found[at], limit)
        limit = found[at] - APART
    return [round(place, 1) for place in found]


def span(notice: ChangeNotice, first: datetime, last: datetime) -> tuple[float, float]:
    """The promised days of notice on the line, that end with the effect."""
    if notice.effect_at is None or not notice.minimum_days:
        return 0, 0
    begins = max(notice.effect_at - timedelta(days=notice.minimum_days), first)
    return round(scale(begins, first, last), 1), round(scale(notice.effect_at, first, last), 1)


def sentence(rows: Sequence[Row]) -> str:
    """The one sentence under the heading."""
    going = [row for row in rows if row.mark != "open" and row.tag is None]
    if not going:
        return "Nothing more is planned."
    messages = "One message" if len(going) == 1 else f"{len(going)} messages"
    return f"{messages} still to come; times are London's."
