"""Who agreed to a change, and what was done with it, for the history on its page.

Offices, not persons: names of staff are not published. How we know is told: somebody signed in, or
somebody said so at the command line.
"""

from __future__ import annotations

from datetime import datetime

from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.notices.models import ChangeNotice
from notifier.sends import queries as sends
from notifier.store import history
from notifier.store.db import session
from notifier.store.history import History

Row = tuple[datetime, str, str]

NOBODY = "No one: an approval"
BASIS = {
    "signed_in": "signed in",
    "asserted": "asserted at the command line",
    "token": "by a program of ours",
}
AGREED = {
    "approve": "Approved",
    "split": "Approved as a notice of its own",
    "record_late": "The late record was agreed",
}
# Steps after the announcement that tell people: what the row says, and the stage of the message.
DONE = {
    "hold": ("Put on hold.", "held"),
    "resume": ("It goes ahead again.", "resumed"),
    "cancel": ("Cancelled.", "cancelled"),
    "retract": ("Taken back.", "retracted"),
    "supersede": ("Replaced.", "superseded"),
    "close": ("The outcome was told.", "outcome"),
}


def acts(notice: ChangeNotice) -> list[Row]:
    """When, what, and who was told: approvals, and what was done since the announcement."""
    chain = history.of(f"notice:{notice.id}")
    found = [agreement(notice, row) for row in last_of_each(chain)]
    for row in chain:
        if row.action in DONE:
            words, stage = DONE[row.action]
            said = f"{words} {row.why}".strip()
            found.append((row.at, said, told_at(notice.reference, stage, row.at)))
    return found


def last_of_each(chain: list[History]) -> list[History]:
    """The agreements that hold: an approval that was given back for a newer one does not."""
    return list({row.action: row for row in chain if is_agreement(row)}.values())


def is_agreement(row: History) -> bool:
    """Of a split, the part was agreed to; in the whole's chain the same word is a revision."""
    if row.action == "announce":
        return bool(row.data.get("short"))
    return row.action in AGREED and (row.action != "split" or "whole" in row.data)


def agreement(notice: ChangeNotice, row: History) -> Row:
    what = AGREED.get(row.action, "The short notice was agreed")
    basis = BASIS.get(str(row.by.get("basis")), "")
    who = office(notice, row)
    return row.at, f"{what} by {who}{f', {basis}' if basis else ''}.", NOBODY


def office(notice: ChangeNotice, row: History) -> str:
    """The office in which somebody agreed: as it was recorded, else as they hold it now."""
    role = str(row.data.get("role") or "")
    if not role:
        person_id = row.data.get("approved_by") or notice.approver_id
        person = session.get(Staff, person_id) if person_id else None
        role = "hop" if person and any(r.role == "hop" for r in person.roles) else "approver"
    return head() if role == "hop" else "an approver of the team"


def head() -> str:
    house = catalogue.organisation()
    return f"the {(house.hop_name if house else '') or 'Head of Profession'}"


def told_at(about: str, stage: str, at: datetime) -> str:
    """Told means accepted by the mail server; page, feed and calendar are counted apart."""
    for send in sends.calendar(about=about):
        if send.stage == stage and send.created_at == at and send.audience:
            return f"{send.accepted:,} of {send.audience:,} by email; page, feed and calendar"
    return "Page, feed and calendar"
