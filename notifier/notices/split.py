"""Splitting a public notice: a part becomes a notice of its own, and one message names both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import consult_rules
from notifier.notices.agree import if_lighter, if_short
from notifier.notices.approve import both_or_neither, may_be_second, second_person
from notifier.notices.derive import judged_by, policy_of
from notifier.notices.judge import judge_again, least_lead
from notifier.notices.models import ChangeNotice
from notifier.notices.promises import promise, replan, stages_of, tell
from notifier.notices.revise import in_consultation, log, weigh
from notifier.notices.rules import NOTICE, OPEN, state_words
from notifier.notices.widening import facts, widened
from notifier.notices.write import write
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import move, take


def split(
    whole: ChangeNotice,
    entry: Mapping[str, Any],
    *,
    summary: str,
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
    short_notice_reason: str = "",
) -> ChangeNotice:
    """Make of ``entry``, an entry of the catalogue's ``notices:`` shape, a public notice.

    It was announced with the whole and is judged like it, unless it hits users by more or sooner:
    then from now. Its series leave the whole, which is a new revision; both are told in the one
    message "updated". Raises Refused unless a second person agrees whom the part's class asks for,
    and a Head of Profession where it is promised less than the whole was.
    """
    take(whole)
    if whole.state not in OPEN:
        raise Refused(
            f"{whole.reference} is {state_words(whole)}; only what is announced, and not in effect "
            "yet, can be split."
        )
    if not summary.strip():
        raise Refused("Say in a sentence why it is split (--summary); it stands in the public log.")
    part = write(entry, now=now, where="the part")
    leaves = own_series(whole, part)
    part.author_id = person.id
    second_agrees(part, approved_by, now=now)
    lighter = announce(
        part, whole, by=by, now=now, approved_by=approved_by, reason=short_notice_reason
    )
    words = (f"Split from {whole.reference}.", summary.strip(), lighter)
    reason = short_notice_reason.strip() if lighter else ""
    log(part, " ".join(filter(None, (*words, reason))), editorial=False, now=now)
    for stage in stages_of(part, announced_at=now):
        told = f"told with {whole.reference}"
        promise(part, replace(stage, skipped=told) if stage.name == "announce" else stage, now=now)
    shrink(whole, part, leaves=leaves, summary=summary.strip(), by=by, now=now)
    return part


def own_series(whole: ChangeNotice, part: ChangeNotice) -> bool:
    """Whether the part takes its series away from the whole; all of them stay with both.

    Raises Refused for a series that the whole does not have, for a part that is no different, and
    where the whole would lose the release on whose day it hangs.
    """
    mine, theirs = {s.slug for s in part.series}, {s.slug for s in whole.series}
    if strange := sorted(mine - theirs):
        raise Refused(f"{whole.reference} is not about {', '.join(strange)}; split off its own.")
    if mine == theirs:
        same = (part.effect_kind, part.effect_at) == (whole.effect_kind, whole.effect_at)
        if same:
            raise Refused(
                f"The part has every series of {whole.reference} and its effect; give it some of "
                "the series, or another effect."
            )
        return False
    release = whole.effect_release
    if release is not None and release.series_id in {s.id for s in part.series}:
        raise Refused(
            f"{whole.reference} takes effect with {release.title}, a release of the part's series; "
            "revise its effect first."
        )
    return True


def second_agrees(part: ChangeNotice, approved_by: Staff, *, now: datetime) -> None:
    """What an approval asks for, asked of the part; a second person is always needed."""
    today = london_date(now)
    found = policy_of(part, today)
    second = second_person(part, found, today)
    second = "approver" if second == "optional" else second
    may_be_second(part, found, second, approved_by, today)
    both_or_neither(part)
    part.approver_id, part.approved_at = approved_by.id, now


def announce(
    part: ChangeNotice,
    whole: ChangeNotice,
    *,
    by: By,
    now: datetime,
    approved_by: Staff,
    reason: str,
) -> str:
    """Public since the whole was, and judged by its promise; from now where it is wider. Returns
    what the log says of a promise that is lighter than the whole's."""
    if part.effect_at is not None and part.effect_at <= now:
        raise Refused("The effect of the part is past; give it one to come.")
    part.split_from_id = whole.id
    keep_consultation(part, whole, now=now)
    part.first_public_at, part.judged_from = whole.first_public_at, whole.judged_from
    judged_by(part, policy_of(part, london_date(whole.judged_from or now)))
    anew = widened(facts(whole), facts(part))
    if anew:
        part.first_public_at = now
    weigh(part, anew=anew, now=now)
    judge_again(part)
    promised = (whole.class_, whole.minimum_days)
    lighter = if_lighter(part, promised, approved_by=approved_by, by=by, now=now, whole=whole)
    was, lead = (None, None) if anew else (whole.verdict, least_lead(whole))
    if_short(part, was, reason=reason, approved_by=approved_by, now=now, lead=lead)
    if not anew:
        part.short_notice_reason = part.short_notice_reason or whole.short_notice_reason
    move(
        part,
        "split",
        NOTICE,
        by=by,
        now=now,
        lead_days=part.lead_days,
        whole=whole.reference,
        approved_by=approved_by.id,
        basis=by.basis,
    )
    session.flush()
    return lighter


def keep_consultation(part: ChangeNotice, whole: ChangeNotice, *, now: datetime) -> None:
    """What people were told of the whole's consultation and decision holds for the part; splitting
    decides nothing that is asked about."""
    part.consultation = consult_rules.revised(
        whole.consultation or {},
        part.consultation or {},
        decision=(whole.decision, part.decision),
        where=whole.reference,
        today=london_date(now),
        consulted=in_consultation(whole),
    )
    if whole.decision != "decided" and part.decision == "decided":
        part.consultation = {**part.consultation, "decided_at": now.isoformat()}


def shrink(
    whole: ChangeNotice, part: ChangeNotice, *, leaves: bool, summary: str, by: By, now: datetime
) -> Send:
    """The whole without the part: a new revision, told to everybody who was told of the whole."""
    before = [series.id for series in whole.series]
    gone = {series.id for series in part.series}
    followers = tell_first(whole, part, summary, now=now)
    if leaves:
        whole.series = [series for series in whole.series if series.id not in gone]
    session.flush()
    log(whole, f"{part.reference} was split from it. {summary}", editorial=False, now=now)
    record(
        f"notice:{whole.id}",
        "split",
        by=by,
        now=now,
        why=summary,
        revision=whole.revision,
        part=part.reference,
        series=before,
    )
    if whole.state == "announced":
        replan(whole, now=now, why=f"revision {whole.revision}")
    return followers


def tell_first(whole: ChangeNotice, part: ChangeNotice, summary: str, *, now: datetime) -> Send:
    """Promised while the whole still has all its series: who follows any of them hears it."""
    whole.revision += 1
    whole.sequence += 1
    whole.changed_at = now
    return tell(whole, "updated", now=now, detail={"summary": summary, "part": part.id})
