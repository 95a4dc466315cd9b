"""A segment is dropped only while no issue waits for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.audience import segments
from notifier.audience.models import Segment
from notifier.errors import Refused
from notifier.newsletters.models import Newsletter
from notifier.store.db import session
from notifier.store.history import By

WAITING = ("draft", "in_review", "approved")


def delete(row: Segment, *, person: Staff, by: By, now: datetime) -> None:
    """As ``audience.segments.delete``; Refused while an issue that is not out goes to it."""
    waiting = select(Newsletter).where(Newsletter.state.in_(WAITING)).order_by(Newsletter.id)
    for issue in session.scalars(waiting):
        if issue.audience.get("segment") == row.slug:
            raise Refused(
                f"The newsletter {issue.title!r} goes to the segment {row.slug}; send or cancel it "
                "first."
            )
    segments.delete(row, person=person, by=by, now=now)


def uses() -> dict[str, list[Newsletter]]:
    """The issues that go, or went, to each segment by its slug; the newest first."""
    found: dict[str, list[Newsletter]] = {}
    for issue in session.scalars(select(Newsletter).order_by(Newsletter.id.desc())):
        slug = issue.audience.get("segment")
        if slug:
            found.setdefault(str(slug), []).append(issue)
    return found
