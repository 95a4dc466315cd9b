"""A release, its date and what is asked of it, in the words of the desk."""

from __future__ import annotations

from datetime import date, datetime

from notifier.clock import london_date
from notifier.notices import release_acts
from notifier.releases.dated import Dated
from notifier.releases.flags import PROMISED, confirm_by, late
from notifier.releases.models import Release, ReleaseAsk
from notifier.render import dates
from notifier.web.public.shapes import Tag

STATES = {
    "planned": Tag("Not public yet", "neutral"),
    "provisional": Tag("Provisional", "neutral"),
    "confirmed": Tag("Confirmed", "good"),
    "released": Tag("Out", "good"),
    "postponed_tbc": Tag("Postponed", "look"),
    "cancelled": Tag("Cancelled", "neutral"),
    "withdrawn": Tag("Taken back", "neutral"),
}
CERTAINTY = {
    "planned": "It is planned, and nobody outside sees it.",
    "provisional": "The date is provisional: users see it, and it may still be moved.",
    "confirmed": "The date is confirmed: users count on it.",
    "released": "It is out.",
    "postponed_tbc": "It has no date for now.",
    "cancelled": "It will not come out.",
    "withdrawn": "It came out and was taken back.",
}
WORDS_STATES = {
    "draft": Tag("Draft", "neutral"),
    "armed": Tag("Armed", "good"),
    "withheld": Tag("Held back", "bad"),
    "announced": Tag("Sent", "good"),
}
REASONS = {
    "data_late": "Data came late",
    "quality_issue": "A problem of quality",
    "staff_or_system": "Staff or systems",
    "coordination": "To fit with another release",
    "policy": "An election or another policy",
    "legal": "A legal reason",
    "error": "An error",
    "brought_forward": "It is ready earlier",
    "other": "Another reason",
}
EXACT = {
    "datetime": "Day and time",
    "date": "The day only",
    "week": "The week",
    "month": "The month",
    "quarter": "The quarter",
    "no_later_than": "No later than the day",
}


def tag(release: Release) -> Tag:
    return STATES[release.state]


def when(release: Release, today: date) -> str:
    """ "Thursday 4 March 2027 at 9:30am", "In March 2027", "No date yet"."""
    if release.day is None or release.precision == "tbc":
        return "No date yet"
    wall = release.wall_time
    if release.precision == "datetime" and wall is not None:
        return f"{dates.on(release.day, today)} at {dates.clock(wall)}"
    return dates.vague(release.day, release.precision, today=today)


def date_words(to: Dated, today: date) -> str:
    if to.wall is not None:
        return f"{dates.full(to.day)} at {dates.clock(to.wall)}"
    return dates.vague(to.day, to.precision, today=today)


def lower(words: str) -> str:
    return dates.within(words)


def short(release: Release) -> tuple[str, str]:
    """For a narrow column: "Thu 4 Mar" and "9:30am"."""
    if release.day is None or release.precision == "tbc":
        return "No date", ""
    if release.precision == "datetime" and release.wall_time is not None:
        return dates.short(release.day), dates.clock(release.wall_time)
    if release.precision == "date":
        return dates.short(release.day), "time open"
    if release.precision == "no_later_than":
        return f"By {dates.short(release.day)}", ""
    if release.precision == "week":
        return f"Week of {dates.past(release.day).rpartition(' ')[0]}", ""
    return dates.vague(release.day, release.precision).rpartition(" ")[0], "day open"


def attention(release: Release, now: datetime) -> tuple[str, str]:
    """What its date needs, and how pressing that is: bad, look or ""."""
    today, last = london_date(now), confirm_by(release)
    if late(release, now):
        return "It should be out.", "bad"
    if release.breached_on is not None and not release.breach_reason:
        return "Say why the date was not fixed four weeks ahead.", "bad"
    if release.state == "postponed_tbc" and release.next_update_by is not None:
        by = release.next_update_by
        due = by <= today
        return f"News {'was ' if due else ''}promised by {dates.past(by)}.", "look" if due else ""
    if release.state != "provisional" or last is None:
        return "", ""
    left = (last - today).days
    if left < 0:
        return f"To confirm by {dates.past(last)}: {dates.days(-left)} late.", "bad"
    if left == 0:
        return "Today is the last day to confirm it.", "look"
    if left <= 14:
        return f"Confirm it by {dates.past(last)}: {dates.days(left)} left.", "look"
    return f"Confirm it by {dates.past(last)}.", ""


def ahead(days: int) -> str:
    """What confirming so many days ahead means."""
    if days < PROMISED:
        return (
            f"{dates.days(days)} ahead: less than the four weeks that users are promised, "
            "which stays on record."
        )
    return f"{dates.days(days)} ahead."


def asked(found: ReleaseAsk, today: date) -> str:
    """What is asked for, after "asks to": "move it to Thursday 25 March 2027 at 9:30am"."""
    given = found.given
    if found.act == "move":
        to = date_words(release_acts.dated(given), today)
        return (
            f"move it to {lower(to)}"
            if given["precision"] in ("datetime", "date")
            else (f"give it another date: {lower(to)}")
        )
    if found.act == "confirm":
        return f"confirm it for {date_words(release_acts.dated(given), today)}"
    if found.act == "postpone":
        news = dates.past(date.fromisoformat(given["next_update"]))
        return f"take its date away, with news promised by {news}"
    return {
        "cancel": "cancel it",
        "withdraw": "take it back",
        "unmark": "take off the mark that it contains a change",
    }[found.act]


DID = {
    "move": "It is moved.",
    "confirm": "Its date is confirmed.",
    "postpone": "It has no date for now.",
    "cancel": "It is cancelled.",
    "withdraw": "It is taken back.",
    "unmark": "It is not marked any more.",
}
AGREE = {
    "move": "Agree: move it",
    "confirm": "Agree: confirm it",
    "postpone": "Agree: take the date away",
    "cancel": "Agree: cancel it",
    "withdraw": "Agree: take it back",
    "unmark": "Agree: take the mark off",
}


def people(number: int) -> str:
    return "one person" if number == 1 else f"{number:,} people"


def listed(names: list[str], last: str = "or") -> str:
    """ "Hana Price", "Hana Price or Bob Lee"; more than three are counted."""
    if len(names) > 3:
        return f"{names[0]}, {names[1]} or {len(names) - 2} others"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
