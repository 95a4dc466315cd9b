"""The page on which two texts of one notice meet: theirs, which is saved, and mine."""

from __future__ import annotations

from typing import Any

from flask import request

from notifier.accounts import unsaved
from notifier.accounts.models import Staff
from notifier.notices.models import ChangeNotice
from notifier.render.compare import parts
from notifier.store.db import session
from notifier.store.history import of
from notifier.web.public.shapes import Error
from notifier.web.staff.frame import page
from notifier.web.staff.notices.clash import merged, put
from notifier.web.staff.notices.fields import Typed
from notifier.web.staff.notices.names import names_in
from notifier.web.staff.notices.read import typed_of
from notifier.web.staff.notices.said import labelled, value
from notifier.web.staff.notices.shared import about, name
from notifier.web.staff.notices.words import moment
from notifier.web.staff.security import now

SOMEBODY = "somebody else"


def clash_page(
    notice: ChangeNotice, typed: Typed, *, began: str, errors: list[Error] | None = None
) -> Any:
    """Nothing is lost: mine goes on in the form of this page, theirs stands in the notice."""
    found = merged({k: v for k, v in typed.items() if k != "was"}, typed_of(notice), began)
    names = names_in(notice, found.typed)
    who, at = last(notice)
    shown = [
        {
            "name": clash.field.name,
            "label": labelled(clash.field),
            "part": parts(
                {"it": value(clash.theirs, clash.field, names)},
                {"it": value(clash.mine, clash.field, names)},
            )[0],
            "chosen": request.form.get(f"take-{clash.field.name}", ""),
        }
        for clash in found.clashes
    ]
    return page(
        "notice_clash",
        409 if not errors else 400,
        notice=notice,
        who=who,
        at=at,
        clashes=shown,
        taken=[labelled(field) for field in found.taken],
        hidden=[(field, each) for field, values in found.typed.items() for each in values],
        version=unsaved.version(notice.changed_at),
        began=began,
        errors=errors or [],
    )


def last(notice: ChangeNotice) -> tuple[str, str]:
    """Who changed it last, and when."""
    rows = of(about(notice))
    if not rows:
        return SOMEBODY, moment(notice.changed_at, now())
    staff = session.get(Staff, rows[-1].by.get("staff") or 0)
    who = name(staff) if staff is not None else rows[-1].by.get("name") or SOMEBODY
    return who, moment(rows[-1].at, now())


def settled(notice: ChangeNotice, typed: Typed, *, began: str) -> Typed | None:
    """The words that were chosen; None while a choice is missing."""
    theirs = typed_of(notice)
    found = merged(typed, theirs, began)
    result = dict(found.typed)
    for clash in found.clashes:
        choice = request.form.get(f"take-{clash.field.name}")
        if choice not in ("mine", "theirs"):
            return None
        if choice == "theirs":
            put(result, theirs, clash.field)
    return result
