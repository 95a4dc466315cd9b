"""What two people do to a release from a page: one asks, the other agrees, and then it happens.

Each act is a verb of ``follow``, ``release_cancelled``, ``out`` or ``contain``; their rules hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.audience.receivers import Audience
from notifier.clock import london_date
from notifier.errors import Conflict, Refused
from notifier.notices import contain, follow, out, release_cancelled
from notifier.notices.release_news import whom
from notifier.releases import asking, guards, queries
from notifier.releases.dated import Dated
from notifier.releases.decision import Decision
from notifier.releases.models import Release, ReleaseAsk
from notifier.sends.models import Send
from notifier.sends.staff import nag
from notifier.store.db import session, tried
from notifier.store.history import By
from notifier.store.moves import take

Given = Mapping[str, Any]
OF_A_CONFIRMED_DATE = ("move", "postpone", "cancel")


def rehearse(
    release: Release, act: str, given: Given, *, person: Staff, by: By, now: datetime
) -> None:
    """Raise what would refuse it if the second person agreed now; nothing is kept.

    Inside a unit of work: it is done and taken back, so there is no second set of rules.
    """
    second = next(iter(seconds(release, act, given, person=person, now=now)), None)
    if second is None:
        raise Refused(
            "Nobody else may agree to this; ask an administrator to add an approver or a Head of "
            "Profession for this team."
        )
    with tried(keep=False):
        do(release, act, given, person=person, approved_by=second, by=by, now=now)
    session.refresh(release)


def ask(
    release: Release,
    act: str,
    given: Given,
    *,
    person: Staff,
    by: By,
    now: datetime,
    seen: str,
) -> list[Staff]:
    """Ask a second person, when it could be done at all; each of those whom it reaches gets a mail.
    Returns them. ``seen`` is the release as the form showed it."""
    if seen != asking.base(release):
        raise Conflict(asking.CHANGED)
    rehearse(release, act, given, person=person, by=by, now=now)
    found = asking.ask(release, act, given, person=person, by=by, now=now, seen=seen)
    people = seconds(release, act, given, person=person, now=now)
    nag(
        f"release:{release.id}",
        stage="ask",
        to=[each.id for each in people],
        mark=str(asking.stamp(found)),
        now=now,
        team_id=release.series.team_id,
        act=act,
        given=dict(given),
        asked_by=person.id,
    )
    return people


def agree(
    release: Release, *, approver: Staff, by: By, now: datetime, read: int
) -> tuple[str, Send | None]:
    """Do what was asked; returns the act and the Send that tells it, where one does.

    ``read`` is the stamp of the request that the approver read. What was decided, was decided when
    it was asked: the time until users are told is never made to look shorter.
    """
    take(release)  # two may agree at once: the second finds that nothing waits any more
    found = asking.waits(release, read=read)
    person = session.get_one(Staff, found.staff_id)
    if not person.active:
        raise Refused("Whoever asked for this has left; turn it down, and ask for it yourself.")
    act, given, asked_at = found.act, dict(found.given), found.at
    asking.forget(release)
    two = {"person": person, "approved_by": approver}
    return act, do(release, act, given, **two, by=by, now=now, decided_at=asked_at)


def do(
    release: Release,
    act: str,
    given: Given,
    *,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
    decided_at: datetime | None = None,
) -> Send | None:
    decision = Decision(
        reason=str(given.get("reason", "")),
        reason_code=str(given.get("reason_code", "other")),
        person=person,
        approved_by=approved_by,
        decided_at=decided_at,
    )
    return ACTS[act](release, given, decision, by, now)


def move(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> Send:
    return follow.move(release, dated(given), decision, by=by, now=now)


def postpone(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> Send:
    news = date.fromisoformat(given["next_update"])
    return follow.postpone(release, decision, next_update=news, by=by, now=now)


def confirm(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> None:
    to, two = dated(given), (decision.person, decision.approved_by)
    if to.wall is None:
        raise Refused("A confirmed release needs an exact time.", field="time")
    follow.confirm(release, to.day, to.wall, person=two[0], approved_by=two[1], by=by, now=now)


def cancel(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> Send:
    choices: dict[str, release_cancelled.Choice] = {
        reference: queries.any_release(int(word)) if word.isdecimal() else word
        for reference, word in given.get("choices", {}).items()
    }
    return release_cancelled.cancel(
        release,
        reason=decision.reason,
        person=decision.person,
        approved_by=decision.approved_by,
        by=by,
        now=now,
        choices=choices,
    )


def withdraw(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> Send:
    two = {"person": decision.person, "approved_by": decision.approved_by}
    return out.withdraw(release, reason=decision.reason, **two, by=by, now=now)


def unmark(release: Release, given: Given, decision: Decision, by: By, now: datetime) -> None:
    two = {"person": decision.person, "approved_by": decision.approved_by}
    contain.unmark(release, reason=decision.reason, **two, by=by, now=now)


Act = Callable[[Release, Given, Decision, By, datetime], Send | None]
ACTS: dict[str, Act] = {
    "move": move,
    "postpone": postpone,
    "confirm": confirm,
    "cancel": cancel,
    "withdraw": withdraw,
    "unmark": unmark,
}


def dated(given: Given) -> Dated:
    """The date of a request: {day, wall, precision}."""
    wall = time.fromisoformat(given["wall"]) if given.get("wall") else None
    return Dated(date.fromisoformat(given["day"]), wall, given["precision"])


def as_given(to: Dated) -> dict[str, Any]:
    wall = to.wall.isoformat("minutes") if to.wall is not None else None
    return {"day": to.day.isoformat(), "wall": wall, "precision": to.precision}


def takes_hop(release: Release, act: str, given: Given) -> bool:
    """Whether a Head of Profession must agree: a confirmed date is at stake, or a promise."""
    if release.state == "confirmed" and act in OF_A_CONFIRMED_DATE:
        return True
    if act != "move" or not given.get("day"):
        return False
    at = dated(given).earliest(guards.standard_time())
    return bool(follow.becomes_short(out.anchored(release), at))


def seconds(
    release: Release, act: str, given: Given, *, person: Staff, now: datetime
) -> list[Staff]:
    """Whom a request reaches today, never the one who asks; empty when there is nobody else."""
    teams, today = guards.deciding_teams(release), london_date(now)
    tiers = [duty.on_duty(teams, today), duty.holders("hop", teams), duty.holders("hop", ())]
    if not takes_hop(release, act, given):
        tiers = [duty.approvers(teams, today), duty.holders("approver", ()), *tiers]
    found = ([each for each in tier if each.id != person.id] for tier in tiers)
    return next((others for others in found if others), [])


def may_agree(found: ReleaseAsk, person: Staff, *, now: datetime) -> bool:
    """Whether somebody may be the second person of what waits."""
    release = found.release
    if found.staff_id == person.id:
        return False
    may = duty.acts_as_hop if takes_hop(release, found.act, found.given) else duty.may_approve
    return may(person, guards.deciding_teams(release), london_date(now))


def told(release: Release, act: str) -> Audience | None:
    """Who would get mail at once; None where nobody does."""
    if act in OF_A_CONFIRMED_DATE or (act == "confirm" and release.state == "postponed_tbc"):
        return whom(release, out.anchored(release))
    if act == "withdraw":
        return out.had_it(release)
    if act == "publish":
        return out.readers(release, out.anchored(release))
    return None
