"""Delivery: what servers accepted, what came back, how soon people were told, by domain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from flask import Blueprint

from notifier.delivery import limits_staff
from notifier.insight import health
from notifier.insight.health import DIGEST, Domain, Looked, Sent, Times
from notifier.insight.quarters import Quarter
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.insight.asked import INSIGHT, Asked, asked
from notifier.web.staff.insight.tables import Cell, Column, Row, Table, bar, number, show
from notifier.web.staff.insight.words import lasting, share

blueprint = Blueprint("staff_insight_delivery", __name__)

KINDS = {
    "notice": "Changes",
    "release": "Dates of releases",
    "released": "Releases out",
    "newsletter": "Newsletters",
    "week_ahead": "Weeks ahead",
    "correction": "Corrections of mail",
    "topic": "News of topics",
    DIGEST: "Digests",
}
KEY = [("accepted", "Accepted"), ("again", "Still open"), ("failed", "Bounced or failed")]
COUNTS = [
    Column("Messages", "messages"),
    Column("To people", "people"),
    Column("Accepted", "accepted"),
    Column("Share", "accepted_share"),
    Column("Bounced", "bounced"),
    Column("Failed", "failed"),
    Column("Still open", "open"),
]


@blueprint.get(f"{INSIGHT}/delivery")
@door.member()
def delivery() -> Any:
    with reading():
        return page(asked())


def page(found: Asked) -> Any:
    sent = health.sent(found.quarters, at=found.at, now=found.now, team_ids=found.whose.teams)
    own = [one for one in sent if found.quarter.holds(one.begun_at)]
    looked = health.looked(own, at=found.at)
    return show(
        found,
        "delivery",
        "Delivery",
        answer(found, own, looked.times),
        [
            by_quarter(found, sent),
            by_kind(own),
            by_domain(looked.domains()),
            relays(found),
        ],
        caveats=caveats(looked),
    )


def answer(found: Asked, own: Sequence[Sent], times: Times) -> str:
    counted = [one for one in own if one.kind != DIGEST]
    people, accepted = sum(s.people for s in counted), sum(s.accepted for s in counted)
    if not people:
        return f"{found.span} no message to many went out."
    soon = ""
    if times.median is not None:
        soon = (
            f" Half of the people were told within {lasting(times.median)}, 95 of a hundred within "
            f"{lasting(times.p95)}."
        )
    return (
        f"{found.span}, {accepted:,} of {people:,} were accepted, {share(accepted, people)}.{soon}"
    )


def caveats(looked: Looked) -> list[str]:
    said = [
        "Accepted means that their mail server took it. Nobody sees whether it was read: we do not "
        "track who opens a letter or presses a link.",
        "Each person counts once for each thing they were told, in a letter of its own or in their "
        "digest. Digests have a row of their own and are in no sum.",
        "Time to tell is from the moment a message was due to the moment a server took it. Who "
        "chose a digest is not in it.",
        "Each person's row is kept for a while after the change or release is closed; counts stay, "
        "times and domains of older messages do not.",
        "Which relay handed a message over is not kept for each person; what is kept is how fast "
        "each may be fed, and what it said last.",
    ]
    if looked.read < looked.of:
        of = f"the newest {looked.read} messages of {looked.of}"
        said.append(f"Times and domains are read from {of}.")
    if looked.every > 1:
        said.append(
            f"Times and domains are estimated from one person in {looked.every}; bounced and "
            "failed are all counted."
        )
    return said


def counts(rows: Sequence[Sent]) -> list[Cell]:
    people, accepted = sum(s.people for s in rows), sum(s.accepted for s in rows)
    tenths = round(100 * accepted / people, 1) if people else ""
    return [
        number(len(rows)),
        number(people),
        number(accepted),
        Cell(share(accepted, people), tenths),
        number(sum(s.bounced for s in rows)),
        number(sum(s.failed for s in rows)),
        number(sum(s.open for s in rows)),
    ]


def parts(rows: Sequence[Sent], most: int) -> list[Any]:
    """``most`` people are the whole width."""
    lost = sum(s.bounced + s.failed for s in rows)
    numbers = (sum(s.accepted for s in rows), sum(s.open for s in rows), lost)
    return bar(zip(("accepted", "again", "failed"), numbers, strict=True), most)


def by_quarter(found: Asked, sent: Sequence[Sent]) -> Table:
    by: dict[Quarter, list[Sent]] = {
        q: [s for s in sent if q.holds(s.begun_at) and s.kind != DIGEST] for q in found.quarters
    }
    most = max(sum(s.people for s in rows) for rows in by.values())
    return Table(
        slug="quarters",
        title="By quarter",
        columns=[Column("Quarter", "quarter", "text"), Column("Picture", kind="bar"), *COUNTS],
        rows=[
            Row(
                [Cell(q.short, q.slug, found.url("delivery", quarter=q.slug)), *counts(rows)],
                parts(rows, most),
                strong=q == found.quarter,
            )
            for q, rows in by.items()
        ],
        key=KEY,
    )


def by_kind(own: Sequence[Sent]) -> Table:
    by: dict[str, list[Sent]] = defaultdict(list)
    for one in own:
        by[one.kind].append(one)
    order = sorted(by, key=lambda kind: (kind == DIGEST, -sum(s.people for s in by[kind]), kind))
    most = max((sum(s.people for s in rows) for rows in by.values()), default=0)
    return Table(
        slug="kinds",
        title="By kind of message",
        columns=[Column("Kind", "kind", "text"), Column("Picture", kind="bar"), *COUNTS],
        rows=[
            Row([Cell(KINDS.get(kind, kind), kind), *counts(by[kind])], parts(by[kind], most))
            for kind in order
        ],
        none="No message to many went out in this quarter.",
    )


def by_domain(domains: Sequence[Domain]) -> Table:
    most = max((each.people for each in domains), default=0)
    return Table(
        slug="domains",
        title="By domain",
        columns=[
            Column("Domain", "domain", "text"),
            Column("Picture", kind="bar"),
            Column("People", "people"),
            Column("Accepted", "accepted"),
            Column("Bounced", "bounced"),
            Column("Failed", "failed"),
            Column("Half told within", "median_seconds"),
            Column("95 of 100 within", "p95_seconds"),
        ],
        rows=[
            Row(
                [
                    Cell(each.name or "All others"),
                    number(each.people),
                    number(each.accepted),
                    number(each.bounced),
                    number(each.failed),
                    Cell(lasting(each.median), "" if each.median is None else each.median),
                    Cell(lasting(each.p95), "" if each.p95 is None else each.p95),
                ],
                bar([("accepted", each.accepted), ("failed", each.bounced + each.failed)], most),
            )
            for each in domains
        ],
        none="No message of which the people are still on record.",
    )


def relays(found: Asked) -> Table:
    """What slows a relay or a domain at this moment: it is not kept for the past."""
    standing = [] if found.at is not None else limits_staff.in_trouble(now=found.now)
    past = "How fast a relay was fed is not kept for the past; look as of today."
    return Table(
        slug="relays",
        title="Asked us to go slower",
        columns=[
            Column("Relay or domain", "name", "text"),
            Column("Which", "scope", "text"),
            Column("Rate now", "rate_now", "text"),
            Column("It said", "said", "text"),
        ],
        rows=[
            Row(
                [
                    Cell(each["name"]),
                    Cell("Relay" if each["scope"] == "relay" else "Domain"),
                    Cell(each["now"]),
                    Cell(f"{each['code']} {each['said']}".strip()),
                ]
            )
            for each in standing
        ],
        none=past if found.at is not None else "Nobody does at this moment.",
    )
