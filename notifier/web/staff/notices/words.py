"""A notice in words for staff: kinds, sizes, classes, states; no code where a person reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from notifier.clock import SEND_TIME, london_date, london_time
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice
from notifier.render import dates
from notifier.web.public.shapes import Choice, Tag

KINDS = {
    "The figures": {
        "methodology": ("Method", "How the figures are worked out"),
        "data_source": ("Data source", "Where the numbers come from"),
        "definition_or_classification": ("Definition", "What is counted, and under which heading"),
        "coverage_or_scope": ("Coverage", "Who or what is included"),
        "geography": ("Geography", "Areas and their boundaries"),
        "rebasing": ("Base year", "Of an index or of prices"),
        "seasonal_adjustment": ("Seasonal adjustment", "Its method or its settings"),
        "scheduled_major_revision": ("Planned revision", "Past figures that will be revised"),
        "questionnaire": ("Questionnaire", "What people or firms are asked"),
    },
    "What is published": {
        "new_product": ("New statistics", "Something that was not published before"),
        "discontinuation": ("Stopping", "It will not be published any more"),
        "suspension": ("Pausing", "It will not be published for a while"),
        "frequency_or_timing": ("Frequency", "How often, or at what time of year"),
        "designation": ("Label", "Accredited, official, in development"),
    },
    "How one gets it": {
        "format_or_layout": ("Layout", "Tables, files, columns, codes"),
        "access_or_api": ("Data access", "Addresses, APIs, log-ins"),
    },
    "Something else": {
        "correction": ("Correction", "Something published was wrong"),
        "consultation": ("Consultation", "Asking users, with nothing decided"),
    },
}
KIND_NAMES = {slug: name for group in KINDS.values() for slug, (name, _) in group.items()}
SIZES = (
    Choice("minor", "Small", "Nobody has to do anything: a label, a note, a column at the end"),
    Choice("moderate", "Moderate", "Some users will notice, or have to adapt"),
    Choice("major", "Major", "It changes what the figures say, or who can use them"),
)
BREAKS = (
    Choice("none", "No", "Past figures are recalculated, or do not change"),
    Choice("possible", "Perhaps"),
    Choice("yes", "Yes", "Before and after must not be compared"),
)
YES_NO = (Choice("no", "No"), Choice("yes", "Yes"))
DECISIONS = (
    Choice("decided", "It is decided"),
    Choice("proposed", "We propose it"),
    Choice("consulting", "We ask users first"),
    Choice("under_consideration", "We are thinking about it"),
)
KNOWN = (
    Choice("yes", "Yes"),
    Choice("partly", "Partly"),
    Choice("no", "Not yet"),
    Choice("not_applicable", "It has none"),
)
DIRECTIONS = (Choice("", "Either"), Choice("up", "Up"), Choice("down", "Down"))
BACK_SERIES = (
    Choice("", "Not said"),
    Choice("yes", "Yes, with the change"),
    Choice("later", "Later"),
    Choice("no", "No"),
)
EFFECTS = (
    Choice("release", "With a release"),
    Choice("date", "On a day"),
    Choice("reference_period", "With the data of a period"),
    Choice("tbc", "We do not know yet"),
)
OUTCOMES = (
    Choice("implemented_as_announced", "It happened as announced"),
    Choice("implemented_modified", "It happened, but differently"),
    Choice("deferred", "It was put off"),
    Choice("dropped", "It was given up"),
    Choice("took_effect_early", "It took effect early"),
)
# What is said of a class; "class A" means nothing to a reader.
CHOSEN = tuple(Choice(c, PROMISES[c].words.capitalize()) for c in "ABCDEFJK")
VERDICTS = {
    "on_time": Tag("Best", "good"),
    "met": Tag("Enough", "good"),
    "short": Tag("Short", "bad"),
    "same_day": Tag("Same day", "bad"),
    "after": Tag("After", "bad"),
}
STATES = {
    "draft": Tag("Draft", "neutral"),
    "in_review": Tag("Waiting", "look"),
    "approved": Tag("Approved", "good"),
    "announced": Tag("Public", "way"),
    "on_hold": Tag("On hold", "look"),
    "in_effect": Tag("In effect", "way"),
    "closed": Tag("Closed", "neutral"),
    "cancelled": Tag("Cancelled", "neutral"),
    "superseded": Tag("Replaced", "neutral"),
    "retracted": Tag("Taken back", "bad"),
}


def kind_sentence(notice: ChangeNotice) -> str:
    """ "A major change of method or…": what the promise is made for."""
    return PROMISES[notice.class_].words


def state(notice: ChangeNotice, waits_for: str = "") -> Tag:
    found = STATES[notice.state]
    if notice.state == "in_review" and waits_for:
        return Tag(f"Waiting for {waits_for}", found.tone)
    return found


def effect(notice: ChangeNotice) -> str:
    """ "Tuesday 1 June 2027, 9:30am, with the release …", "No date yet"."""
    release = notice.effect_release
    if release is not None:
        when = dates.vague(release.day, release.precision, wall=release.wall_time)
        if release.precision == "datetime" and release.day and release.wall_time:
            when = f"{dates.full(release.day)}, {dates.clock(release.wall_time)}"
        return f"{when}, with the release “{release.title}”"
    if notice.effect_kind == "tbc" or notice.effect_date is None:
        return "No date yet"
    day = dates.full(notice.effect_date)
    if notice.effect_at is not None and london_time(notice.effect_at) != SEND_TIME:
        day = f"{day}, {dates.clock(london_time(notice.effect_at))}"
    if notice.effect_kind == "reference_period":
        return f"{day}, with the data of {notice.scope.get('reference_from', '')}"
    return day


def names(people: Mapping[int, str], ids: list[int]) -> str:
    """ "Hana Price", "Hana Price or Ivan Reid"."""
    found = [people[one] for one in ids if one in people]
    return " or ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)


def moment(at: datetime | None, now: datetime) -> str:
    """ "10:04", "16:05 yesterday", "16:05, Mon 18 Jan"."""
    if at is None:
        return ""
    day, today, wall = london_date(at), london_date(now), f"{london_time(at):%H:%M}"
    if day == today:
        return wall
    if (today - day).days == 1:
        return f"{wall} yesterday"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{wall}, {dates.short(day)}{year}"
