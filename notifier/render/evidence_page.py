"""The page of an evidence pack: readable on its own, without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from notifier.clock import london_date, london_time
from notifier.insight.evidence import Edition, Pack
from notifier.insight.stood import Stood
from notifier.lifecycle import standing
from notifier.notices.agree import SHORT
from notifier.notices.leadtime import PROMISES
from notifier.render import dates
from notifier.render.environment import environment

VERDICTS = {
    "on_time": "Best",
    "met": "Enough",
    "short": "Short",
    "same_day": "Same day",
    "after": "After it happened",
    None: "No day yet",
}


@dataclass(frozen=True)
class Change:
    """One change on the page, with its texts: (file, what it is, when)."""

    reference: str
    headline: str
    state: str
    kind: str
    announced: str
    effect: str
    notice: str
    reason: str
    texts: list[tuple[str, str]]


@dataclass(frozen=True)
class Issue:
    """One release on the page: its date and what became of it."""

    title: str
    state: str
    date: str
    published: str
    moves: list[str]


def page(
    pack: Pack,
    tables: Mapping[str, tuple[Sequence[str], Sequence[Any]]],
    checked: Mapping[str, Any],
) -> str:
    """HTML with its style sheet inside; links lead to files of the pack only."""
    template = environment().get_template("evidence/index.html")
    body = pack.series.team.body
    return template.render(
        series=pack.series,
        team=pack.series.team,
        body=body.name if body is not None else "",
        day=dates.past(pack.day),
        counts=counts(pack),
        changes=[change(one, pack) for one in pack.notices],
        issues=[issue(one) for one in pack.editions],
        answers=[one for one in pack.feedback if one.closes or one.people],
        tables={name: len(rows) for name, (_, rows) in tables.items()},
        checked=checked,
        announcements=[
            (one.release.title, f"texts/releases/{one.release_id}.json")
            for one in pack.announcements
        ],
    )


def counts(pack: Pack) -> dict[str, int]:
    judged = [one for one in pack.notices if one.verdict is not None]
    return {
        "changes": len(pack.notices),
        "judged": len(judged),
        "kept": sum(one.verdict in ("on_time", "met") for one in judged),
        "releases": len(pack.editions),
        "out": sum(one.published_at is not None for one in pack.editions),
        "messages": len(pack.sends),
        "people": sum(send.people for send in pack.sends),
        "accepted": sum(send.accepted for send in pack.sends),
    }


def change(one: Stood, pack: Pack) -> Change:
    days = one.lead_days
    notice = VERDICTS[one.verdict]
    if one.class_ == "I":
        notice = "A correction: told at once"
    elif days is not None:
        notice = f"{notice}: {dates.days(days)}, {one.minimum_days} promised".replace("-", "−")
    return Change(
        reference=one.reference,
        headline=one.headline,
        state=standing(one.state).capitalize(),
        kind=PROMISES[one.class_].words,
        announced=moment(one.first_public_at),
        effect=dates.past(london_date(one.effect_at)) if one.effect_at else "No day yet",
        notice=notice,
        reason=one.reason if one.verdict in SHORT else "",
        texts=texts(one.reference, pack),
    )


def texts(reference: str, pack: Pack) -> list[tuple[str, str]]:
    """(file, words) of each revision."""
    found = [row for name, row in pack.revisions if name == reference]
    return [
        (
            f"texts/{reference}/{number:02}.json",
            f"{moment(row.at)}: {row.summary}{' Wording only.' if row.editorial else ''}",
        )
        for number, row in enumerate(found, 1)
    ]


def issue(one: Edition) -> Issue:
    published = moment(one.published_at) if one.published_at is not None else ""
    if one.published_at is not None and one.days_after:
        late = dates.days(abs(one.days_after))
        published += f", {late} {'late' if one.days_after > 0 else 'early'}"
    return Issue(
        title=one.release.title,
        state=standing(one.state).capitalize(),
        date=day_words(one.day, one.precision, one.wall),
        published=published,
        moves=[
            f"{moment(row.announced_at)}: from {day_words(row.from_date, row.from_precision)} to "
            f"{day_words(row.to_date, row.to_precision)}. {row.reason}".strip()
            for row in one.changes
        ],
    )


def day_words(day: date | None, precision: str, wall: str = "") -> str:
    """ "11 March 2027 09:30", "in March 2027", "no date"."""
    if day is None or precision == "tbc":
        return "no date"
    if precision in ("datetime", "date"):
        return f"{dates.past(day)} {wall}".strip()
    return dates.within(dates.vague(day, precision))


def moment(at: datetime) -> str:
    """ "11 March 2027 09:30", in London."""
    return f"{dates.past(london_date(at))} {london_time(at):%H:%M}"
