"""The page of the notice editor: the form, what stands beside it, and who else is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from notifier.accounts import people, unsaved
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.derive import judged
from notifier.notices.leadtime import lead_days, verdict
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.rules import OPEN
from notifier.render import dates
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.public.shapes import Error, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.beside import Beside, beside
from notifier.web.staff.notices.beside_meter import Meter, meter
from notifier.web.staff.notices.clash import marks
from notifier.web.staff.notices.fields import Typed
from notifier.web.staff.notices.form import form
from notifier.web.staff.notices.ghost import not_saved, releases_of, with_words
from notifier.web.staff.notices.read import entry_of, typed_of
from notifier.web.staff.notices.shared import about, approvers, mine, name, named
from notifier.web.staff.security import now

WORDS = ("headline", "what", "why")  # the days are counted without them


def sheet(
    typed: Typed,
    errors: Iterable[Error] = (),
    more: str = "",
    *,
    notice: ChangeNotice | None,
    urn: str = "",
    status: int = 200,
) -> Any:
    """The editor with these words."""
    moment, found = now(), list(errors)
    ghost = as_typed(typed, notice, moment)
    shown = ghost or notice
    return page(
        "notice_edit",
        status,
        notice=notice,
        form=form(typed, found, notice=notice, ghost=ghost, more=more),
        errors=found,
        version=unsaved.version(notice.changed_at) if notice is not None else "",
        was=marks(typed_of(notice)) if notice is not None else "",
        urn=urn or uuid4().urn,
        others=here(notice, moment),
        title=title(notice),
        state=state(notice),
        ends_approval=notice is not None and notice.state in ("in_review", "approved"),
        public=notice is not None and notice.state in OPEN,
        saved_at=words.moment(notice.changed_at, moment) if notice is not None else "",
        asks=asks(notice),
        bar=bar(shown, moment),
        beside=stands_beside(shown, moment),
    )


@dataclass(frozen=True)
class Days:
    """What stands beside a notice that is not saved yet: its days alone."""

    meter: Meter


def stands_beside(notice: ChangeNotice | None, moment: datetime) -> Beside | Days | None:
    """Meter, checks, reach, plan and preview of what is typed, where that is a notice."""
    if notice is None:
        return None
    with reading(), session.no_autoflush:
        if not notice.reference:
            names = {each.id: name(each) for each in people.everybody()}
            return Days(meter(notice, names=names, now=moment))
        return beside(notice, door.me(), moment)


def as_typed(typed: Typed, notice: ChangeNotice | None, moment: datetime) -> ChangeNotice | None:
    """The notice with what is typed; None while that is no notice."""
    allowed = {series.slug: series for series in [*mine(), *(notice.series if notice else [])]}
    chosen = [allowed[slug] for slug in typed.get("series", []) if slug in allowed]
    entry, errors = entry_of(typed, releases_of(chosen, notice))
    if any(error.field not in WORDS or notice is not None for error in errors):
        return None
    try:
        if notice is None:
            return not_saved(entry, now=moment)
        return with_words(notice, entry, now=moment)
    except Refused:
        return None


def here(notice: ChangeNotice | None, moment: datetime) -> str:
    """ "Nia Rees is also here"; "" for nobody else."""
    if notice is None:
        return ""
    found = [name(person) for person in unsaved.others(door.me(), about(notice), now=moment)]
    if not found:
        return ""
    are = "is" if len(found) == 1 else "are"
    return f"{' and '.join(found)} {are} also typing here. Who saves second is shown both texts."


def title(notice: ChangeNotice | None) -> str:
    return notice.headline if notice is not None else "A new notice"


def state(notice: ChangeNotice | None) -> Tag:
    if notice is None:
        return Tag("Not saved yet", "neutral")
    waits = named(approvers(notice)[1]) if notice.state == "in_review" else ""
    return words.state(notice, waits)


def asks(notice: ChangeNotice | None) -> str:
    """What the filled button does: "Ask Hana Price to approve"; "" where nobody is asked."""
    if notice is None or notice.state != "draft":
        return ""
    second, people = approvers(notice)
    if second == "optional":
        return ""
    return f"Ask {named(people) or 'an approver'} to approve"


def bar(notice: ChangeNotice | None, moment: datetime) -> Tag | None:
    """The verdict in the bar that is always in sight: "98 days: enough"."""
    if notice is None:
        return None
    today, found = london_date(moment), judged(notice, london_date(moment))
    if found.effect_at is None or found.class_ == "I":
        return None
    if notice.state not in UNPUBLISHED and notice.verdict and notice.lead_days is not None:
        days, said = notice.lead_days, notice.verdict
    else:
        days = lead_days(today, london_date(found.effect_at))
        said = verdict(days, minimum=found.minimum_days, target=found.target_days)
    tag = words.VERDICTS[said]
    return Tag(f"{dates.days(max(days, 0))}: {tag.word.lower()}", tag.tone)
