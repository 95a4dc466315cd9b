"""What is done to a release with one press or one field: agree, turn down, make public, publish,
mark, describe, explain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import contain, out, release_acts
from notifier.releases import announce, asking, breach, change
from notifier.releases.describe import describe
from notifier.releases.models import Release
from notifier.store.db import unit
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.releases import one, told, words
from notifier.web.staff.releases.shared import (
    ACTS,
    ONE,
    path,
    plain,
    reason_of,
    stamp_of,
    to_act_on,
    typed,
    wrong,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_release_acts", __name__)

DESCRIBES = ("landing_url", "contact", "period", "welsh_title")
COLUMNS = {"welsh_title": "cy_title"}
CHANGED = {
    "landing_url": "its page",
    "contact": "who answers",
    "period": "the period",
    "cy_title": "the Welsh title",
}


def tried(release_id: int, act: Callable[[Release], str], *, field: str = "acts") -> Any:
    """Do it in a unit of work and go back to the page; a refusal stands above it."""
    to_act_on(release_id)
    try:
        with unit():
            done = act(to_act_on(release_id))
    except Refused as refusal:
        release = to_act_on(release_id)
        kept = {"reason": request.form.get("reason", "")}
        return one.show(release, wrong(refusal, field), 400, **kept)
    return back(path(release_id), done)


@blueprint.post(f"{ONE}/agree")
@door.member(*ACTS)
def agree(release_id: int) -> Any:
    """The second person: what was asked happens now."""
    read = stamp_of(request.form.get("read", ""))

    def act(release: Release) -> str:
        did, send = release_acts.agree(
            release, approver=door.me(), by=door.by(), now=now(), read=read
        )
        tells = " Everybody whom it concerns is being told." if send is not None else ""
        return f"{words.DID[did]}{tells}"

    return tried(release_id, act, field="ask")


@blueprint.post(f"{ONE}/turn-down")
@door.member(*ACTS)
def turn_down(release_id: int) -> Any:
    def act(release: Release) -> str:
        reason = request.form.get("reason", "")[:2_000]
        asking.turn_down(release, reason, person=door.me(), by=door.by(), now=now())
        return "Nothing changes: the request is gone."

    return tried(release_id, act, field="reason")


@blueprint.post(f"{ONE}/make-public")
@door.member(*ACTS)
def make_public(release_id: int) -> Any:
    def act(release: Release) -> str:
        change.pre_announce(release, person=door.me(), by=door.by(), now=now())
        return "It is public, provisionally: it stands in calendar and feeds."

    return tried(release_id, act)


@blueprint.post(f"{ONE}/mark")
@door.member(*ACTS)
def mark(release_id: int) -> Any:
    def act(release: Release) -> str:
        contain.mark(release, person=door.me(), by=door.by(), now=now())
        return "It is marked: without a notice that is announced it does not come out."

    return tried(release_id, act)


@blueprint.post(f"{ONE}/explain")
@door.member(*ACTS)
def explain(release_id: int) -> Any:
    def act(release: Release) -> str:
        reason = reason_of(request.form.get("reason", ""), empty="Say why; users read it")
        breach.explain(release, reason, person=door.me(), by=door.by(), now=now())
        return "The reason stands on its public page."

    return tried(release_id, act, field="explain")


@blueprint.get(f"{ONE}/publish")
@door.member(*ACTS)
def ask_to_publish(release_id: int) -> Any:
    return publish_form(to_act_on(release_id), [])


def publish_form(release: Release, errors: list[Error], status: int = 200) -> Any:
    """Says whom it reaches, and with which words, before it is done."""
    written = announce.of(release)
    approved = written is not None and written.state in ("armed", "withheld")
    return page(
        "releases/publish",
        status,
        errors=errors,
        release=release,
        when=words.when(release, london_date(now())),
        told=told.told(release, "publish"),
        follows=told.follows(release, "publish", {}, now()),
        approved=approved,
        seen=asking.base(release),
    )


@blueprint.post(f"{ONE}/publish")
@door.member(*ACTS)
def publish(release_id: int) -> Any:
    to_act_on(release_id)
    try:
        with unit():
            release = to_act_on(release_id)
            if request.form.get("seen", "") != asking.base(release):
                raise Refused(asking.CHANGED)
            out.publish(release, person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return publish_form(to_act_on(release_id), [Error("publish", plain(refusal))], 400)
    return back(path(release_id), "It is out, and everybody who follows it is being told.")


@blueprint.get(f"{ONE}/describe")
@door.member(*ACTS)
def ask_to_describe(release_id: int) -> Any:
    release = to_act_on(release_id)
    stands = {name: getattr(release, name) for name in ("landing_url", "contact", "period")}
    return describe_form(release, [], {**stands, "welsh_title": release.cy_title})


def describe_form(
    release: Release, errors: list[Error], values: dict[str, str], status: int = 200
) -> Any:
    return page(
        "releases/describe",
        status,
        errors=errors,
        release=release,
        values=values,
        seen=asking.base(release),
        stands={name: getattr(release, COLUMNS.get(name, name)) for name in DESCRIBES},
        series=release.series,
    )


@blueprint.post(f"{ONE}/describe")
@door.member(*ACTS)
def say(release_id: int) -> Any:
    to_act_on(release_id)
    values = typed(*DESCRIBES)
    try:
        with unit():
            release = to_act_on(release_id)
            if request.form.get("seen", "") != asking.base(release):
                raise Refused(asking.CHANGED)
            given: dict[str, Any] = dict(values)
            names = describe(release, person=door.me(), by=door.by(), now=now(), **given)
    except Refused as refusal:
        field = refusal.field or next(
            (n for n in DESCRIBES if str(refusal).startswith(n)), "period"
        )
        said = plain(refusal).removeprefix(f"{field}: ")
        said = "Nothing is changed yet" if said.startswith("Nothing would change") else said
        return describe_form(to_act_on(release_id), [Error(field, said)], values, 400)
    return back(path(release_id), f"Changed: {', '.join(CHANGED[name] for name in names)}.")
