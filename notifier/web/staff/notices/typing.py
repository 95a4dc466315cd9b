"""What is typed is kept each few seconds, and what stands beside the form follows it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, make_response, render_template

from notifier.errors import Refused
from notifier.notices.models import ChangeNotice
from notifier.web.staff import door
from notifier.web.staff.notices import words
from notifier.web.staff.notices.edit import keep, typed_here
from notifier.web.staff.notices.fields import Typed
from notifier.web.staff.notices.shared import ACTS, NOTICES, ONE, the_notice
from notifier.web.staff.notices.sheet import as_typed, bar, here, stands_beside
from notifier.web.staff.security import now

blueprint = Blueprint("staff_notice_typing", __name__)


@blueprint.post(f"{ONE}/typing")
@door.member()
def typing(reference: str) -> Any:
    notice = the_notice(reference)
    typed, moment = typed_here(notice), now()
    kept(notice, typed)
    notice = the_notice(reference)
    ghost = as_typed(typed, notice, moment)
    return answer(
        at=words.moment(moment, moment),
        others=here(notice, moment),
        bar=bar(ghost or notice, moment),
        beside=stands_beside(ghost or notice, moment),
        notice=notice,
    )


@blueprint.post(f"{NOTICES}/new/typing")
@door.member(*ACTS)
def typing_new() -> Any:
    typed, moment = typed_here(None), now()
    kept(None, typed)
    ghost = as_typed(typed, None, moment)
    return answer(
        at=words.moment(moment, moment),
        others="",
        bar=bar(ghost, moment),
        notice=None,
        beside=stands_beside(ghost, moment),
    )


def kept(notice: ChangeNotice | None, typed: Typed) -> None:
    try:
        keep(notice, typed)
    except Refused as refusal:
        abort(400, str(refusal))


def answer(**given: Any) -> Any:
    """Pieces of the page by their ids."""
    made = make_response(render_template("parts/notice_typing.html", **given))
    made.headers["Cache-Control"] = "no-store"
    return made
