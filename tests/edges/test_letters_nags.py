"""What reminders say: what is due and who acts, and nothing that is not so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from notifier.insight.weekly import weekly
from notifier.notices import owed
from notifier.notices import queries as notices
from notifier.releases import queries as releases
from notifier.releases.models import Announcement, Release
from notifier.render import letters
from notifier.sends.models import Send
from notifier.sends.staff import next_copy
from notifier.store.db import session, unit
from notifier.store.history import HistoryHead
from tests import makers
from tests.edges.letter_house import SITE
from tests.makers import ALICE, BOB, HANA, Clock, announced, draft, member

pytestmark = makers.on_sqlite


def says(kind: str, about: str, stage: str, clock: Clock, to: str = ALICE, **more: object) -> str:
    """The text of a letter to a member of staff, on one line; Hana reads as Head of Profession."""
    row = Send(kind=kind, about=about, stage=stage, due_at=clock(), created_at=clock())
    row.context = {**more, "hop": True} if to == HANA else more
    row.revision = next_copy(kind, about, stage)
    session.add(row)
    session.flush()
    words = letters.write_one(row, site=SITE, now=clock(), person=member(to))
    return " ".join(words.text.split())


def named(word: str) -> Release:
    return next(r for r in releases.every() if word in r.title)


def test_a_late_release_without_changes_speaks_of_none(room: Flask, clock: Clock) -> None:
    plain, carrier = named("Fly-tipping"), named("1970 to 2025")
    makers.announced(makers.emissions(), now=clock())
    wait = "Messages about its changes wait until it is out."
    assert wait not in says("nag", f"release:{plain.id}", "late", clock)
    assert wait in says("nag", f"release:{carrier.id}", "late", clock)


def test_a_draft_changes_nothing_about_a_release(room: Flask, clock: Clock) -> None:
    """Nobody was promised a message about what is not announced."""
    about = f"release:{named('1970 to 2025').id}"
    assert "its changes" not in says("nag", about, "late", clock)


def test_a_postponed_release_has_two_ways_on(room: Flask, clock: Clock) -> None:
    release = named("Fly-tipping")
    with unit():
        release.state, release.next_update_by = "postponed_tbc", date(2026, 11, 23)
        release.day = release.at = release.wall_time = None
    about, id_ = f"release:{release.id}", release.id
    said = says("nag", about, "update-due", clock)
    assert f'releases confirm {id_} --at "YYYY-MM-DD 09:30" --by {ALICE}' in said
    still = (
        f'releases postpone {id_} --reason-code CODE --reason "TEXT" --next-update YYYY-MM-DD '
        "--by {} --approved-by {}"
    )
    assert still.format(ALICE, "EMAIL") in said
    assert "Its changes wait with it" not in said
    assert still.format("EMAIL", HANA) in says("nag", about, "update-overdue", clock, to=HANA)


def test_the_head_agrees_to_a_move_and_does_not_make_it(room: Flask, clock: Clock) -> None:
    about = f"release:{named('Fly-tipping').id}"
    assert f"--by {BOB} --approved-by EMAIL" in says("nag", about, "late", clock, to=BOB)
    assert f"--by EMAIL --approved-by {HANA}" in says("nag", about, "late", clock, to=HANA)


def test_a_draft_is_submitted_by_an_author(room: Flask, clock: Clock) -> None:
    """Bob approves: by submitting a draft without an author he would become it."""
    notice = draft(now=clock())
    for reader in (ALICE, BOB):
        said = says("nag", notice.reference, "publish-7", clock, to=reader)
        assert f"notices submit {notice.reference} --by {ALICE}" in said
    clock.forward(days=40)
    said = says("nag", notice.reference, "publish-1", clock)
    assert "comes at short notice: give a public reason, to which the Head of Profession" in said
    for person in (member(ALICE), member(BOB)):
        person.active = False
    assert "--by EMAIL" in says("nag", notice.reference, "publish-1", clock, to=HANA)


def test_a_size_that_is_due_is_asked_for(room: Flask, clock: Clock) -> None:
    impact = {"known": "partly", "text": "They fall.", "known_by": "2026-12-04"}
    about = announced(draft(now=clock(), impact=impact), now=clock()).reference
    clock.at("2026-12-04 09:00")
    said = says("nag", about, "update-due", clock)
    assert "Tell users how big this change is: that is due." in said
    assert "Its size was promised by: Friday 4 December 2026" in said
    assert f"notices impact {about} --from FILE.yaml --by {ALICE}" in said
    assert "give the next day for it (impact.known_by)" in said
    notices.notice(about).state = "in_effect"  # which the program does not revise any more
    said = says("nag", about, "update-due", clock)
    assert ("notices impact" in said, "notices revise" in said) == (True, False)


@pytest.mark.parametrize(
    ("objects", "words"),
    [(0, "before anything was recorded"), (1, "over one object"), (2, "over 2 objects")],
)
def test_the_head_says_over_how_much_it_is(
    room: Flask, clock: Clock, objects: int, words: str
) -> None:
    session.add(HistoryHead(day=date(2026, 11, 22), head="c0ffee" * 10 + "c0ff", objects=objects))
    said = says("weekly", "week:2026-W49", "weekly", clock, to=HANA, teams=[])
    assert f"at the end of 22 November 2026, {words}. Keep this mail" in said


def test_a_release_is_counted_once_a_week(room: Flask, clock: Clock) -> None:
    """Late, unconfirmed and owing a reason; withheld and late: each stands in the gravest list."""
    first, second = named("pocket 2027"), named("Fly-tipping")
    third = next(r for r in releases.every() if r.state == "provisional" and r is not first)
    with unit():
        for release in (first, second, third):
            release.breached_on = date(2026, 11, 20)
            release.at, release.day = clock() - timedelta(hours=3), clock().date()
            release.precision = "datetime"
        third.at, third.day = clock() + timedelta(days=5), clock().date() + timedelta(days=5)
        now = {"created_at": clock(), "changed_at": clock()}
        session.add(Announcement(release_id=second.id, state="withheld", words={}, **now))
    found = weekly([series.series.team_id for series in releases.every()], now=clock())
    assert [row.release for row in found.withheld] == [second]
    assert found.late == [first]
    assert third in found.unconfirmed
    assert found.unexplained == []
    board = [row.release for row in owed.owed(now=clock()) if row.what == "release"]
    assert board == [second]
    assert second not in [row.release for row in found.owed]
    teams = [series.series.team_id for series in releases.every()]
    said = says("weekly", "week:2026-W48", "weekly", clock, to=HANA, teams=teams)
    for release in (first, second, third):
        assert said.count(f"releases explain {release.id} ") == 1
        assert said.count(f"/releases/{release.id} ") == 1
