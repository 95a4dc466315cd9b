"""Editing a notice before it is public: nobody has agreed to words that were changed since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.people import must_belong
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.contents import said
from notifier.notices.give_back import tell_author, void
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.rules import state_words
from notifier.notices.write import fill
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take

EDITED = "Its words were edited."


class Unchanged(Refused):
    """An edit that would change nothing."""


def edit(
    notice: ChangeNotice, entry: Mapping[str, Any], *, person: Staff, by: By, now: datetime
) -> list[str]:
    """Take the whole entry; returns the names of what changed.

    What was submitted or approved becomes a draft again, and its author is told: whoever approves
    has read the words as they stand. Who edits does not become the author, but cannot approve it
    where a second person must. Raises Refused when it is public, or when nothing changes; Conflict
    when somebody else was first.
    """
    if notice.state not in UNPUBLISHED:
        raise Refused(
            f"{notice.reference} is {state_words(notice)}: what was public once is not edited; "
            "what is open is revised (notices revise)."
        )
    must_belong(by, team_ids=deciders(notice), what=notice.reference)
    take(notice)
    before = said(notice)
    notice.effect_release = None
    notice.effect_date = notice.effect_at = None
    fill(notice, entry, notice.reference, now=now)
    session.flush()
    must_belong(by, team_ids=deciders(notice), what=f"{notice.reference} as the file has it")
    after = said(notice)
    changed = sorted(name for name in before if before[name] != after[name])
    if not changed:
        raise Unchanged(f"{notice.reference} says all this already; nothing was changed.")
    notice.changed_at = now
    record(f"notice:{notice.id}", "rewrite", by=by, now=now, why=EDITED, changed=changed)
    if notice.state != "draft":
        void(notice, EDITED, by=by, now=now)
        tell_author(notice, EDITED, person=person, now=now)
    return changed
