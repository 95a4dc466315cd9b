"""What happens to an answer: it counts for the version that was read, or for none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from notifier.accounts import rulings
from notifier.errors import Conflict, Refused
from notifier.store.db import unit
from notifier.store.history import of
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.approve.shown import EDITS, Subject, moment_words, names_of, show
from notifier.web.staff.frame import back
from notifier.web.staff.security import now

FIELDS = ("comments", "reason")
WAITING = "/staff/approvals"
# What a room's sentence tells whoever types commands.
COMMANDS = re.compile(r"\s*\((?:bin/notifier|--)[^)]{0,200}\)|[:;] bin/notifier [^.]{0,200}")


def decide(make: Callable[[], Subject], acts: Mapping[str, Callable[[str, str], str]]) -> Any:
    """Take the answer of the form. ``make`` builds the subject anew; each act is called inside a
    unit of work with the version that was read and the typed words, and returns what was done."""
    subject = make()
    answer, read = request.form.get("answer", ""), request.form.get("version", "")
    if read != subject.version:
        return outdated(subject, 409 if read else 400)
    if answer not in {choice.slug for choice in subject.may}:
        if not subject.may:
            return again(make, Error("answer", f"{subject.standing} Nothing was recorded"), 409)
        return again(make, Error("answer", f"Choose {choices(subject)}"), 400)
    try:
        with unit():
            done = acts[answer](read, request.form.get(word_of(answer), ""))
    except Conflict:
        return outdated(make())
    except Refused as refusal:
        field = refusal.field if refusal.field in FIELDS else "answer"
        return again(make, Error(field, spoken(refusal)), 400)
    return back(WAITING, done)


def word_of(answer: str) -> str:
    """The field that goes with an answer."""
    return "comments" if answer == "return" else "reason"


def outdated(subject: Subject, status: int = 409) -> Any:
    """Somebody was faster. The page shows what stands now; a second press of one's own is none."""
    mine = rulings.last(subject.about, rulings.APPROVED, rulings.RETURNED, rulings.SHORT)
    if mine is not None and mine.staff_id == door.me().id and subject.standing:
        return back(WAITING, subject.standing)
    if subject.standing:
        sentence = f"{subject.standing} Your answer was not recorded"
    else:
        chain = of(subject.about)
        edits = [row for row in chain if row.action in EDITS][-1:]
        who = names_of(edits) or "Somebody"
        when = moment_words(edits[-1].at, now()) if edits else "meanwhile"
        sentence = (
            f"{who} changed it {when}, while you were reading. Your answer was not recorded: read "
            "it as it stands now, then decide"
        )
    return shown_again(subject, Error("answer", sentence), status, other=True)


def again(make: Callable[[], Subject], error: Error, status: int) -> Any:
    return shown_again(make(), error, status)


def shown_again(subject: Subject, error: Error, status: int, *, other: bool = False) -> Any:
    """The page with its error and everything that was typed, but for an answer to other words."""
    typed = {name: request.form.get(name, "") for name in FIELDS}
    if not other:
        typed["answer"] = request.form.get("answer", "")
    return show(subject, errors=[error], status=status, **typed)


def choices(subject: Subject) -> str:
    """ "approve or return"."""
    return " or ".join(choice.name.rstrip(".").lower() for choice in subject.may)


def spoken(refusal: Refused) -> str:
    """A refusal without what one would type at the command line, as an error beside a field."""
    return COMMANDS.sub("", str(refusal)).strip().rstrip(".;:")
