"""Letters about what happens after the announcement, as the rooms' own verbs promise them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask

from notifier.audience.rules import variant
from notifier.notices import end, follow, late, learn, out, pause, release_cancelled, revise
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render import letters, slots
from notifier.render.letters import Words
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import By
from tests import makers
from tests.edges.letter_house import SITE, VALUES
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, draft, emissions, member

pytestmark = makers.on_sqlite

BOTH = "both"
WHY = "The survey came late."


@pytest.fixture
def change(room: Flask, clock: Clock) -> ChangeNotice:
    """The change of emissions, announced on 23 November 2026 and mailed."""
    found = announced(emissions(), now=clock())
    for send in session.query(Send).filter_by(about=found.reference, stage="announce"):
        send.frozen_at, send.audience = clock(), 3
    session.commit()
    clock.at("2026-12-14 11:00")
    return found


@pytest.fixture
def by(room: Flask) -> By:
    return acting(ALICE)


@pytest.fixture
def release(change: ChangeNotice) -> Release:
    """It comes out at 9:30am on Monday 1 March 2027."""
    assert change.effect_release is not None
    return change.effect_release


def letter(
    send: Send, clock: Clock, *, depth: str = "detail", language: str = "en", now: datetime | None
) -> Words:
    written = letters.write(send, site=SITE, now=now or clock())
    assert written == letters.write(send, site=SITE, now=now or clock()), "the same twice"
    words = written[variant(depth, language)]
    return Words(words.subject, slots.fill(words.text, VALUES), words.html, words.frame)


def about_to_say(
    send: Send, clock: Clock, depth: str = "detail", language: str = "en"
) -> tuple[str, str]:
    words = letter(send, clock, depth=depth, language=language, now=None)
    return words.subject, words.text


def moves(release: Release, day: date, clock: Clock, by: By, *, code: str = "data_late") -> Send:
    with unit():
        return follow.move(
            release,
            day,
            time(9, 30),
            reason_code=code,
            reason=WHY,
            person=member(ALICE),
            approved_by=member(HANA),
            by=by,
            now=clock(),
        )


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
        sent = follow.postpone(
            release,
            reason_code="quality_issue",
            reason="A check failed.",
            next_update=date(2027, 1, 15),
            now=clock(),
            **people,
        )
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


def test_a_reminder_does_not_repeat_the_merged_message(
    change: ChangeNotice, release: Release, clock: Clock, by: By
) -> None:
    sent = moves(release, date(2027, 4, 15), clock, by)
    reminder = session.query(Send).filter_by(about=change.reference, stage="T-30").one()
    assert "What is new\n-----------\nEmissions of air" in (
        letter(reminder, clock, now=reminder.due_at).text
    )
    sent.frozen_at, sent.audience = clock(), 3
    session.commit()
    text = letter(reminder, clock, now=reminder.due_at).text
    assert "Nothing has changed since 14 December 2026." in text


def test_a_cancelled_change(change: ChangeNotice, clock: Clock, by: By) -> None:
    with unit():
        sent = end.cancel(
            change, reason=WHY, person=member(ALICE), approved_by=member(BOB), by=by, now=clock()
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Cancelled: Emissions of fine particles")
    assert f"This change will not happen, because:\n\n{WHY}\n\nWill not happen\n" in text
    assert "Was to take effect: 9:30am, Monday 1 March 2027" in text
    for gone in ("days left", "What to do", "How big", "Got it", "What is new"):
        assert gone not in text
    welsh = letter(sent, clock, language="cy", now=None)
    assert "Ni fydd y newid hwn yn digwydd." in welsh.text
    assert f">{WHY}</p>" in welsh.html.split('lang="en"', 1)[1]
    both = about_to_say(sent, clock, language=BOTH)[1]
    assert both.count(WHY) == 1


def test_a_notice_taken_back(change: ChangeNotice, clock: Clock, by: By) -> None:
    with unit():
        sent = end.retract(
            change, reason=WHY, person=member(ALICE), approved_by=member(BOB), by=by, now=clock()
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Taken back: ")
    assert f"This notice was published in error. We take it back, because:\n\n{WHY}" in text


def test_a_superseded_notice_links_to_the_next(change: ChangeNotice, clock: Clock, by: By) -> None:
    same = ["emissions-air-pollutants"]
    other = announced(
        draft(now=clock(), headline="Wood burning, told anew", series=same), now=clock()
    )
    with unit():
        sent = end.supersede(change, other, by=by, now=clock())
    subject, text = about_to_say(sent, clock, depth="headline")
    assert subject.startswith("Replaced: ")
    assert "Another notice takes the place of this one.\n\n* Wood burning, told anew\n" in text
    assert f"https://stats.example/changes/{other.reference}\n" in text
    assert f"https://stats.example/changes/{change.reference}\n" in text
    assert "takes its place." not in text, "the line of the log is not for readers"


def test_on_hold_and_on_again(change: ChangeNotice, clock: Clock, by: By) -> None:
    with unit():
        sent = pause.hold(change, reason=WHY, next_update=date(2027, 1, 5), by=by, now=clock())
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("On hold: ")
    assert f"because:\n\n{WHY}\n\nNext update by Tuesday 5 January 2027\nWas to" in text
    assert "Got it" not in text
    with unit():
        sent = pause.resume(change, by=by, now=clock.forward(days=1))
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Going ahead again: ")
    assert "Takes effect: 9:30am, Monday 1 March 2027 (76 days left)" in text
    assert WHY not in text


def test_an_update_says_what_changed_once(change: ChangeNotice, clock: Clock, by: By) -> None:
    entry = {
        "series": ["emissions-air-pollutants"],
        "type": "methodology",
        "materiality": "major",
        "headline": change.headline,
        "what": change.what,
        "why": change.why,
        "effect": {"release": "Emissions of air pollutants in the UK, 1970 to 2025"},
        "impact": {"known": "yes", "text": "They fall by 12%."},
    }
    with unit():
        revise.revise(
            change, entry, summary="The size is known.", editorial=False, by=by, now=clock()
        )
    sent = session.query(Send).filter_by(about=change.reference, stage="updated").one()
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Updated: ")
    assert "This is what has changed:\n\nThe size is known.\n\nTakes effect: " in text
    assert text.count("The size is known.") == 1
    assert "Nothing has changed" not in text
    assert "Got it: https://stats.example/got-it/abc" in text
    assert "Press “Got it” to stop reminders; we still tell you if the date or" in text


def test_the_size_is_known(change: ChangeNotice, clock: Clock, by: By) -> None:
    with unit():
        sent = learn.know_impact(
            change, {"known": "yes", "text": "They fall by 12%."}, by=by, now=clock()
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Size now known: ")
    assert "We now know how big this change is.\n\nThey fall by 12%.\n" in text
    assert text.count("They fall by 12%.") == 1
    assert "Got it: " in text, "reminders follow"


def test_only_part_of_the_size_is_known(change: ChangeNotice, clock: Clock, by: By) -> None:
    impact = {"known": "partly", "text": "They fall.", "known_by": "2027-01-20"}
    with unit():
        sent = learn.know_impact(change, impact, by=by, now=clock())
    subject, text = about_to_say(sent, clock, depth="headline")
    assert subject.startswith("More known about the size: ")
    assert "More will be known by Wednesday 20 January 2027." in text


def test_decided_with_what_was_said(change: ChangeNotice, clock: Clock, by: By) -> None:
    proposal = next(n for n in session.query(ChangeNotice) if "pocketbook" in n.headline)
    announced(proposal, now=clock())
    clock.at("2027-02-15 11:00")
    summary = "Forty readers answered.\n\nWe keep large print."
    with unit():
        sent = learn.decide(proposal, summary=summary, by=by, now=clock())
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Decision on: ")
    assert f"This change is now decided.\n\n{summary}\n" in text
    assert text.count("Forty readers") == 1
    assert "Takes effect: " in text
    assert "Consultation: Closed " in text
    assert "Do you use the printed booklet?" not in text
    assert "Read the full notice:" in text


def test_early_then_its_outcome(change: ChangeNotice, clock: Clock, by: By) -> None:
    with unit():
        sent = end.early(change, reason=WHY, by=by, now=clock())
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("In effect early: ")
    assert "This change took effect early, on 14 December 2026. It was due on Monday 1" in text
    assert "Took effect: 14 December 2026" in text
    clock.forward(days=30)
    with unit():
        sent = end.close(
            change, outcome="implemented_modified", text="They fell by 11%.", by=by, now=clock()
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("What came of it: ")
    assert "It happened, but not quite as announced.\n\nThey fell by 11%.\n" in text
    assert "Took effect: 14 December 2026" in text


def test_what_did_not_happen_is_not_said_to_have(
    change: ChangeNotice, release: Release, clock: Clock, by: By
) -> None:
    clock.at("2027-03-01 09:30")
    with unit():
        out.publish(release, person=member(ALICE), by=by, now=clock())
        sent = end.close(change, outcome="dropped", text="It broke.", by=by, now=clock())
    text = about_to_say(sent, clock)[1]
    assert "It did not happen.\n\nIt broke.\n\nWill not happen\nWas to take effect: " in text
    assert "Took effect" not in text
    assert "What to do" not in text


def test_after_the_effect_the_outcome_is_told(change: ChangeNotice, clock: Clock) -> None:
    sent = session.query(Send).filter_by(about=change.reference, stage="T+30").one()
    now = sent.due_at
    assert "What came of it is kept on its page." in letter(sent, clock, now=now).text
    change.outcome = {
        "word": "implemented_as_announced",
        "text": "They fell by 12%.",
        "at": now.isoformat(),
    }
    text = letter(sent, clock, now=now).text
    assert "It happened as announced.\n\nThey fell by 12%.\n" in text
    assert "kept on its page" not in text


def test_told_after_it_happened(room: Flask, clock: Clock, by: By) -> None:
    notice = makers.approved(draft(now=clock()), now=clock())
    with unit():
        sent = late.record_late(
            notice,
            took_effect_at=clock() - timedelta(hours=2),
            reason="We overlooked it.",
            approved_by=member(HANA),
            by=by,
            now=clock(),
        )
    subject, text = about_to_say(sent, clock)
    assert subject.startswith("Already in effect, told late: ")
    assert "This change took effect on 23 November 2026, before we told you." in text
    assert text.count("We overlooked it.") == 1
    assert "Notice given: Told after it happened." in text
