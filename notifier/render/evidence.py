"""The files of an evidence pack: tables, texts, history that can be checked, and a page to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from notifier.clock import LONDON
from notifier.insight.chains import Chain
from notifier.insight.evidence import Edition, Pack
from notifier.insight.reach import rounded
from notifier.insight.stood import Stood
from notifier.notices.agree import SHORT
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import NoticeRevision
from notifier.releases.models import ReleaseDateChange
from notifier.render.evidence_page import page
from notifier.render.evidence_written import as_csv, as_json, instant
from notifier.store.history import History

Table = tuple[Sequence[str], list[Sequence[Any]]]  # its header and its rows

DATES = (
    *("release", "title", "period", "state", "first_announced", "date", "time", "precision"),
    *("confirmed_at", "confirmed_days_ahead", "dates_changed", "published_at", "days_after_date"),
    *("late_to_confirm_on", "reason_for_late_confirming"),
)
CHANGES = (
    *("release", "title", "from", "from_precision", "to", "to_precision", "direction"),
    *("reason_code", "reason", "decided_at", "decided_by", "approved_by", "announced_at"),
)
APPROVALS = ("about", "what", "at", "by", "how_known", "agreed_by", "role", "why")
LEADS = (
    *("reference", "headline", "state", "kind", "class", "announced_at", "judged_from"),
    *("takes_effect", "days", "days_from_decision", "promised_days", "aimed_at_days", "verdict"),
    *("public_reason", "whose_promise", "outcome"),
)
RECIPIENTS = (
    *("about", "kind", "stage", "due_at", "begun_at", "finished_at", "people", "accepted"),
    *("bounced", "failed", "still_open"),
)
FEEDBACK = (
    *("reference", "opens", "closes", "people_who_answered", "decided_at", "published_response"),
    "pressed_got_it",
)
# Steps of history by which somebody takes something upon them.
DECIDES = {
    *("submit", "return", "approve", "announce", "record_late", "split", "revise", "edit", "hold"),
    *("resume", "cancel", "supersede", "retract", "close", "decision", "response", "impact"),
    *("confirm", "move", "postpone", "withdraw", "publish", "arm", "disarm", "exempt", "explain"),
}


def files(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """Name and content of each, in the order of the zip; the page to read is the first."""
    tables = {
        "dates.csv": dates(pack),
        "date-changes.csv": date_changes(pack),
        "lead-times.csv": lead_times(pack),
        "approvals.csv": approvals(pack),
        "recipients.csv": recipients(pack),
        "feedback.csv": feedback(pack),
    }
    checked = verification(pack)
    yield "index.html", page(pack, tables, checked).encode()
    yield "series.json", as_json(series(pack))
    for name, (header, rows) in tables.items():
        yield name, as_csv(header, rows)
    yield from texts(pack)
    yield "history.jsonl", b"".join(line(row) for chain in pack.chains for row in chain.rows)
    yield "verification.json", as_json(checked)


def series(pack: Pack) -> dict[str, Any]:
    one = pack.series
    return {
        "series": one.slug,
        "name": one.name,
        "designation": one.designation,
        "frequency": one.frequency,
        "team": one.team.name,
        "body": one.team.body.name if one.team.body is not None else "",
        "topics": [topic.name for topic in one.topics],
        "identifiers": one.identifiers,
        "landing_page": one.landing_url,
        "as_of_the_end_of": pack.day.isoformat(),
    }


def dates(pack: Pack) -> Table:
    return DATES, [dates_row(one, pack) for one in pack.editions]


def dates_row(one: Edition, pack: Pack) -> Sequence[Any]:
    release = one.release
    late = release.breached_on
    late = late if late is not None and late <= pack.day else None
    fixed = release.confirmed_at
    fixed = fixed if fixed is not None and fixed.astimezone(LONDON).date() <= pack.day else None
    return (
        release.id,
        release.title,
        release.period,
        one.state,
        release.first_announced_on,
        one.day,
        one.wall,
        one.precision,
        fixed,
        release.confirmed_lead_days if fixed is not None else None,
        len(one.changes),
        one.published_at,
        one.days_after,
        late,
        release.breach_reason if late is not None else "",
    )


def date_changes(pack: Pack) -> Table:
    rows = [(one.release, change) for one in pack.editions for change in one.changes]
    rows.sort(key=lambda pair: (pair[1].announced_at, pair[1].id))
    return CHANGES, [(release.id, release.title, *change_row(row)) for release, row in rows]


def change_row(row: ReleaseDateChange) -> Sequence[Any]:
    return (
        row.from_date,
        row.from_precision,
        row.to_date,
        row.to_precision,
        row.direction,
        row.reason_code,
        row.reason,
        row.decided_at,
        row.decided_by,
        row.approved_by,
        row.announced_at,
    )


def lead_times(pack: Pack) -> Table:
    return LEADS, [lead_row(one) for one in pack.notices]


def lead_row(one: Stood) -> Sequence[Any]:
    return (
        one.reference,
        one.headline,
        one.state,
        PROMISES[one.class_].words,
        one.class_,
        one.first_public_at,
        one.judged_from,
        one.effect_at,
        one.lead_days,
        one.decided_days,
        one.minimum_days,
        one.target_days,
        one.verdict,
        one.reason if one.verdict in SHORT else "",
        one.rule,
        one.outcome,
    )


def approvals(pack: Pack) -> Table:
    """Who asked, agreed and acted, and when: read from the history that is in the pack."""
    found = [
        (row.at, chain.name, row)
        for chain in pack.chains
        for row in chain.rows
        if row.action in DECIDES or "approved_by" in row.data
    ]
    found.sort(key=lambda each: (each[0], each[1], each[2].seq))
    return APPROVALS, [
        (
            name,
            row.action.replace("_", " "),
            row.at,
            row.by.get("name") or row.by.get("os_user") or row.by.get("basis"),
            str(row.by.get("basis", "")).replace("_", " "),
            pack.staff.get(row.data.get("approved_by") or 0, ""),
            row.data.get("role") or "",
            row.why,
        )
        for _, name, row in found
    ]


def recipients(pack: Pack) -> Table:
    titles = {f"release:{one.release.id}": one.release.title for one in pack.editions}
    return RECIPIENTS, [
        (
            titles.get(send.about, send.about),
            send.kind,
            send.stage,
            send.due_at,
            send.begun_at,
            send.finished_at,
            send.people,
            send.accepted,
            send.bounced,
            send.failed,
            send.open,
        )
        for send in pack.sends
    ]


def feedback(pack: Pack) -> Table:
    return FEEDBACK, [
        (
            one.reference,
            one.opens,
            one.closes,
            one.people,
            one.decided_at,
            one.response,
            one.got_it,
        )
        for one in pack.feedback
    ]


def texts(pack: Pack) -> Iterator[tuple[str, bytes]]:
    """Each text as it was public: every revision of every change, the words of every release."""
    numbers: dict[str, int] = {}
    for reference, revision in pack.revisions:
        numbers[reference] = number = numbers.get(reference, 0) + 1
        yield f"texts/{reference}/{number:02}.json", as_json(revision_of(reference, revision))
    for one in pack.announcements:
        words = {"release": one.release.title, "words": one.words}
        yield f"texts/releases/{one.release_id}.json", as_json(words)


def revision_of(reference: str, row: NoticeRevision) -> dict[str, Any]:
    return {
        "reference": reference,
        "revision": row.no,
        "public_since": instant(row.at),
        "wording_only": row.editorial,
        "what_changed": row.summary,
        "words": as_public(row.words),
    }


def as_public(words: Mapping[str, Any]) -> dict[str, Any]:
    """With followers rounded as on the page, where fewer than ten are not counted."""
    asked = words.get("consultation") or {}
    if "turnout" not in asked:
        return dict(words)
    shown = [{**kind, "followers": rounded(kind["followers"])} for kind in asked["turnout"]]
    return {**words, "consultation": {**asked, "turnout": shown}}


def line(row: History) -> bytes:
    """One row of history as it is hashed; keys in the order in which a reader wants them."""
    kept = {
        "object": row.object,
        "seq": row.seq,
        "at": row.at.isoformat(),
        "action": row.action,
        "by": row.by,
        "why": row.why,
        "data": row.data,
        "previous": row.previous,
        "hash": row.hash,
    }
    return json.dumps(kept, ensure_ascii=False).encode() + b"\n"


def verification(pack: Pack) -> dict[str, Any]:
    """What our own check of the chains found when the pack was made."""
    broken = [chain for chain in pack.chains if chain.problem]
    return {
        "how": "Each row holds the SHA-256 of the row before it and of itself: of the JSON of "
        "[previous, object, seq, at, action, by, why, data] with sorted keys, in UTF-8.",
        "rows": sum(len(chain.rows) for chain in pack.chains),
        "whole": not broken,
        "broken": [{"object": chain.object, "problem": chain.problem} for chain in broken],
        "chains": [of_chain(chain) for chain in pack.chains],
    }


def of_chain(chain: Chain) -> dict[str, Any]:
    return {
        "object": chain.object,
        "name": chain.name,
        "rows": len(chain.rows),
        "last_hash": chain.rows[-1].hash,
    }
