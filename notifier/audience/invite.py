"""A team brings the list that it has: people are invited, or told that they get mail and why.

Consent cannot be brought, only asked for; a public task can be stated, with a note that is kept.
Nobody whom we know, who left or who is suppressed is written to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from notifier.audience import importing
from notifier.audience.arriving import Batch, pack, room_for_them
from notifier.audience.importing import WHAT_THEY_GET, Refusals, Report
from notifier.audience.kinds import every
from notifier.audience.models import Signup, Subscriber, SubscriberImport
from notifier.audience.outlook import Brought, List
from notifier.audience.reading import Followed, Row
from notifier.audience.rules import fold, joined_on, masks, suppression_key, variant
from notifier.audience.subscribe import wording_id
from notifier.catalogue.models import Team, Topic, UserType
from notifier.errors import Refused
from notifier.sends.plan import plan_many
from notifier.store.bulk import append, stored
from notifier.store.db import session
from notifier.store.history import By, record

BASES = ("consent", "public_task")  # UK GDPR, article 6(1)(a) and (e)
ACCEPT_WITHIN = timedelta(days=28)
LONGEST_SOURCE, LONGEST_NOTE = 200, 1000  # characters
TWICE = "it stands in the list twice"
WORDING = {  # above the button of the page that accepts
    "en": "By pressing the button you agree to get emails about these topics. You can stop at any "
    "time.",
    "cy": "Drwy bwyso'r botwm rydych yn cytuno i gael e-byst am y pynciau hyn. Gallwch roi'r gorau "
    "iddi ar unrhyw adeg.",
}


@dataclass(frozen=True)
class Terms:
    """Under which a list is brought. ``source`` says where the team has it from, ``note`` why its
    public task needs it (public_task only); both are kept word for word."""

    team: Team
    basis: str
    source: str
    topics: Sequence[Topic]
    user_type: UserType
    note: str = ""
    language: str = "en"

    def check(self) -> None:
        """Raises Refused when something is missing that the law asks for."""
        if self.basis not in BASES:
            raise Refused(f"The basis must be one of {', '.join(BASES)}.")
        if not self.source.strip() or len(self.source) > LONGEST_SOURCE:
            raise Refused("Say in 200 characters at most where the list comes from: --source TEXT.")
        if (self.basis == "public_task") != bool(self.note.strip()):
            raise Refused(
                "A public task needs a note that says which, and consent has none: --note TEXT "
                "goes with --basis public_task."
            )
        if len(self.note) > LONGEST_NOTE:
            raise Refused("Shorten the note to 1,000 characters.")
        if not self.topics:
            raise Refused("Say what they would hear about: --topics SLUG;SLUG.")


def bring(
    found: List,
    terms: Terms,
    *,
    filename: str,
    sha256: str,
    by: By,
    now: datetime,
    pepper: str,
    refused: Refusals | None = None,
    rehearsal: bool = False,
) -> Report:
    """Add the people of the list who are new, in a unit of work that is its own.

    With consent they are asked, once, and are nobody if they do not answer within 28 days; with a
    public task they are active at once, and a welcome says why and how to leave. Raises Refused for
    terms that lack something.
    """
    terms.check()
    report = Report(refused=[] if refused is None else refused)
    for each in found.refused:
        report.refused.append(each)
    kept = SubscriberImport(
        filename=filename,
        sha256=sha256,
        at=now,
        counts={},
        basis=terms.basis,
        source=terms.source.strip(),
        team_id=terms.team.id,
    )
    session.add(kept)
    session.flush()
    people = once(found.people, report)
    if people:
        add(people, terms, kept.id, report, now=now, pepper=pepper)
    if rehearsal or not report.added:
        session.rollback()
        return report
    kept.counts = report.counts
    record(
        f"import:{kept.id}",
        "bring",
        by=by,
        now=now,
        why=terms.note.strip(),
        basis=terms.basis,
        source=kept.source,
        team=terms.team.id,
        **report.counts,
    )
    return report


def once(people: Iterable[Brought], report: Report) -> list[Brought]:
    """The first entry of each address."""
    first: dict[str, Brought] = {}
    for person in people:
        if first.setdefault(fold(person.email), person) is not person:
            report.refused.append((person.number, TWICE))
    return list(first.values())


def add(
    people: list[Brought],
    terms: Terms,
    import_id: int,
    report: Report,
    *,
    now: datetime,
    pepper: str,
) -> None:
    asked = terms.basis == "consent"
    words = WORDING["cy" if terms.language == "cy" else "en"] if asked else terms.note.strip()
    wording = wording_id(words, "cy" if terms.language == "cy" else "en")
    values: dict[str, Any] = {
        "state": "pending" if asked else "active",
        "active": not asked,
        "basis": terms.basis,
        "wording": wording,
        "import": import_id,
        "at": now,
    }
    follows = tuple((topic.id, None) for topic in terms.topics)
    sets = [Followed(follows, masks(topic.bit for topic in terms.topics))]
    hashed: Callable[[str], str] | None = None
    if importing.anybody_suppressed():
        hashed = lambda key: suppression_key(key, pepper)  # noqa: E731
    image = pack([row(each, terms, now) for each in people], sets, hashed)
    batch = Batch(image, len(people), [])
    with room_for_them() as enter:
        ids = importing.add(batch, report, enter, values, () if asked else WHAT_THEY_GET)
    new = select(Subscriber.id).where(Subscriber.id.between(ids[0], ids[-1]))
    fresh = list(session.scalars(new.where(Subscriber.created_at == now).order_by(Subscriber.id)))
    if asked:
        invite(fresh, terms, wording, import_id, now=now)
    else:
        welcome(fresh, terms, import_id, now=now)


def row(person: Brought, terms: Terms, now: datetime) -> Row:
    return (
        person.number,
        person.email,
        fold(person.email),
        terms.user_type.id,
        variant(terms.user_type.depth, terms.language),
        0,
        every("immediate"),
        terms.language,
        person.organisation,
        person.name,
        f"{now:%Y-%m-%d %H:%M:%S.%f}",
        joined_on(now),
    )


def invite(
    ids: Sequence[int], terms: Terms, wording: int, import_id: int, *, now: datetime
) -> None:
    """One invitation for each, which lapses; all of them in a few statements."""
    at, lapses = stored(now), stored(now + ACCEPT_WITHIN)
    topics = json.dumps([topic.id for topic in terms.topics])
    columns = (
        *("subscriber_id", "user_type_id", "wording_id", "topics", "series", "notices", "releases"),
        *("language", "import_id", "lapses_at", "source", "network", "created_at"),
    )
    same = (terms.user_type.id, wording, topics, "[]", "[]", "[]", terms.language, import_id)
    append(Signup, columns, [(i, *same, lapses, "brought", "", at) for i in ids])
    signups = select(Signup.id, Signup.subscriber_id).where(Signup.import_id == import_id)
    plan_many(
        "invitation",
        [
            (
                f"signup:{signup_id}",
                "invitation",
                subscriber_id,
                {"signup": signup_id, "import": import_id},
            )
            for signup_id, subscriber_id in session.execute(signups.order_by(Signup.id))
        ],
        due_at=now,
        now=now,
        team_id=terms.team.id,
        lapses_at=now + ACCEPT_WITHIN,
    )


def welcome(ids: Sequence[int], terms: Terms, import_id: int, *, now: datetime) -> None:
    """One welcome for each, which says on what basis they get mail and how to leave."""
    context = {"import": import_id}
    letters = [(f"subscriber:{i}", "welcome", i, context) for i in ids]
    plan_many("welcome", letters, due_at=now, now=now, team_id=terms.team.id)
