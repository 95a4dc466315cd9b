"""Every newsletter of one's teams, by what is to be done; and how a new one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request
from sqlalchemy import select

from notifier.catalogue.sight import Sight, sight
from notifier.errors import Refused
from notifier.newsletters import edit, queries, templates
from notifier.newsletters.models import Newsletter, NewsletterTemplate
from notifier.newsletters.send import STAGE
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.web.public.shapes import Choice, Error, Tag
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.newsletters import shared
from notifier.web.staff.newsletters.shared import ACTS, LIST, path
from notifier.web.staff.security import now

blueprint = Blueprint("staff_newsletters", __name__)

LATEST = 40  # that went out


@dataclass(frozen=True)
class Row:
    title: str
    url: str
    note: str
    tag: Tag
    people: str


@blueprint.get(LIST)
@door.member()
def every() -> Any:
    mine, moment = sight(door.me(), *ACTS), now()
    open_ = of(mine, ("draft", "in_review", "approved"))
    sent = of(mine, ("sent",))
    coming = [issue for issue in sent if not shared.is_out(issue, moment)]
    out = sorted(
        (issue for issue in sent if shared.is_out(issue, moment)),
        key=lambda issue: issue.published_at or moment,
        reverse=True,
    )
    figures = sends_of(coming + out[:LATEST])
    drafts = [issue for issue in open_ if issue.state == "draft"]
    waiting = [issue for issue in open_ if issue.state != "draft"]
    return page(
        "newsletters",
        sentence=sentence(drafts, waiting, coming, moment),
        may_write=bool(shared.teams_of(door.me())),
        groups=[
            (words, [row(issue, figures.get(issue.id), moment) for issue in found])
            for words, found in (
                ("Waiting", waiting),
                ("Drafts", drafts),
                ("On the calendar", sorted(coming, key=lambda i: i.published_at or moment)),
                ("Sent", out[:LATEST]),
            )
            if found or words == "Drafts"
        ],
        more=max(len(out) - LATEST, 0),
    )


def of(mine: Sight, states: tuple[str, ...]) -> list[Newsletter]:
    return queries.of_teams(mine.teams, states=states)


def sends_of(issues: list[Newsletter]) -> dict[int, Send]:
    """The newest promise of each, in one query."""
    about = {f"newsletter:{issue.id}": issue.id for issue in issues}
    query = select(Send).where(
        Send.kind == "newsletter", Send.stage == STAGE, Send.about.in_(list(about))
    )
    return {about[send.about]: send for send in session.scalars(query.order_by(Send.revision))}


def sentence(
    drafts: list[Newsletter],
    waiting: list[Newsletter],
    coming: list[Newsletter],
    moment: datetime,
) -> str:
    parts = []
    if coming:
        soonest = min(issue.published_at or moment for issue in coming)
        parts.append(f"The next one leaves {shared.when(soonest, moment)}.")
    asked = sum(issue.state == "in_review" for issue in waiting)
    if asked:
        parts.append("One waits for approval." if asked == 1 else f"{asked} wait for approval.")
    ready = len(waiting) - asked
    if ready:
        many = "One is" if ready == 1 else f"{ready} are"
        parts.append(f"{many} approved and not sent.")
    if not parts:
        parts.append("Nothing is on the calendar, and nothing waits for approval.")
    return " ".join(parts)


def row(issue: Newsletter, send: Send | None, moment: datetime) -> Row:
    at = issue.published_at or issue.send_at
    when = f"for {shared.when(at, moment)}" if at and not issue.published_at else ""
    if issue.published_at:
        when = shared.when(issue.published_at, moment)
    reached = ""
    if send is not None and send.frozen_at is not None:
        reached = f"{send.accepted:,} of {send.audience - send.skipped:,}"
    return Row(
        title=issue.title,
        url=path(issue),
        note=" · ".join(filter(None, (issue.team.name, when))),
        tag=shared.tag(issue, moment),
        people=reached,
    )


@blueprint.get(f"{LIST}/new")
@door.member(*ACTS)
def new() -> Any:
    return form([])


def form(errors: list[Error], status: int = 200, **typed: str) -> Any:
    teams = shared.teams_of(door.me())
    if not teams:
        abort(404)
    ids = {team.id for team in teams}
    kept = templates.of_teams(ids)
    earlier = queries.of_teams(ids, states=("draft", "in_review", "approved", "sent"))[:LATEST]
    return page(
        "newsletter_new",
        status,
        errors=errors,
        typed=typed,
        team_choices=[Choice(team.slug, team.name) for team in teams],
        starts=[
            Choice("", "An empty page"),
            *(Choice(f"t{t.id}", f"Template: {t.name} ({t.team.name})") for t in kept),
            *(Choice(f"n{n.id}", f"As before: {n.title}") for n in earlier),
        ],
        kept=kept,
    )


@blueprint.post(f"{LIST}/new")
@door.member(*ACTS)
def begin() -> Any:
    """A draft from nothing, a template or an earlier issue."""
    typed = {name: request.form.get(name, "") for name in ("title", "team", "start")}
    person = door.me()
    teams = {team.slug: team for team in shared.teams_of(person)}
    if not teams:
        abort(404)
    try:
        if typed["team"] not in teams:
            raise Refused("Choose the team whose newsletter it is.", field="team")
        given = started(typed["start"], {team.id for team in teams.values()})
        title = edit.title_of(typed["title"] or given.title)
        wanted = edit.Wanted(title, given.body, given.audience)
        with unit():
            made = edit.begin(wanted, team=typed["team"], person=person, by=door.by(), now=now())
    except Refused as refusal:
        error = Error(refusal.field or "title", str(refusal).rstrip("."))
        return form([error], 400, **typed)
    return back(path(made), "It is a draft; nobody sees it but your team.")


def started(start: str, team_ids: set[int]) -> edit.Wanted:
    """What it begins with. Raises Refused for what is not there (any more)."""
    if not start:
        return edit.Wanted("", "", {"topics": []})
    number = int(start[1:]) if start[1:].isdigit() and start.isascii() and len(start) < 10 else 0
    found: NewsletterTemplate | Newsletter | None = None
    if start.startswith("t"):
        found = session.get(NewsletterTemplate, number)
    elif start.startswith("n"):
        found = session.get(Newsletter, number)
    if found is None or found.team_id not in team_ids:
        raise Refused("What it should begin with is not there any more.", field="start")
    return edit.Wanted(found.title, found.body, dict(found.audience))


@blueprint.post(f"{LIST}/templates/<int(max=2147483647):template_id>/drop")
@door.member(*ACTS)
def drop(template_id: int) -> Any:
    kept = session.get(NewsletterTemplate, template_id)
    if kept is None or kept.team_id not in {team.id for team in shared.teams_of(door.me())}:
        abort(404)
    name = kept.name
    with unit():
        templates.drop(kept, by=door.by(), now=now())
    return back(f"{LIST}/new", f"The template “{name}” is removed.")
