"""What has overtaken a change, what became of it, and its history, in the words of its page."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

from markupsafe import Markup

from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.notices.stages import BY_HAND
from notifier.render import dates
from notifier.sends import queries as sends
from notifier.sends.models import Send
from notifier.store.db import session
from notifier.web.public.changes.change_acts import acts
from notifier.web.public.changes.change_dates import redated, told_by
from notifier.web.public.shapes import on_day

OUTCOMES = {
    "implemented_as_announced": "It happened as announced",
    "implemented_modified": "It happened, but not quite as announced",
    "deferred": "It was put off",
    "dropped": "It did not happen",
    "took_effect_early": "It happened early",
}
STATES = {
    "on_hold": "On hold",
    "cancelled": "Will not happen",
    "retracted": "Taken back",
    "superseded": "Replaced",
    "in_effect": "In effect",
    "closed": "In effect",
}


def status(notice: ChangeNotice) -> SimpleNamespace | None:
    """What a reader must know before anything else; None while all is as announced."""
    if notice.state == "on_hold":
        text = notice.hold_reason
        if notice.next_update_by is not None:
            text = f"{text.rstrip('.')}. Next update by {dates.full(notice.next_update_by)}."
        return SimpleNamespace(title="This change is on hold", text=text, tone="umber")
    if notice.state == "cancelled":
        return SimpleNamespace(
            title="This change will not happen", text=notice.end_reason, tone="brick"
        )
    if notice.state == "retracted":
        return SimpleNamespace(
            title="This notice was published in error", text=notice.end_reason, tone="brick"
        )
    if notice.state in ("in_effect", "closed") and notice.end_reason:
        return SimpleNamespace(
            title="This change took effect early", text=notice.end_reason, tone="umber"
        )
    if notice.state == "superseded" and notice.superseded_by_id is not None:
        successor = session.get_one(ChangeNotice, notice.superseded_by_id)
        link = Markup('<a href="/changes/{}">{}</a>').format(
            successor.reference, successor.headline
        )
        return SimpleNamespace(title="Another notice takes its place", text=link, tone="umber")
    release = notice.effect_release
    if notice.state in ("in_effect", "closed") and release and release.state == "withdrawn":
        text = Markup('<a href="/releases/{}">{}</a> was taken back after it came out. {}').format(
            release.id, release.title, release.end_reason
        )
        return SimpleNamespace(title="Its release was withdrawn", text=text, tone="brick")
    return None


def outcome(notice: ChangeNotice, today: date) -> SimpleNamespace | None:
    """What became of it, once that is told."""
    if notice.outcome is None:
        return None
    told = datetime.fromisoformat(notice.outcome["at"])
    return SimpleNamespace(
        word=OUTCOMES[notice.outcome["word"]],
        text=notice.outcome["text"],
        day=on_day(london_date(told), today),
    )


def history(notice: ChangeNotice, today: date) -> list[SimpleNamespace]:
    """Revisions, edits and moves of its date, newest first, each with who was told."""
    found: list[tuple[datetime, str, str]] = []
    for one in queries.revisions(notice):
        if one.editorial:
            found.append((one.at, one.summary, "No one: wording only"))
            continue
        stage = "announce" if one.no == 1 else ""
        what = f"Revision {one.no}. {one.summary}"
        found.append((one.at, what, told_by(notice.reference, stage, revision=one.no)))
    found += reminders(notice)
    found += acts(notice)
    found += redated(notice)
    found.sort(key=lambda row: row[0], reverse=True)
    return [
        SimpleNamespace(day=on_day(london_date(at), today), what=what, told=told)
        for at, what, told in found
    ]


def reminders(notice: ChangeNotice) -> list[tuple[datetime, str, str]]:
    """The dated messages that went out: when, which, and to how many."""
    return [
        (
            send.frozen_at,
            f"Message {send_words(send, notice)}.",
            f"{send.accepted:,} of {send.audience:,} by email",
        )
        for send in sends.calendar(about=notice.reference)
        if send.wall_date is not None and send.frozen_at is not None and send.audience
    ]


def send_words(send: Send, notice: ChangeNotice) -> str:
    """The words of its stage, with the true days where staff moved the message."""
    wall, effect = send.wall_date, notice.effect_at
    if not send.rule.endswith(BY_HAND) or wall is None or not send.stage.startswith(("T-", "T+")):
        return stage_words(send.stage)
    days = (wall - london_date(effect)).days if effect is not None else int(send.stage[1:])
    return stage_words(f"T{days:+d}")


def stage_words(stage: str) -> str:
    """ "90 days before", "on the day"."""
    if stage == "T0":
        return "on the day"
    if stage == "midpoint":
        return "half-way through the time for answers"
    if stage == "open":
        return "when it opens for answers"
    if stage == "last-edition":
        return "with the last edition before it"
    if stage.startswith("T-"):
        count = int(stage[2:])
        return f"{dates.days(count)} before"
    if stage.startswith("T+"):
        return f"{dates.days(int(stage[2:]))} after"
    if stage.startswith("close-"):
        return f"{dates.days(int(stage[6:]))} before it closes"
    return stage.replace("_", " ")
