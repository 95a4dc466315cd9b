"""How a newsletter stands, in words; what one may do with it, and who else has been at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any

from notifier.accounts import unsaved
from notifier.audience import segments
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import may_call_back, promised
from notifier.store.history import of
from notifier.web.public.shapes import Choice
from notifier.web.staff import door, ways
from notifier.web.staff.newsletters import shared
from notifier.web.staff.newsletters.typed import Typed

SECTIONS = (
    (":::technical", "Technical readers only"),
    (":::detail", "Detail readers only"),
    (":::headline", "Headline readers only"),
)
BLOCK_WORDS = (
    ("upcoming_releases", "What comes out next"),
    ("upcoming_changes", "What will change"),
    ("recent", "What came out lately"),
    ("feedback", "Questions to readers"),
    ("events", "Events to take part in"),
)
FIELD_WORDS = (
    ("name", "The reader's name"),
    ("team", "The team's name"),
    ("organisation", "The organisation's name"),
)


@dataclass(frozen=True)
class Box:
    """A topic to tick; ``level`` is how deep it stands."""

    slug: str
    name: str
    level: int


@dataclass(frozen=True)
class Line:
    """A line of both texts: same | gone (only in the saved one) | new (only in yours)."""

    kind: str
    text: str


def standing(issue: Newsletter, typed: Typed, moment: datetime) -> dict[str, Any]:
    """What the page says of the issue, and offers."""
    send, leaves = promised(issue), issue.published_at or issue.send_at
    out = shared.is_out(issue, moment)
    others = [] if out else unsaved.others(door.me(), f"newsletter:{issue.id}", now=moment)
    return {
        "tag": shared.tag(issue, moment),
        "out": out,
        "can_call_back": may_call_back(issue),
        "send": send if issue.state == "sent" else None,
        "leaves": shared.when(leaves, moment) if leaves is not None else "",
        "saved_at": saved_words(issue, moment),
        "second": shared.second_person(),
        "approvers": shared.approvers(issue),
        "author": shared.person_named(issue.author_id),
        "approver": shared.person_named(issue.approver_id),
        "may_approve": issue.state == "in_review" and shared.may_approve(issue, door.me()),
        "approve_url": ways.leads(shared.path(issue, "approve")),
        "returned": returned(issue) if issue.state == "draft" else None,
        "others": [shared.name_of(person) for person in others],
        "topic_boxes": list(boxes()),
        "kind_boxes": [Box(kind.slug, kind.name, 0) for kind in catalogue.user_types()],
        "segments": [Choice("", "No segment"), *offered(issue)],
        "block_words": BLOCK_WORDS,
        "field_words": FIELD_WORDS,
        "section_words": SECTIONS,
    }


def returned(issue: Newsletter) -> dict[str, str] | None:
    """Who gave it back, and why, while nothing was done about it since."""
    last = next(iter(reversed(of(f"newsletter:{issue.id}"))), None)
    if last is None or last.action != "return":
        return None
    return {"by": shared.person_named(last.by.get("staff")), "why": last.why}


def saved_words(issue: Newsletter, moment: datetime) -> str:
    """ "Saved at 10:04", with the day where it is another one."""
    at = issue.changed_at
    near = shared.when(at, moment).removeprefix("today, ")
    same_day = shared.when(at, moment).startswith("today")
    return f"Saved at {shared.clock(at)}" if same_day else f"Saved {near}"


def boxes(topics: list[Topic] | None = None, level: int = 0) -> Iterator[Box]:
    """Every topic in the order of the tree, without those that were given up."""
    found = catalogue.topics() if topics is None else topics
    for topic in found:
        if topic.retired_at is not None or (topics is None and topic.parent_id is not None):
            continue
        yield Box(topic.slug, topic.name, min(level, 3))
        yield from boxes(list(topic.children), level + 1)


def offered(issue: Newsletter) -> list[Choice]:
    """Segments of everybody and of its own body's teams."""
    own = catalogue.body_teams({issue.team_id})
    return [
        Choice(row.slug, row.name)
        for row in segments.every()
        if row.team_id is None or row.team_id in own
    ]


def both_texts(issue: Newsletter, theirs: Typed, mine: Typed) -> dict[str, Any]:
    """For who was overtaken: whose the other text is, and the two of them line by line."""
    rows = [row for row in of(f"newsletter:{issue.id}") if row.by.get("staff") is not None]
    last = rows[-1] if rows else None
    return {
        "both": {
            "by": shared.person_named(last.by["staff"]) if last else "",
            "at": shared.clock(issue.changed_at),
            "action": last.action if last else "",
            "title": theirs.title if theirs.title != mine.title else "",
            "body": theirs.body,
            "lines": lines(theirs.body, mine.body) if theirs.body != mine.body else [],
        }
    }


def lines(theirs: str, mine: str) -> list[Line]:
    a, b = theirs.rstrip().split("\n"), mine.rstrip().split("\n")
    found: list[Line] = []
    for kind, a0, a1, b0, b1 in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            found += [Line("same", text) for text in a[a0:a1]]
            continue
        found += [Line("gone", text) for text in a[a0:a1]]
        found += [Line("new", text) for text in b[b0:b1]]
    return found
