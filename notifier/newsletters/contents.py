"""Everything that an issue says, for telling one version from another."""

from __future__ import annotations

from typing import Any, cast

from notifier.accounts import rulings
from notifier.errors import Conflict
from notifier.newsletters.models import Newsletter
from notifier.store.db import session

# What no author types, or what follows from it.
KEPT = {"id", "state", "author_id", "approver_id", "changed_at", "created_at", "published_at"}


def read(issue: Newsletter) -> dict[str, Any]:
    """What somebody reads who approves it, as JSON keeps it."""
    return rulings.contents(issue, but=KEPT)


def version(issue: Newsletter) -> str:
    """Which version of it a page shows (``rulings.version``)."""
    return rulings.version(issue.state, issue.changed_at, read(issue))


def hold(issue: Newsletter, seen: str | None) -> None:
    """Hold an issue that is about to be decided on, until this unit of work ends. Raises Conflict
    when somebody changed it since it was read, or since ``seen``."""
    was = issue.changed_at, issue.state
    session.flush()
    session.refresh(cast(Any, issue), with_for_update=True)
    if (issue.changed_at, issue.state) != was:
        raise Conflict("Somebody else changed this newsletter a moment ago; look again.")
    rulings.still(seen, version(issue))
