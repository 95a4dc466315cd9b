"""Who is named to read the words of a release mail before its instant, and when they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request

from notifier.clock import london_date, london_time
from notifier.errors import Refused
from notifier.fetch import Unreachable, fetch
from notifier.releases import announce
from notifier.releases.models import Announcement, EarlyReader, Release
from notifier.render import dates
from notifier.render.links import early_url
from notifier.store.db import look, unit
from notifier.web.guard import settings
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back
from notifier.web.staff.releases.letter_checks import addresses
from notifier.web.staff.releases.shared import ONE, READS, path, plain, to_read
from notifier.web.staff.security import now

blueprint = Blueprint("staff_release_readers", __name__)

LETTER = f"{ONE}/announcement"
MOST = 50  # named readers of one release: the Code asks for as few as can be
LINKS, SECONDS = 8, 2.0  # asked at one press, and how long each may take


@dataclass(frozen=True)
class Reader:
    id: int
    name: str
    email: str
    link: str
    views: list[str]
    by: str
    over: bool


def readers(written: Announcement, moment: datetime) -> list[Reader]:
    """Those who may read now first; who was taken off stays with what they read."""
    found = [reader(row, written) for row in written.readers]
    return sorted(found, key=lambda each: each.over)


def reader(row: EarlyReader, written: Announcement) -> Reader:
    return Reader(
        id=row.id,
        name=row.name or row.email,
        email=row.email if row.name else "",
        link=early_url(settings(), written.id, row.id) if row.ended_at is None else "",
        views=[clock_words(view.at) for view in row.views][-6:],
        by=f"Named by {row.added_by} on {dates.past(london_date(row.added_at))}",
        over=row.ended_at is not None,
    )


def clock_words(at: datetime) -> str:
    return f"{dates.short(london_date(at))} {london_time(at):%H:%M}"


@blueprint.post(f"{LETTER}/readers")
@door.member(*READS)
def add(release_id: int) -> Any:
    from notifier.web.staff.releases.letter import show  # noqa: PLC0415 (pages know each other)

    to_read(release_id)
    email, name = (request.form.get(key, "").strip()[:254] for key in ("email", "name"))
    try:
        with unit():
            found = announce.written(to_read(release_id))
            if sum(row.ended_at is None for row in found.readers) >= MOST:
                raise Refused(f"At most {MOST} people may read it early; take somebody off first.")
            announce.name_reader(found, email, name=name, person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return show(to_read(release_id), [Error("email", plain(refusal))], 400)
    done = f"{name or email} may read the words early. Give them their link: nothing is mailed."
    return back(path(release_id, "announcement#readers"), done)


@blueprint.post(f"{LETTER}/readers/<int(max=2147483647):reader_id>/end")
@door.member(*READS)
def end(release_id: int, reader_id: int) -> Any:
    from notifier.web.staff.releases.letter import show  # noqa: PLC0415 (pages know each other)

    the_reader(to_read(release_id), reader_id)
    try:
        with unit():
            row = the_reader(to_read(release_id), reader_id)
            announce.end_reader(row, person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return show(to_read(release_id), [Error("readers", plain(refusal))], 400)
    done = "Their link shows nothing any more. What they read before stays on record."
    return back(path(release_id, "announcement#readers"), done)


def the_reader(release: Release, reader_id: int) -> EarlyReader:
    row = announce.reader(reader_id)
    if row is None or row.announcement.release_id != release.id:
        abort(404)
    return row


@blueprint.post(f"{LETTER}/links")
@door.member(*READS)
def links(release_id: int) -> Any:
    """Ask each link of the words once; no page view does that by itself."""
    from notifier.web.staff.releases import letter  # noqa: PLC0415 (pages know each other)

    with look():  # nothing of the database is held while others are asked
        to_read(release_id)
    typed = letter.typed_now()
    found = [asked(url) for url in addresses(letter.nested(typed))[:LINKS]]
    return letter.show(to_read(release_id), typed=typed, links=found)


def asked(url: str) -> tuple[str, str, bool]:
    """The address, what it answered, and whether that is well."""
    try:
        answer = fetch(url, allow=settings().fetch_allow, seconds=SECONDS)
    except Unreachable as error:
        return url, str(error), False
    return url, f"answers {answer.status}", answer.status == 200
