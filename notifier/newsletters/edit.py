"""Writing an issue at the desk: begin, change, duplicate. A change ends an approval, and nobody
overwrites what somebody else has saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.unsaved import version
from notifier.audience.segments import segment
from notifier.catalogue import queries as catalogue
from notifier.catalogue.load import slug_of
from notifier.errors import Conflict, Refused
from notifier.newsletters import pictures
from notifier.newsletters.models import Newsletter
from notifier.newsletters.rules import NEWSLETTER
from notifier.newsletters.send import call_back, member
from notifier.newsletters.write import taken
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import move

LONGEST_TITLE = 150  # characters, of a subject line
OWN_PAGES = {"new", "templates", "pictures"}  # of the desk
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Wanted:
    """An issue as somebody typed it, already checked but for its place among others."""

    title: str
    body: str
    audience: dict[str, Any] = field(default_factory=dict)
    send_at: datetime | None = None


def title_of(typed: str) -> str:
    """One line. Raises Refused with field "title"."""
    line = " ".join(typed.split())
    if not line:
        raise Refused("Give it a subject; it is what people see first.", field="title")
    if len(line) > LONGEST_TITLE:
        raise Refused(
            f"The subject has {len(line):,} characters; shorten it to {LONGEST_TITLE}.",
            field="title",
        )
    return line


def audience_of(
    topics: Sequence[str], user_types: Sequence[str], in_segment: str
) -> dict[str, Any]:
    """What an issue keeps of whom it goes to. Raises NotFound for a slug of which there is none."""
    catalogue.topics_named(topics)
    for slug in user_types:
        catalogue.user_type(slug)
    found: dict[str, Any] = {"topics": list(dict.fromkeys(topics))}
    if user_types:
        found["user_types"] = list(dict.fromkeys(user_types))
    if in_segment:
        found["segment"] = segment(in_segment).slug
    return found


def begin(wanted: Wanted, *, team: str, person: Staff, by: By, now: datetime) -> Newsletter:
    """A draft whose author is ``person``, one of the team."""
    whose = catalogue.team(team)
    row = Newsletter(
        slug=slug_of(wanted.title, taken() | OWN_PAGES),
        team_id=whose.id,
        title=wanted.title,
        body=wanted.body,
        audience=wanted.audience,
        send_at=wanted.send_at,
        state="draft",
        author_id=person.id,
        created_at=now,
        changed_at=now,
    )
    row.team = whose
    member(row, person, "author", "approver", "hop", "admin")
    pictures.must_be_known(row.body)
    session.add(row)
    session.flush()
    record(f"newsletter:{row.id}", "create", by=by, now=now)
    return row


def duplicate(issue: Newsletter, *, person: Staff, by: By, now: datetime) -> Newsletter:
    """A draft with the same words for the same people, and no time yet."""
    wanted = Wanted(issue.title, issue.body, dict(issue.audience))
    made = begin(wanted, team=issue.team.slug, person=person, by=by, now=now)
    record(f"newsletter:{made.id}", "copy", by=by, now=now, of=issue.id)
    return made


def save(
    issue: Newsletter, wanted: Wanted, *, base: str, person: Staff, by: By, now: datetime
) -> list[str]:
    """Keep what was typed over the version ``base``; returns the names of what is new, none when it
    stands there already (a button pressed twice).

    What was asked for, approved or on the calendar is a draft again. Who changed it last counts as
    its author. Raises Conflict when somebody else has saved since, Refused once it is out.
    """
    session.refresh(issue, with_for_update=True)
    parts = different(issue, wanted)
    if not parts:
        return []
    if version(issue.changed_at) != base:
        raise Conflict("Somebody else saved this newsletter while you typed.")
    member(issue, person, "author", "approver", "hop", "admin")
    pictures.must_be_known(wanted.body)
    if issue.state == "sent":
        call_back(issue, by=by, now=now)
    if issue.state == "draft":
        record(f"newsletter:{issue.id}", "edit", by=by, now=now, parts=parts)
    else:
        ended = issue.approver_id
        move(issue, "edit", NEWSLETTER, by=by, now=now, parts=parts, approval_void_of=ended)
    issue.title, issue.body = wanted.title, wanted.body
    issue.audience, issue.send_at = wanted.audience, wanted.send_at
    issue.author_id, issue.approver_id = person.id, None
    # Two within one tick of the clock are two versions.
    issue.changed_at = max(now, issue.changed_at + MOMENT)
    return parts


def different(issue: Newsletter, wanted: Wanted) -> list[str]:
    pairs = {
        "subject": (issue.title, wanted.title),
        "words": (issue.body, wanted.body),
        "readers": (comparable(issue.audience), comparable(wanted.audience)),
        "time": (issue.send_at, wanted.send_at),
    }
    return [name for name, (was, then) in pairs.items() if was != then]


def comparable(audience: dict[str, Any]) -> tuple[Any, ...]:
    return (
        sorted(audience.get("topics", [])),
        sorted(audience.get("user_types", [])),
        audience.get("segment", ""),
    )
