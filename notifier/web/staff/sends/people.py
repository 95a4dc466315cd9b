"""Whom a Send reached and whom not: a list to page through, and files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, stream_with_context

from notifier.audience.exporting import defused
from notifier.clock import london_date, london_time
from notifier.delivery import breakdown
from notifier.delivery.breakdown import Domain
from notifier.delivery.looked_up import everybody, rows
from notifier.delivery.progress import NO_ADDRESS
from notifier.delivery.rules import WORDS
from notifier.render import dates
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.sends.rules import State
from notifier.store.db import session, unit
from notifier.store.history import record
from notifier.web.public.shapes import Link, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.security import now
from notifier.web.staff.sends.page import TONES, titled
from notifier.web.staff.sends.shared import the_send, to_act_on

blueprint = Blueprint("staff_send_people", __name__)

ONE = "/staff/sends/<int(max=2147483647):send_id>"
PAGE = 100
TOGETHER = 500  # rows of a file written at once
TABS: dict[str, tuple[str, tuple[State, ...]]] = {
    "failed": ("Failed", (State.BOUNCED, State.FAILED)),
    "again": ("Trying again", (State.RETRYING, State.UNCERTAIN)),
    "waiting": ("Waiting", (State.WAITING, State.HELD)),
    "accepted": ("Accepted", (State.ACCEPTED,)),
    "skipped": ("Left before it went", (State.SKIPPED,)),
}


@dataclass(frozen=True)
class Row:
    email: str
    tag: Tag
    at: str
    how: str


@blueprint.get(f"{ONE}/people")
@door.member()
def people(send_id: int) -> Any:
    send = to_act_on(send_id)
    tab = request.args.get("state", "failed")
    tab = tab if tab in TABS else "failed"
    given = request.args.get("after", "0")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 12 else 0
    found = everybody(send, TABS[tab][1], after=after, limit=PAGE + 1)
    url = f"/staff/sends/{send_id}/people"
    return page(
        "send_people",
        send=send,
        title=titled(send_id),
        tabs=[Link(TABS[name][0], f"{url}?state={name}", active=name == tab) for name in TABS],
        words=TABS[tab][0],
        rows=[
            Row(
                line.email or NO_ADDRESS,
                Tag(WORDS[line.state].capitalize(), TONES[line.state]),
                f"{dates.short(london_date(line.at))} {london_time(line.at):%H:%M}",
                f"{line.code}" if line.code else "",
            )
            for _, line in found[:PAGE]
        ],
        more=f"{url}?state={tab}&after={found[PAGE - 1][0]}" if len(found) > PAGE else "",
        first=url + f"?state={tab}" if after else "",
    )


@blueprint.get(f"{ONE}/people.csv")
@door.member()
def people_csv(send_id: int) -> Response:
    """Everybody's address: history keeps who took it."""
    send = to_act_on(send_id)
    with unit():
        record(f"send:{send.id}", "export", by=door.by(), now=now(), what="people")
    send = to_act_on(send_id)
    return as_file(f"send-{send_id}-people.csv", rows(send))


@blueprint.get(f"{ONE}/domains.csv")
@door.member()
def domains_csv(send_id: int) -> Response:
    send = the_send(send_id)
    whole = session.get_one(Send, carrier_of(send) or send.id)
    found = breakdown.domains(whole, most=1_000_000)
    header = ("domain", "people", "accepted", "waiting", "trying_again", "failed")
    body = (
        (defused(each.name), *map(str, (each.people, each.accepted, each.waiting)), *ended(each))
        for each in found
    )
    return as_file(f"send-{send_id}-domains.csv", [header, *body])


def ended(each: Domain) -> tuple[str, str]:
    return str(each.again), str(each.failed)


def as_file(name: str, lines: Iterable[tuple[str, ...]]) -> Response:
    """CSV as it is read from the database, UTF-8 with the mark by which spreadsheets know it."""
    answer = Response(stream_with_context(written(lines)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def written(lines: Iterable[tuple[str, ...]]) -> Iterator[str]:
    kept = io.StringIO()
    kept.write("\ufeff")
    writer = csv.writer(kept, lineterminator="\r\n")
    for number, line in enumerate(lines, 1):
        writer.writerow(line)
        if number % TOGETHER == 0:
            yield kept.getvalue()
            kept.seek(0)
            kept.truncate()
    yield kept.getvalue()
