"""From draft to announced: who may, when it is refused and why, and what is promised then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from notifier.catalogue import queries as catalogue
from notifier.errors import Conflict, NotFound, Refused
from notifier.notices import queries
from notifier.notices.effect import may_go, take_effect
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.notices.publish import publish
from notifier.notices.write import write
from notifier.releases.models import Release
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.makers import (
    ALICE,
    HANA,
    Clock,
    acting,
    announced,
    approved,
    draft,
    emissions,
    london,
    member,
    on_sqlite,
)

REASON = "The supplier told us last week."


def entry(**changes: Any) -> dict[str, Any]:
    return {
        "series": ["milk-utilisation"],
        "type": "methodology",
        "headline": "Milk",
        "what": "It changes.",
        "why": "It must.",
        "effect": {"date": "+60d"},
        "impact": {"known": "yes"},
        **changes,
    }


def test_the_story_from_draft_to_announced(room: Flask, clock: Clock) -> None:
    notice = emissions()
    assert (notice.reference, notice.state, notice.class_) == ("DEFRA-2026-001", "draft", "A")
    assert [notice.author_id, notice.approver_id] == [None, None]
    announced(notice, now=clock())
    assert (notice.state, notice.first_public_at) == ("announced", clock())
    assert notice.effect_at == london("2027-03-01 09:30")
    assert (notice.lead_days, notice.verdict) == (98, "met")
    assert notice.short_notice_reason == ""
    assert notice.policy["class_"] == "A"
    assert (notice.author_id, notice.approver_id) == (member(ALICE).id, member(HANA).id)
    (first,) = queries.revisions(notice)
    assert (first.no, first.at, first.words["headline"]) == (1, clock(), notice.headline)
    rows = of(f"notice:{notice.id}")
    assert [r.action for r in rows] == ["submit", "approve", "announce"]
    assert [r.by["name"] for r in rows] == [ALICE, HANA, ALICE]
    assert rows[-1].data["lead_days"] == 98


def test_its_stages_are_promised_to_those_who_follow_the_series(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())
    sends = calendar(about=notice.reference)
    assert [(s.stage, s.state, s.due_at) for s in sends] == [
        ("announce", "planned", clock()),
        ("T-90", "planned", london("2026-12-01 10:30")),
        ("T-30", "planned", london("2027-01-29 10:30")),
        ("T-7", "planned", london("2027-02-22 10:30")),
        ("T0", "planned", london("2027-03-01 09:30")),
        ("T+30", "planned", london("2027-03-31 10:30")),
    ]
    series = catalogue.series("emissions-air-pollutants")
    assert {tuple((s.receivers or {})["series"]) for s in sends} == {(series.id,)}
    assert sends[1].wall_date == date(2026, 12, 1)
    assert {s.team_id for s in sends} == {series.team_id}


def test_past_stages_are_kept_as_skipped(room: Flask, clock: Clock) -> None:
    notice = approved(emissions(), now=clock())
    clock.at("2026-12-02 10:00")
    with unit():
        publish(
            notice,
            by=acting(ALICE),
            now=clock(),
            short_notice_reason=REASON,
            approved_by=member(HANA),
        )
    t_90 = next(s for s in calendar(about=notice.reference) if s.stage == "T-90")
    assert (t_90.state, t_90.end_reason, t_90.finished_at) == (
        "skipped",
        "announced later",
        clock(),
    )


def test_it_is_announced_once(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())
    clock.forward(days=1)
    with pytest.raises(Refused, match="is announced already; it cannot be announced again"), unit():
        publish(notice, by=acting(ALICE), now=clock())
    assert notice.first_public_at == clock() - timedelta(days=1)
    assert session.scalar(select(func.count(NoticeRevision.id))) == 1


def test_two_who_announce_at_once_make_one_announcement(room: Flask, clock: Clock) -> None:
    notice = approved(emissions(), now=clock())
    other_was_first = update(ChangeNotice).values(state="announced")

    def announce() -> None:
        with unit():
            assert notice.state == "approved"
            session.execute(other_was_first.execution_options(synchronize_session=False))
            publish(notice, by=acting(ALICE), now=clock())

    with pytest.raises(Conflict, match="Somebody else changed this notice"):
        announce()
    assert calendar(about=notice.reference) == []


@on_sqlite
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"effect": {"date": "2026-11-20"}}, "the effect, 2026-11-20, is in the past"),
        ({"effect": {"date": "-1d"}}, "is in the past; give a date to come"),
        ({"effect": {"release": "No such"}}, "have no release called 'No such'; add it first"),
        ({"effect": {"moon": "full"}}, "effect must be one of release: TITLE, date: DATE, "),
        ({"effect": "tomorrow"}, "reference_period: PERIOD with from: DATE, or tbc: true"),
        ({"effect": {"tbc": True}}, "say by when you will tell more"),
        ({"impact": {"known": "no"}}, "say by when you will tell more"),
        ({"impact": {"known": "maybe"}}, "impact.known must be one of yes, no, partly"),
        ({"impact": {"known": "not_applicable"}}, "only formats, labels and timing"),
        ({"impact": "none"}, "must be a mapping of keys to values"),
        ({"type": "magic"}, "type must be one of methodology"),
        ({"other_types": ["magic"]}, "other_types must be one of methodology"),
        ({"materiality": "huge"}, "materiality must be one of minor, moderate, major"),
        ({"series_break": "perhaps"}, "series_break must be one of none, possible, yes"),
        ({"decision": "sure"}, "decision must be one of under_consideration"),
        ({"headline": "x" * 101}, "the headline has 101 characters; shorten it to 100"),
        ({"series": ["no-such"]}, "there is no series 'no-such'; known: agriculture-uk"),
        ({"series": []}, "name at least one series"),
        ({"series": [{"slug": "milk"}]}, "there is no series"),
        ({"why": ""}, "why must be a text that is not empty"),
        ({"waht": "x"}, "has an unknown key 'waht'; did you mean 'what'"),
        ({"what_to_do": [{"action": "x", "user_types": ["boss"]}]}, "no user type 'boss'"),
        ({"what_to_do": [{"action": "x", "by": "soon"}]}, "'soon' is no date"),
        ({"what_to_do": ["x"]}, "must be a mapping of keys to values"),
        ({"what_to_do": "x"}, "what_to_do must be a list, not 'x'"),
        ({"mapping": ["x"]}, "must be a mapping of keys to values"),
        ({"cy": "x"}, "cy must be a mapping"),
        ({"evidence": "https://example.org"}, "evidence must be a list"),
        ({"technical": 5}, "technical must be a text, not '5'"),
        ({"cut": "perhaps"}, "cut must be one of yes, no, not 'perhaps'"),
        ({"machine_breaking": "maybe"}, "machine_breaking must be one of yes, no"),
        ({"impact": {"known": "yes", "size_low": float("nan")}}, "holds nan, which is no number"),
        ({"what": "a\0b"}, "holds a character that is none"),
    ],
    ids=lambda value: ascii(str(value)[:40]),
)
def test_a_draft_that_is_wrong_is_refused_and_nothing_is_kept(
    room: Flask, clock: Clock, changes: dict[str, Any], sentence: str
) -> None:
    before = len(queries.every())
    with pytest.raises(Refused, match=sentence), unit():
        write(entry(**changes), now=clock())
    assert len(queries.every()) == before


def test_references_count_up_per_year_and_are_not_used_again(room: Flask, clock: Clock) -> None:
    assert [n.reference for n in queries.every()] == [f"DEFRA-2026-00{n}" for n in range(1, 7)]
    with pytest.raises(Refused):
        draft(now=clock(), type="magic")
    assert draft(now=clock()).reference == "DEFRA-2026-007"
    clock.at("2026-12-31 23:59")
    assert draft(now=clock()).reference == "DEFRA-2026-008"
    clock.at("2027-01-01 00:00")
    assert draft(now=clock()).reference == "DEFRA-2027-001"


def test_what_is_not_public_is_not_found(room: Flask, clock: Clock) -> None:
    notice = approved(emissions(), now=clock())
    with pytest.raises(NotFound):
        queries.public_notice(notice.reference)
    assert queries.all_public() == queries.open_changes() == []
    with unit():
        publish(notice, by=acting(ALICE), now=clock())
    assert queries.public_notice(notice.reference) is notice
    assert queries.open_changes([s.id for s in notice.series]) == [notice]
    assert queries.open_changes([catalogue.series("wild-birds").id]) == []
    assert queries.notice(f" {notice.reference.lower()} ") is notice
    with pytest.raises(NotFound, match="There is no notice DEFRA-1999-001"):
        queries.notice("DEFRA-1999-001")


def test_a_change_anchored_to_a_date_takes_effect_then(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock())
    assert notice.effect_at == london("2027-01-22 10:30")
    with unit():
        assert take_effect(now=london("2027-01-22 10:29")) == []
    assert not may_go("T0", notice)
    assert may_go("T-7", notice)
    with unit():
        assert take_effect(now=london("2027-01-22 10:30")) == [notice]
    assert notice.state == "in_effect"
    assert may_go("T0", notice)
    assert may_go("T+30", notice)


def test_a_change_anchored_to_a_release_waits_for_it_however_late(
    room: Flask, clock: Clock
) -> None:
    notice = announced(emissions(), now=clock())
    late = london("2027-03-01 15:00")
    with unit():
        assert take_effect(now=late) == []
    with unit():
        session.execute(
            update(Release)
            .where(Release.id == notice.effect_release_id)
            .values(state="released", published_at=late)
        )
        session.expire_all()
    with unit():
        assert take_effect(now=late) == [notice]
