"""What the tests of letters start from: the catalogue announced, Cleo, and a site to link to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.audience.models import (
    AddressChange,
    Complaint,
    Signup,
    Subscriber,
    SubscriberImport,
    Subscription,
)
from notifier.audience.subscribe import wording_id
from notifier.catalogue import queries as catalogue
from notifier.newsletters.models import Newsletter
from notifier.notices.models import Answer, ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import letters, slots
from notifier.render.letters import Site, Words
from notifier.sends.models import Send
from notifier.store.db import db, session
from tests import makers

LARGEST = 102_000  # bytes: where Gmail clips
NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
SITE = Site(
    base_url="https://stats.example/",
    organisation="Defra Group statistics",
    licence_name="Open Government Licence v3.0",
    licence_url="https://licence.example/3/",
    reply_to="reply@example.org",
    confirm_url=lambda signup: f"https://stats.example/confirm/c{signup}",
    answer_url=lambda answer: f"https://stats.example/confirm/answer/a{answer}",
    magic_url=lambda person, now: f"https://stats.example/preferences/m{person}-{now:%H%M}",
    address_url=lambda change: f"https://stats.example/confirm/address/n{change}",
)
VALUES = {
    "name": "Cleo",
    "address": "cleo@example.org",
    "unsubscribe_url": "https://stats.example/u/abc",
    "preferences_url": "https://stats.example/preferences/abc",
    "got_it_url": "https://stats.example/got-it/abc",
    "reasons_text": "You get this because you follow Air quality.",
    "reasons_html": "<span>You get this because you follow <em>Air quality</em>.</span>",
}


@pytest.fixture(scope="module")
def loaded() -> Iterator[None]:
    """The catalogue in a database in memory, its notices announced at NOW."""
    app = Flask("letters")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        db.create_all()
        makers.load_catalogue(now=NOW)
        for change in session.query(ChangeNotice):
            change.state, change.first_public_at = "announced", NOW
        session.commit()
        yield
        session.remove()


@pytest.fixture
def house(loaded: None) -> Iterator[None]:
    """The loaded catalogue; what a test does to it is undone."""
    yield
    session.rollback()


def notice(words: str = "fine particles") -> ChangeNotice:
    return next(n for n in session.query(ChangeNotice) if words in n.headline)


def send(kind: str, about: str, *, stage: str = "", **more: Any) -> Send:
    row = Send(
        kind=kind,
        about=about,
        stage=stage or kind,
        due_at=NOW,
        created_at=NOW,
        **{"context": {}, **more},
    )
    session.add(row)
    session.flush()
    return row


def about_change(
    change: ChangeNotice, stage: str = "announce", *, now: datetime = NOW, summary: str = ""
) -> dict[int, Words]:
    context = {"notice": change.id, **({"summary": summary} if summary else {})}
    row = send("notice", change.reference, stage=stage, receivers={}, context=context)
    return letters.write(row, site=SITE, now=now)


def overtaken(change: ChangeNotice, successor: ChangeNotice, *, words: str) -> None:
    """Give the change whatever any message about its end or pause speaks of."""
    change.hold_reason = change.end_reason = change.short_notice_reason = words
    change.next_update_by = NOW.date() + timedelta(days=30)
    change.outcome = {
        "word": "implemented_modified",
        "text": words,
        "at": NOW.isoformat(),
    }
    change.superseded_by_id = successor.id


def moved(
    release: Release, *, days: int | None = 21, reason: str = "Data came late."
) -> ReleaseDateChange:
    """The release has its date ``days`` later, or none; the row of history that says so."""
    to = release.day + timedelta(days=days) if release.day and days is not None else None
    row = ReleaseDateChange(
        release_id=release.id,
        from_date=release.day,
        from_time=release.wall_time,
        from_precision=release.precision,
        to_date=to,
        to_time=release.wall_time if to else None,
        to_precision=release.precision if to else "tbc",
        direction="vaguer" if days is None else "later" if days > 0 else "earlier",
        reason_code="data_late",
        reason=reason,
        decided_at=NOW,
        decided_by="Alice",
        approved_by="Hana",
        announced_at=NOW,
    )
    session.add(row)
    session.flush()
    session.expire(release, ["date_changes"])
    release.day, release.precision = row.to_date, row.to_precision
    return row


def about_release(
    release: Release,
    stage: str,
    *,
    change: ReleaseDateChange | None = None,
    notices: Sequence[ChangeNotice] = (),
    now: datetime = NOW,
) -> dict[int, Words]:
    context = {
        "release": release.id,
        "change": change.id if change else None,
        "notices": [each.id for each in notices],
    }
    row = send("release", f"release:{release.id}", stage=stage, receivers={}, context=context)
    return letters.write(row, site=SITE, now=now)


def cleo(*topics: str, language: str = "en", user_type: str = "academic") -> Subscriber:
    person = Subscriber(
        email="cleo@example.org",
        email_key="cleo@example.org",
        state="active",
        user_type=catalogue.user_type(user_type),
        created_at=NOW,
        language=language,
    )
    session.add(person)
    session.flush()
    for topic in catalogue.topics_named(topics):
        session.add(Subscription(subscriber_id=person.id, topic_id=topic.id, started_at=NOW))
    session.flush()
    session.refresh(person)
    return person


def to_cleo(kind: str, person: Subscriber) -> Words:
    signup = Signup(
        subscriber_id=person.id,
        user_type_id=person.user_type_id,
        wording_id=wording_id(makers.WORDING, "en"),
        topics=[s.topic_id for s in person.subscriptions],
        series=[],
        language=person.language,
        created_at=NOW,
        lapses_at=NOW + timedelta(days=7),
    )
    if kind == "invitation":
        brought = SubscriberImport(
            filename="friends.csv",
            sha256="",
            at=NOW,
            counts={},
            source="A workshop in May",
            team_id=notice().series[0].team_id,
        )
        session.add(brought)
        session.flush()
        signup.import_id = brought.id
    session.add(signup)
    session.flush()
    answer = Answer(
        notice_id=notice().id,
        subscriber_id=person.id,
        user_type_id=person.user_type_id,
        answers=[{"question": "Why?", "answer": "Buy pills https://evil.example"}],
        language=person.language,
        created_at=NOW,
    )
    session.add(answer)
    session.flush()
    change = AddressChange(
        subscriber_id=person.id,
        old_email="cleo.old@example.org",
        new_email="cleo@example.org",
        asked_at=NOW,
    )
    session.add(change)
    session.flush()
    asked = Complaint(words="Too many.", contact=str(person.email), at=NOW, answer="We are sorry.")
    session.add(asked)
    session.flush()
    context = {
        "signup": signup.id,
        "answer": answer.id,
        "address_change": change.id,
        "complaint": asked.id,
    }
    about = notice().reference if kind == "notice_now" else f"signup:{signup.id}"
    row = send(kind, about, revision=person.id, subscriber_id=person.id, context=context)
    return letters.write_one(row, site=SITE, now=NOW, person=person)


def about_topic(old: str, into: str | None) -> dict[int, Words]:
    """That a topic ends, or becomes part of another, on 7 December 2026."""
    topic, to = catalogue.topic(old), catalogue.topic(into) if into else None
    row = send(
        "topic",
        f"topic:{topic.id}",
        stage="merged" if to else "retired",
        receivers={"topics": [topic.id, *([topic.parent_id] if topic.parent_id else [])]},
        context={"topic": topic.id, "into": to.id if to else None, "on": "2026-12-07"},
    )
    return letters.write(row, site=SITE, now=NOW)


def issue() -> tuple[Newsletter, dict[int, Words]]:
    found = session.query(Newsletter).one()
    row = send("newsletter", f"newsletter:{found.id}", receivers={})
    return found, letters.write(row, site=SITE, now=NOW)


def filled(words: Words) -> tuple[str, str]:
    text = slots.fill(words.text, VALUES)
    return text, slots.fill(words.html, VALUES, slots.as_html)
