"""The page of one release: how its date stands and became so, what waits, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.notices import release_acts
from notifier.notices.rules import PUBLIC as PUBLIC_NOTICE
from notifier.releases import announce, asking, queries
from notifier.releases.flags import PROMISED, confirm_by, punctuality
from notifier.releases.models import Release, ReleaseAsk
from notifier.render import dates
from notifier.sends import queries as sends
from notifier.store.db import session
from notifier.store.once import reading
from notifier.web.public.shapes import Error, Tag
from notifier.web.staff import door, ways
from notifier.web.staff.frame import page
from notifier.web.staff.releases import deeds, told, words
from notifier.web.staff.releases.armed import armed
from notifier.web.staff.releases.shared import ONE, may_act, may_read, path, the_release
from notifier.web.staff.releases.told import Follows, Told
from notifier.web.staff.security import now
from notifier.web.staff.sends import words as send_words

blueprint = Blueprint("staff_release", __name__)

# What can be done in each state: the words of the button, and the page that it leads to.
ACTS: dict[str, tuple[tuple[str, str], ...]] = {
    "planned": (("confirm", "Confirm its date…"),),
    "provisional": (
        ("confirm", "Confirm its date…"),
        ("move", "Move it…"),
        ("postpone", "Take its date away…"),
        ("cancel", "Cancel it…"),
    ),
    "confirmed": (
        ("move", "Move it…"),
        ("postpone", "Take its date away…"),
        ("cancel", "Cancel it…"),
    ),
    "postponed_tbc": (
        ("confirm", "Confirm a date…"),
        ("move", "Give it a provisional date…"),
        ("postpone", "Promise news for another day…"),
        ("cancel", "Cancel it…"),
    ),
    "released": (("withdraw", "Take it back…"),),
}


@dataclass(frozen=True)
class Ask:
    """What waits for a second person, and what would follow."""

    who: str
    mine: bool
    may_agree: bool
    waits_for: str
    words: str
    reason: str
    code: str
    at: str
    stamp: int
    told: Told
    follows: list[Follows]
    button: str


@dataclass(frozen=True)
class Anchored:
    title: str
    url: str
    note: str


@blueprint.get(ONE)
@door.member()
def release(release_id: int) -> Any:
    with reading():
        return show(the_release(release_id))


def show(
    release: Release, errors: list[Error] | None = None, status: int = 200, **typed: str
) -> Any:
    moment = now()
    today = london_date(moment)
    acts = may_act(release)
    found = asking.of(release)
    lapsed = found is not None and asking.lapsed(found)
    written = announce.of(release)
    return page(
        "releases/one",
        status,
        errors=errors or [],
        typed=typed,
        release=release,
        tag=words.tag(release),
        when=words.when(release, today),
        state_words=words.CERTAINTY[release.state],
        attention=words.attention(release, moment),
        promise=promise(release, today),
        steps=deeds.steps(release, today),
        first=first_words(release),
        ask=waiting(found, moment) if found is not None and not lapsed else None,
        lapsed=words.asked(found, today) if found is not None and lapsed else "",
        may_act=acts,
        acts=[(path(release.id, act), label) for act, label in ACTS.get(release.state, ())]
        if acts
        else [],
        explains=acts and release.breached_on is not None,
        may_publish=acts and release.state == "confirmed" and due(release, moment),
        marks=acts and release.state in ("planned", "provisional", "confirmed", "postponed_tbc"),
        written=armed(release, written, moment) if may_read(release) else None,
        has_words=written is not None,
        facts=facts(release),
        anchored=anchored(release),
        sends=messages(release),
        done_so_far=deeds.deeds(f"release:{release.id}", door.me().id),
        public=release.state in queries.PUBLIC,
    )


def due(release: Release, moment: datetime) -> bool:
    return release.at is not None and release.at <= moment


def promise(release: Release, today: date) -> str:
    """How it stands against the four weeks."""
    last, off = confirm_by(release), punctuality(release)
    if off is not None:
        late = f"{dates.days(abs(off))} {'late' if off > 0 else 'early'}"
        return f"It came out {late}." if off else "It came out on the day that was announced."
    if release.confirmed_lead_days is not None and release.state in ("confirmed", "released"):
        lead = dates.days(release.confirmed_lead_days)
        return f"It was confirmed {lead} ahead; {PROMISED} are promised."
    if release.state == "provisional" and last is not None:
        return f"Day and time are promised {PROMISED} days ahead: by {dates.past(last)}."
    return ""


def first_words(release: Release) -> str:
    """The date that was announced first, as exact as it was then."""
    if release.first_announced_on is None:
        return ""
    changes = release.date_changes
    precision = changes[0].from_precision if changes else release.precision
    wall = changes[0].from_time if changes else release.wall_time
    return dates.within(dates.vague(release.first_announced_on, precision, wall=wall))


def waiting(found: ReleaseAsk, moment: datetime) -> Ask:
    release, me = found.release, door.me()
    person = session.get_one(Staff, found.staff_id)
    people = release_acts.seconds(release, found.act, found.given, person=person, now=moment)
    mine = person.id == me.id
    return Ask(
        who="You" if mine else person.name or person.email,
        mine=mine,
        may_agree=release_acts.may_agree(found, me, now=moment),
        waits_for=words.listed([each.name or each.email for each in people]) or "a second person",
        words=words.asked(found, london_date(moment)),
        reason=str(found.given.get("reason", "")),
        code=words.REASONS.get(str(found.given.get("reason_code", "")), ""),
        at=dates.within(dates.moment(found.at)),
        stamp=asking.stamp(found),
        told=told.told(release, found.act),
        follows=told.follows(release, found.act, found.given, moment),
        button=words.AGREE[found.act],
    )


def facts(release: Release) -> list[tuple[str, str, str]]:
    """Term, words, and where they lead."""
    series = release.series
    exemption = series.exemption or {}
    found = [
        ("Publication", series.name, f"/series/{series.slug}"),
        ("Team", series.team.name, ""),
        ("Period", release.period or "not given", ""),
        ("Its page", release.landing_url or series.landing_url or "not given", ""),
        ("Who answers", release.contact or series.team.contact or "nobody", ""),
        ("Welsh title", release.cy_title or "none", ""),
    ]
    if exemption:
        what = f"comes out at {exemption['time']}" if exemption.get("time") else "on days off, too"
        found.append(("Exemption", f"{what}: {exemption.get('reason', '')}", ""))
    if series.checks_landing:
        found.append(("Before it goes out", "its page must answer", ""))
    return found


def anchored(release: Release) -> list[Anchored]:
    return [
        Anchored(
            notice.headline,
            ways.notice(notice.reference, public=notice.state in PUBLIC_NOTICE),
            f"{notice.reference} · {standing(notice.state)}",
        )
        for notice in notices.hanging_on(release.id)
    ]


def standing(state: str) -> str:
    return {
        "in_review": "waits for approval",
        "announced": "public",
        "on_hold": "on hold",
        "in_effect": "in effect",
        "retracted": "taken back",
    }.get(state, state.replace("_", " "))


def messages(release: Release) -> list[tuple[str, str, str, Tag]]:
    """(title, url, when, state) of every message to many about it, newest first."""
    found = [s for s in sends.calendar(about=f"release:{release.id}") if s.receivers is not None]
    return [
        (
            send_words.STAGES.get(send.stage, send.stage).capitalize(),
            ways.send(send.id),
            dates.short(london_date(send.due_at)),
            send_words.state(send),
        )
        for send in reversed(found)
    ]
