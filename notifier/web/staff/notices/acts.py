"""Forms by which a notice is announced, held, decided, ended; what needs two people waits for the
second one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, request
from sqlalchemy import select

from notifier.accounts import duty, unsaved
from notifier.audience.receivers import count
from notifier.clock import london_date
from notifier.errors import Conflict, NotFound, Refused
from notifier.notices import asked, short
from notifier.notices.approve import deciders, editors
from notifier.notices.approve import submit as submit_notice
from notifier.notices.followers import followers
from notifier.notices.models import ChangeNotice, NoticeRequest, notice_series
from notifier.notices.rules import NOTICE, OPEN
from notifier.render import dates
from notifier.store.db import session, unit
from notifier.web.public.shapes import Choice, Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.notices.deeds import DEEDS, Deed, possible
from notifier.web.staff.notices.doing import Who, make_ready, took_effect
from notifier.web.staff.notices.page import show
from notifier.web.staff.notices.refusals import plainly
from notifier.web.staff.notices.shared import ONE, approvers, named, path, the_notice
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words
from notifier.web.staff.ways import leads

blueprint = Blueprint("staff_notice_acts", __name__)

LONGEST = 10_000  # characters of a public reason or summary
AGREES = {"approver": "an approver", "hop": "the Head of Profession"}
# A minor change is no mail of its own.
BY_DIGEST = "It is public. People read of it in their next digest."


@blueprint.post(f"{ONE}/submit")
@door.member()
def submit(reference: str) -> Any:
    """Ask for approval of what is saved."""
    the_notice(reference)
    try:
        with unit():
            notice = the_notice(reference)
            submit_notice(notice, author=door.me(), by=door.by(), now=now())
            who = named(approvers(notice)[1])
    except Refused as refusal:
        return show(the_notice(reference), [Error("acts", plainly(refusal))], 400)
    return back(path(the_notice(reference)), f"{who or 'An approver'} is asked to approve it.")


def offered(deed: Deed) -> tuple[Callable[[str], Any], Callable[[str], Any]]:
    """The form of one deed, and what its button does."""

    def look(reference: str) -> Any:
        notice = the_notice(reference)
        if sentence := not_now(deed, notice):
            return back(path(notice), sentence)
        return sheet(deed, notice, before(deed, notice), [])

    def act(reference: str) -> Any:
        return done(deed, the_notice(reference))

    return look, act


def not_now(deed: Deed, notice: ChangeNotice) -> str:
    """Why it is not done: of what was done a moment ago, that it is done."""
    second = approvers(notice)[0]
    if deed.slug in {each.slug for each in possible(notice, now(), second=second)}:
        return ""
    if deed.event and not deed.open_to(notice):
        try:
            NOTICE.after(notice.state, deed.event)
        except Refused as refusal:
            return str(refusal)
    if deed.slug == "publish" and notice.first_public_at is not None:
        return "It is public already; nothing was sent twice."
    return "That cannot be done now; this is how it stands."


def before(deed: Deed, notice: ChangeNotice) -> dict[str, str]:
    """What a form begins with."""
    if deed.slug == "impact":
        found = {key: str(value) for key, value in notice.impact.items() if value is not None}
        return {**found, "known": "yes"}
    return {}


def typed(deed: Deed) -> dict[str, str]:
    return {ask.name: request.form.get(ask.name, "").strip() for ask in deed.asks}


def done(deed: Deed, notice: ChangeNotice) -> Any:
    given = typed(deed)
    if sentence := not_now(deed, notice):
        return back(path(notice), sentence)
    errors = [Error(a.name, a.needed) for a in deed.asks if a.needed and not given[a.name]]
    for ask in deed.asks:
        if len(given[ask.name]) > LONGEST:
            errors.append(Error(ask.name, f"Shorten this to {LONGEST:,} characters"))
    if not errors and request.form.get("version") != unsaved.version(notice.changed_at):
        sentence = "Somebody changed the notice a moment ago. Look whether this still fits"
        errors = [Error("acts", sentence)]
    if errors:
        return sheet(deed, notice, given, errors, 400)
    try:
        sentence = carried_out(deed, notice.reference, given)
    except (Conflict, NotFound) as refusal:
        return sheet(deed, the_notice(notice.reference), given, [one(deed, refusal)], 409)
    except Refused as refusal:
        return sheet(deed, the_notice(notice.reference), given, [one(deed, refusal)], 400)
    return back(path(the_notice(notice.reference)), sentence)


def carried_out(deed: Deed, reference: str, given: Mapping[str, str]) -> str:
    """Do it; where somebody else must agree, ask them. Returns what was done."""
    try:
        with unit():
            notice, moment = the_notice(reference), now()
            deed.do(notice, given, Who(door.me(), door.by(), moment, me_too(deed, notice)))
            by_digest = deed.slug == "publish" and notice.class_ == "F"
        return BY_DIGEST if by_digest else deed.done
    except Refused as refusal:
        if deed.slug == "publish" and refusal.field in ("short_notice_reason", "approved_by"):
            return asked_for_less(reference)
        if not deed.two or refusal.field != "approved_by":
            raise
    with unit():
        notice = the_notice(reference)
        kept = dict(given)
        if deed.slug == "record-late":
            kept["took_effect_at"] = took_effect(given, now()).isoformat()
        asked.ask(notice, deed.slug, kept, person=door.me(), by=door.by(), now=now())
        who = named(seconds(deed, notice))
    who = who or AGREES[asked.SECOND[deed.slug]].capitalize()
    return f"{who} is asked to agree. Nothing happens before."


def asked_for_less(reference: str) -> str:
    """It is made ready, so that it stands on the desk of who agrees to less notice."""
    with unit():
        notice = the_notice(reference)
        make_ready(notice, Who(door.me(), door.by(), now()))
        heads = heads_of(notice)
    return f"{heads} is asked to agree to less notice. Then you can announce it."


def heads_of(notice: ChangeNotice) -> str:
    found = duty.on_duty(deciders(notice), london_date(now()))
    wrote = editors(notice) | {notice.author_id}
    people = [person for person in found if person.id not in wrote] or found
    return named(people) or "The Head of Profession"


def less(deed: Deed, notice: ChangeNotice) -> str:
    """What is missing of the promised notice while nobody has agreed to that; "" for nothing."""
    missing = short.shortfall(notice, now=now()) if deed.slug == "publish" else None
    if missing is None or missing.past or short.accepted(notice, now=now()):
        return ""
    given = dates.days(missing.days)
    return f"It gives {given} of notice; {missing.kind} needs {missing.needed}."


def me_too(deed: Deed, notice: ChangeNotice) -> Any:
    """Who acts, where they may agree themselves: a Head of Profession who did not write it."""
    mine = deed.two == "short" and asked.may_second(
        deed.slug, notice, door.me(), london_date(now())
    )
    return door.me() if mine else None


def seconds(deed: Deed, notice: ChangeNotice) -> Any:
    return asked.seconds(deed.slug, notice, london_date(now()), but={door.me().id})


def one(deed: Deed, refusal: Refused) -> Error:
    """Beside its field, or above the form."""
    field = {"short_notice_reason": "reason"}.get(refusal.field or "", refusal.field or "acts")
    field = field.rsplit(".", 1)[-1]
    names = {ask.name for ask in deed.asks}
    return Error(field if field in names else "acts", plainly(refusal))


def sheet(
    deed: Deed,
    notice: ChangeNotice,
    given: Mapping[str, str],
    errors: list[Error],
    status: int = 200,
) -> Any:
    people = count(followers(notice))
    names = named(seconds(deed, notice)) if deed.two else ""
    missing = less(deed, notice)
    names = heads_of(notice) if missing else names
    return page(
        "notice_act",
        status,
        notice=notice,
        deed=deed,
        given=given,
        errors=errors,
        choices={"successor": successors(notice)} if deed.slug == "supersede" else {},
        version=unsaved.version(notice.changed_at),
        hear=hear(deed, people),
        asks=f"Ask {names}" if names and (missing or deed.two == "always") else "",
        missing=missing,
        approve_url=leads(path(notice, "approve")),
    )


def hear(deed: Deed, people: int) -> str:
    """How many it concerns; of a message to earlier readers that is who follows now."""
    if deed.slug in ("return", "record-late"):
        return ""
    if deed.slug == "publish":
        return f"{send_words.people(people)} get it by mail, at once or with their next digest."
    return f"{send_words.people(people)} follow it today."


def successors(notice: ChangeNotice) -> list[Choice]:
    """Standing notices that share a publication with it."""
    own = [series.id for series in notice.series]
    shared = select(notice_series.c.notice_id).where(notice_series.c.series_id.in_(own))
    query = select(ChangeNotice).where(
        ChangeNotice.id.in_(shared),
        ChangeNotice.id != notice.id,
        ChangeNotice.state.in_((*OPEN, "in_effect")),
    )
    found = session.scalars(query.order_by(ChangeNotice.id.desc()).limit(100))
    return [Choice(each.reference, f"{each.headline} ({each.reference})") for each in found]


def the_request(notice: ChangeNotice) -> NoticeRequest:
    """The one that waits, by the number that the form holds; 404 for another's."""
    number = request.form.get("request", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(400)
    row = session.get(NoticeRequest, int(number))
    if row is None or row.notice_id != notice.id:
        abort(404)
    return row


@blueprint.post(f"{ONE}/agree")
@door.member()
def agree(reference: str) -> Any:
    """The second person: it happens at once."""
    the_request(the_notice(reference))
    try:
        with unit():
            notice = the_notice(reference)
            row = the_request(notice)
            asked.agree(row, approver=door.me(), by=door.by(), now=now())
            said = DEEDS[row.verb].done if row.verb in DEEDS else ""
    except Refused as refusal:
        return show(the_notice(reference), [Error("acts", plainly(refusal))], 400)
    return back(path(the_notice(reference)), said or "It is done. Those whom it concerns are told.")


@blueprint.post(f"{ONE}/turn-down")
@door.member()
def turn_down(reference: str) -> Any:
    """By the second person, or by who asked."""
    the_request(the_notice(reference))
    try:
        with unit():
            row, reason = the_request(the_notice(reference)), request.form.get("reason", "")
            asked.turn_down(row, reason[:LONGEST], by=door.by(), now=now())
    except Refused as refusal:
        errors = [Error(refusal.field or "acts", plainly(refusal))]
        return show(the_notice(reference), errors, 400)
    return back(path(the_notice(reference)), "It does not happen. The notice stays as it is.")


for _deed in DEEDS.values():
    _look, _act = offered(_deed)
    for _method, _view in (("GET", _look), ("POST", _act)):
        blueprint.add_url_rule(
            f"{ONE}/{_deed.slug}",
            f"{_deed.slug}_{_method.lower()}",
            door.member()(_view),
            methods=[_method],
        )
