"""Who stands behind a letter to somebody who did not ask for it: the team that brought the list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from notifier.audience.models import Consent, Signup, SubscriberImport, Wording
from notifier.catalogue.models import Team
from notifier.sends.models import Send
from notifier.store.db import session


def why(send: Send) -> str:
    """ "invited by Food statistics, which has the address from: a meeting"; "" for all others."""
    kept = session.get(SubscriberImport, send.context.get("import", 0))
    team = session.get(Team, kept.team_id or 0) if kept is not None else None
    if kept is None or team is None:
        return ""
    how = "added as a public task by" if kept.basis == "public_task" else "invited by"
    return f"{how} {team.name}, which has the address from: {kept.source}"


def invitation(signup: Signup) -> tuple[str, Wording] | None:
    """The name of the team that invited somebody, and what they agree to by accepting; None where
    they asked themselves."""
    kept = session.get(SubscriberImport, signup.import_id or 0)
    team = session.get(Team, kept.team_id or 0) if kept is not None else None
    return (team.name, session.get_one(Wording, signup.wording_id)) if team is not None else None


def consents(subscriber_id: int) -> list[dict[str, Any]]:
    """On what basis somebody gets mail, oldest first: basis, how, at (instant), the wording they
    agreed to or the note of the public task, and where a list came from."""
    query = (
        select(Consent, Wording.text, SubscriberImport)
        .join(Wording, Wording.id == Consent.wording_id)
        .outerjoin(SubscriberImport, SubscriberImport.id == Consent.import_id)
        .where(Consent.subscriber_id == subscriber_id)
        .order_by(Consent.id)
    )
    return [
        {
            "basis": row.basis,
            "how": row.how,
            "at": row.confirmed_at,
            "wording": text,
            "source": (kept.source or kept.filename) if kept is not None else "",
        }
        for row, text, kept in session.execute(query)
    ]
