"""The page of a person's settings: everything that can be chosen, as it is or as it was typed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from flask import render_template, request

from notifier.audience.describe import interests
from notifier.audience.kinds import KINDS, MACHINES_ONLY, URGENT, unpack
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.pause import latest
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.render import dates, followed
from notifier.web.language import gettext as _
from notifier.web.language import language
from notifier.web.public.frame import inside, now, today
from notifier.web.public.people.choices import foreign, tree, user_types
from notifier.web.public.people.holder import Holder
from notifier.web.public.shapes import Choice, Error, TopicChoice, on_day

SINGLES = ("series", "notice", "release")  # followed by themselves, as fields of the form
OFTEN = "often-"  # and a kind: the field that says how often it comes
SHOWN = ("change", "release", "consultation", "newsletter", "date_change", "correction")


def page(
    of: Holder,
    errors: list[Error],
    *,
    saved: str = "",
    until: dict[str, str] | None = None,
) -> str:
    """The settings; ``saved`` is a sentence about what was just done, ``until`` the day of a pause
    as it was typed."""
    person, topics = of.person, tree()
    form = typed(person) if errors and until is None else kept(person)
    paused = person.paused_until
    return render_template(
        "pages/public/preferences.html",
        action=of.path(),
        path=of.path,
        address=of.address,
        form=form,
        errors=errors,
        saved=saved,
        topics=topics,
        single=[choice(s) for s in by_themselves(person, topics)],
        kinds=[kind(name, form.often) for name in SHOWN],
        digest=digest(),
        user_types=user_types(),
        depths=depths(),
        languages=languages(),
        takes_part=takes_part(),
        asked_by=asked_by(),
        paused_until=inside(on_day(paused, today(), language())) if paused else None,
        until=until or {},
        latest=dates.past(latest(today()), language()),
    )


def kept(person: Subscriber) -> SimpleNamespace:
    """The form as it is kept."""
    return SimpleNamespace(
        topics=[topic.slug for topic in topics_of(person)],
        single=[key(s) for s in live(person) if s.topic_id is None],
        only=[key(s)[1] for s in live(person) if s.series_id is not None],
        user_type=person.user_type.slug,
        depth=person.reads,
        language=person.language,
        week_ahead=person.week_ahead,
        often=unpack(person.kinds),
        machines_only=bool(person.kinds & MACHINES_ONLY),
        name=person.name,
        organisation=person.organisation,
        uses=person.uses,
        takes_part=interests(person.takes_part),
        asked_by=person.asked_by,
    )


def typed(person: Subscriber) -> SimpleNamespace:
    """The form as it was typed."""
    given = request.form
    found: dict[str, Any] = {
        name: given.get(name, "")
        for name in ("user_type", "depth", "language", "name", "organisation", "uses", "asked_by")
    }
    now_is = unpack(person.kinds)
    return SimpleNamespace(
        **found,
        topics=given.getlist("topics"),
        single=[(kind, value) for kind in SINGLES for value in given.getlist(kind)],
        only=given.getlist("series"),
        takes_part=given.getlist("takes_part"),
        week_ahead="week_ahead" in given,
        machines_only="machines_only" in given,
        often={name: given.get(f"{OFTEN}{name}", now_is[name]) for name in KINDS},
    )


def live(person: Subscriber) -> list[Subscription]:
    return [s for s in person.subscriptions if s.ended_at is None]


def topics_of(person: Subscriber) -> list[Topic]:
    """The topics that a person follows; in place of one that has just gone, what it became."""
    rows = (followed.followed(s) for s in live(person))
    return merge.current((row for row in rows if isinstance(row, Topic)), now=now())


def by_themselves(person: Subscriber, topics: list[TopicChoice]) -> list[Subscription]:
    """Changes, releases and such publications as stand in no topic of the form."""
    offered = slugs(topics)
    single = [s for s in live(person) if s.topic_id is None]
    return [s for s in single if s.series_id is None or key(s)[1] not in offered]


def slugs(topics: list[TopicChoice]) -> set[str]:
    """Those of the publications that the tree offers."""
    own = {one.slug for topic in topics for one in topic.series}
    return own.union(*(slugs(topic.children) for topic in topics))


def key(subscription: Subscription) -> tuple[str, str]:
    """The field and the value under which a form names what is followed by itself."""
    if subscription.series_id is not None:
        names = {one.id: one.slug for one in catalogue.all_series()}
        return "series", names[subscription.series_id]
    if subscription.notice_id is not None:
        return "notice", str(subscription.notice_id)
    return "release", str(subscription.release_id)


def choice(subscription: Subscription) -> SimpleNamespace:
    """One thing that is followed by itself: a publication, a change, a release."""
    row = followed.followed(subscription)
    field, value = key(subscription)
    said = followed.name(row, language()) if row is not None else None
    return SimpleNamespace(
        kind=field,
        value=value,
        name=said.text if said else "",
        lang=foreign(said.lang) if said else "",
    )


def kind(name: str, often: dict[str, str]) -> SimpleNamespace:
    """A kind of message with how often it may come; what is urgent is never collected."""
    words, hint = kind_words()[name]
    rhythms = rhythm_words()
    offered = [r for r in rhythms if name not in URGENT or r.slug in ("immediate", "off")]
    return SimpleNamespace(
        field=f"{OFTEN}{name}", name=words, hint=hint, choices=offered, chosen=often[name]
    )


def kind_words() -> dict[str, tuple[str, str]]:
    urgent = _("Told within a day, so it never waits")
    return {
        "change": (_("Changes to statistics"), _("Announced, reminders, on the day, how it went")),
        "release": (_("New releases"), _("At the moment they come out")),
        "consultation": (_("Consultations"), _("When a team asks what you think")),
        "newsletter": (_("Newsletters"), _("What a team writes about its statistics")),
        "date_change": (_("Moved and cancelled dates"), urgent),
        "correction": (_("Corrections"), urgent),
    }


def rhythm_words() -> list[Choice]:
    return [
        Choice("immediate", _("At once")),
        Choice("daily", _("Once a day")),
        Choice("weekly", _("Once a week")),
        Choice("off", _("Not by email")),
    ]


def digest() -> SimpleNamespace:
    """When collected mail comes, in words."""
    house = catalogue.organisation()
    weekday = house.digest_weekday if house else 0
    day = dates.WEEKDAYS[language()].split()[weekday]
    clock = dates.clock(house.digest_time, language()) if house else ""
    return SimpleNamespace(clock=clock, day=day)


def depths() -> list[Choice]:
    return [
        Choice("headline", _("The headline"), _("What changes, when, and what you should do")),
        Choice("detail", _("The detail"), _("Also why, how big it is and what stays the same")),
        Choice("technical", _("Everything"), _("Also the method, codes and tables")),
    ]


def languages() -> list[Choice]:
    return [
        Choice("en", _("English")),
        Choice("cy", _("Welsh")),
        Choice("both", _("Both in one email")),
    ]


def takes_part() -> list[Choice]:
    """rules.TAKES_PART in words."""
    return [
        Choice("user_group", _("A user group")),
        Choice("survey_panel", _("A panel that answers surveys")),
        Choice("workshop", _("Workshops")),
        Choice("training", _("Training")),
    ]


def asked_by() -> list[Choice]:
    """rules.ASKED_BY in words."""
    return [
        Choice("", _("It does not matter")),
        Choice("email", _("By email")),
        Choice("phone", _("By phone")),
        Choice("video", _("By video call")),
    ]
