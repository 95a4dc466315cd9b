"""Who decides today: a body's own Head of Profession first, deputies while every head is away."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from notifier.accounts import duty, people
from notifier.accounts.models import Staff
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Body
from notifier.errors import Refused
from notifier.notices import end
from notifier.notices.approve import approve, submit
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, of
from tests import makers
from tests.makers import ALICE, BOB, HANA, Clock, acting, draft, member

DORA, NINA, NILS = "dora@example.org", "nina@example.org", "nils@example.org"
TODAY = date(2026, 11, 23)


@pytest.fixture
def nature(room: Flask, clock: Clock) -> set[int]:
    """The teams of Natural England, which has its own head Nina and deputy Nils; Dora is Hana's."""
    teams = catalogue.body_teams({catalogue.team("people-nature").id})
    with unit():
        joins(DORA, "deputy", None, clock)
        joins(NINA, "hop", min(teams), clock)
        joins(NILS, "deputy", min(teams), clock)
    return teams


def joins(email: str, role: str, team: int | None, clock: Clock) -> Staff:
    return people.add(email, role, team_id=team, by=SYSTEM, now=clock())[0]


def away(*emails: str, clock: Clock, first: date = TODAY, last: date = TODAY) -> None:
    with unit():
        for email in emails:
            duty.away(member(email), first, last, by=SYSTEM, now=clock())


def who(teams: set[int], day: date = TODAY) -> list[str]:
    return [person.email.partition("@")[0] for person in duty.on_duty(teams, day)]


def test_requests_go_down_the_line_as_people_leave(nature: set[int], clock: Clock) -> None:
    farming = catalogue.body_teams({catalogue.team("farming").id})
    assert who(nature) == ["nina"]
    assert who(farming) == ["hana"]
    line = [["nina"], ["nils"], ["hana"], ["dora"], ["nina"]]
    for step, email in zip(line[1:], (NINA, NILS, HANA, DORA), strict=True):
        away(email, clock=clock)
        assert who(nature) == step
    assert who(farming) == ["hana"]  # everybody is away: the head all the same
    assert who(nature, date(2026, 11, 24)) == ["nina"]


def test_absence_counts_from_its_first_to_its_last_day(nature: set[int], clock: Clock) -> None:
    away(NINA, clock=clock, first=date(2026, 12, 1), last=date(2026, 12, 2))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)]
    assert [who(nature, day) for day in days] == [["nina"], ["nils"], ["nils"], ["nina"]]


def test_a_deputy_acts_only_while_every_head_is_away(nature: set[int], clock: Clock) -> None:
    farming = catalogue.body_teams({catalogue.team("farming").id})

    def acts() -> dict[str, tuple[bool, bool]]:
        found = {}
        for email in (HANA, DORA, NINA, NILS, BOB):
            person = member(email)
            found[email.partition("@")[0]] = (
                duty.acts_as_hop(person, nature, TODAY),
                duty.acts_as_hop(person, farming, TODAY),
            )
        return found

    no, yes = (False, False), (True, True)
    assert acts() == {
        "hana": yes, "dora": no, "nina": (True, False), "nils": no, "bob": no
    }  # fmt: skip
    away(NINA, clock=clock)  # Hana is here: Dora does not stand in for Nina
    assert acts()["nils"] == (True, False)
    assert acts()["dora"] == no
    away(HANA, clock=clock)
    assert acts()["dora"] == yes
    assert acts()["nils"] == (True, False)
    assert acts()["hana"] == yes  # a head who is away may still decide


def test_without_any_head_the_deputy_is_on_duty(room: Flask, clock: Clock) -> None:
    with unit():
        joins(DORA, "deputy", None, clock)
        member(HANA).active = False
    assert who({catalogue.team("food").id}) == ["dora"]
    assert duty.acts_as_hop(member(DORA), {catalogue.team("food").id}, TODAY)
    assert duty.ask({catalogue.team("food").id}, TODAY) == f"ask {DORA}"
    with unit():
        member(DORA).active = False
    assert duty.on_duty({catalogue.team("food").id}, TODAY) == []
    assert duty.ask({1}, TODAY) == "add one with: bin/notifier staff add EMAIL --role hop"


