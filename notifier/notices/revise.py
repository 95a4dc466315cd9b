"""Editing a public notice: wording only, or a change of meaning that everybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.errors import Refused
from notifier.notices.approve import deciders
from notifier.notices.judge import judge_again
from notifier.notices.leadtime import policy
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.promises import replan, tell
from notifier.notices.publish import snapshot
from notifier.notices.write import classes_of, fill
from notifier.store.db import session
from notifier.store.history import By, record

# What is never a matter of wording (DOMAIN.md section 4).
ALWAYS_MATERIAL = (
    "type",
    "materiality",
    "series_break",
    "machine_breaking",
    "effect_at",
    "decision",
)
SHORT = ("short", "same_day", "after")
LISTS = ("impact", "what_to_do", "other_types")
HEAVIER = "FGKJDECBAHI"  # classes by their minimum, lightest first


def revise(
    notice: ChangeNotice,
    entry: Mapping[str, Any],
    *,
    summary: str,
    editorial: bool,
    by: By,
    now: datetime,
    short_notice_reason: str = "",
    approved_by: Staff | None = None,
) -> None:
    """Take new words from an entry of the catalogue's ``notices:`` shape.

    Editorial edits are logged and tell nobody. Material ones are a new revision: "updated" goes to
    everybody who got an earlier stage and to who follows now, and unsaid stages follow the effect.
    A material edit that adds a series, raises the class or brings the effect forward is judged from
    now. Raises Refused when there is no summary, or when an editorial edit changes the meaning.
    """
    if notice.state not in ("announced", "on_hold"):
        state = notice.state.replace("_", " ")
        raise Refused(f"{notice.reference} is {state}; it cannot be edited.")
    if not summary.strip():
        raise Refused("Say in a sentence what changed (--summary); it stands in the public log.")
    before = facts(notice)
    notice.effect_release = None
    notice.effect_date = notice.effect_at = None
    fill(notice, entry, notice.reference, now=now)
    session.flush()
    after = facts(notice)
    meaning = sorted(name for name in before if before[name] != after[name])
    if editorial and meaning:
        raise Refused(
            f"This changes the meaning ({', '.join(meaning).replace('_', ' ')}), "
            "so it is not editorial; leave out --editorial."
        )
    notice.changed_at = now
    if not editorial:
        notice.revision += 1
        notice.sequence += 1
        if widened(before, after):
            notice.judged_from = now
        found = policy(classes_of(notice))
        notice.policy = found.as_dict()
        notice.minimum_days, notice.target_days = found.minimum_days, found.target_days
        was_short = notice.verdict in SHORT
        judge_again(notice)
        if notice.verdict in SHORT and not was_short:
            agreed(notice, short_notice_reason, approved_by)
    session.flush()
    log(notice, summary, editorial=editorial, now=now)
    record(
        f"notice:{notice.id}",
        "edit" if editorial else "revise",
        by=by,
        now=now,
        why=summary,
        revision=notice.revision,
        changed=meaning,
    )
    if not editorial:
        if notice.state == "announced":  # on hold its stages wait, however often it is edited
            replan(notice, now=now, why=f"revision {notice.revision}")
        tell(notice, "updated", now=now, detail={"summary": summary.strip()})


def agreed(notice: ChangeNotice, reason: str, approved_by: Staff | None) -> None:
    """A revision that leaves less than the promise needs what a late announcement needs."""
    gap = f"This leaves {notice.lead_days} days; {notice.minimum_days} are promised."
    if not reason.strip():
        raise Refused(f"{gap} Give a public reason (--short-notice-reason) and --approved-by.")
    if approved_by is None or not has_role(approved_by, "hop", team_ids=deciders(notice)):
        raise Refused(f"{gap} The Head of Profession must agree: name them with --approved-by.")
    notice.short_notice_reason = reason.strip()


def facts(notice: ChangeNotice) -> dict[str, Any]:
    """What makes an edit material."""
    found = {name: getattr(notice, name) for name in (*ALWAYS_MATERIAL, *LISTS)}
    found["series"] = sorted(series.slug for series in notice.series)
    found["class"] = notice.class_
    return found


def widened(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether users are hit by more, or sooner, than they were told."""
    more_series = set(after["series"]) - set(before["series"])
    heavier = HEAVIER.index(after["class"]) > HEAVIER.index(before["class"])
    was, now_is = before["effect_at"], after["effect_at"]
    sooner = was is not None and now_is is not None and now_is < was
    return bool(more_series) or heavier or sooner


def log(notice: ChangeNotice, summary: str, *, editorial: bool, now: datetime) -> None:
    session.add(
        NoticeRevision(
            notice_id=notice.id,
            no=notice.revision,
            at=now,
            editorial=editorial,
            summary=summary.strip(),
            words=snapshot(notice),
        )
    )
    session.flush()
