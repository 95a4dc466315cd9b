"""What stands beside the editor of a notice: lead-time meter, checks, reach, plan and preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, make_response, render_template, request

from notifier.accounts import people
from notifier.accounts.models import Staff
from notifier.catalogue.sight import sight
from notifier.errors import Conflict
from notifier.notices import links
from notifier.notices.approve import team_ids
from notifier.notices.models import ChangeNotice
from notifier.render import preview
from notifier.render.links import site_for
from notifier.store.db import unit
from notifier.store.once import reading
from notifier.web.guard import settings
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices import beside_checks, beside_plan, beside_reach
from notifier.web.staff.notices import preview as previews
from notifier.web.staff.notices.beside_checks import Shown
from notifier.web.staff.notices.beside_meter import Meter, meter
from notifier.web.staff.notices.beside_plan import Plan
from notifier.web.staff.notices.beside_reach import Reach
from notifier.web.staff.notices.beside_shared import base_of, pressed_on, the_notice
from notifier.web.staff.notices.preview import Chosen, Preview
from notifier.web.staff.security import now as clock
from notifier.web.staff.ways import leads

blueprint = Blueprint("staff_notice_beside", __name__)

ONE = "/staff/notices/<reference>"
ACTS = ("author", "approver", "hop", "deputy", "admin")


@dataclass(frozen=True)
class Beside:
    """All parts, each for the template of its name in templates/parts. ``base`` begins their links;
    ``acts``: this member may move messages, ask links and have mail."""

    base: str
    acts: bool
    meter: Meter
    checks: Shown
    reach: Reach
    plan: Plan
    preview: Preview


def beside(
    notice: ChangeNotice, person: Staff, now: datetime, *, chosen: Chosen | None = None
) -> Beside:
    """Everything beside the stored notice, as this member sees it. It changes nothing, and asks the
    network nothing; how many people there are was counted within the last ten minutes."""
    base = base_of(notice)
    acts = sight(person, *ACTS).sees(team_ids(notice))
    written = preview.letters_of(notice, site=site_for(settings()), now=now)
    names = {each.id: each.name or each.email for each in people.everybody()}
    return Beside(
        base=base,
        acts=acts,
        meter=meter(notice, names=names, now=now),
        checks=beside_checks.shown(notice, written, now=now),
        reach=beside_reach.reach(notice, now=now),
        plan=beside_plan.plan(notice, base=base, acts=acts, now=now),
        preview=previews.shape(notice, chosen or previews.chosen({}), now=now, written=written),
    )


@blueprint.get(f"{ONE}/beside")
@door.member()
def show(reference: str) -> Any:
    return shown(the_notice(reference))


def shown(notice: ChangeNotice, errors: list[Error] | None = None, status: int = 200) -> Any:
    """The whole page; to htmx, the parts alone."""
    with reading():
        found = beside(notice, door.me(), clock(), chosen=previews.chosen(request.values))
    edit, home = leads(f"{found.base}/edit"), leads(found.base)
    given = {"notice": notice, "beside": found, "edit_url": edit, "home_url": home or edit}
    if "HX-Request" in request.headers and not errors:
        answer = make_response(render_template("parts/notice_beside.html", **given))
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return page("notice_beside", status, errors=errors or [], **given)


@blueprint.post(f"{ONE}/links")
@door.member(*ACTS)
def ask_links(reference: str) -> Any:
    """Ask every address that it names, then keep what they answered: in this order, so that nobody
    waits for the database meanwhile."""
    troubles = beside_checks.ask(the_notice(reference), now=clock())
    try:
        with unit():
            notice = the_notice(reference)
            links.keep(notice, troubles, by=door.by(), now=clock())
    except Conflict as refusal:
        return shown(the_notice(reference), [Error("checks", str(refusal).rstrip("."))], 400)
    bad = sum(1 for why in troubles.values() if why)
    asked = len(troubles)
    words = "Every address answers." if not bad else f"{bad} of {asked} do not answer."
    return back(
        pressed_on(f"{base_of(the_notice(reference))}/beside"),
        words if asked else "It names no address.",
    )