def test_an_absence_is_refused_backwards_past_or_by_somebody_else(
    room: Flask, clock: Clock
) -> None:
    hana, bob, days = member(HANA), member(BOB), (date(2026, 12, 1), date(2026, 12, 4))
    with pytest.raises(Refused, match="last day lies before the first"):
        duty.away(hana, *reversed(days), by=SYSTEM, now=clock())
    with pytest.raises(Refused, match="past"):
        duty.away(hana, date(2026, 11, 1), date(2026, 11, 22), by=SYSTEM, now=clock())
    # An absence gives power to deputies, so not everybody may enter it.
    with pytest.raises(Refused, match=f"{BOB} may enter their own absence only; ask {HANA}"):
        duty.away(hana, *days, by=acting(BOB), now=clock())
    assert duty.absences(hana) == []
    with unit():
        duty.away(bob, *days, by=acting(BOB), now=clock())
        duty.away(bob, date(2026, 11, 20), TODAY, by=acting(HANA), now=clock())
    assert of(f"staff:{bob.id}")[-1].data == {"first": "2026-11-20", "last": "2026-11-23"}
    assert duty.absent(TODAY) == {bob.id}


def test_who_is_back_is_asked_again_and_the_past_stays(nature: set[int], clock: Clock) -> None:
    with pytest.raises(Refused, match="is not away"):
        duty.back(member(NINA), by=SYSTEM, now=clock())
    away(NINA, clock=clock, first=date(2026, 11, 20), last=date(2026, 12, 20))
    away(NINA, clock=clock, first=date(2027, 1, 4), last=date(2027, 1, 8))
    with unit():
        assert duty.back(member(NINA), by=acting(NINA), now=clock()) == 2
    kept = [(row.first_day, row.last_day) for row in duty.absences(member(NINA))]
    assert kept == [(date(2026, 11, 20), date(2026, 11, 22))]
    assert who(nature) == ["nina"]


def test_the_work_of_a_team_is_held_by_its_own_people_first(room: Flask, clock: Clock) -> None:
    food = catalogue.team("food").id
    names = [person.email for person in duty.workers({food}, TODAY)]
    assert names == [ALICE, BOB]
    with unit():
        joins("erin@example.org", "author", food, clock)
    assert [person.email for person in duty.workers({food}, TODAY)] == ["erin@example.org"]
    away("erin@example.org", clock=clock)
    assert [person.email for person in duty.workers({food}, TODAY)] == ["erin@example.org"]
    assert [person.email for person in duty.approvers({food}, TODAY)] == [BOB]


def test_a_deputy_approves_while_the_head_is_away(room: Flask, clock: Clock) -> None:
    with unit():
        joins(DORA, "deputy", None, clock)
    notice = draft(now=clock(), materiality="major", effect={"date": "+200d"})  # class A
    with unit():
        submit(notice, author=member(ALICE), by=acting(ALICE), now=clock())
    with pytest.raises(Refused, match=f"Head of Profession must approve it; {DORA} .*{HANA}"):
        approve(notice, approver=member(DORA), by=acting(DORA), now=clock())
    assert notice.state == "in_review"
    away(HANA, clock=clock)
    with unit():
        approve(notice, approver=member(DORA), by=acting(DORA), now=clock())
    assert (notice.state, notice.approver_id) == ("approved", member(DORA).id)


def test_the_refusal_names_who_may_be_the_second_person(room: Flask, clock: Clock) -> None:
    notice = makers.announced(draft(now=clock()), now=clock())
    with pytest.raises(Refused, match=f"{ALICE} may not approve this; ask {BOB}"):
        end.cancel(
            notice,
            reason="No.",
            person=member(BOB),
            approved_by=member(ALICE),
            by=acting(BOB),
            now=clock(),
        )


@makers.on_sqlite
def test_a_body_names_its_deputies_in_the_catalogue(room: Flask, clock: Clock) -> None:
    text = """
bodies:
  - {slug: marine, name: Marine, head_of_profession: h@example.org, deputies: [d@example.org]}
  - {slug: bare, name: Bare}
"""
    with unit():
        makers.load_catalogue(text, now=clock())
    bodies = {body.slug: body for body in session.query(Body)}
    assert bodies["marine"].hop_deputies == ["d@example.org"]
    assert bodies["bare"].hop_deputies == []
    with pytest.raises(Refused, match="deputies must be a list"):
        makers.load_catalogue(text.replace("[d@example.org]", "d@example.org"), now=clock())
