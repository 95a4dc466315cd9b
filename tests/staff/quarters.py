"""A year of a house for Insight: changes told early, late and afterwards, releases out and moved,
messages that went well and badly, people who came and went.
"""

from __future__ import annotations

from datetime import date

from notifier.audience.acknowledge import acknowledge
from notifier.audience.complain import complain
from notifier.audience.leave import leave_everything
from notifier.audience.models import Subscriber
from notifier.notices import follow
from notifier.notices.effect import take_effect
from notifier.releases import end
from notifier.releases.add import add
from notifier.releases.dated import exact
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests.journeys.world import World
from tests.makers import ALICE, HANA, acting, decided, joins
from tests.rooms.given import MINOR, MODERATE, told, told_after
from tests.staff.sending import Ledger, sending

MILK = "milk-utilisation"
LONG_REASON = "The <b>supplier</b> told us last week; =SUM(A1) is what a spreadsheet would run."


def lived(world: World) -> None:
    """From 11 January to 20 July 2027; two quarters are over."""
    clock = world.clock
    clock.at("2027-01-11 10:00")
    with world.build(now=clock).app_context():
        told(95, clock, **MODERATE, headline="The panel shrinks")
        told(42, clock, **MODERATE, headline="Milk is weighed")
        told(35, clock, **MODERATE, headline="Land types of PM2.5", reason=LONG_REASON)
        told(0, clock, **MINOR, headline="A new column", reason="It broke.")
        people(world)
        releases(world)
        clock.at("2027-04-12 10:00")
        told_after(2, clock, **MINOR)
        told(30, clock, **MINOR, headline="Wider tables")
        with unit():
            take_effect(now=clock())
        cleo = session.query(Subscriber).filter_by(email="cleo@example.org").one()
        with unit():
            acknowledge(cleo, "DEFRA-2027-001", now=clock())
            leave_everything(cleo, now=clock(), reason="too much mail")
            complain("You kept my name.", now=clock())
    sending(world, "food", state="done", begun=60, first=6000, ledger=Ledger(people=45, again=0))
    sending(world, "waste", state="done", begun=60, first=7000, ledger=Ledger(45, 45, 0, 0, 0, 0))
    clock.at("2027-07-20 10:00")
    with world.build(now=clock).app_context(), unit():
        take_effect(now=clock())


def people(world: World) -> None:
    for name in ("cleo", "eve", "finn"):
        joins(f"{name}@example.org", now=world.clock())


def releases(world: World) -> None:
    """One on time, one moved and then late, one that is overdue."""
    clock = world.clock
    found = {}
    with unit():
        for title, day in (
            ("Milk, January", date(2027, 2, 11)),
            ("Milk, February", date(2027, 3, 11)),
            ("Milk, March", date(2027, 6, 10)),
        ):
            given = {"series": MILK, "title": title, "date": f"{day} 09:30"}
            found[title] = add({**given, "certainty": "confirmed"}, by=SYSTEM, now=clock()).id
    publish(world, found["Milk, January"], "2027-02-11 09:30")
    clock.at("2027-03-01 10:00")
    with unit():
        follow.move(
            session.get_one(Release, found["Milk, February"]),
            exact(date(2027, 3, 18)),
            decided("The data came late."),
            by=acting(ALICE),
            now=clock(),
        )
    publish(world, found["Milk, February"], "2027-03-19 11:00")


def publish(world: World, number: int, at: str) -> None:
    with unit():
        end.publish(session.get_one(Release, number), by=acting(HANA), now=world.clock.at(at))
