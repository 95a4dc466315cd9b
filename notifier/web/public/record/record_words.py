"""The sentences of our record: a missed promise is told as plainly as a kept one. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from notifier.insight.notice_given import Given, Kind, Record
from notifier.notices.leadtime import PROMISES
from notifier.render import dates

TAGS = {
    "short": ("Short notice", "umber"),
    "same_day": ("Told on the day", "umber"),
    "after": ("Told after it happened", "brick"),
}
MISSES = (
    ("short", "too late", "too late"),
    ("same_day", "only on the day", "only on the day"),
    ("after", "only after it had happened", "only after they had happened"),
)
SMALL = "no one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905


def counted(count: int) -> str:
    """ "two", "13"."""
    return SMALL[count] if count < len(SMALL) else str(count)


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def number(days: int) -> str:
    """With the sign that typography has: "−2"."""
    return str(days).replace("-", "−")


def name(class_: str) -> str:
    """A kind of change as the head of a row: "Major change of method, definition or source"."""
    return capital(PROMISES[class_].words.removeprefix("a "))


def headline(record: Record, today: date) -> str:
    """ "In 2026 we told you about 11 of 13 changes as early as we promise."."""
    year, total, kept = record.first.year, len(record.changes), record.kept
    if not total:
        so_far = "has taken effect yet" if year == today.year else "took effect"
        return f"In {year} no change {so_far}."
    if total == 1:
        how = "as early as we promise" if kept else "later than we promise"
        return f"In {year} one change took effect, and we told you {how}."
    if kept == total:
        return f"In {year} we told you about all {total} changes as early as we promise."
    return (
        f"In {year} we told you about {kept or 'none'} of {total} changes as early as we promise."
    )


def in_words(record: Record) -> str:
    """What was missed, what the count covers, and from when it is measured."""
    if not record.changes:
        return (
            f"From {span(record)} there is nothing to count. "
            "A change that we missed would be counted too."
        )
    return (
        f"{misses(record)}The count covers every change that took effect from {span(record)}, "
        "the ones we missed included. It is measured from the first public word, "
        "which nobody can edit."
    )


def span(record: Record) -> str:
    """ "1 January to 23 November 2026"."""
    return f"{dates.past(record.first).rpartition(' ')[0]} to {dates.past(record.last)}"


def misses(record: Record) -> str:
    """ "One was told too late, two only after they had happened. ", "" when there is no more to say
    than the headline says."""
    found = [(record.told(verdict), one, many) for verdict, one, many in MISSES]
    parts = [(count, one if count == 1 else many) for count, one, many in found if count]
    if not parts or len(record.changes) == 1:
        return ""
    (first, how), *others = parts
    opening = f"{capital(counted(first))} {'was' if first == 1 else 'were'} told {how}"
    return ", ".join([opening, *(f"{counted(count)} {words}" for count, words in others)]) + ". "


def coming(record: Record) -> str:
    """ "Six more changes are announced and still to come, five of them as early as we promise."."""
    total, kept = len(record.coming), sum(change.kept for change in record.coming)
    if not total:
        return ""
    more = " more" if record.changes else ""
    if total == 1:
        how = "as early as we promise" if kept else "later than we promise"
        return f"One{more} change is announced and still to come, told {how}."
    which = "all" if kept == total else counted(kept) if kept else "none"
    return (
        f"{capital(counted(total))}{more} changes are announced and still to come, "
        f"{which} of them told as early as we promise."
    )


def told(change: Given) -> str:
    """ "Told 12 days ahead; 14 promised", "Told 2 days after; 14 days ahead promised"."""
    if change.verdict == "after":
        when = (
            f"{dates.days(-change.days)} after"
            if change.days
            else "the same day, after it happened"
        )
    elif change.decided is not None:
        told = f"Told {dates.days(change.days)} ahead, decided {dates.days(change.decided)} ahead"
        return f"{told}; {change.minimum} promised"
    elif change.days:
        return f"Told {dates.days(change.days)} ahead; {change.minimum} promised"
    else:
        when = "on the day"
    return f"Told {when}; {dates.days(change.minimum)} ahead promised"


def label(change: Given, today: date) -> str:
    """What stands above the day of a change that was told late."""
    if change.state == "on_hold":
        return "On hold"
    if change.state != "announced":
        return "Took effect"
    return "Coming" if change.effect >= today else "Waits for its release"


def promises(kinds: Collection[Kind]) -> list[str]:
    """Whose promise each is: "Published rules and practice: major change of method (90 days)."."""
    by_rule: dict[str, list[str]] = {}
    for kind in kinds:
        words = f"{name(kind.class_)} ({dates.days(kind.minimum)})"
        by_rule.setdefault(kind.rule, []).append(words[:1].lower() + words[1:])
    return [f"{capital(rule)}: {'; '.join(words)}." for rule, words in by_rule.items()]


def in_short(total: int, late: list[Given]) -> str:
    """What follows "11 of 13" on the home page."""
    nouns = "change this year was" if total == 1 else "changes this year were"
    words = f"{nouns} told as early as we promise."
    if not late:
        return words
    said = ", and we say why" if all(change.reason for change in late) else ""
    return f"{words} {capital(counted(len(late)))} {'was' if len(late) == 1 else 'were'} not{said}."
