"""A list is brought in once, row by row, with its statement of consent, and revives nobody."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy import func, select

from notifier.audience import queries
from notifier.audience.forget import forget
from notifier.audience.importing import Report, import_csv
from notifier.audience.kinds import written
from notifier.audience.leave import leave_everything
from notifier.audience.models import (
    Consent,
    Reach,
    Subscriber,
    SubscriberImport,
    Subscription,
    Wording,
)
from notifier.audience.reach import sync
from notifier.audience.receivers import Audience, count
from notifier.audience.suppress import suppress
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import CLEO, DAN, HANA, Clock, acting, asks, joins, on_sqlite, pepper, topics

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at\n"
WORDING = "I want to hear about changes."


def brings(rows: str, clock: Clock, *, header: str = HEADER, wording: str = WORDING) -> Report:
    text = header + rows
    with unit():
        return import_csv(
            text.splitlines(keepends=True),
            filename="list.csv",
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            wording=wording,
            by=acting(HANA),
            now=clock(),
            pepper=pepper(),
        )


def people() -> int:
    return session.scalar(select(func.count(Subscriber.id))) or 0


def test_a_row_becomes_a_person_with_topics_consent_and_reach(room: Flask, clock: Clock) -> None:
    report = brings(
        f"{CLEO},academic,air-quality; waste ;air-quality,weekly,cy,Cleo Ltd,2026-01-15\n", clock
    )
    assert (report.added, report.already, report.refused) == (1, 0, [])
    person = queries.known(CLEO)
    assert (person.state, person.user_type.slug, written(person.kinds), person.language) == (
        "active",
        "academic",
        "weekly",
        "cy",
    )
    assert person.organisation == "Cleo Ltd"
    assert str(person.confirmed_at) == "2026-01-15 09:30:00+00:00"
    assert [s.topic_id for s in person.subscriptions] == [
        t.id for t in topics("air-quality", "waste")
    ]
    consent = session.scalars(select(Consent)).one()
    assert (consent.how, consent.at) == ("import", person.confirmed_at)
    assert session.get_one(Wording, consent.wording_id).text == WORDING
    kept = session.get_one(SubscriberImport, consent.import_id)
    assert (kept.filename, len(kept.sha256)) == ("list.csv", 64)
    assert kept.counts == {"added": 1, "already": 0, "refused": 0}
    assert [row.action for row in of(f"import:{kept.id}")] == ["import"]
    assert session.scalar(select(func.count(Send.id))) == 0  # nobody is written to
    row = session.get_one(Reach, person.id)
    columns = [c.name for c in Reach.__table__.columns]
    derived = [getattr(row, name) for name in columns]
    with unit():
        sync(person)
        session.expire_all()
        row = session.get_one(Reach, person.id)
        assert [getattr(row, name) for name in columns] == derived


def test_twice_is_a_no_op(room: Flask, clock: Clock) -> None:
    rows = "".join(f"p{n}@example.org,media,food,,,,2026-01-15\n" for n in range(20))
    assert brings(rows, clock).added == 20
    again = brings(rows, clock)
    assert (again.added, again.already, again.refused) == (0, 20, [])
    assert people() == 20
    for table in (Subscription, Consent, Reach):
        assert session.scalar(select(func.count()).select_from(table)) == 20


def test_the_same_address_twice_in_a_file_is_one_person(room: Flask, clock: Clock) -> None:
    rows = f"{CLEO},media,food,,,,2026-01-15\n{CLEO.upper()},academic,waste,,,,2026-01-15\n"
    report = brings(rows, clock)
    assert (report.added, report.already) == (1, 1)
    assert queries.known(CLEO).user_type.slug == "media"  # the first row counts


@on_sqlite
@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("cleo@,media,food,,,,2026-01-15", "the email address is not in the correct format"),
        (",media,food,,,,2026-01-15", "the email address is not in the correct format"),
        ("c@example.org,boss,food,,,,2026-01-15", "there is no user type 'boss'"),
        ("c@example.org,media,fod,,,,2026-01-15", "there is no topic 'fod'"),
        ("c@example.org,media,,,,,2026-01-15", "it names no topic"),
        ("c@example.org,media, ; ,,,,2026-01-15", "it names no topic"),
        (
            "c@example.org,media,food,hourly,,,2026-01-15",
            "frequency must be one of immediate, daily, weekly, or kind=rhythm",
        ),
        ("c@example.org,media,food,,fr,,2026-01-15", "language must be one of en, cy, both"),
        (
            "c@example.org,media,food,,,,",
            "no statement of consent: give --consent WORDING and confirmed_at",
        ),
        (
            "c@example.org,media,food",
            "no statement of consent: give --consent WORDING and confirmed_at",
        ),
        (
            "c@example.org,media,food,,,,15/01/2026",
            "confirmed_at '15/01/2026' is no date; write 2026-11-23",
        ),
        (
            "c@example.org,media,food,,,,0001-01-01T00:00:00+14:00",
            "confirmed_at '0001-01-01T00:00:00+14:00' is no date; write 2026-11-23",
        ),
        ("c@example.org,media,food,,,,2026-11-24", "confirmed_at is in the future"),
        ("c@example.org,media,food,,,,2026-11-23T10:00:01Z", "confirmed_at is in the future"),
        (
            f"c@example.org,media,food,,,{'x' * 2001},2026-01-15",
            "a cell is longer than 2,000 characters or holds a NUL",
        ),
        (
            "c\0@example.org,media,food,,,,2026-01-15",
            "a cell is longer than 2,000 characters or holds a NUL",
        ),
    ],
    ids=lambda text: ascii(text[:40]),
)
def test_a_row_is_refused_with_its_number_and_the_others_come_in(
    room: Flask, clock: Clock, row: str, reason: str
) -> None:
    report = brings(f"{DAN},media,food,,,,2026-01-15\n{row}\n", clock)
    assert report.refused == [(3, reason)]
    assert (report.added, people()) == (1, 1)


def test_no_consent_no_people(room: Flask, clock: Clock) -> None:
    report = brings(f"{CLEO},media,food,,,,2026-01-15\n", clock, wording="")
    assert [reason[:23] for _, reason in report.refused] == ["no statement of consent"]
    assert people() == 0


@pytest.mark.parametrize("how", ["left", "suppressed", "pending", "active"])
def test_an_import_never_changes_or_revives_somebody_we_know(
    room: Flask, clock: Clock, how: str
) -> None:
    if how == "pending":
        asks(now=clock(), follows=["food"])
    else:
        person = joins(now=clock(), follows=["food"])
        with unit():
            if how == "left":
                leave_everything(person, now=clock())
            if how == "suppressed":
                suppress(person, reason="hard_bounce", now=clock(), pepper=pepper())
    before = count(Audience(topics=[topics("waste")[0].id]))
    report = brings(f"{CLEO},media,waste,,,,2026-01-15\n", clock)
    assert (report.added, report.already) == (0, 1)
    person = queries.known(CLEO)
    assert (person.state, person.user_type.slug) == (how, "academic")
    assert count(Audience(topics=[topics("waste")[0].id])) == before == 0


def test_an_import_never_revives_an_erased_address_nor_names_it(room: Flask, clock: Clock) -> None:
    person = joins(now=clock())
    with unit():
        forget(person, by=acting(HANA), now=clock(), pepper=pepper())
    report = brings(f"{CLEO.upper()},media,waste,,,,2026-01-15\n", clock)
    assert report.refused == [(2, "this person asked us not to write to them")]
    assert queries.by_email(CLEO) is None


def test_a_sign_up_after_an_import_gets_an_id_of_its_own(room: Flask, clock: Clock) -> None:
    brings("".join(f"p{n}@example.org,media,food,,,,2026-01-15\n" for n in range(5)), clock)
    person = joins(now=clock())
    assert person.id > max(
        session.scalars(select(Subscriber.id).where(Subscriber.email != CLEO)).all()
    )
    assert brings(f"{DAN},media,food,,,,2026-01-15\n", clock).added == 1


def test_columns_may_stand_in_any_order_with_names_we_do_not_know(
    room: Flask, clock: Clock
) -> None:
    header = "\ufefftopics, Email ,shoe size,USER_TYPE,confirmed_at,name\n"
    assert brings(f"food,{CLEO},42,media,2026-01-15,Cleo\n\n", clock, header=header).added == 1
    assert queries.known(CLEO).name == "Cleo"


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("email,topics\n", "missing: user_type"),
        ("", "missing: email, user_type, topics"),
        ("email,user_type,topics,email\n", "missing: none, but one stands twice"),
    ],
)
def test_a_file_with_another_header_is_refused_whole(
    room: Flask, clock: Clock, header: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        brings("", clock, header=header)
    assert session.scalar(select(func.count(SubscriberImport.id))) == 0


def test_a_file_of_several_batches_comes_in_whole(
    room: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifier.audience.importing.BATCH", 7)
    rows = [f"p{n}@example.org,media,food;waste,,,,2026-01-15\n" for n in range(30)]
    rows[10] = "broken\n"
    rows[29] = rows[0]
    report = brings("".join(rows), clock)
    assert (report.added, report.already, [n for n, _ in report.refused]) == (28, 1, [12])
    assert count(Audience(topics=[topics("food")[0].id])) == 28
