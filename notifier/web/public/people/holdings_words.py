"""What we hold about a person, in words for them; the file beside it has every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from notifier.audience.models import Subscriber
from notifier.clock import london_date
from notifier.render import dates, followed
from notifier.render.passages import Passage, line
from notifier.web.language import gettext as _
from notifier.web.language import language
from notifier.web.public.people.choices import user_type_name
from notifier.web.public.people.settings_page import asked_by, languages, takes_part


@dataclass(frozen=True)
class Section:
    """A heading with facts (label, words), or a list of passages with a note each."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    items: list[tuple[Passage, str]] = field(default_factory=list)


def sections(person: Subscriber, facts: dict[str, Any]) -> list[Section]:
    """``facts`` is insight.held.held(person)."""
    return [
        Section(_("About you"), facts=about(person, facts["person"])),
        Section(_("What you follow, and have followed"), items=follows(person)),
        Section(_("What you agreed to"), items=consents(facts)),
        Section(_("What was sent, and what you told us"), facts=counts(facts)),
    ]


def about(person: Subscriber, facts: dict[str, Any]) -> list[tuple[str, str]]:
    """What is not empty of the person's own row."""
    spoken = {each.slug: each.name for each in languages()}
    asked = {each.slug: each.name for each in asked_by()}
    parts = [each.name for each in takes_part() if each.slug in facts["takes_part"]]
    rows = [
        (_("Email address"), person.email or ""),
        (_("Which describes you best"), user_type_name(person.user_type).text),
        (_("Language"), spoken[person.language]),
        (_("Name"), person.name),
        (_("Organisation"), person.organisation),
        (_("What you use the statistics for"), person.uses),
        (_("You would like to take part in"), ", ".join(parts)),
        (_("How you prefer to be asked"), asked[person.asked_by] if person.asked_by else ""),
        (_("The link you came by"), person.source),
        (_("With us since"), on(person.confirmed_at or person.created_at)),
    ]
    return [(label, words) for label, words in rows if words]


def follows(person: Subscriber) -> list[tuple[Passage, str]]:
    found = []
    for subscription in person.subscriptions:
        row = followed.followed(subscription)
        since = on(subscription.started_at)
        if subscription.ended_at is None:
            note = _("Since: %(day)s", day=since)
        else:
            note = _("From %(day)s to %(end)s", day=since, end=on(subscription.ended_at))
        if row is not None:
            found.append((followed.name(row, language()), note))
    return found


def consents(facts: dict[str, Any]) -> list[tuple[Passage, str]]:
    return [
        (
            line(row["wording"], row["language"]),
            _("Confirmed: %(day)s", day=day(row["confirmed_at"])),
        )
        for row in facts["consents"]
    ]


def counts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """How many rows of each sort the file has."""
    sorts = (
        (_("Messages"), "messages"),
        (_("Messages that came back"), "bounces"),
        (_("“Got it” pressed"), "got_it"),
        (_("Answers in consultations"), "answers"),
        (_("Complaints"), "complaints"),
        (_("Steps in your history"), "history"),
    )
    return [(label, how_many(len(facts[key]))) for label, key in sorts]


def how_many(count: int) -> str:
    return str(count) if count else _("None")


def on(instant: datetime) -> str:
    return dates.past(london_date(instant), language())


def day(written: str) -> str:
    """The day (UTC) of an instant as the file has it."""
    return dates.past(date.fromisoformat(written[:10]), language())
