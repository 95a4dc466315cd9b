"""An issue mailed to whoever writes it, as one kind of reader would get it."""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.newsletters.models import Newsletter
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.staff import next_copy

KIND = "newsletter_test"


def mail_to(
    person: Staff,
    issue: Newsletter,
    *,
    depth: str,
    language: str,
    user_type: str,
    now: datetime,
) -> Send:
    """Promise them one test mail at once; nobody else gets it, and it needs no approval."""
    about = f"newsletter:{issue.id}"
    return plan(
        "newsletter_test",
        about,
        stage="test",
        due_at=now,
        now=now,
        revision=next_copy(KIND, about, "test"),
        staff_id=person.id,
        team_id=issue.team_id,
        context={"depth": depth, "language": language, "user_type": user_type},
    )
