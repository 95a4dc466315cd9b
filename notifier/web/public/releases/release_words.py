"""Sentences about dates that moved, were not fixed in time or were given up. Pure."""

from __future__ import annotations

from datetime import date, time, timedelta

from notifier.insight.time_to_tell import moves
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window
from notifier.render import dates

WEEKS = "one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
CONFIRM_DAYS = 28  # a date is fixed four weeks ahead, Standard 3.1
EXACT = ("datetime", "date")
# First words that lose their capital after "because"; a name keeps it.
OPENERS = frozenset(
    "a additional all an both data delays due errors extra fewer final further "  # noqa: SIM905
    "had if in it its late many more most no not one our problems processing quality several some "
    "source staff suppliers technical the their there these they this those three too two "
    "unexpected users validation we work".split()
)


def span(days: int) -> str:
    """ "three weeks", "1 day": whole weeks up to twelve in words."""
    count, rest = divmod(days, 7)
    weeks = WEEKS[count - 1] if not rest and 1 <= count <= len(WEEKS) else ""
    if weeks:
        return f"{weeks} week{'' if weeks == 'one' else 's'}"
    return dates.days(days)


def when(
    day: date | None, precision: str, wall: time | None, today: date, *, clock: bool = False
) -> str:
    """A date inside a sentence: "Thursday 4 March 2027", "in January 2027", "without a date"."""
    if day is None or precision == "tbc":
        return "without a date"
    if precision in EXACT:
        at = f" at {dates.clock(wall)}" if clock and wall else ""
        return dates.on(day, today) + at
    return dates.within(dates.vague(day, precision))


def because(reason: str) -> str:
    """ ", because the data arrived late"; "" without a reason. Any full stop is left to the end."""
    words = reason.strip().rstrip(".")
    if not words:
        return ""
    first = words.split(" ", 1)[0]
    if first.lower() in OPENERS and first[1:] == first[1:].lower():
        words = words[0].lower() + words[1:]
    return f", because {words}"


def date_became(change: ReleaseDateChange, today: date) -> str:
    """ "Was Thursday 4 March 2027, now Thursday 25 March 2027, three weeks later, because …"."""
    both = (change.from_date, change.to_date)
    if both == (None, None):
        return f"Still without a date{because(change.reason)}."
    same_day = both[0] is not None and both[0] == both[1]
    was = when(change.from_date, change.from_precision, change.from_time, today, clock=same_day)
    now_is = when(change.to_date, change.to_precision, change.to_time, today, clock=same_day)
    later = how_far(change)
    why = because(change.reason) if moves(change) or change.from_date is None else ""
    return f"Was {was}, now {now_is}{later}{why}."


def how_far(change: ReleaseDateChange) -> str:
    """ ", three weeks later" between exact days, else ""."""
    if change.from_date is None or change.to_date is None:
        return ""
    if not {change.from_precision, change.to_precision} <= set(EXACT):
        return ""
    days = (change.to_date - change.from_date).days
    return f", {span(abs(days))} {'later' if days > 0 else 'earlier'}" if days else ""


def fix_by(release: Release) -> date | None:
    """The last day on which the date can still be fixed four weeks ahead; None without a date."""
    if release.day is None or release.precision == "tbc":
        return None
    return window(release.day, release.precision)[0] - timedelta(days=CONFIRM_DAYS)


def fixed_words(release: Release, today: date) -> str:
    """ "fixed by 21 January 2027"; "should have been fixed by …" once that day has passed."""
    last = fix_by(release)
    if last is None:
        return ""
    return f"{'fixed' if last >= today else 'should have been fixed'} by {dates.past(last)}"


def breach_words(release: Release) -> str:
    """What is on record for good when the date was not fixed four weeks ahead; "" when it was."""
    if release.breached_on is None:
        return ""
    words = f"Date not fixed {CONFIRM_DAYS} days ahead."
    reason = release.breach_reason.strip()
    return f"{words} {reason.rstrip('.')}." if reason else f"{words} The reason is not given yet."


def ended_words(release: Release) -> str:
    """ "It will not come out, because too few sales were reported."."""
    what = "It will not come out" if release.state == "cancelled" else "It was taken back"
    return f"{what}{because(release.end_reason)}."
