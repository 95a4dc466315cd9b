"""Letters about what happens after the announcement, as the rooms' own verbs promise them."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask

from notifier.notices import end, late, learn, out, pause, revise
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import By
from tests import makers
from tests.edges.event_letters import BOTH, WHY, about_to_say, letter, moves
from tests.makers import ALICE, BOB, HANA, Clock, announced, draft, member

pytestmark = makers.on_sqlite


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
