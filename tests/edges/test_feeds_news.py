"""What feeds say of a change through its life: the letters' words, true on any day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import feedparser
import pytest
from flask import Flask

from notifier.feeds import atom, collect, json_feed, rss, schedule, scopes
from notifier.feeds.items import Event, Item
from notifier.notices import end, follow, learn, out, pause, release_cancelled
from notifier.notices import queries as notices
from notifier.notices.effect import take_effect
from notifier.notices.late import record_late
from notifier.notices.models import ChangeNotice
from notifier.releases.dated import exact
from notifier.store.db import unit
from tests import makers
from tests.makers import ALICE, BOB, HANA, Clock, acting, announced, draft, emissions, member

SITE = "https://updates.example.org"
NEWS = date(2026, 12, 18)


def items(path: str, clock: Clock) -> list[Item]:
    return collect.items(scopes.read(path), now=clock(), base_url=SITE)


def entry(clock: Clock, key: str, path: str = "changes") -> Item:
    """The one entry with ``key`` in its id."""
    (found,) = [item for item in items(path, clock) if f":{key}" in item.id]
    return found


def pair() -> dict[str, Any]:
    return {"person": member(ALICE), "approved_by": member(HANA), "by": acting(ALICE)}


def consulted(clock: Clock) -> ChangeNotice:
    return announced(next(n for n in notices.every() if n.decision == "consulting"), now=clock())


def held(notice: ChangeNotice, clock: Clock, news: date = NEWS) -> None:
    with unit():
        pause.hold(notice, reason="A pilot.", next_update=news, by=acting(ALICE), now=clock())


def cancelled(notice: ChangeNotice, clock: Clock) -> None:
    with unit():
        end.cancel(notice, reason="The survey stopped.", **pair(), now=clock())


def effect_event(clock: Clock, notice: ChangeNotice) -> Event:
    calendar = schedule.draw(scopes.read("all"), now=clock(), base_url=SITE).calendar
    (found,) = [e for e in calendar.events if f"{notice.reference}-effect" in e.uid]
    return found


@makers.on_sqlite
def test_all_that_a_letter_says_is_in_the_entry(room: Flask, clock: Clock) -> None:
    notice = draft(
        now=clock(),
        effect={"date": "+200d"},
        brief="The figures get smaller.",
        driver="Dairies merged.",
        scope={"geographies": ["Wales"], "history_from": "2010"},
        alternatives=[{"title": "The old panel", "url": "https://old.example/panel"}],
    )
    announced(notice, now=clock())
    words = {
        path: items(path, clock)[0].content_html
        for path in ("for/media", "changes", "for/academic")
    }
    assert "<h3>In short</h3>\n<p>The figures get smaller.</p>" in words["for/media"]
    assert "The panel shrinks" not in words["for/media"]
    assert "<h3>What led to it</h3>\n<p>Dairies merged.</p>" in words["changes"]
    assert "<h3>What to use instead</h3>" in words["for/media"]
    assert 'href="https://old.example/panel"' in words["changes"]
    assert "<li>Places: Wales</li>" in words["for/academic"]
    assert "Earlier data revised from: 2010" in words["for/academic"]
    assert "Places" not in words["changes"]
    assert "Decision:" not in words["changes"]
    assert "<p>Decided.</p>" in words["changes"]


@makers.on_sqlite
@pytest.mark.parametrize(
    ("change", "known"), [("format_or_layout", "not_applicable"), ("methodology", "yes")]
)
def test_what_no_release_carries_is_in_no_figures(
    room: Flask, clock: Clock, change: str, known: str
) -> None:
    notice = announced(draft(now=clock(), type=change, impact={"known": known}), now=clock())
    clock.at("2027-01-22 12:00")
    with unit():
        take_effect(now=clock())
    content = entry(clock, f"in_effect/{notice.reference}").content_html
    assert "published figures" not in content
    assert "This change is now in effect." in content
    assert "<strong>Took effect:</strong> 22 January 2027" in content
    assert "<h3>What changed</h3>" in content


@makers.on_sqlite
def test_a_promise_to_know_more_grows_late_and_ends(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())  # more will be known by 22 January 2027
    scope = scopes.read("changes")

    def told() -> str:
        return entry(clock, f"announced/{notice.reference}").content_html

    clock.at("2027-01-22 23:59")
    assert "More will be known by Friday 22 January 2027." in told()
    before = collect.leaf(scope, now=clock(), base_url=SITE)
    clock.at("2027-01-23 00:00")
    assert "More was to be known by 22 January 2027; it is late." in told()
    after = collect.leaf(scope, now=clock(), base_url=SITE)
    assert after.changed == clock() > before.changed  # a copy of yesterday is not fresh
    assert after.items[0].updated == before.items[0].updated  # yet nobody changed anything
    clock.at("2027-03-01 09:30")
    assert notice.effect_release is not None
    with unit():
        out.publish(notice.effect_release, by=acting(ALICE), now=clock())
    assert "be known by" not in told()
    assert "published figures" in entry(clock, f"in_effect/{notice.reference}").content_html


@makers.on_sqlite
def test_a_proposal_asks_while_it_is_open(room: Flask, clock: Clock) -> None:
    notice = consulted(clock)
    found = entry(clock, f"announced/{notice.reference}")
    assert found.title.startswith("Proposed: ")
    assert "Tell us what you think by Monday 18 January 2027" in found.content_html
    assert "<p>Proposed, open for comment.</p>" in found.content_html
    assert "do not need to do anything" not in found.content_html
    assert "Do you use the printed booklet?" in found.content_html
    clock.at("2027-01-19 09:00")
    over = entry(clock, f"announced/{notice.reference}").content_html
    assert "Closed 18 January 2027" in over
    assert "<p>Proposed, not decided.</p>" in over
    assert not [words for words in ("Tell us", "Do you use", "and comment") if words in over]
    with unit():
        learn.decide(notice, summary="Nine were for it.", by=acting(ALICE), now=clock())
    news = entry(clock, f"decision/{notice.reference}")
    assert news.title == f"Decision on: {notice.headline}"
    assert "Nine were for it." in news.content_html
    whole = entry(clock, f"announced/{notice.reference}")
    assert whole.title == f"Decided: {notice.headline}"
    assert whole.updated == news.published == clock()
    assert "<p>Decided on 19 January 2027.</p>" in whole.content_html


def test_a_change_on_hold_and_on_again_and_off(room: Flask, clock: Clock) -> None:
    notice = announced(draft(now=clock()), now=clock())
    clock.forward(days=1)
    held(notice, clock)
    hold = entry(clock, f"held/{notice.reference}")
    assert hold.title == f"On hold: {notice.headline}"
    assert hold.summary_text == (
        "We have put this change on hold, because: A pilot. Next update by Friday 18 December "
        "2026. Was to take effect: Friday 22 January 2027."
    )
    whole = entry(clock, f"announced/{notice.reference}")
    assert (whole.title, whole.updated) == (f"On hold: {notice.headline}", clock())
    assert "Forty dairies closed" in whole.content_html
    assert effect_event(clock, notice).summary == f"On hold: {notice.headline}"
    assert effect_event(clock, notice).status == "TENTATIVE"
    clock.at("2026-12-19 09:00")
    assert "Next update" not in entry(clock, f"announced/{notice.reference}").content_html
    with unit():
        pause.resume(notice, by=acting(ALICE), now=clock())
    assert entry(clock, f"announced/{notice.reference}").title == f"Announced: {notice.headline}"
    assert "take effect" not in entry(clock, f"held/{notice.reference}").content_html
    resumed = entry(clock, f"resumed/{notice.reference}")
    assert "<strong>Takes effect:</strong> Friday 22 January 2027" in resumed.content_html
    clock.forward(days=1)
    held(notice, clock, date(2027, 1, 4))
    assert len([i for i in items("changes", clock) if i.title.startswith("On hold")]) == 3
    cancelled(notice, clock)
    found = items("changes", clock)
    assert len({item.id for item in found}) == len(found)
    for item in found:
        assert "Takes effect" not in item.content_html + item.summary_text
        assert "What to do" not in item.content_html
        assert "ill not happen" in item.content_html
    assert entry(clock, f"announced/{notice.reference}").title == (
        f"Will not happen: {notice.headline}"
    )
    assert "The survey stopped." in entry(clock, f"cancelled/{notice.reference}").summary_text
    event = effect_event(clock, notice)
    assert (event.status, event.summary) == ("CANCELLED", f"Will not happen: {notice.headline}")
    for render in (atom.render, rss.render):
        leaf = collect.leaf(scopes.read("changes"), now=clock(), base_url=SITE)
        channel = collect.channel(scopes.read("changes"), leaf, form="atom", base_url=SITE)
        parsed = feedparser.parse(render(channel, leaf.items))
        assert not parsed.bozo
        assert len(parsed.entries) == len(found)
    tags = json.loads(json_feed.render(channel, leaf.items))["items"][0]["tags"]
    assert tags[0] in ("Cancelled", "On hold")


@makers.on_sqlite
def test_what_was_told_late_and_what_came_early(room: Flask, clock: Clock) -> None:
    late = makers.approved(draft(now=clock(), headline="The panel shrank"), now=clock())
    took = makers.london("2026-11-20 09:30")
    agreed: dict[str, Any] = {"approved_by": member(HANA), "by": acting(BOB)}
    with unit():
        record_late(late, took_effect_at=took, reason="Nobody told us.", **agreed, now=clock())
    found = entry(clock, f"announced/{late.reference}")
    assert found.title == "Already in effect, told late: The panel shrank"
    assert "Takes effect" not in found.content_html + found.summary_text
    assert "Nobody told us." in found.summary_text
    soon = announced(draft(now=clock()), now=clock())
    clock.forward(days=1)
    with unit():
        end.early(soon, reason="A server broke.", by=acting(ALICE), now=clock())
    early = [i for i in items("changes", clock) if i.title.startswith("In effect early: ")]
    assert [item.id for item in early] == [
        f"tag:updates.example.org,2026-01-01:in_effect/{soon.reference}/en"
    ]
    assert "It was due on Friday 22 January 2027. A server broke." in early[0].summary_text


def test_a_release_takes_its_changes_along(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())
    release = notice.effect_release
    assert release is not None
    clock.forward(days=1)
    with unit():
        why = makers.decided("Data are late.")
        follow.move(release, exact(date(2027, 3, 24)), why, by=acting(ALICE), now=clock())
    for path in ("changes", "releases", "all", "topics/air-quality"):
        moved = items(path, clock)[0]
        assert moved.title == f"Moved: {release.title}"
        assert "comes out 23 days later than we said" in moved.content_html
        assert f'<a href="{SITE}/changes/{notice.reference}">' in moved.content_html
    assert [i for i in items("changes", clock) if "Wild bird" in i.title] == []
    clock.forward(days=1)
    with unit():
        release_cancelled.cancel(release, reason="No survey.", **pair(), now=clock())
    gone = items("changes", clock)[0]
    assert gone.title == f"Cancelled: {release.title}"
    assert gone.summary_text == "This release is cancelled. No survey."
    assert "<h3>Changes that are on hold with it</h3>" in gone.content_html
    assert entry(clock, f"announced/{notice.reference}").title.startswith("On hold: ")


@makers.on_sqlite
def test_what_was_taken_back_is_not_offered_any_more(room: Flask, clock: Clock) -> None:
    notice = announced(emissions(), now=clock())
    release = notice.effect_release
    assert release is not None
    clock.at("2027-03-01 09:30")
    with unit():
        release.landing_url = "https://www.gov.example/emissions"
        out.publish(release, by=acting(ALICE), now=clock())
    found = entry(clock, f"released/{release.id}", "for/academic")
    assert "As announced on 23 November 2026:" in found.content_html
    assert "Replace stored PM2.5 series" in found.content_html
    assert "Published at 9:30am, Monday 1 March 2027." in found.content_html
    clock.forward(hours=3)
    with unit():
        out.withdraw(release, reason="A wrong table.", **pair(), now=clock())
    for key in ("released", "release_withdrawn"):
        gone = entry(clock, f"{key}/{release.id}", "releases")
        assert gone.title == f"Taken back: {release.title}"
        assert "Do not use them." in gone.summary_text
        assert "A wrong table." in gone.content_html
        assert "gov.example" not in gone.content_html
        assert gone.updated == clock()
    assert entry(clock, f"released/{release.id}", "releases").published < clock()
