"""The page of one notice: how it stands, what can be done now, what is said and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import Blueprint

from notifier.accounts import duty, rulings, unsaved
from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.notices import asked, consult
from notifier.notices.approve import deciders, editors
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.rules import OPEN, PUBLIC
from notifier.render import dates
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.notices import words
from notifier.web.staff.notices.coming import next_for
from notifier.web.staff.notices.deeds import DEEDS, Deed, possible
from notifier.web.staff.notices.fields import FIELDS, Typed, one
from notifier.web.staff.notices.names import names_in
from notifier.web.staff.notices.read import typed_of
from notifier.web.staff.notices.record import facts, history, revised, sends
from notifier.web.staff.notices.said import labelled, value
from notifier.web.staff.notices.shared import ONE, about, approvers, name, named, path, the_notice
from notifier.web.staff.security import now
from notifier.web.staff.ways import leads

blueprint = Blueprint("staff_notice_page", __name__)

# Choices that go without saying.
USUAL = {"no", "none", "decided", ""}
# They are told with whether the size is known.
SIZE = ("impact_direction", "impact_size_low", "impact_size_high", "impact_unit")


@blueprint.get(ONE)
@door.member()
def notice(reference: str) -> Any:
    with reading():
        return show(the_notice(reference))


def show(notice: ChangeNotice, errors: Iterable[Error] = (), status: int = 200) -> Any:
    moment = now()
    second, people = approvers(notice)
    deeds = possible(notice, moment, second=second)
    kept = unsaved.kept(door.me(), about(notice))
    return page(
        "notice",
        status,
        errors=list(errors),
        notice=notice,
        state=words.state(notice, named(people) if notice.state == "in_review" else ""),
        sentence=sentence(notice, moment),
        next=next_for(notice, london_date(moment)),
        edits=notice.state in (*UNPUBLISHED, *OPEN),
        first=first(notice, second, people, deeds),
        deeds=[deed for deed in deeds if deed.slug not in ("publish", "resume")],
        approve_url=leads(path(notice, "approve")),
        approvers=named(people) or "an approver",
        decides=notice.state == "in_review" and decides(notice),
        returned=returned(notice),
        request=request_shown(notice, moment),
        kept_at=words.moment(kept.at, moment) if kept is not None else "",
        parts=parts(notice),
        public=notice.state in PUBLIC,
        sends=sends(notice, moment),
        facts=facts(notice, moment, second, people),
        revisions=revised(notice, moment),
        deeds_done=history(notice, moment),
        history_url=leads(f"/staff/history/{about(notice)}"),
        answers_url=path(notice, "answers") if any(consult.period(notice)) else "",
        beside_url=leads(path(notice, "beside")),
    )


def sentence(notice: ChangeNotice, moment: datetime) -> str:
    """ "A major change of method. Takes effect on Tuesday 1 June 2027."."""
    kind = PROMISES[notice.class_].words
    effect = words.effect(notice)
    when = (
        "It has no date yet."
        if effect == "No date yet"
        else f"It takes effect {effect_words(effect)}."
    )
    if notice.state in ("in_effect", "closed") and notice.took_effect_at is not None:
        when = f"It took effect on {dates.past(london_date(notice.took_effect_at))}."
    parts_ = [f"{kind[0].upper()}{kind[1:]}.", when]
    if notice.hold_reason:
        parts_.append(f"It waits: {notice.hold_reason}")
    if notice.end_reason:
        parts_.append(notice.end_reason)
    return " ".join(parts_)


def effect_words(effect: str) -> str:
    """ "on Tuesday 1 June", but "in June", "by Friday"."""
    lowered = dates.within(effect)
    return lowered if lowered != effect or effect[0].isdigit() else f"on {effect}"


def first(
    notice: ChangeNotice, second: str, people: list[Staff], deeds: list[Deed]
) -> dict[str, str]:
    """The one filled button: what is next. ``url`` is where it leads, ``post`` where it sends."""
    slugs = {deed.slug for deed in deeds}
    if notice.state == "draft" and second != "optional":
        words_ = f"Ask {named(people) or 'an approver'} to approve"
        return {"words": words_, "post": path(notice, "submit")}
    if "publish" in slugs:
        return {"words": DEEDS["publish"].link, "url": path(notice, "publish")}
    if "resume" in slugs:
        return {"words": DEEDS["resume"].link, "url": path(notice, "resume")}
    approve = leads(path(notice, "approve"))
    if notice.state == "in_review" and approve and decides(notice):
        return {"words": "Read and approve", "url": approve}
    if "close" in slugs:
        return {"words": DEEDS["close"].link, "url": path(notice, "close")}
    return {}


def decides(notice: ChangeNotice) -> bool:
    """Whether it waits for this member: who wrote in it is never the second person."""
    wrote = door.me().id in {notice.author_id, *editors(notice)}
    return not wrote and duty.may_approve(door.me(), deciders(notice), london_date(now()))


def returned(notice: ChangeNotice) -> dict[str, str] | None:
    """What was remarked when it came back, until it is asked for again."""
    row = (
        rulings.unanswered([about(notice)]).get(about(notice)) if notice.state == "draft" else None
    )
    if row is None:
        return None
    return {"by": name(session.get_one(Staff, row.staff_id)), "words": row.remark}


def request_shown(notice: ChangeNotice, moment: datetime) -> dict[str, Any] | None:
    """What waits for a second person."""
    row = asked.waiting(notice)
    if row is None:
        return None
    asker, me, today = session.get_one(Staff, row.asked_by), door.me(), london_date(moment)
    deed = DEEDS.get(row.verb)
    given = row.given
    return {
        "id": row.id,
        "what": deed.title if deed is not None else "A new version",
        "says": deed.says if deed is not None else str(given.get("summary", "")),
        "by": "you" if asker.id == me.id else name(asker),
        "at": words.moment(row.asked_at, moment),
        "words": [str(given[key]) for key in ("summary", "reason") if given.get(key)],
        "mine": asker.id == me.id,
        "may": asked.may_agree(row, notice, me, today),
        "whom": named(asked.seconds(row.verb, notice, today, but={asker.id})) or "a second person",
    }


def parts(notice: ChangeNotice) -> list[tuple[str, str, str]]:
    """What it says, by the labels of the form: label, words, language."""
    typed = typed_of(notice)
    names = names_in(notice, typed)
    found = []
    for field in FIELDS:
        text = value(typed, field, names)
        raw = (typed.get(field.name) or [""])[0]
        skip = field.name in SIZE or (field.kind == "choice" and raw in USUAL)
        if field.name == "impact_known":
            text = size(typed, text)
        if text and not skip and field.name not in ("headline", "effect_kind"):
            found.append((labelled(field), text, "cy" if field.name.startswith("cy_") else ""))
    return found


def size(typed: Typed, known: str) -> str:
    """ "Partly: down, 8 to 14 % of PM2.5"."""
    low, high, unit = (one(typed, f"impact_{name}") for name in ("size_low", "size_high", "unit"))
    between = f"{low} to {high}" if low and high else low or high
    parts_ = [one(typed, "impact_direction"), f"{between} {unit}".strip()]
    return ": ".join(filter(None, (known, ", ".join(filter(None, parts_)))))
