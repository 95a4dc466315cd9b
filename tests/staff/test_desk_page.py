"""The desk: what needs me, what goes out next, what is owed, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from notifier.accounts import people
from notifier.audience.complain import complain
from notifier.catalogue import queries as catalogue
from notifier.releases.models import Release
from notifier.sends import stopped
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from tests import makers
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.sending import Ledger, sending

FAY, GIL, IDA = "fay@example.org", "gil@example.org", "ida@example.org"
WASTE = "Dry mixed recycling will be counted where it is sorted, not where it is collected"


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the waste team."""
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


def panel(answer: Any, head: str) -> str:
    """The words of one panel, by its heading."""
    found = re.search(rf'<section[^>]*aria-labelledby="{head}".*?</section>', answer.text, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def row_of(answer: Any, words: str) -> str:
    """The row of "Needs you" that has these words."""
    rows = re.findall(r'<li class="need">.*?</li>', answer.text, re.S)
    found = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows if words in row]
    assert len(found) == 1, found
    return found[0]


def test_a_change_goes_from_hand_to_hand(world: World, clock: Clock, fay: Desk) -> None:
    """Finish, approve, publish, then it is on the calendar: for its team, and for nobody else."""
    gil, _ = enters(world, clock, GIL, "approver", "--team", "waste")
    ida, _ = enters(world, clock, IDA, "approver", "--team", "food")
    reference = of_waste(world)
    assert "Finish" in row_of(fay.get("/staff/"), WASTE)
    assert WASTE not in ida.get("/staff/?needs=all").text

    world.done("notices", "submit", reference, "--by", FAY)
    assert WASTE not in panel(fay.get("/staff/"), "h-needs")
    asked = row_of(gil.get("/staff/"), WASTE)
    assert asked.startswith("Approve")
    assert "From fay@example.org, since 10:00 today" in asked
    assert WASTE not in ida.get("/staff/?needs=all").text

    world.done("notices", "approve", reference, "--by", GIL)
    assert row_of(fay.get("/staff/"), WASTE).startswith("Publish")
    assert "Nothing needs you." not in says(fay.get("/staff/"))
    world.done("notices", "publish", reference, "--by", FAY)
    page = fay.get("/staff/")
    assert WASTE not in panel(page, "h-needs")
    assert WASTE not in panel(page, "h-owed")
    assert f"{WASTE}: first announced" in panel(page, "h-next")
    assert WASTE not in panel(ida.get("/staff/"), "h-next")


def of_waste(world: World) -> str:
    rows = world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if row["headline"] == WASTE))


def test_the_board_counts_days_and_says_who_holds_it(world: World, fay: Desk) -> None:
    owed = panel(fay.get("/staff/"), "h-owed")
    # Class D, 42 days before 27 January 2027: 16 December is 23 days ahead.
    assert f"23 days left {WASTE} Local authority collected waste management" in owed
    assert "16 December moderate change: 42 days fay@example.org draft" in owed
    assert "Monthly landings" not in owed


