"""Approving an issue of a newsletter."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort

from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.lifecycle import standing
from notifier.newsletters import contents, queries
from notifier.newsletters.give_back import give_back
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import approve, audience, may_be_second
from notifier.render import dates, stated
from notifier.store.db import session
from notifier.web.public.shapes import Choice
from notifier.web.staff import door, ways
from notifier.web.staff.approve import who
from notifier.web.staff.approve.decide import decide
from notifier.web.staff.approve.shown import Subject, can_approve, moment_words, show
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.sends.shared import sizes

blueprint = Blueprint("staff_approve_newsletter", __name__)

ONE = "/staff/newsletters/<slug>/approve"


@blueprint.get(ONE)
@door.member()
def look(slug: str) -> Any:
    return show(subject(the_issue(slug), now=now()))


@blueprint.post(ONE)
@door.member()
def answer(slug: str) -> Any:
    def approved(read: str, _: str) -> str:
        issue = the_issue(slug)
        how = who.how(door.at(), london_date(now()))
        approve(issue, approver=door.me(), by=door.by(), now=now(), read=read, how=how)
        return f"“{issue.title}” is approved. {author_of(issue)} may send it."

    def returned(read: str, comments: str) -> str:
        issue, person = the_issue(slug), door.me()
        give_back(issue, reason=comments, person=person, by=door.by(), now=now(), read=read)
        return f"“{issue.title}” went back to {author_of(issue)} with your comments."

    acts = {"approve": approved, "return": returned}
    return decide(lambda: subject(the_issue(slug), now=now()), acts)


def the_issue(slug: str) -> Newsletter:
    """404 for what there is not, and for another team's."""
    issue = queries.issue(slug[:200])
    if not sight(door.me()).sees({issue.team_id}):
        abort(404)
    return issue


def author_of(issue: Newsletter) -> str:
    author = session.get(Staff, issue.author_id) if issue.author_id is not None else None
    return who.called(author) if author is not None else "its author"


def subject(issue: Newsletter, *, now: datetime) -> Subject:
    author = session.get(Staff, issue.author_id) if issue.author_id is not None else None
    teams, today = catalogue.body_teams({issue.team_id}), london_date(now)
    words, may = contents.read(issue), answers(issue, now=now)
    url = f"/staff/newsletters/{issue.slug}"
    return Subject(
        about=f"newsletter:{issue.id}",
        url=f"{url}/approve",
        crumb="Approve a newsletter",
        title=issue.title,
        whole=("Read it as its readers will", ways.leads(url)),
        author=author,
        version=contents.version(issue),
        changed_at=issue.changed_at,
        words=words,
        parts=parts(words),
        before=parts,
        may=may,
        standing="" if can_approve(may) else stands(issue, now=now),
        office=who.office(door.me(), teams, today),
        facts=facts(issue, now=now),
    )


def parts(words: dict[str, Any]) -> dict[str, str]:
    """In plain words: topics and user types by their names."""
    whom = words.get("audience") or {}
    topics = {topic.slug: topic.name for topic in catalogue.topics()}
    types = {kind.slug: kind.name for kind in catalogue.user_types()}
    named = {
        "Topics": [topics.get(slug, slug) for slug in whom.get("topics", [])],
        "User types": [types.get(slug, slug) for slug in whom.get("user_types", [])],
        "Segment": whom.get("segment", ""),
    }
    shown = {key: ", ".join(v) if isinstance(v, list) else v for key, v in named.items() if v}
    return stated.newsletter({**words, "audience": shown})


def facts(issue: Newsletter, *, now: datetime) -> list[tuple[str, str]]:
    try:
        found = sizes().of([audience(issue, now=now).as_dict()], now=now)[0]
    except Refused:  # a segment or user type that was dropped since
        found = None
    people = f"{send_words.people(found)} by mail" if found is not None else "Not counted yet"
    at = issue.send_at
    goes = dates.moment(at) if at is not None and at > now else "As soon as it is sent off"
    return [("Team", issue.team.name), ("Goes out", goes), ("People", people)]


def answers(issue: Newsletter, *, now: datetime) -> list[Choice]:
    """What this person may answer; nothing where it is not theirs to decide."""
    name = author_of(issue)
    if issue.state not in ("in_review", "approved") or why_not(issue, now=now):
        return []
    returns = Choice("return", "Return.", f"It goes back to {name} with your comments.")
    if issue.state == "approved":
        return [returns] if door.me().id != issue.author_id else []
    sends = f"{who.begun(name)} may send it. Any edit ends this approval."
    return [Choice("approve", "Approve.", sends), returns]


def why_not(issue: Newsletter, *, now: datetime) -> str:
    """Why this person may not approve it; "" when they may."""
    try:
        may_be_second(issue, door.me(), london_date(now))
    except Refused:
        if door.me().id == issue.author_id:
            return "You wrote it, so somebody else reads it before it is approved."
        return "An approver of its team approves it."
    return ""


def stands(issue: Newsletter, *, now: datetime) -> str:
    """Where it stands, when there is nothing for this person to answer."""
    if issue.state == "in_review":
        wrote = {issue.author_id} if issue.author_id is not None else set()
        teams = catalogue.body_teams({issue.team_id})
        return f"{why_not(issue, now=now)} " + who.named(
            teams, "approver", london_date(now), but=wrote
        )
    if issue.state == "approved":
        approver = session.get(Staff, issue.approver_id)
        name = "You" if approver == door.me() else who.called(approver)
        return f"{name} approved it {moment_words(issue.changed_at, now)}. Any edit ends that."
    if issue.state == "draft":
        return "It is a draft, and nobody is asked to approve it. Its author asks when it is ready."
    return f"It is {standing(issue.state)}; there is nothing to approve."
