"""The week ahead: what stands on its page, and when its mail is promised, held back or lapses."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.notices import queries as notices
from notifier.notices import week
from notifier.notices.week import Week, needless, promise
from notifier.sends.models import Send
from notifier.store.db import session, unit
from tests import makers
from tests.doors.reading import all_announced, moves, release, words
from tests.makers import CLEO, Clock


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    return all_announced(house, clock)


def week_of(day: date) -> str:
    return f"/week-ahead/{week.of(day).name}"


def test_a_week_tells_days_changes_last_calls_and_what_is_moved_away(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """Fly-tipping was to come out on Wednesday 30 December and moves into the emissions' week."""
    with house.app_context(), unit():
        emissions = release("1970 to 2025")
        asked = next(n for n in notices.every() if "pocketbook" in n.headline)
        assert emissions.day is not None
        asked.consultation = {**asked.consultation, "closes": emissions.day.isoformat()}
        there = emissions.day
    old, new = date(2026, 12, 30), there
    moves(client, "Fly-tipping", new, "The councils' data came late.", clock)
    said = words(client, week_of(there))
    opening = "Two releases come out, one change takes effect and one consultation closes."
    assert opening in said
    day = re.escape(makers_full(there))
    assert re.search(rf"{day} {day} at 9:30am Emissions of air pollutants.*Fly-tipping", said)
    assert "Contains a change: Emissions of fine particles" in said
    assert "Last days to have your say We propose to stop the printed pocketbook" in said
    before = words(client, week_of(old))
    assert "Will not come out in this week" in before
    assert f"Moved to {makers_full(new)}, 9:30am" in before


def makers_full(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def test_a_cancelled_release_stands_in_its_week_as_not_coming(
    client: FlaskClient, house: Flask
) -> None:
    with house.app_context(), unit():
        found = release("Fly-tipping")
        found.state, found.end_reason = "cancelled", "Too few councils reported."
        there = found.day
    assert there is not None
    said = words(client, week_of(there))
    assert "and one release will not come out as planned." in said
    assert "Cancelled Will not come out Too few councils reported." in said


def test_the_page_moves_on_at_friday_1030_and_says_so(client: FlaskClient, clock: Clock) -> None:
    said = words(client, "/week-ahead")
    assert "This week: 23 to 29 November 2026" in said
    assert "From Friday 27 November 2026 at 10:30am this page shows the week after." in said
    clock.at("2026-11-27 10:30")
    said = words(client, "/week-ahead")
    assert "Coming next week: 30 November to 6 December 2026" in said
    assert "From Friday 4 December 2026 at 10:30am" in said
    clock.at("2026-11-30 00:00")
    assert "This week: 30 November to 6 December 2026" in words(client, "/week-ahead")
    own = words(client, "/week-ahead/2026-W49")
    assert "this page shows the week after" not in own


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("name", ["2026-W54", "2028-W01", "1999-W52", "W49", "2026-w49", "now"])
def test_what_is_no_week_is_not_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/week-ahead/{name}").status_code == 404


def test_a_vague_release_has_no_day_in_a_week(client: FlaskClient, house: Flask) -> None:
    """One that comes "in January" is in no week, nor is its change; "by Friday" is in that week."""
    with house.app_context(), unit():
        pocket = release("pocket 2027")
        notice = next(n for n in notices.every() if "pocketbook" in n.headline)
        notice.effect_kind, notice.effect_release_id = "release", pocket.id
        notice.effect_date, notice.effect_at = None, pocket.at
        by = release("Total income").day
        assert pocket.at is not None
        first = pocket.at.date()
    assert by is not None
    said = words(client, week_of(first))
    assert "pocket" not in said.partition("What changes")[0]
    assert "printed pocketbook" not in said
    assert "On a day to come" in words(client, week_of(by))


def planned() -> list[tuple[str, str]]:
    return [(s.about, s.state) for s in session.query(Send).filter_by(kind="week_ahead")]


def test_the_mail_is_promised_once_a_week_while_somebody_asked(room: Flask, clock: Clock) -> None:
    with unit():
        assert promise(now=clock()) == []
    person = makers.joins(CLEO, now=clock())
    with unit():
        person.week_ahead = True
    for moment in ("2026-11-23 10:00", "2026-11-24 10:00", "2026-11-27 10:29"):
        with unit():
            (sent,) = promise(now=clock.at(moment))
    assert (sent.about, sent.stage, sent.due_at) == (
        "week:2026-W49",
        "ahead",
        makers.london("2026-11-27 10:30"),
    )
    with unit():
        promise(now=clock.at("2026-11-27 10:30"))
    assert planned() == [("week:2026-W49", "planned"), ("week:2026-W50", "planned")]


def test_a_week_without_anything_needs_no_mail(room: Flask, clock: Clock) -> None:
    person = makers.joins(CLEO, now=clock())
    with unit():
        person.week_ahead = True
        session.query(Send).delete()
        (sent,) = promise(now=clock())
        busy = not week.ahead(Week(date(2026, 11, 30)))
        assert needless(sent) == ("nothing happens in that week" if busy else "")
        sent.about = "week:2027-W50"
        assert needless(sent) == "nothing happens in that week"
        sent.about = f"week:{week.of(release('Fly-tipping').day or date.max).name}"
        assert needless(sent) == ""


def test_a_worker_that_was_away_on_friday_makes_up_for_it_until_monday(
    room: Flask, clock: Clock
) -> None:
    person = makers.joins(CLEO, now=clock())
    with unit():
        person.week_ahead = True
    for moment, planned_now in (
        ("2026-11-29 23:59", ["week:2026-W49", "week:2026-W50"]),
        ("2026-12-07 00:00", ["week:2026-W51"]),  # W50 began: "next week" would be wrong
    ):
        with unit():
            assert [sent.about for sent in promise(now=clock.at(moment))] == planned_now
    assert all(s.lapses_at is not None for s in session.query(Send).filter_by(kind="week_ahead"))


def test_a_week_that_is_over_tells_what_came_out_and_what_did_not(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    """One is out, one is late; the week before and an empty one are told in the past, too."""
    with house.app_context(), unit():
        out, late = release("1970 to 2025"), release("Fly-tipping")
        assert out.day is not None
        late.day, late.at = out.day, out.at
        there = out.day
    said = words(client, week_of(there))
    assert "Two releases come out and one change takes effect." in said
    with house.app_context(), unit():
        release("1970 to 2025").state = "released"
    clock.at(f"{there + timedelta(days=7)} 09:00")
    said = words(client, week_of(there))
    assert "Last week: " in said
    opening = "One release came out, one release is not out yet and one change has not taken effect"
    assert opening in said
    assert "What came out" in said
    assert "Nothing came out." in said
    assert "comes out" not in said.partition("What changed")[0]
    clock.at(f"{there + timedelta(days=28)} 09:00")
    empty = words(client, week_of(there + timedelta(days=14)))
    assert "Nothing came out and nothing changed in this week." in empty
    assert "No announced change took effect in this week." in empty
