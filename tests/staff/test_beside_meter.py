"""The lead-time meter says what the record will say, at each edge."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.notices import queries
from notifier.notices.publish import publish
from notifier.store.db import session, unit
from notifier.web.staff.notices.beside_meter import TAGS, meter
from tests import makers
from tests.journeys.world import World
from tests.makers import ALICE, HANA, Clock, acting, member
from tests.staff.beside import FAY, author, reference
from tests.staff.desk import Desk, enters, says


@pytest.fixture
def fay(world: World) -> Desk:
    return author(world)


@pytest.fixture
def base(world: World) -> str:
    return f"/staff/notices/{reference(world)}"


def names() -> dict[int, str]:
    return {person.id: person.name for person in session.query(Staff)}


@pytest.mark.parametrize(
    ("days", "word"),
    [(60, "met"), (90, "on_time"), (89, "met"), (42, "met"), (41, "short"), (1, "short")],
)
def test_the_meter_says_what_the_record_will_say(
    room: Flask, clock: Clock, days: int, word: str
) -> None:
    """Class D: 42 and 90 days. At each edge, and until London's midnight."""
    notice = makers.draft(now=clock(), effect={"date": "2027-04-28"})
    effect = london_date(notice.effect_at) if notice.effect_at else None
    assert effect is not None
    for wall in ("00:01", "23:59"):
        clock.at(f"{effect - timedelta(days=days)} {wall}")
        found = meter(notice, names=names(), now=clock())
        assert (found.days, found.tag) == (days, TAGS[word])
        assert (found.lead.startswith("Publish by")) == (word != "short")
        assert bool(found.mend) == (word == "short")
    makers.approved(notice, now=clock())
    with unit():
        late = {"short_notice_reason": "Late.", "approved_by": member(HANA)}
        publish(notice, by=acting(ALICE), now=clock(), **(late if word == "short" else {}))
    assert (notice.lead_days, notice.verdict) == (days, word)
    after = meter(notice, names=names(), now=clock())
    assert (after.days, after.tag) == (days, TAGS[word])
    assert f"It gave <strong>{days} day" in after.lead


def test_the_meter_of_what_has_no_day_and_of_a_correction(room: Flask, clock: Clock) -> None:
    vague = makers.draft(now=clock(), effect={"tbc": True}, next_update_by="+30d")
    found = meter(vague, names={}, now=clock())
    assert (found.bar, found.tag.word) == (None, "No day yet")
    wrong = makers.draft(now=clock(), type="correction", effect={"date": "2026-11-20"})
    found = meter(wrong, names={}, now=clock())
    assert (found.bar, found.tag.word) == (None, "At once")
    assert "publish it today" in found.lead


def test_the_meter_says_why_who_and_what_mends_it(world: World, clock: Clock, fay: Desk) -> None:
    enters(world, clock, HANA, "hop")
    clock.at("2026-12-08 09:00")
    fay.sign_in(FAY)
    page = says(fay.get(f"/staff/notices/{reference(world)}/beside"))
    assert "It should have been public by 1 December to give 90 days. Today gives 83 ." in page
    assert "Why 90 It is a major change of method. From published practice" in page
    assert f"Approver {HANA}, Head of Profession, on duty" in page
    assert "Move the release to 8 March 2027 or later." in page
    assert f"Or publish it with a public reason; {HANA} must agree." in page
    assert "the public record will say “short”" in page
    assert "class A" not in page


def test_a_release_that_moved_moves_the_meter(world: World, clock: Clock, fay: Desk) -> None:
    """The draft holds the day of its writing; the meter asks the release."""
    with world.build(now=clock).app_context(), unit():
        release = queries.notice(reference(world)).effect_release
        assert release is not None
        release.day, release.at = release.day, makers.london("2027-03-08 09:30")
    page = says(fay.get(f"/staff/notices/{reference(world)}/beside"))
    assert "Today gives 105 ." in page
