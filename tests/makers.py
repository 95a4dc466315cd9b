"""Makes what a test starts from: a clock, settings, the catalogue, and people with their names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app

from notifier.accounts import people
from notifier.accounts.models import Staff
from notifier.audience import queries
from notifier.audience.confirm import confirm
from notifier.audience.models import Signup, Subscriber
from notifier.audience.subscribe import subscribe
from notifier.catalogue import document
from notifier.catalogue import queries as catalogue
from notifier.catalogue.load import load as load_rooms
from notifier.catalogue.models import Topic
from notifier.clock import LONDON
from notifier.newsletters.write import load as load_newsletters
from notifier.notices import queries as notices
from notifier.notices.approve import approve, submit
from notifier.notices.load import load as load_notices
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.notices.write import write
from notifier.releases.decision import Decision
from notifier.releases.load import load as load_releases
from notifier.render.links import site_for
from notifier.settings import Settings
from notifier.settings import load as load_settings
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, By
from notifier.worker.engine import Engine

# For what no database decides; everything else runs on both.
on_sqlite = pytest.mark.parametrize("kind", ["sqlite"], indirect=True)

CATALOGUE = Path(__file__).parent / "data" / "defra.yaml"
START = "2026-11-23 10:00"  # a Monday
WORDING = "I agree to get emails about the topics I chose."

ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
CLEO, DAN = "cleo@example.org", "dan@example.org"
PEPPER = "the pepper of the tests, which is long enough"


def london(text: str) -> datetime:
    """The instant (UTC) at which London's clocks show "2026-11-23 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


class Clock:
    """The clock of a test: it stands still until it is moved."""

    def __init__(self, text: str = START) -> None:
        self.instant = london(text)

    def __call__(self) -> datetime:
        return self.instant

    def at(self, text: str) -> datetime:
        """Set to a wall time in London."""
        self.instant = london(text)
        return self.instant

    def forward(self, **length: float) -> datetime:
        """Move on by days, hours, minutes or seconds, as ``timedelta`` names them."""
        self.instant += timedelta(**length)
        return self.instant


def settings(url: str, instance: Path, **more: str) -> Settings:
    """Development settings over that database; ``more`` as NOTIFIER_* names in lower case."""
    given = {"database_url": url, "suppression_pepper": PEPPER, **more}
    given.setdefault("secret_key", "the key of the tests, which is long enough")
    environ = {f"NOTIFIER_{name.upper()}": value for name, value in given.items()}
    return load_settings(environ, instance=instance)


def load_catalogue(text: str | bytes | None = None, *, now: datetime) -> dict[str, int]:
    """Load a whole catalogue, defra.yaml by default, in the caller's unit of work."""
    checked = document.read(CATALOGUE.read_bytes() if text is None else text)
    return {
        **load_rooms(checked),
        "releases": load_releases(checked["releases"], now=now),
        "notices": load_notices(checked["notices"], now=now),
        "newsletters": load_newsletters(checked["newsletters"], now=now),
    }


def staff(*, now: datetime) -> None:
    """Alice writes for every team, Bob approves, Hana is Head of Profession."""
    for email, role in ((ALICE, "author"), (BOB, "approver"), (HANA, "hop")):
        people.add(email, role, team_id=None, by=SYSTEM, now=now)


def member(email: str) -> Staff:
    return people.known(email)


def acting(email: str) -> By:
    """A member of staff who signed in."""
    return By("signed_in", staff_id=member(email).id, name=email)


def decided(reason: str, *, code: str = "data_late", second: str = HANA) -> Decision:
    """Alice changes a date, and a second person agrees."""
    two = {"person": member(ALICE), "approved_by": member(second)}
    return Decision(reason=reason, reason_code=code, **two)


def topics(*slugs: str) -> list[Topic]:
    return catalogue.topics_named(slugs)


def asks(
    email: str = CLEO,
    *,
    now: datetime,
    follows: Iterable[str] = ("air-quality",),
    series: Iterable[str] = (),
    user_type: str = "academic",
    language: str = "en",
) -> Signup:
    """Somebody fills in the sign-up form; nothing is confirmed yet."""
    with unit():
        subscribe(
            email,
            topics=topics(*follows),
            series=[catalogue.series(slug) for slug in series],
            user_type=catalogue.user_type(user_type),
            wording=WORDING,
            language=language,
            now=now,
        )
    person = queries.known(email)
    signups = session.query(Signup).where(Signup.subscriber_id == person.id)
    return signups.order_by(Signup.id.desc()).first()  # type: ignore[return-value]


def joins(email: str = CLEO, *, now: datetime, **asked: Any) -> Subscriber:
    """Somebody signs up and confirms."""
    signup_id = asks(email, now=now, **asked).id
    with unit():
        return confirm(signup_id, now=now, pepper=pepper())


def pepper() -> str:
    return str(current_app.config["SETTINGS"].suppression_pepper)


def emissions() -> ChangeNotice:
    """The catalogue's notice about fine particles: class A, effect 98 days after loading."""
    return next(n for n in notices.every() if "fine particles" in n.headline)


def draft(*, now: datetime, **changes: Any) -> ChangeNotice:
    """A new class D draft about milk, with an effect 60 days ahead unless told otherwise."""
    entry: dict[str, Any] = {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "materiality": "moderate",
        "headline": "Milk volumes will be estimated from a smaller panel",
        "what": "The panel shrinks from 100 to 60 dairies.",
        "why": "Forty dairies closed or merged.",
        "effect": {"date": "+60d"},
        "impact": {"known": "yes", "text": "Volumes fall by about 1%."},
        **changes,
    }
    with unit():
        return write({k: v for k, v in entry.items() if v is not None}, now=now)


def approved(notice: ChangeNotice, *, now: datetime, by: str = HANA) -> ChangeNotice:
    """Alice submits; ``by`` approves."""
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=now)
        approve(notice, approver=member(by), by=acting(by), now=now)
    return notice


def announced(notice: ChangeNotice, *, now: datetime, by: str = HANA) -> ChangeNotice:
    """Alice submits, ``by`` approves, Alice publishes."""
    approved(notice, now=now, by=by)
    with unit():
        publish(notice, by=acting(ALICE), now=now)
    return notice


def engine(app: Flask, clock: Clock) -> Engine:
    """What a worker has at hand, at the test's time; mail goes into the outbox of the instance."""
    kept: Settings = app.config["SETTINGS"]
    return Engine(kept, site=lambda: site_for(kept), now=clock)
