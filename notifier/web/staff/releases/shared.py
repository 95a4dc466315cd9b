"""What every page of a release begins with: which one it is, whose, and what this member may do."""

from __future__ import annotations

import re
from datetime import date, time

from flask import abort, request

from notifier.catalogue.document import EARLIEST, LATEST
from notifier.catalogue.sight import Sight, sight
from notifier.errors import Refused
from notifier.releases.models import Release
from notifier.store.db import session
from notifier.web.public.shapes import Error
from notifier.web.staff import door

PATH = "/staff/releases"
ONE = f"{PATH}/<int(max=2147483647):release_id>"
ACTS = ("author", "approver", "hop", "deputy", "admin")
READS = ("author", "approver", "hop", "deputy")  # words before their instant
LONGEST = 2_000  # characters of a reason

# What the rooms say to somebody at the command line; at the desk the page has the buttons.
ASIDE = re.compile(r"\s*\((?:bin/notifier|--)[^)]*\)")
COMMAND = re.compile(r"(?: with)?:?\s+bin/notifier\s.*?(?=[.;,](?:\s|$)|$)")
OPTION = re.compile(r",? and name them with --[a-z-]+|,? or --[a-z-]+(?=[.;])")


def path(release_id: int, more: str = "") -> str:
    return f"{PATH}/{release_id}{'/' if more else ''}{more}"


def seen() -> Sight:
    return sight(door.me())


def own() -> Sight:
    """The teams for which this member may act."""
    return sight(door.me(), *ACTS)


def the_release(release_id: int) -> Release:
    """404 for what there is not, and for another team's."""
    # Not with its series in one query: PostgreSQL would refuse to hold the row for a change.
    release = session.get(Release, release_id)
    if release is None or not seen().owns(release.series.team_id):
        abort(404)
    return release


def may_act(release: Release) -> bool:
    return own().owns(release.series.team_id)


def to_act_on(release_id: int) -> Release:
    """As ``the_release``, for who may act on it."""
    release = the_release(release_id)
    if not may_act(release):
        abort(404)
    return release


def may_read(release: Release) -> bool:
    """Whether this member may read the words of a release mail before the instant: its team writes
    and approves them. An administrator runs the desk and does not read them."""
    return sight(door.me(), *READS).owns(release.series.team_id)


def to_read(release_id: int) -> Release:
    """As ``the_release``, for who may read its words early; 404 for everybody else."""
    release = the_release(release_id)
    if not may_read(release):
        abort(404)
    return release


def plain(refusal: object) -> str:
    """A refusal without its commands, for a page: one sentence that says what to do."""
    words = OPTION.sub("", COMMAND.sub("", ASIDE.sub("", str(refusal))))
    return " ".join(words.split()).rstrip(".")


def wrong(refusal: Refused, field: str) -> list[Error]:
    return [Error(refusal.field or field, plain(refusal))]


def typed(*names: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in names}


def day(text: str, field: str) -> date:
    """A day as the browser's own field writes it, or as people do. Raises Refused."""
    found = written(text)
    if found is None or not EARLIEST <= found <= LATEST:
        raise Refused("Enter a real date, like 25 March 2027 or 2027-03-25.", field=field)
    return found


MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
WORDS = re.compile(r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]{3,9}) (\d{4})")
SLASHES = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")


def written(text: str) -> date | None:
    """ "2027-03-25", "25 March 2027", "25/03/2027"."""
    text = " ".join(text.lower().split())[:40]
    try:
        if found := WORDS.fullmatch(text):
            return date(int(found[3]), MONTHS.index(found[2][:3]) + 1, int(found[1]))
        if found := SLASHES.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        return date.fromisoformat(text)
    except ValueError:
        return None


CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?: ?(am|pm))?")


def clock(text: str, field: str) -> time:
    """ "09:30", "9.30am". Raises Refused."""
    found = CLOCK.fullmatch(text.strip().lower())
    try:
        if found is None:
            raise ValueError
        hour = int(found[1])
        if found[3]:
            if not 1 <= hour <= 12:
                raise ValueError
            hour = hour % 12 + (12 if found[3] == "pm" else 0)
        return time(hour, int(found[2]))
    except ValueError:
        raise Refused("Enter a time of day, like 09:30.", field=field) from None


def reason_of(text: str, *, empty: str) -> str:
    if not text.strip():
        raise Refused(empty, field="reason")
    if len(text) > LONGEST:
        raise Refused(f"Shorten the reason to {LONGEST:,} characters.", field="reason")
    return text.strip()


def ids(values: list[str], most: int) -> list[int]:
    """Numbers of releases as a form names them; 404 for what is none."""
    found = [value for value in dict.fromkeys(values) if value]
    if len(found) > most or not all(v.isascii() and v.isdigit() and len(v) < 10 for v in found):
        abort(404)
    return [int(value) for value in found]


def stamp_of(text: str) -> int:
    """The stamp of what a page showed; -1, which fits nothing, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1
