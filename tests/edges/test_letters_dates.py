"""Letters about a release's date: moved, brought forward, postponed, given up, not today."""

from __future__ import annotations

from datetime import date
from typing import Any

from notifier.notices import follow, release_cancelled
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import By
from tests import makers
from tests.edges.event_letters import BOTH, WHY, about_to_say, letter, moves
from tests.makers import ALICE, HANA, Clock, member

pytestmark = makers.on_sqlite


def test_a_moved_release_tells_of_its_changes(release: Release, clock: Clock, by: By) -> None:
    sent = moves(release, date(2027, 4, 15), clock, by)
    subject, text = about_to_say(sent, clock)
    assert subject == (
        "Moved to 15 April 2027: Emissions of air pollutants in the UK, 1970 to 2025"
    )
    assert "This release comes out 45 days later than we said." in text
    assert "Comes out: 9:30am, Thursday 15 April 2027 (122 days left)" in text
    assert "Was: 9:30am, Monday 1 March 2027" in text
    assert f"\n{WHY}\n" in text
    assert "Changes that move with it" in text
    assert "* Emissions of fine particles from wood burning will be re-estimated" in text
    assert "Takes effect: 9:30am, Thursday 15 April 2027 (122 days left)" in text
    assert "https://stats.example/changes/DEFRA-2026-001" in text
    assert f"https://stats.example/releases/{release.id}" in text
    assert "table: naei-nfr19" in about_to_say(sent, clock, depth="technical")[1]
    frame = letter(sent, clock, now=None).frame
    assert frame["list_label"] == "emissions-air-pollutants"
    assert frame["language"] == "en"


def test_a_moved_release_in_welsh(release: Release, clock: Clock, by: By) -> None:
    sent = moves(release, date(2027, 4, 15), clock, by)
    subject, welsh = about_to_say(sent, clock, language="cy")
    assert subject.startswith("Dyddiad newydd 15 Ebrill 2027: ")
    assert WHY in welsh
    assert "Mae'r rheswm yn Saesneg." in welsh
    assert "Caiff allyriadau gronynnau mân" in welsh
    subject, both = about_to_say(sent, clock, language=BOTH)
    assert "15 Ebrill 2027" in subject
    assert "15 April 2027" in subject
    assert both.count(WHY) == 1
    assert both.index("Mae'r rheswm yn Saesneg isod.") < both.index(WHY)
    assert letter(sent, clock, language="cy", now=None).frame["language"] == "cy, en"


def test_brought_forward_is_said_plainly(release: Release, clock: Clock, by: By) -> None:
    sent = moves(release, date(2027, 2, 18), clock, by, code="brought_forward")
    subject, text = about_to_say(sent, clock, depth="headline")
    assert subject.startswith("Brought forward to 18 February 2027: ")
    assert "This release comes out 11 days earlier than we said." in text
    assert "Told 87 days ahead; 90 promised." in text


def test_no_release_today(release: Release, clock: Clock, by: By) -> None:
    moves(release, date(2027, 4, 15), clock, by)
    clock.at("2027-03-01 08:30")
    morning = session.query(Send).filter_by(kind="release", stage="no-release").one()
    assert morning.due_at == clock()
    subject, text = about_to_say(morning, clock)
    assert subject.startswith("No release today: Emissions of air pollutants")
    assert "It does not come out today." in text
    assert "Was expected: 9:30am, Monday 1 March 2027" in text
    assert "Comes out: 9:30am, Thursday 15 April 2027 (45 days left)" in text
    assert WHY in text


def test_postponed_then_cancelled(release: Release, clock: Clock, by: By) -> None:
    people: dict[str, Any] = {"person": member(ALICE), "approved_by": member(HANA), "by": by}
    with unit():
        why = makers.decided("A check failed.", code="quality_issue")
        sent = follow.postpone(release, why, next_update=date(2027, 1, 15), by=by, now=clock())
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Postponed: ")
    assert "No date for now\nNext update by Friday 15 January 2027\nWas: 9:30am, Monday 1" in text
    assert "On hold: next update by Friday 15 January 2027" in text
    clock.forward(days=1)
    with unit():
        sent = release_cancelled.cancel(
            release, reason="The survey was stopped.", now=clock(), **people
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Cancelled: ")
    assert "Will not come out\nWas: 9:30am, Monday 1 March 2027" in text
    assert "The survey was stopped." in text
    clock.at("2027-03-01 08:30")
    morning = session.query(Send).filter_by(stage="no-release").order_by(Send.id).first()
    assert morning is not None
    subject, text = about_to_say(morning, clock)
    assert subject.startswith("No release today: ")
    assert "Will not come out" in text
