"""Editing a public notice: wording only, or a change of meaning that everybody is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import consult_rules
from notifier.notices.agree import if_lighter, if_short
from notifier.notices.derive import judged_by, policy_of
from notifier.notices.judge import judge_again, least_lead
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.promises import replan, tell
from notifier.notices.publish import snapshot
from notifier.notices.queries import revisions
from notifier.notices.rules import OPEN, state_words
from notifier.notices.widening import facts, widened
from notifier.notices.write import fill
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import take


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
    now. Raises Refused when there is no summary, when an editorial edit changes the meaning, and
    for less notice or a lighter promise that no Head of Profession agreed to.
    """
    take(notice)
    if notice.state not in OPEN:
        raise Refused(
            f"{notice.reference} is {state_words(notice)}; only what is announced, and not in "
            "effect yet, is revised."
        )
    if not summary.strip():
        raise Refused(
            "Say in a sentence what changed (--summary); it stands in the public log.",
            field="summary",
        )
    before, was, lead = facts(notice), notice.verdict, least_lead(notice)
    promised = notice.minimum_days
    rewrite(notice, entry, now=now)
    after = facts(notice)
    if before["decision"] != after["decision"] or before["class"] != after["class"]:
        consult_rules.asked_or_why(notice, where=notice.reference)
    meaning = sorted(name for name in before if before[name] != after[name])
    if editorial and meaning:
        raise Refused(
            f"This changes the meaning ({', '.join(meaning).replace('_', ' ')}), "
            "so it is not editorial; leave out --editorial.",
            field="editorial",
        )
    notice.changed_at = now
    lighter = ""
    if not editorial:
        notice.revision += 1
        notice.sequence += 1
        weigh(notice, anew=widened(before, after), now=now)
        judge_again(notice)
        lighter = if_lighter(
            notice, (before["class"], promised), approved_by=approved_by, by=by, now=now
        )
        if_short(
            notice, was, reason=short_notice_reason, approved_by=approved_by, now=now, lead=lead
        )
    session.flush()
    logged = " ".join(filter(None, (summary.strip(), lighter, lighter and short_notice_reason)))
    log(notice, logged, editorial=editorial, now=now)
    record(
        f"notice:{notice.id}",
        "edit" if editorial else "revise",
        by=by,
        now=now,
        why=summary,
        revision=notice.revision,
        changed=meaning,
        **({"approved_by": approved_by.id, "basis": by.basis} if approved_by is not None else {}),
    )
    if not editorial:
        if notice.state == "announced":  # on hold its stages wait, however often it is edited
            replan(notice, now=now, why=f"revision {notice.revision}")
        tell(notice, "updated", now=now, detail={"summary": summary.strip()})


def rewrite(notice: ChangeNotice, entry: Mapping[str, Any], *, now: datetime) -> None:
    """Take the whole entry, but keep the promise by which the notice is judged, what was published
    about its consultation, and while it is on hold the day by which news is promised."""
    judged, before = (notice.minimum_days, notice.target_days), notice.decision
    was, consulted, news = notice.consultation or {}, in_consultation(notice), notice.next_update_by
    notice.effect_release = None
    notice.effect_date = notice.effect_at = None
    fill(notice, entry, notice.reference, now=now)
    notice.minimum_days, notice.target_days = judged
    if notice.state == "on_hold" and notice.next_update_by is None:
        notice.next_update_by = news
    notice.consultation = consult_rules.revised(
        was,
        notice.consultation,
        decision=(before, notice.decision),
        where=notice.reference,
        today=london_date(now),
        consulted=consulted,
    )
    if before != "decided" and notice.decision == "decided":
        notice.consultation = {**notice.consultation, "decided_at": now.isoformat()}
    session.flush()


def in_consultation(notice: ChangeNotice) -> bool:
    """Whether any public revision was open for answers, or a proposal that would be."""
    return any(
        words.get("decision") == "consulting"
        or (
            words.get("decision") not in (None, "decided")
            and bool((words.get("consultation") or {}).get("closes"))
        )
        for words in (one.words for one in revisions(notice))
    )


def weigh(notice: ChangeNotice, *, anew: bool, now: datetime) -> None:
    """Widened, it is judged from now by the promise of today; else its own promise stays, and what
    it fits since is read from the register of the day by which it is judged."""
    if anew:
        notice.judged_from = now
    found = policy_of(notice, london_date(notice.judged_from or now))
    held = notice.policy or {}
    if anew or [found.class_, *found.fits] != [held.get("class_"), *held.get("fits", [])]:
        judged_by(notice, found)


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
