"""The page on which somebody decides: what changed since they last read it, and two answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request

from notifier.accounts import rulings
from notifier.accounts.models import Ruling, Staff
from notifier.clock import london_date, london_time
from notifier.render import compare, dates, stated
from notifier.render.compare import Part
from notifier.store.db import session
from notifier.store.history import History, of
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.approve.lead import Lead
from notifier.web.staff.approve.who import called, day_words, how
from notifier.web.staff.desk.desk_words import counted, word
from notifier.web.staff.frame import page
from notifier.web.staff.security import now

EDITS = ("rewrite", "edit", "write")  # actions of history by which words change
PAST = {rulings.APPROVED: "approved", rulings.RETURNED: "returned", rulings.SHORT: "read"}
NOUN = {rulings.APPROVED: "approval", rulings.RETURNED: "comments", rulings.SHORT: "agreement"}


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What waits for a decision.

    ``about`` is its name in history, ``words`` what is kept of it, ``parts`` the same in plain
    words. ``may`` are the answers that this person may give, ``standing`` says in a sentence where
    it stands when it does not wait for them, and ``office`` as what they decide.
    """

    about: str
    url: str
    crumb: str
    title: str
    whole: tuple[str, str]  # words and address of where all of it is read; no address: nowhere
    author: Staff | None
    version: str
    changed_at: datetime
    words: Mapping[str, Any]
    parts: Mapping[str, str]
    before: Any  # words as kept → plain words
    tags: bool = False  # whether a change is one of meaning or of wording
    may: list[Choice]
    standing: str
    office: str
    lead: Lead | None = None
    facts: list[tuple[str, str]] = field(default_factory=list)
    reason: str = ""  # the public reason for short notice that was proposed
    asks_reason: bool = False
    beside: str = ""  # address of the checks, the reach and the previews
    emergency: str = ""  # address of the page for it


@dataclass(frozen=True)
class Since:
    """Against what it is compared; ``parts`` without ``ruling`` hold the words as they stand."""

    ruling: Ruling | None
    mine: bool
    who: str
    parts: list[Part]

    @property
    def changed(self) -> int:
        return sum(part.changed for part in self.parts)


def can_approve(may: Collection[Choice]) -> bool:
    """Whether it still waits for this person: else the page says where it stands."""
    return any(choice.slug == "approve" for choice in may)


def show(
    subject: Subject, *, errors: Collection[Error] = (), status: int = 200, **typed: str
) -> Any:
    since = compared(subject)
    chain = of(subject.about)
    moment = now()
    today = london_date(moment)
    return page(
        "approve",
        status,
        errors=list(errors),
        it=subject,
        opening=opening(subject, since, chain, moment),
        since=since,
        heads=heads(subject, since),
        every=request.args.get("all") == "1",
        remarks=remarks(subject),
        recorded=f"{called(door.me())}, {subject.office}, {how(door.at(), today)}",
        author=called(subject.author) if subject.author is not None else "its author",
        typed=typed,
    )


def compared(subject: Subject) -> Since:
    """Against what they answered last; else against the last answer of anybody."""
    person = door.me()
    read = (rulings.APPROVED, rulings.RETURNED)
    mine = rulings.last(subject.about, *read, person=person)
    base = mine or rulings.last(subject.about, *read)
    if base is None:
        same = [compare.part(name, text, text) for name, text in subject.parts.items()]
        return Since(None, False, "", same)
    tags = stated.tags(list(stated.differing(base.words, subject.words))) if subject.tags else {}
    found = compare.parts(subject.before(base.words), subject.parts, tags=tags)
    who = "You" if mine else called(session.get(Staff, base.staff_id))
    return Since(base, mine is not None, who, found)


def heads(subject: Subject, since: Since) -> tuple[tuple[str, str], tuple[str, str]]:
    """Of the two columns: "You approved, 18 February, 15:20" and "Now"."""
    if since.ruling is None:
        return ("", ""), ("Now", stated.clocked(subject.changed_at))
    verb = PAST[since.ruling.answer]
    first = (f"{since.who} {verb}", stated.clocked(since.ruling.at))
    return first, ("Now", stated.clocked(subject.changed_at))


def opening(
    subject: Subject, since: Since, chain: list[History], moment: datetime
) -> tuple[str, str]:
    """The answer, which is set in bold, and the rest of the sentence under the title."""
    note = said(chain)
    if since.ruling is None:
        if subject.author is None:
            return "Nobody has approved it yet.", note
        who = "You" if subject.author == door.me() else called(subject.author)
        return f"{who} wrote it.", f"Nobody has approved it yet. {note}".strip()
    base = since.ruling
    when = day_words(london_date(base.at))
    whose = "your" if since.mine else f"{since.who}’s"
    ended = (
        f"That ended {whose} approval of {when}."
        if base.answer == rulings.APPROVED
        else f"{'You' if since.mine else since.who} had returned it on {when}."
    )
    if not since.changed:
        stands = f"since {whose} {NOUN[base.answer]} of {when}."
        return "Nothing changed", f"{stands} {note}".strip()
    edits = [row for row in chain if row.action in EDITS and row.at >= base.at]
    names = list(dict.fromkeys(row.by.get("name") or "" for row in edits))
    who = names_of(edits) or "Somebody"
    things = counted(since.changed, "thing", "things")
    at = f"{moment_words(edits[-1].at, moment)}. " if edits and names else ""
    return f"{who} changed {things}", f"{at}{ended} {note}".strip()


def names_of(edits: list[History]) -> str:
    """Who edited it, by name; several are counted."""
    ids = list(dict.fromkeys(row.by.get("staff") for row in edits))
    if len(ids) > 2:
        return f"{word(len(ids)).capitalize()} people"
    known = [session.get(Staff, staff_id) for staff_id in ids if staff_id is not None]
    return " and ".join("You" if p == door.me() else called(p) for p in known)


def said(chain: list[History]) -> str:
    """What was said with the last submission: "Alice Moran says: “…”"."""
    rows = [row for row in chain if row.action == "submit"]
    if not rows or not rows[-1].why:
        return ""
    staff_id = rows[-1].by.get("staff")
    who = called(session.get(Staff, staff_id)) if staff_id is not None else "The author"
    return f"{who} says: “{rows[-1].why}”"


def moment_words(at: datetime, moment: datetime) -> str:
    """ "today at 17:05", "on Monday 22 February at 17:05"."""
    day, today = london_date(at), london_date(moment)
    wall = f"{london_time(at):%H:%M}"
    if day == today:
        return f"today at {wall}"
    return f"on {dates.full(day).rsplit(' ', 1)[0]} at {wall}"


@dataclass(frozen=True)
class Remark:
    who: str
    at: str
    words: str
    answered: str


def remarks(subject: Subject) -> list[Remark]:
    """What was said when it was returned, newest first."""
    return [
        Remark(
            called(session.get(Staff, row.staff_id)),
            stated.clocked(row.at),
            row.remark,
            f"Submitted again {stated.clocked(row.answered_at)}" if row.answered_at else "",
        )
        for row in rulings.remarks(subject.about)
    ]
