"""Moving one dated message of a notice, and putting it back where its rule has it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, request

from notifier.clock import is_working_day
from notifier.errors import Conflict, Refused
from notifier.notices import adjust
from notifier.notices.adjust import Room
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED
from notifier.notices.rules import PUBLIC
from notifier.notices.stages import may_be_adjusted
from notifier.render import dates
from notifier.store.db import unit
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices.beside_plan import title
from notifier.web.staff.notices.beside_shared import base_of, the_notice
from notifier.web.staff.security import now
from notifier.web.staff.ways import leads

blueprint = Blueprint("staff_notice_plan", __name__)

STAGE = "/staff/notices/<reference>/plan/<stage>"
ACTS = ("author", "approver", "hop", "deputy", "admin")
LONGEST = 40


@blueprint.get(STAGE)
@door.member(*ACTS)
def ask(reference: str, stage: str) -> Any:
    return form(the_notice(reference), known(stage))


def known(stage: str) -> str:
    """404 for what could be no stage."""
    if len(stage) > LONGEST or not stage.isascii():
        abort(404)
    return stage


def form(
    notice: ChangeNotice,
    stage: str,
    errors: list[Error] | None = None,
    status: int = 200,
    **typed: str,
) -> Any:
    """Which days there are, or why there are none."""
    found: Room | None = None
    refused = ""
    try:
        found = adjust.room(notice, stage, now=now())
        name = title(stage, notice)
    except (Refused, ValueError) as refusal:
        refused, name = str(refusal), "This message"
    return page(
        "notice_plan",
        status,
        errors=errors or [],
        notice=notice,
        base=base_of(notice),
        home=home(notice),
        title=name,
        stage=stage,
        room=found,
        refused=refused,
        days=days(found) if found else [],
        chosen=typed.get("day") or (found.day.isoformat() if found else ""),
        day_words=dates.full(found.day) if found else "",
        rule_words=dates.full(found.rule_day) if found else "",
        moved=found is not None and found.day != found.rule_day,
        public=notice.state in PUBLIC,
        voids=notice.state in ("in_review", "approved"),
    )


def days(found: Room) -> list[Choice]:
    """Every working day on which it may go."""
    length = (found.last - found.first).days
    every = (found.first + timedelta(days=each) for each in range(length + 1))
    return [Choice(day.isoformat(), dates.full(day)) for day in every if is_working_day(day)]


@blueprint.post(STAGE)
@door.member(*ACTS)
def move(reference: str, stage: str) -> Any:
    typed = request.form.get("day", "")

    def act(notice: ChangeNotice) -> str:
        day = picked(typed)
        name = title(stage, notice)
        if adjust.room(notice, stage, now=now()).day == day:  # pressed twice
            return f"“{name}” goes on {dates.full(day)}."
        adjust.adjust(notice, stage, day, person=door.me(), by=door.by(), now=now())
        return f"“{name}” goes on {dates.full(day)}."

    return tried(reference, known(stage), act, day=typed)


@blueprint.post(f"{STAGE}/put-back")
@door.member(*ACTS)
def put_back(reference: str, stage: str) -> Any:
    def act(notice: ChangeNotice) -> str:
        name = title(stage, notice)
        if may_be_adjusted(stage) and stage not in (notice.stage_shifts or {}):  # pressed twice
            return f"“{name}” goes when its rule says."
        adjust.put_back(notice, stage, person=door.me(), by=door.by(), now=now())
        return f"“{name}” goes when its rule says."

    return tried(reference, known(stage), act)


def picked(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Refused("Choose a day.", field="day") from None


def tried(reference: str, stage: str, act: Callable[[ChangeNotice], str], **typed: str) -> Any:
    the_notice(reference)
    try:
        with unit():
            done = act(the_notice(reference))
    except (Refused, Conflict, ValueError) as refusal:
        said = (
            str(refusal).rstrip(".") if isinstance(refusal, Refused) else "There is no such message"
        )
        return form(the_notice(reference), stage, [Error("day", said)], 400, **typed)
    return back(home(the_notice(reference)), done)


def home(notice: ChangeNotice) -> str:
    """The page on which the plan stands: of a draft its editor, where there is one."""
    edit = leads(f"{base_of(notice)}/edit") if notice.state in UNPUBLISHED else ""
    return f"{edit or base_of(notice) + '/beside'}#plan"
