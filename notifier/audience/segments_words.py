"""Says a segment as one English sentence that means one thing only. Pure.

"people in local government who follow Waste, except those who follow Fly-tipping". A group inside
another stands in brackets; "and" and "or" never stand side by side without them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from notifier.audience.segments_read import MACHINE_BREAKING, TURNS, Filter

Names = Mapping[tuple[str, str], str]  # ("topic" | "series" | "user_type", slug) → name
Says = tuple[str, str]  # what they do; what they do not do

# After "people" and "are". Of the types that every organisation starts with, by slug and name:
# whose name was edited is said by that name.
WHERE = {
    ("government", "Government policy or analyst"): "in government policy or analysis",
    ("local-government", "Local government"): "in local government",
    ("parliament", "Parliament"): "in parliament",
    ("academic", "Academic or researcher"): "in academia or research",
    ("business", "Business"): "in business",
    ("media", "Media"): "in the media",
    ("charity", "Charity or community group"): "in charities or community groups",
    ("international", "International body"): "in international bodies",
    ("data-reuser", "Data re-user or developer"): "in data re-use or development",
    ("student-teacher", "Student or teacher"): "in study or teaching",
    ("public", "Member of the public"): "among the general public",
}
KINDS = {
    "release": "release announcements",
    "date_change": "date changes",
    "change": "change notices",
    "correction": "corrections",
    "newsletter": "newsletters",
    "consultation": "consultations",
    MACHINE_BREAKING: "change notices that break scripts",
}
DEPTHS = {"headline": "headlines only", "detail": "the detail", "technical": "technical detail"}
LANGUAGES = {"en": "English", "cy": "Welsh", "both": "both English and Welsh"}
RHYTHMS = {"immediate": "at once", "daily": "daily", "weekly": "weekly"}
TAKES_PART = {
    "user_group": "a user group",
    "survey_panel": "a survey panel",
    "workshop": "workshops",
    "training": "training",
}


def sentence(found: Filter, names: Names) -> str:
    """Whom a filter (``segments_read.read``) means, from "people" on, without a full stop."""
    if "exclude" in found:
        return f"everyone, except those who {part(found['exclude'], names)}"
    if "everyone" in found:
        return "everyone"
    items = found.get("and", [found])
    wanted = [each for each in items if "exclude" not in each]
    if not wanted:
        return f"everyone{exceptions(items, names)}"
    head = "people"
    if "user_type" in wanted[0]:
        head = f"people {where(wanted[0]['user_type'], names)}"
        wanted = wanted[1:]
    if wanted and "or" in found:
        head += f" who {', or '.join(part(each, names) for each in found['or'])}"
    elif wanted:
        head += f" who {joined(wanted, names)}"
    return head + exceptions(items, names)


def joined(items: list[Filter], names: Names) -> str:
    parts = [part(each, names) for each in items]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def exceptions(items: list[Filter], names: Names) -> str:
    found = [part(each["exclude"], names) for each in items if "exclude" in each]
    return "".join(
        f"{',' if place == 0 else ', and'} except those who {each}"
        for place, each in enumerate(found)
    )


def part(found: Filter, names: Names) -> str:
    """What people do, after "who": a group in brackets."""
    if "or" in found:
        return f"({', or '.join(part(each, names) for each in found['or'])})"
    if "and" in found:
        wanted = [each for each in found["and"] if "exclude" not in each]
        said = joined(wanted, names) if wanted else "are anybody"
        return f"({said}{exceptions(found['and'], names)})"
    turn = next((each for each in TURNS if each in found), None)
    if turn is None:
        return says(found, names)[0]
    inner = found[turn]
    if any(word in inner for word in ("and", "or", *TURNS)):
        return f"are none of those who {part(inner, names)}"
    return says(inner, names)[1]


def says(leaf: Filter, names: Names) -> Says:
    """What people do of whom a leaf is true, and of whom it is not."""
    word, value = next(iter(leaf.items()))
    if word == "everyone":
        return "are anybody", "are nobody"
    if word == "user_type":
        return f"are {where(value, names)}", f"are not {where(value, names)}"
    if word in ("topic", "series"):
        return does("follow", followed(leaf, names))
    if word == "wants":
        return does("want", KINDS[value])
    if word == "depth":
        return does("read", DEPTHS[value])
    if word == "language":
        return does("read", LANGUAGES[value])
    if word == "frequency":
        return does("get", f"{KINDS[leaf['kind']]} {RHYTHMS[value]}")
    if word == "organisation":
        return does("work", f"at “{value}”")
    if word == "takes_part":
        return (
            f"would take part in {TAKES_PART[value]}",
            f"would not take part in {TAKES_PART[value]}",
        )
    return happened(leaf)


def happened(leaf: Filter) -> Says:
    """What people did once."""
    word, value = next(iter(leaf.items()))
    if word in ("joined_before", "joined_after"):
        when = f"{word.removeprefix('joined_')} {day(value)}"
        return f"joined {when}", f"did not join {when}"
    if word == "acknowledged":
        return f"pressed “got it” for {value}", f"did not press “got it” for {value}"
    stage = f"the {leaf['stage']} message" if "stage" in leaf else "a message"
    revision = f" in revision {leaf['revision']}" if "revision" in leaf else ""
    what = f"{stage} about {value}{revision}"
    return f"got {what}", f"did not get {what}"


def does(verb: str, what: str) -> Says:
    return f"{verb} {what}", f"do not {verb} {what}"


def followed(leaf: Filter, names: Names) -> str:
    """To follow something is to have it in one's own list; ``above`` and ``subtopics`` widen it."""
    word, slug = next(iter(leaf.items()))
    name = names.get((word, slug), slug)
    if word == "series":
        above = " or a topic above it" if leaf.get("above") else ""
        return f"the series {name}{above}"
    wider = {
        (True, True): " or a topic under or above it",
        (True, False): " or a topic under it",
        (False, True): " or a topic above it",
    }
    return name + wider.get((bool(leaf.get("subtopics")), bool(leaf.get("above"))), "")


def where(slug: str, names: Names) -> str:
    name = names.get(("user_type", slug), slug)
    return WHERE.get((slug, name), f"of the user type {name}")


def day(value: str) -> str:
    found = date.fromisoformat(value)
    return f"{found.day} {found:%B %Y}"
