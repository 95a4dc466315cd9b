"""Adds what is missing of organisation, bodies, teams, topics, series and user types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Any

from slugify import slugify
from sqlalchemy import func, select

from notifier.catalogue.choose import WELSH, WELSH_KINDS
from notifier.catalogue.document import listed, wall
from notifier.catalogue.models import Body, Organisation, Series, Team, Topic, UserType
from notifier.catalogue.rules import CHOSEN, DEPTHS, OFF_DAYS
from notifier.catalogue.shapes import plain
from notifier.errors import Refused
from notifier.store.db import session

PHONE = re.compile(r"\+?[0-9][0-9 ()-]{3,24}")


def load(document: Mapping[str, Any]) -> dict[str, int]:
    """Add the catalogue's own sections of a checked document; returns how many of each were added.

    What exists stays as it is. Raises Refused when an entry names something that is not there.
    """
    added = {"organisation": load_organisation(document.get("organisation"))}
    added["user_types"] = load_user_types(document["user_types"])
    added["bodies"] = load_bodies(document["bodies"])
    added["teams"] = load_teams(document["teams"])
    added["topics"] = load_topics(document["topics"])
    added["series"] = load_series(document["series"])
    return added


def by_slug(kind: Any) -> dict[str, Any]:
    return {row.slug: row for row in session.scalars(select(kind))}


def known(rows: Mapping[str, Any], slug: object, where: str, what: str) -> Any:
    """The row with that slug, or a refusal that says which there are."""
    row = rows.get(str(slug))
    if row is None:
        raise Refused(f"{where}: there is no {what} {slug!r}; known: {listed(rows) or 'none'}.")
    return row


def load_organisation(entry: Mapping[str, Any] | None) -> int:
    if entry is None or session.scalar(select(func.count(Organisation.id))):
        return 0
    hop = entry.get("head_of_profession") or {}
    licence = entry.get("licence") or {}
    name = str(entry["name"]).strip()
    session.add(
        Organisation(
            name=name,
            prefix=str(entry.get("prefix") or re.split(r"\W+", name)[0]).upper()[:12],
            standard_release_time=release_time(entry.get("standard_release_time", "09:30")),
            hop_name=str(hop.get("name") or ""),
            hop_email=str(hop.get("email") or ""),
            hop_deputies=plain(hop.get("deputies") or []),
            licence_name=str(licence.get("name") or ""),
            licence_url=str(licence.get("url") or ""),
            languages=plain(entry.get("languages", ["en"])),
            welsh=welsh(entry.get("welsh", "frame"), "welsh"),
            welsh_kinds=welsh_kinds(entry.get("welsh_kinds") or {}),
            second_person=second_person(entry.get("second_person") or {}),
            off_days=off_days(entry.get("off_days", "before")),
        )
    )
    session.flush()
    return 1


def off_days(value: object) -> str:
    """Where a recurring edition goes that falls on a weekend or bank holiday."""
    if value not in OFF_DAYS:
        raise Refused(f"organisation: off_days must be one of {', '.join(OFF_DAYS)}.")
    return str(value)


def welsh_kinds(entry: Mapping[str, Any]) -> dict[str, str]:
    """What is chosen for one kind of words, in place of what is chosen for all."""
    if strange := sorted(set(entry) - set(WELSH_KINDS)):
        known = ", ".join(WELSH_KINDS)
        raise Refused(f"organisation: welsh_kinds knows {known}, not {str(strange[0])[:40]!r}.")
    return {kind: welsh(rule, f"welsh_kinds.{kind}") for kind, rule in entry.items()}


def welsh(value: object, key: str) -> str:
    if value not in WELSH:
        raise Refused(f"organisation: {key} must be one of {', '.join(WELSH)}.")
    return str(value)


def second_person(entry: Mapping[str, Any]) -> dict[str, bool]:
    """Where the organisation asks for a second person, of what the table of classes leaves open."""
    if strange := sorted(set(entry) - set(CHOSEN)):
        raise Refused(
            f"organisation: second_person knows {', '.join(CHOSEN)}, not {str(strange[0])[:40]!r}; "
            "for every other class the table says who it is."
        )
    for key, asked in entry.items():
        if not isinstance(asked, bool):
            raise Refused(f"organisation: second_person.{key} must be true or false.")
    return dict(entry)


def release_time(value: object) -> time:
    """The wall time at which this organisation publishes. Bare 9:30 is 570 to YAML 1.1."""
    try:
        found = wall(str(value))
    except ValueError:
        found = None
    if found is None:
        raise Refused('organisation: standard_release_time must be a time such as "09:30", quoted.')
    return found


def load_user_types(entries: list[dict[str, Any]]) -> int:
    have, added = by_slug(UserType), 0
    for position, entry in enumerate(entries):
        depth = entry.get("depth", "detail")
        if depth not in DEPTHS:
            raise Refused(
                f"user_types[{position + 1}]: depth must be one of {', '.join(DEPTHS)}, "
                f"not {depth!r}."
            )
        if entry["slug"] not in have:
            row = UserType(
                slug=entry["slug"],
                name=entry["name"],
                cy=entry.get("cy", ""),
                depth=depth,
                position=position,
            )
            session.add(row)
            have[row.slug] = row
            added += 1
    session.flush()
    return added


def load_bodies(entries: list[dict[str, Any]]) -> int:
    have = by_slug(Body)
    new = [
        Body(
            slug=e["slug"],
            name=e["name"],
            hop_email=e.get("head_of_profession", ""),
            hop_deputies=plain(e.get("deputies") or []),
        )
        for e in entries
        if e["slug"] not in have
    ]
    session.add_all(new)
    session.flush()
    return len(new)


def load_teams(entries: list[dict[str, Any]]) -> int:
    have, bodies, added = by_slug(Team), by_slug(Body), 0
    for number, entry in enumerate(entries, start=1):
        body = entry.get("body") and known(bodies, entry["body"], f"teams[{number}]", "body")
        if entry["slug"] in have:
            continue
        row = Team(
            slug=entry["slug"],
            name=entry["name"],
            contact=entry.get("contact", ""),
            phone=phone(f"teams[{number}]", entry.get("phone", "")),
        )
        row.body = body or None
        session.add(row)
        have[row.slug] = row
        added += 1
    session.flush()
    return added


def phone(where: str, text: str) -> str:
    """A number as people write it. Refused when a telephone could not dial it."""
    if text and not PHONE.fullmatch(text.strip()):
        raise Refused(f"{where}: phone {text!r} is no telephone number; write 020 8026 3000.")
    return text.strip()


def load_topics(entries: list[dict[str, Any]]) -> int:
    have, kinds = by_slug(Topic), by_slug(UserType)
    bit = max((topic.bit for topic in have.values()), default=-1)
    added = 0
    for number, entry in enumerate(entries, start=1):
        parent = None
        if entry.get("parent"):
            parent = known(have, entry["parent"], f"topics[{number}]", "topic above")
        if entry["slug"] in have:
            continue
        bit += 1
        row = Topic(
            slug=entry["slug"], name=entry["name"], cy=entry.get("cy", ""), bit=bit, position=number
        )
        row.parent, row.uses = parent, entry.get("uses", "")
        where = f"topics[{number}]"
        row.intended = [known(kinds, s, where, "user type") for s in entry.get("intended", [])]
        session.add(row)
        have[row.slug] = row
        added += 1
    session.flush()
    return added


def load_series(entries: list[dict[str, Any]]) -> int:
    have, teams, topics, added = by_slug(Series), by_slug(Team), by_slug(Topic), 0
    for number, entry in enumerate(entries, start=1):
        where = f"series[{number}]"
        team = known(teams, entry["team"], where, "team")
        named = [known(topics, slug, where, "topic") for slug in entry["topics"]]
        of = list(dict.fromkeys(topic.merged_into or topic for topic in named))
        if entry["slug"] in have:
            continue
        row = Series(
            slug=entry["slug"],
            name=entry["name"],
            cy=entry.get("cy", ""),
            designation=entry.get("designation", "Official statistics"),
            frequency=entry.get("frequency", ""),
            landing_url=entry.get("landing_url", ""),
            checks_landing=entry.get("check_landing", False),
            recurrence=entry.get("recurrence", ""),
            identifiers=plain(entry.get("identifiers", [])),
        )
        row.team, row.topics = team, of
        session.add(row)
        have[row.slug] = row
        added += 1
    session.flush()
    return added


def slug_of(text: str, taken: set[str]) -> str:
    """A slug from a title that is not yet taken: "people-and-nature-2"."""
    base = slugify(text, max_length=60, word_boundary=True) or "item"
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
