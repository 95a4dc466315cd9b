"""Approving a notice, agreeing to less notice than promised, and publishing it in an emergency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.lifecycle import standing
from notifier.notices import contents, queries, short
from notifier.notices.approve import (
    approve,
    deciders,
    editors,
    may_be_second,
    second_person,
    team_ids,
    words_of,
)
from notifier.notices.derive import policy_of
from notifier.notices.emergency import emergency
from notifier.notices.give_back import give_back
from notifier.notices.models import ChangeNotice
from notifier.render import stated
from notifier.store.db import session, unit
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door, ways
from notifier.web.staff.approve import who
from notifier.web.staff.approve.decide import decide, spoken
from notifier.web.staff.approve.lead import lead, people
from notifier.web.staff.approve.shown import Subject, can_approve, moment_words, show
from notifier.web.staff.frame import back, page
from notifier.web.staff.security import now

blueprint = Blueprint("staff_approve_notice", __name__)

ONE = "/staff/notices/<reference>/approve"
EMERGENCY = "/staff/notices/<reference>/emergency"


@blueprint.get(ONE)
@door.member()
def look(reference: str) -> Any:
    return show(subject(the_notice(reference), now=now()))


@blueprint.post(ONE)
@door.member()
def answer(reference: str) -> Any:
    def approved(read: str, reason: str) -> str:
        notice, person = the_notice(reference), door.me()
        how = who.how(door.at(), london_date(now()))
        approve(notice, approver=person, by=door.by(), now=now(), read=read, how=how)
        if reason.strip() and short.shortfall(notice, now=now()) is not None:
            short.accept(notice, reason, person=person, by=door.by(), now=now())
        return f"{notice.reference} is approved. {author_of(notice)} may publish it."

    def returned(read: str, comments: str) -> str:
        notice, person = the_notice(reference), door.me()
        give_back(notice, reason=comments, person=person, by=door.by(), now=now(), read=read)
        return f"{notice.reference} went back to {author_of(notice)} with your comments."

    def agreed(read: str, reason: str) -> str:
        notice = the_notice(reference)
        short.accept(notice, reason, person=door.me(), by=door.by(), now=now(), read=read)
        return f"You agreed to less notice for {notice.reference}; {author_of(notice)} may publish."

    acts = {"approve": approved, "return": returned, "agree": agreed}
    return decide(lambda: subject(the_notice(reference), now=now()), acts)


@blueprint.get(EMERGENCY)
@door.member("hop", "deputy")
def ask_in_emergency(reference: str) -> Any:
    return emergency_form(the_notice(reference), [])


@blueprint.post(EMERGENCY)
@door.member("hop", "deputy")
def in_emergency(reference: str) -> Any:
    reason, read = request.form.get("reason", ""), request.form.get("version", "")
    the_notice(reference)
    if request.form.get("sure") != "yes":
        error = Error("sure", "Tick the box: it is published at once")
        return emergency_form(the_notice(reference), [error], 400, reason)
    try:
        with unit():
            notice, person = the_notice(reference), door.me()
            by, at = door.by(), now()
            emergency(notice, reason=reason, person=person, by=by, now=at, read=read)
    except (Refused, Conflict) as refusal:
        field = "reason" if getattr(refusal, "field", None) == "reason" else "sure"
        errors = [Error(field, spoken(refusal))]
        status = 409 if isinstance(refusal, Conflict) else 400
        return emergency_form(the_notice(reference), errors, status, reason)
    found = the_notice(reference)
    way = ways.notice(found.reference, public=True)
    return back(way, f"{found.reference} is public. History, desk and page say what was missing.")


def emergency_form(
    notice: ChangeNotice, errors: list[Error], status: int = 200, reason: str = ""
) -> Any:
    """Only where notice is missing, and only for who may answer for that."""
    moment = now()
    if not duty.acts_as_hop(door.me(), deciders(notice), london_date(moment)):
        abort(404)
    missing = short.shortfall(notice, now=moment)
    return page(
        "emergency",
        status,
        errors=errors,
        notice=notice,
        version=contents.version(notice),
        missing=missing,
        reach=people(notice, now=moment),
        possible=missing is not None and notice.state in ("in_review", "approved"),
        state=standing(notice.state),
        reason=reason,
        url=f"/staff/notices/{notice.reference}/approve",
    )


def the_notice(reference: str) -> ChangeNotice:
    """404 for what there is not, and for another team's."""
    notice = queries.notice(reference[:40])
    if not sight(door.me()).sees(team_ids(notice)):
        abort(404)
    return notice


def author_of(notice: ChangeNotice) -> str:
    author = session.get(Staff, notice.author_id) if notice.author_id is not None else None
    return who.called(author) if author is not None else "its author"


