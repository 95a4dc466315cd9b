"""Words for days and instants, in London and in the reader's language. Pure.

Days left are London dates subtracted; never hours. Every function gives its words as they stand at
the beginning of a line; ``within`` makes them fit inside a sentence.
"""

from __future__ import annotations

from datetime import date, datetime, time

from notifier.clock import london_date, london_time
from notifier.releases.rules import window

# Welsh: Unicode CLDR 46, but "yb" and "yp" for am and pm. For review by a speaker.
MONTHS = {
    "en": "January February March April May June July August September October November December",
    "cy": "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref Tachwedd Rhagfyr",
}
SHORT_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "cy": "Ion Chwef Maw Ebr Mai Meh Gorff Awst Medi Hyd Tach Rhag",
}
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "cy": "Llun Mawrth Mercher Iau Gwener Sadwrn Sul",
}
SHORT_WEEKDAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "cy": "Llun Maw Mer Iau Gwe Sad Sul",
}
# First words that are capitals only because they begin a line.
_OPENING = [
    "In",
    "By",
    "Between",
    "Date",
    "Today",
    "Tomorrow",
    "Yesterday",
    "Dydd",
    "Ym",
    "Yn",
    "Erbyn",
    "Rhwng",
    "Dyddiad",
    "Heddiw",
    "Yfory",
    "Ddoe",
    "Ymhen",
]


def full(day: date, language: str = "en") -> str:
    """ "Thursday 25 February 2027", "Dydd Iau 25 Chwefror 2027"."""
    weekday = WEEKDAYS[language].split()[day.weekday()]
    name = f"Dydd {weekday}" if language == "cy" else weekday
    return f"{name} {past(day, language)}"


def past(day: date, language: str = "en") -> str:
    """ "18 November 2026": a day that is over needs no weekday."""
    return f"{day.day} {MONTHS[language].split()[day.month - 1]} {day.year}"


def on(day: date, today: date, language: str = "en") -> str:
    """With its weekday for today and later, without for what is past."""
    return full(day, language) if day >= today else past(day, language)


def short(day: date, language: str = "en") -> str:
    """ "Thu 25 Feb", for narrow columns of days that are near."""
    weekday = SHORT_WEEKDAYS[language].split()[day.weekday()]
    return f"{weekday} {day.day} {SHORT_MONTHS[language].split()[day.month - 1]}"


def clock(wall: time, language: str = "en") -> str:
    """ "9:30am", "2pm", "midday", "midnight"."""
    if (wall.hour, wall.minute) in ((0, 0), (12, 0)):
        noon = wall.hour == 12
        if language == "cy":
            return "hanner dydd" if noon else "hanner nos"
        return "midday" if noon else "midnight"
    minutes = f":{wall.minute:02d}" if wall.minute else ""
    half = ("am", "pm") if language == "en" else ("yb", "yp")
    return f"{(wall.hour - 1) % 12 + 1}{minutes}{half[wall.hour >= 12]}"


def moment(instant: datetime, language: str = "en") -> str:
    """ "9:30am, Tuesday 8 December 2026", in London."""
    day = within(full(london_date(instant), language))
    return f"{clock(london_time(instant), language)}, {day}"


def vague(
    day: date | None,
    precision: str,
    *,
    wall: time | None = None,
    language: str = "en",
    today: date | None = None,
) -> str:
    """A date of any precision of ``releases.rules``: "In January 2027", "By Friday 7 May 2027".

    One exact day before ``today`` has no weekday.
    """
    welsh = language == "cy"
    if day is None or precision == "tbc":
        return "Dyddiad i'w gadarnhau" if welsh else "Date to be confirmed"
    if precision == "datetime" and wall is not None:
        exact = on(day, today or day, language)
        return f"{clock(wall, language)}, {within(exact)}"
    first, last = window(day, precision)
    months = MONTHS[language].split()
    if precision == "no_later_than":
        return f"{'Erbyn' if welsh else 'By'} {within(full(day, language))}"
    if precision == "week":
        opening = "Yn yr wythnos sy'n dechrau" if welsh else "In the week of"
        return f"{opening} {within(full(first, language), soft=True)}"
    if precision == "month":
        return f"{'Ym mis' if welsh else 'In'} {months[first.month - 1]} {first.year}"
    if precision == "quarter":
        between, and_ = ("Rhwng", "a") if welsh else ("Between", "and")
        return f"{between} {months[first.month - 1]} {and_} {months[last.month - 1]} {last.year}"
    return on(day, today or day, language)


def days(count: int, language: str = "en") -> str:
    """ "94 days", "1 day"; Welsh keeps the singular after a number, softened after two."""
    if language == "cy":
        return f"{count} {'ddiwrnod' if count == 2 else 'diwrnod'}"
    return f"{count} {'day' if count == 1 else 'days'}"


def left(day: date, today: date, language: str = "en") -> str:
    """ "94 days left", "1 day left", "Today"; empty when the day is past."""
    count = (day - today).days
    if count == 0:
        return "Heddiw" if language == "cy" else "Today"
    if count < 0:
        return ""
    return f"{days(count, language)} {'ar ôl' if language == 'cy' else 'left'}"


def ahead(day: date, today: date, language: str = "en") -> str:
    """ "In 11 days", "Tomorrow", "Today"; empty when the day is past."""
    count = (day - today).days
    if count == 1:
        return "Yfory" if language == "cy" else "Tomorrow"
    if count <= 0:
        return left(day, today, language)
    return f"{'Ymhen' if language == 'cy' else 'In'} {days(count, language)}"


def within(words: str, *, soft: bool = False) -> str:
    """The words as they stand inside a sentence; ``soft`` also mutates Welsh "dydd"."""
    if words.split(" ", 1)[0] in _OPENING:
        words = words[0].lower() + words[1:]
    return "d" + words if soft and words.startswith("dydd ") else words
