"""What people did: joined, left and why, pressed "got it", answered, complained."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint
from sqlalchemy import select

from notifier.insight import engaged
from notifier.insight.engaged import Engaged
from notifier.insight.quarters import Quarter
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked
from notifier.web.staff.insight.tables import Cell, Column, Row, Table, bar, number, show
from notifier.web.staff.insight.words import capital, word

blueprint = Blueprint("staff_insight_people", __name__)

JOINED = {
    "form": "By the sign-up page",
    "invitation": "By an invitation",
    "import": "With a list of a team",
}
STOPPED = {
    "hard_bounce": "Their mailbox is gone",
    "soft_bounces": "Their mail came back again and again",
    "complaint": "They called a letter spam",
}
CAVEATS = [
    "We do not count opened letters or pressed links, for we do not track them.",
    "People belong to no team: joined, left and complaints are always the whole organisation's. "
    "“Got it” and answers follow the choice of team.",
    "Who left and came back is counted both times. Joining counts each confirmed sign-up.",
    "Small numbers: a few people make a large share here. Read the numbers, not the shares.",
]


@blueprint.get(f"{INSIGHT}/people")
@door.member()
def people() -> Any:
    with reading():
        return page(asked())


def page(found: Asked) -> Any:
    quarters = engaged.quarters(found.quarters, now=found.moment, team_ids=found.whose.teams)
    own = quarters[found.quarter]
    return show(
        found,
        "people",
        "What people did",
        answer(found, own),
        [by_quarter(found, quarters), reasons(own), about(own)],
        caveats=CAVEATS,
    )


def answer(found: Asked, own: Engaged) -> str:
    joined, left = own.joined.total(), own.left.total()
    return (
        f"{found.span} {somebody(joined)} joined and {somebody(left)} left; "
        f"{somebody(own.answers.total())} answered a consultation."
    )


def somebody(number: int) -> str:
    """ "nobody", "one person", "14 people"."""
    if not number:
        return "nobody"
    return "one person" if number == 1 else f"{word(number)} people"


def by_quarter(found: Asked, quarters: dict[Quarter, Engaged]) -> Table:
    most = max(
        each.joined.total() + each.left.total() + each.stopped.total() for each in quarters.values()
    )
    return Table(
        slug="quarters",
        title="By quarter",
        columns=[
            Column("Quarter", "quarter", "text"),
            Column("Picture", kind="bar"),
            Column("Joined", "joined"),
            Column("Left", "left"),
            Column("Stopped by us", "stopped"),
            Column("Erased", "erased"),
            Column("“Got it”", "got_it"),
            Column("Answers", "answers"),
            Column("Complaints", "complaints"),
            Column("Called spam", "spam"),
        ],
        rows=[
            Row(
                [
                    Cell(q.short, q.slug, found.url("people", quarter=q.slug)),
                    number(each.joined.total()),
                    number(each.left.total()),
                    number(each.stopped.total()),
                    number(each.erased),
                    number(each.got_it.total()),
                    number(each.answers.total()),
                    number(each.complaints),
                    number(each.spam),
                ],
                bar(
                    [
                        ("best", each.joined.total()),
                        ("short", each.left.total()),
                        ("after", each.stopped.total()),
                    ],
                    most,
                ),
                strong=q == found.quarter,
            )
            for q, each in quarters.items()
        ],
        says="Complaints are about what we do with people's data; spam is the button in a mail "
        "program.",
        key=[("best", "Joined"), ("short", "Left"), ("after", "Stopped by us")],
    )


def reasons(own: Engaged) -> Table:
    """Why people joined, left or were stopped, most first."""
    said = [
        *(("Joined", JOINED.get(how, capital(how)), n, "best") for how, n in ranked(own.joined)),
        *(("Left", capital(why) or "No reason", n, "short") for why, n in ranked(own.left)),
        *(
            ("Stopped", STOPPED.get(why, capital(why)), n, "after")
            for why, n in ranked(own.stopped)
        ),
    ]
    if own.complaints:
        answered = f"Complaints about data, {own.answered} answered"
        said.append(("Complained", answered, own.complaints, "open"))
    most = max((n for _, _, n, _ in said), default=0)
    return Table(
        slug="reasons",
        title="How they came and why they went",
        columns=[
            Column("How or why", "reason", "text"),
            Column("Picture", kind="bar"),
            Column("What", "what", "text"),
            Column("People", "people"),
        ],
        rows=[
            Row([Cell(words), Cell(what), number(n)], bar([(kind, n)], most))
            for what, words, n, kind in said
        ],
        none="Nobody came or went in this quarter.",
    )


def ranked(found: Counter[str]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def about(own: Engaged) -> Table:
    """For each change: who pressed "got it", who answered."""
    references = sorted(own.got_it.keys() | own.answers.keys())
    query = select(ChangeNotice.reference, ChangeNotice.headline)
    titles = {
        row.reference: row.headline
        for row in session.execute(query.where(ChangeNotice.reference.in_(references)))
    }
    most = max((own.got_it[r] + own.answers[r] for r in references), default=0)
    return Table(
        slug="changes",
        title="About which change",
        columns=[
            Column("Change", "headline", "text"),
            Column("Picture", kind="bar"),
            Column("Reference", "reference", "text"),
            Column("“Got it”", "got_it"),
            Column("Answered", "answers"),
        ],
        rows=[
            Row(
                [
                    Cell(titles.get(r, r), url=f"/changes/{r}" if r in titles else ""),
                    Cell(r),
                    number(own.got_it[r]),
                    number(own.answers[r]),
                ],
                bar([("best", own.got_it[r]), ("enough", own.answers[r])], most),
            )
            for r in references
        ],
        key=[("best", "“Got it”"), ("enough", "Answered a consultation")],
        none="Nobody pressed “got it” or answered in this quarter.",
    )