def subject(notice: ChangeNotice, *, now: datetime) -> Subject:
    author = session.get(Staff, notice.author_id) if notice.author_id is not None else None
    today, teams, person = london_date(now), deciders(notice), door.me()
    found = lead(notice, now=now)
    may = answers(notice, found.short, now=now)
    url = f"/staff/notices/{notice.reference}"
    words = contents.read(notice)
    acts = duty.acts_as_hop(person, teams, today)
    return Subject(
        about=f"notice:{notice.id}",
        url=f"{url}/approve",
        crumb=f"Approve {notice.reference}",
        title=notice.headline,
        whole=("Read the whole notice", ways.leads(url)),
        author=author,
        version=contents.version(notice),
        changed_at=notice.changed_at,
        words=words,
        parts=parts(words, notice),
        before=lambda kept: parts(kept, notice),
        tags=True,
        may=may,
        standing="" if can_approve(may) else stands(notice, now=now),
        office=who.office(person, teams, today),
        lead=found,
        facts=found.facts,
        reason=notice.short_notice_reason,
        asks_reason=found.short is not None and not found.short.past and acts and bool(may),
        beside=ways.leads(f"{url}/beside"),
        emergency=f"{url}/emergency" if found.short is not None and acts and may else "",
    )


def parts(words: dict[str, Any], notice: ChangeNotice) -> dict[str, str]:
    """In plain words; series by their names where they are still its own, user types by theirs."""
    names = {series.slug: series.name for series in notice.series}
    types = {kind.slug: kind.name for kind in catalogue.user_types()}

    def typed(entry: dict[str, Any]) -> dict[str, Any]:
        found = [types.get(slug, slug) for slug in entry.get("user_types") or []]
        return {**entry, "user_types": found} if found else entry

    return stated.notice(
        {
            **words,
            "series": [names.get(slug, slug) for slug in words.get("series", [])],
            "what_to_do": [typed(item) for item in words.get("what_to_do") or []],
            "scope": typed(words.get("scope") or {}),
        }
    )


def answers(
    notice: ChangeNotice, missing: short.Shortfall | None, *, now: datetime
) -> list[Choice]:
    """What this person may answer; nothing where it is not theirs to decide."""
    name = author_of(notice)
    returns = Choice("return", "Return.", f"It goes back to {name} with your comments.")
    if notice.state == "in_review" and not why_not(notice, now=now):
        publishes = f"{who.begun(name)} may publish it. Any edit ends this approval."
        return [Choice("approve", "Approve.", publishes), returns]
    if notice.state != "approved" or not may_return(notice, now=now):
        return []
    if missing is not None and not missing.past and not short.accepted(notice, now=now):
        try:
            short.may_accept(notice, door.me(), now=now)
        except Refused:
            return [returns]
        less = f"{missing.days} days of notice instead of {missing.needed}; users read the reason."
        return [Choice("agree", "Agree to less notice.", less), returns]
    return [returns]


def may_return(notice: ChangeNotice, *, now: datetime) -> bool:
    """A second person may take an approval back that has not been used."""
    mine = door.me().id in {notice.author_id, *editors(notice)}
    return not mine and duty.may_approve(door.me(), deciders(notice), london_date(now))


def why_not(notice: ChangeNotice, *, now: datetime) -> str:
    """Why this person may not approve it; "" when they may."""
    today, person = london_date(now), door.me()
    found = policy_of(notice, today)
    second = second_person(notice, found, today)
    try:
        may_be_second(notice, found, second, person, today)
    except Refused:
        if second != "optional" and person.id == notice.author_id:
            return "You wrote it, so somebody else reads it before it is approved."
        if second != "optional" and person.id in editors(notice):
            return "You edited it, so somebody else reads it before it is approved."
        role = "a Head of Profession" if second == "hop" else "an approver"
        return f"It is {words_of(found)}, so {role} approves it."
    return ""


def stands(notice: ChangeNotice, *, now: datetime) -> str:
    """Where it stands, when there is nothing for this person to answer."""
    today, teams = london_date(now), deciders(notice)
    if notice.state == "in_review":
        second = second_person(notice, policy_of(notice, today), today)
        wrote = {notice.author_id, *editors(notice)} - {None}
        named = who.named(teams, second, today, but=wrote)  # type: ignore[arg-type]
        return f"{why_not(notice, now=now)} {named}"
    if notice.state == "approved" and notice.approved_at is not None:
        approver = session.get(Staff, notice.approver_id)
        name = "You" if approver == door.me() else who.called(approver)
        return f"{name} approved it {moment_words(notice.approved_at, now)}. Any edit ends that."
    if notice.state == "draft":
        return "It is a draft, and nobody is asked to approve it. Its author asks when it is ready."
    return f"It is {standing(notice.state)}; there is nothing to approve."
