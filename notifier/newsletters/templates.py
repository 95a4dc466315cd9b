"""What a team begins its issues from."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.errors import Refused
from notifier.newsletters.models import Newsletter, NewsletterTemplate
from notifier.newsletters.send import member
from notifier.store.db import session
from notifier.store.history import By, record

LONGEST_NAME = 80


def keep(
    issue: Newsletter, name: str, *, person: Staff, by: By, now: datetime
) -> NewsletterTemplate:
    """The issue as it is saved, under a name; the same name again replaces what stood there."""
    member(issue, person, "author", "approver", "hop", "admin")
    label = " ".join(name.split())
    if not label or len(label) > LONGEST_NAME:
        raise Refused(
            f"Give the template a name of at most {LONGEST_NAME} characters.", field="template"
        )
    mine = NewsletterTemplate.team_id == issue.team_id
    row = session.scalars(
        select(NewsletterTemplate).where(mine, NewsletterTemplate.name == label)
    ).first()
    if row is None:
        row = NewsletterTemplate(team_id=issue.team_id, name=label)
        session.add(row)
    row.title, row.body, row.audience = issue.title, issue.body, dict(issue.audience)
    row.changed_at = now
    session.flush()
    record(f"newsletter_template:{row.id}", "keep", by=by, now=now, of=issue.id)
    return row


def drop(row: NewsletterTemplate, *, by: By, now: datetime) -> None:
    """Issues that were begun from it stay."""
    record(f"newsletter_template:{row.id}", "drop", by=by, now=now, name=row.name)
    session.delete(row)
    session.flush()


def of_teams(team_ids: Collection[int] | None) -> list[NewsletterTemplate]:
    """By team and name; None is every team."""
    query = select(NewsletterTemplate)
    if team_ids is not None:
        query = query.where(NewsletterTemplate.team_id.in_(team_ids))
    order = (NewsletterTemplate.team_id, NewsletterTemplate.name)
    return list(session.scalars(query.order_by(*order)))
