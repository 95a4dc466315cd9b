"""How the day of a change's effect moved, and when it came to its end, for its page."""

from __future__ import annotations

from datetime import date, datetime, time

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.sends import queries as sends
from notifier.store import history
from notifier.store.db import session
from notifier.store.history import History
from notifier.web.public.changes.change_acts import Row
from notifier.web.public.releases.release_words import EXACT, because

ENDS = ("cancel", "retract", "supersede")


def redated(notice: ChangeNotice) -> list[Row]:
    """When, what, and who was told: each new day of the effect, and the moves of its release that
    gave it none. Moves from before the release carried the change are not its own."""
    release, since = notice.effect_release, notice.first_public_at
    rows = [row for row in history.of(f"notice:{notice.id}") if row.action == "redate"]
    found = [of_effect(row) for row in rows]
    carried = max((row.at for row in rows if row.data.get("left")), default=since)
    if release is None or carried is None:
        return found
    told = {row.at for row in rows}
    for change in release.date_changes:
        if change.announced_at >= carried and change.announced_at not in told:
            who = told_by(f"release:{release.id}", "", change=change.id)
            found.append((change.announced_at, moved(change), who))
    return found


def of_effect(row: History) -> Row:
    """One new day, with the public reason: of the move, or of the end of the release before."""
    release = session.get_one(Release, row.data["release"])
    left = session.get(Release, row.data["left"] or 0)
    if left is not None:
        is_now = spoken(release_day(row, "effect_is"), release.precision)
        was = spoken(release_day(row, "effect_was"), left.precision)
        told = told_by(f"release:{left.id}", "cancelled")
        return row.at, instead(is_now, was, left.end_reason), told
    moves = reversed(release.date_changes)
    change = next((c for c in moves if c.to_date and c.announced_at == row.at), None)
    if change is None:
        is_now, was = (spoken(release_day(row, key), "date") for key in ("effect_is", "effect_was"))
        return row.at, instead(is_now, was, ""), "Page, feed and calendar"
    told = told_by(f"release:{release.id}", "", change=change.id)
    same = change.to_date == change.from_date
    walls = (change.to_time, change.from_time) if same else (None, None)
    is_now = spoken(change.to_date, change.to_precision, walls[0])
    if change.direction == "firmer" and (change.from_date or not change.reason):
        how = "fixed" if change.to_precision in EXACT else "more exact now"
        return row.at, f"Takes effect {is_now}: the date is {how}.", told
    was = spoken(change.from_date, change.from_precision, walls[1])
    return row.at, instead(is_now, was, change.reason), told


def release_day(row: History, key: str) -> date | None:
    """The London day of an instant that history keeps."""
    at = row.data.get(key)
    return london_date(datetime.fromisoformat(at)) if at else None


def spoken(day: date | None, precision: str, wall: time | None = None) -> str:
    """ "15 April 2027", "in March 2027", "" without a date."""
    if day is None or precision == "tbc":
        return ""
    if precision not in EXACT:
        return dates.within(dates.vague(day, precision))
    return f"at {dates.clock(wall)} on {dates.past(day)}" if wall else dates.past(day)


def instead(is_now: str, was: str, reason: str) -> str:
    """ "Takes effect 15 April 2027 instead of 1 March 2027, because the data arrived late."."""
    before = f" instead of {was}" if was else ", after a time without a date"
    return f"Takes effect {is_now}{before}{because(reason)}."


def moved(change: ReleaseDateChange) -> str:
    """ "Date moved from 25 February 2027 to 15 April 2027. Data arrived late."."""
    if change.from_date is None and change.to_date is None:
        return f"There is still no date. {change.reason}"
    was = spoken(change.from_date, change.from_precision) or "no date"
    now_is = spoken(change.to_date, change.to_precision) or "no date for now"
    if {change.from_precision, change.to_precision} - {*EXACT, "tbc"}:
        return f"Was {was}, now {now_is}. {change.reason}"
    return f"Date moved from {was} to {now_is}. {change.reason}"


def told_by(
    about: str, stage: str, *, revision: int | None = None, change: int | None = None
) -> str:
    """Told means accepted by the mail server; page, feed and calendar are counted apart."""
    for send in sends.calendar(about=about):
        is_it = send.context.get("change") == change if change is not None else True
        if send.to_one or (stage and send.stage != stage):  # mail to staff tells no users
            continue
        if revision is not None and send.revision != revision:
            continue
        if is_it and send.audience and send.wall_date is None:
            return f"{send.accepted:,} of {send.audience:,} by email; page, feed and calendar"
    return "Page, feed and calendar"


def ended_on(notice: ChangeNotice) -> date:
    """The London day on which it was cancelled, taken back or replaced."""
    ends = [row.at for row in history.of(f"notice:{notice.id}") if row.action in ENDS]
    return london_date(ends[-1] if ends else notice.changed_at)