def test_what_is_late_is_loud_and_says_what_is_needed(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author", "--team", "fisheries")
    desk.sign_in(FAY)
    page = desk.get("/staff/")
    late = row_of(page, "Monthly landings")
    assert late.startswith("Explain")
    assert "It would give 11 days, and a minor change of presentation needs 14." in late
    assert late.endswith("3 days late")
    assert 'class="owed__row owed__row--bad"' in page.text
    assert "One change is short of its notice." in says(page)


def test_dates_breaches_and_complaints_wait_for_who_can_mend_them(
    world: World, clock: Clock, fay: Desk
) -> None:
    hana, _ = enters(world, clock, GIL, "hop")
    food = joins(world, IDA, "author", "--team", "food")
    food.sign_in(IDA)
    which = row_of(food.get("/staff/"), "Food statistics in your pocket")
    assert which.startswith("Confirm")
    assert "four weeks before is Friday 4 December." in which
    with world.build(now=clock).app_context(), unit():
        complain("You wrote to me after I left.", now=clock())
    assert "Answer Complaint 1" in panel(hana.get("/staff/?needs=all"), "h-needs")
    assert "Complaint" not in fay.get("/staff/?needs=all").text
    clock.at("2026-12-08 09:00")
    world.drain()
    food.sign_in(IDA)
    waits = panel(food.get("/staff/?needs=all"), "h-needs")
    assert "Explain Food statistics in your pocket" in waits
    assert "users are owed the reason" in waits


def test_what_stopped_itself_waits_for_a_decision(world: World, clock: Clock, fay: Desk) -> None:
    number = sending(world, state="paused")
    with world.build(now=clock).app_context(), unit():
        send = session.get_one(Send, number)
        stopped.mark(send, "braked", "51 of 900 addresses were refused for good.", now=clock())
    row = row_of(fay.get("/staff/"), f"/staff/sends/{number}")
    assert row.startswith("Decide")
    assert "It stopped by itself. 51 of 900 addresses were refused for good." in row


def test_what_is_being_sent_and_how_the_last_ones_went(world: World, fay: Desk) -> None:
    assert "Nothing is going out." in says(fay.get("/staff/"))
    number = sending(world)
    sending(world, state="done", first=7000, ledger=Ledger(people=45, again=0))
    sending(world, "food", first=8000)
    page = fay.get("/staff/")
    now = panel(page, "h-going")
    assert "40 of 60 accepted" in now
    assert f"/staff/sends/{number}" in page.text
    assert "3 trying again. 5 failed." in now
    assert panel(page, "h-last").endswith("Mon 23 Nov, 5 failed 40 of 45")
    assert "One message is going out." in says(page)
    assert "1 now" in says(page)


def test_two_weeks_say_how_many_people_get_mail_on_each_day(
    world: World, clock: Clock, fay: Desk
) -> None:
    with world.build(now=clock).app_context():
        for place in range(3):
            makers.joins(f"w{place}@example.org", now=clock(), follows=("waste",))
    world.announces("Dry mixed")
    with world.build(now=clock).app_context(), unit():
        for send in session.query(Send).filter(Send.about == of_waste(world)):
            send.due_at = clock() + timedelta(days=2) if send.stage == "T-28" else send.due_at
    page = fay.get("/staff/")
    found = re.findall(r'<li class="day.*?</li>\s*(?=<li class="day|</ol>)', page.text, re.S)
    assert len(found) == 14
    wednesday = " ".join(re.sub(r"<[^>]+>", " ", found[2]).split())
    assert wednesday.startswith("Wed 25 Wednesday 25 November 2026 3 people")
    assert "28 days to go 10:00 · 3" in wednesday
    assert 'class="w100"' in found[2]
    assert "day--today" in found[0]


def test_releases_that_come_out_say_what_they_wait_for(
    world: World, clock: Clock, fay: Desk
) -> None:
    """Its own team's: confirmed without words, and not confirmed; not another team's."""
    at = clock() + timedelta(days=3)
    with world.build(now=clock).app_context(), unit():
        every = session.query(Release).join(Release.series).order_by(Release.id).all()
        mine = [one for one in every if one.series.team.slug == "waste"]
        other = next(one for one in every if one.series.team.slug == "food")
        for one in (mine[0], other):
            one.state, one.at, one.precision = "confirmed", at, "datetime"
        titles = mine[0].title, other.title
    page = panel(fay.get("/staff/"), "h-next")
    assert f"{titles[0]}: released 10:00 · 0 · no words yet" in page
    assert titles[1] not in page
    with world.build(now=clock).app_context(), unit():
        row = session.query(Release).filter(Release.title == titles[0]).one()
        row.state = "provisional"
    assert "not confirmed" in panel(fay.get("/staff/"), "h-next")


def test_who_works_for_all_chooses_a_team_or_everything(
    world: World, clock: Clock, fay: Desk
) -> None:
    assert "Whole organisation" not in fay.get("/staff/").text
    assert WASTE in fay.get("/staff/?scope=food").text  # not hers: she sees her own
    assert "Monthly landings" not in fay.get("/staff/?scope=all").text
    with world.build(now=clock).app_context(), unit():
        people.grant(FAY, "admin", team_id=None, by=SYSTEM, now=clock())
    mine, whole = fay.get("/staff/"), fay.get("/staff/?scope=all")
    assert "Monthly landings" not in mine.text
    assert "Monthly landings" in panel(whole, "h-owed")
    assert WASTE in panel(whole, "h-owed")
    one = fay.get("/staff/?scope=fisheries")
    assert WASTE not in panel(one, "h-owed")
    assert "Monthly landings" in panel(one, "h-owed")


@pytest.fixture
def statements() -> list[str]:
    return []


@contextmanager
def counted(found: list[str]) -> Iterator[None]:
    def hear(*given: Any) -> None:
        found.append(given[2])

    event.listen(Engine, "before_cursor_execute", hear)
    yield
    event.remove(Engine, "before_cursor_execute", hear)


@on_sqlite
def test_the_desk_asks_no_more_of_the_database_when_there_is_more(
    world: World, clock: Clock, fay: Desk
) -> None:
    """As many statements with 60 changes, releases and Sends more as without them."""
    numbers = []
    for more in (12, 60):
        with world.build(now=clock).app_context():
            for place in range(more):
                made = makers.draft(
                    now=clock(),
                    series=[series_of_waste()],
                    headline=f"Change {more} {place}",
                    effect={"date": f"+{50 + place}d"},
                )
                with unit():
                    made.state = ("draft", "in_review", "approved", "in_effect")[place % 4]
                    made.author_id = makers.member(FAY).id
        for place in range(more // 6):
            sending(
                world, first=10_000 * more + 100 * place, state="done", ledger=Ledger(45, 40, 0)
            )
        fay.get("/staff/")
        found: list[str] = []
        with counted(found):
            assert fay.get("/staff/").status_code == 200
        numbers.append(len(found))
    assert numbers[1] <= numbers[0] + 1
    assert numbers[1] < 60


def series_of_waste() -> str:
    return next(one.slug for one in catalogue.all_series() if one.team.slug == "waste")
