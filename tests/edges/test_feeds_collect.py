"""What feeds and calendars take from the database: all that is public, and nothing before."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import feedparser
import icalendar
import pytest
from flask import Flask

from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound
from notifier.feeds import atom, collect, data, freshness, horizon, ics, rss, schedule, scopes
from notifier.feeds.items import Item
from notifier.newsletters import queries as newsletters
from notifier.newsletters import send as newsletter
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.effect import take_effect
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.releases.rules import RELEASE
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM
from notifier.store.moves import move
from tests import makers
from tests.makers import Clock

SITE = "https://updates.example.org"


def items(path: str, clock: Clock) -> list[Item]:
    return collect.items(scopes.read(path), now=clock(), base_url=SITE)


def titles(path: str, clock: Clock) -> list[str]:
    return [item.title for item in items(path, clock)]


def events(path: str, clock: Clock) -> dict[str, icalendar.Event]:
    drawn = schedule.draw(scopes.read(path), now=clock(), base_url=SITE)
    body = ics.render(drawn.calendar, stamp=drawn.changed)
    return {str(e["uid"]).split("@")[0]: e for e in icalendar.Calendar.from_ical(body).events}


def everything(clock: Clock) -> str:
    """Every surface that machines read, as one text."""
    now = clock()
    found = [
        repr(items(path, clock))
        for path in ("all", "for/academic", "topics/environment", "series/wild-birds")
    ]
    found.append(repr(collect.calendar(scopes.read("all"), now=now, base_url=SITE)))
    found.append(data.notices(now=now, base_url=SITE).body.decode())
    found.append(data.releases(now=now, base_url=SITE).body.decode())
    return "\n".join(found)


def release(title: str) -> Release:
    return session.query(Release).filter(Release.title.startswith(title)).one()


def out(number: int, at: datetime, **changes: Any) -> Release:
    """An edition of the monthly landings that came out at ``at``."""
    values: dict[str, Any] = {
        "series_id": catalogue.series("monthly-landings").id,
        "title": f"Landings {number}",
        "state": "released",
        "day": at.date(),
        "wall_time": at.time(),
        "precision": "datetime",
        "at": at,
        "published_at": at,
        "created_at": at,
        "changed_at": at,
        **changes,
    }
    return Release(**values)


def milk() -> ChangeNotice:
    return next(n for n in notices.every() if "milk volumes table" in n.headline)


def sent(clock: Clock) -> Newsletter:
    """The catalogue's newsletter, approved and promised for tomorrow at 10:30."""
    (issue,) = newsletters.every()
    alice, bob = makers.member(makers.ALICE), makers.member(makers.BOB)
    with unit():
        newsletter.submit(issue, author=alice, by=makers.acting(makers.ALICE), now=clock())
        newsletter.approve(issue, approver=bob, by=makers.acting(makers.BOB), now=clock())
        newsletter.send(issue, by=makers.acting(makers.BOB), now=clock())
    return issue


def test_an_announced_change_is_told_in_full(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    (item,) = items("changes", clock)
    assert item.title == f"Announced: {notice.headline}"
    assert item.url == f"{SITE}/changes/DEFRA-2026-001"
    assert item.published == item.updated == notice.first_public_at == clock()
    assert item.id == "tag:updates.example.org,2026-01-01:announced/DEFRA-2026-001/en"
    assert "Takes effect: 9:30am, Monday 1 March 2027. Told 98 days ahead; 90 promised." in (
        item.summary_text
    )
    for words in (
        "<strong>Takes effect:</strong> 9:30am, Monday 1 March 2027",
        "Told 98 days ahead; 90 promised. We aim for 180.",
        "will move to the new burning-in-homes survey",
        "Road transport, agriculture and industry are estimated as before.",
        "The survey shows that fewer homes burn wood",
        "expected to fall by between 8% and 14%",
        "Replace stored PM2.5 series",
        f'<a href="{SITE}/releases/2">Emissions of air pollutants in the UK, 1970 to 2025</a>',
        "mailto:airstats@example.org",
    ):
        assert words in item.content_html
    assert "days left" not in item.content_html  # it is read on any day
    assert item.authors == (("Air quality statistics", "airstats@example.org"),)
    assert ("air-quality", "Air quality") in item.categories
    assert [link.type for link in item.links] == ["application/json"]


def test_each_kind_of_user_reads_at_their_depth(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    words = {
        path: items(path, clock)[0].content_html
        for path in ("for/media", "for/government", "for/academic", "topics/air-quality")
    }
    assert "NFR19 category" in words["for/academic"]
    assert "NFR19" not in words["for/government"]
    assert "burning-in-homes" in words["for/government"]
    assert words["for/government"] == words["topics/air-quality"]
    assert "burning-in-homes" not in words["for/media"]
    assert "8% and 14%" in words["for/media"]
    assert "These readers have something to do: Academic or researcher" in words["for/media"]


def test_old_codes_stand_beside_the_new(room: Flask, clock: Clock) -> None:
    makers.announced(milk(), now=clock())
    content = items("series/milk-utilisation", clock)[0].content_html
    assert "<tr><td>Liquid milk (Ml)</td><td><code>LIQ_ML</code></td></tr>" in content
    assert "By Friday 12 March 2027." in content
    assert "<strong>Everyone else:</strong> Nothing." in content


def test_nothing_of_a_draft_is_anywhere(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    sent(clock)
    with unit():
        session.add(out(1, clock() + timedelta(days=9), state="planned", title="Secret edition"))
    shown = everything(clock)
    assert "fine particles" in shown
    for draft in notices.every():
        if draft.state == "draft":
            assert draft.headline not in shown
            assert draft.reference not in shown
    assert newsletters.every()[0].title not in shown
    assert "Secret edition" not in shown
    # The catalogue knows that this edition contains a change: before its notice, nobody else does.
    assert '"contains_change": true' in shown
    assert shown.count('"contains_change": true') == 1


def test_a_change_hides_the_private_release_that_carries_it(room: Flask, clock: Clock) -> None:
    notice = makers.announced(makers.emissions(), now=clock())
    with unit():
        release("Emissions of air").state = "planned"  # publish refuses it; another may come there
    assert "1970 to 2025" not in everything(clock)
    assert notice.headline in everything(clock)


def test_preparing_in_private_changes_no_byte(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    before = everything(clock)
    stamp = schedule.draw(scopes.read("all"), now=clock(), base_url=SITE).changed
    clock.forward(hours=2)
    with unit():
        release("Wild bird").changed_at = clock()
        makers.emissions().changed_at = clock()
    assert everything(clock) == before
    assert schedule.draw(scopes.read("all"), now=clock(), base_url=SITE).changed == stamp


def test_a_moved_release_is_in_feed_and_calendar(room: Flask, clock: Clock) -> None:
    (item,) = items("series/wild-birds", clock)
    assert item.title == "Moved: Wild bird populations in the UK, 1970 to 2026"
    assert item.summary_text.startswith(
        "Was 9:30am, Wednesday 23 December 2026; now 9:30am, Wednesday 13 January 2027."
    )
    assert "needs three more weeks" in item.content_html
    assert titles("releases", clock) == [item.title]
    assert titles("topics/nature", clock) == [item.title]
    event = events("topics/nature", clock)[f"release-{release('Wild bird').id}"]
    assert event["sequence"] == 1
    assert event["dtstart"].dt == makers.london("2027-01-13 09:30")
    assert event["status"] == "CONFIRMED"
    assert "23 December 2026" in event["description"]


def test_a_topic_covers_all_below_it(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    for path in ("topics/environment", "topics/air-quality", "series/emissions-air-pollutants"):
        assert len(titles(path, clock)) == 1
    assert titles("topics/water", clock) == []
    assert "notice-DEFRA-2026-001-effect" in events("topics/environment", clock)
    assert "notice-DEFRA-2026-001-effect" not in events("topics/water", clock)


@pytest.mark.parametrize("path", ["", "nothing", "topics/", "topics/x/y", "series/no", "for/no"])
def test_an_unknown_scope_is_not_found(room: Flask, path: str) -> None:
    with pytest.raises(NotFound):
        scopes.read(path)


def test_a_change_in_effect_is_an_entry_of_its_own(room: Flask, clock: Clock) -> None:
    notice = makers.announced(milk(), now=clock())
    (announced,) = items("changes", clock)
    clock.at("2027-03-23 10:30")
    assert len(items("changes", clock)) == 1
    clock.forward(seconds=7)
    with unit():
        take_effect(now=clock())
    newest, first = items("changes", clock)
    assert newest.title == f"Now in effect: {notice.headline}"
    assert newest.published == clock()
    assert first == announced  # byte for byte as it was


def test_a_release_that_is_out_names_the_changes_in_it(room: Flask, clock: Clock) -> None:
    makers.announced(makers.emissions(), now=clock())
    clock.at("2027-03-01 09:30")
    edition = release("Emissions of air")
    with unit():
        edition.landing_url = "https://www.gov.example/emissions?a=1&b=2"
        edition.published_at = clock()
        move(edition, "publish", RELEASE, by=SYSTEM, now=clock())
    newest = items("series/emissions-air-pollutants", clock)[0]
    assert newest.title == "Published: Emissions of air pollutants in the UK, 1970 to 2025"
    assert 'href="https://www.gov.example/emissions?a=1&amp;b=2"' in newest.content_html
    assert "fine particles" in newest.content_html
    assert events("all", clock)["release-2"]["last-modified"].dt == clock()


def test_an_address_of_what_is_not_out_is_not_told(room: Flask, clock: Clock) -> None:
    with unit():
        release("Fly-tipping").landing_url = "https://www.gov.example/guessable"
    assert "guessable" not in everything(clock)


def test_a_newsletter_appears_at_its_instant(room: Flask, clock: Clock) -> None:
    issue = sent(clock)
    clock.at("2026-11-24 10:29")
    assert titles("newsletters", clock) == []
    clock.forward(minutes=1)
    for path in ("newsletters", "all", "topics/nature", "for/academic"):
        assert issue.title in titles(path, clock)
    for path in ("series/people-nature-survey", "topics/food", "for/media", "releases"):
        assert issue.title not in titles(path, clock)
    content = items("newsletters", clock)[0].content_html
    assert "<strong>25,000 adults</strong>" in content
    assert "{{" not in content
    assert f"{SITE}/newsletters/{issue.slug}" in content


def test_one_issue_with_a_wrong_field_does_not_end_the_feed(room: Flask, clock: Clock) -> None:
    issue = sent(clock)
    with unit():
        issue.body = "Dear {{ nobody }}"
    clock.forward(days=2)
    assert titles("newsletters", clock) == [issue.title]


def test_precision_decides_how_a_date_stands_in_a_calendar(room: Flask, clock: Clock) -> None:
    found = events("all", clock)
    exact, month, latest = (
        found[f"release-{release(title).id}"]
        for title in ("Quarterly indicators", "Food statistics in", "Total income")
    )
    assert exact["dtstart"].dt == makers.london("2026-12-09 09:30")
    assert exact["status"] == "CONFIRMED"
    assert exact["summary"].startswith("The People and Nature Survey for England: Quarterly")
    assert (month["dtstart"].dt, month["dtend"].dt) == (date(2027, 1, 1), date(2027, 2, 1))
    assert (month["status"], month["transp"]) == ("TENTATIVE", "TRANSPARENT")
    assert (latest["dtstart"].dt, latest["dtend"].dt) == (date(2027, 5, 12), date(2027, 5, 13))
    assert latest["summary"].startswith("At the latest: ")


def test_the_day_behind_a_vague_date_is_not_told(room: Flask, clock: Clock) -> None:
    rows = json.loads(data.releases(now=clock(), base_url=SITE).body)
    pocketbook = next(row for row in rows if row["precision"] == "month")
    assert release("Food statistics in").day == date(2027, 1, 6)
    assert pocketbook["date"] == "2027-01-01"
    assert "2027-01-06" not in json.dumps(rows)


def test_consultations_and_proposals_have_days_of_their_own(room: Flask, clock: Clock) -> None:
    makers.announced(next(n for n in notices.every() if n.decision == "consulting"), now=clock())
    found = events("topics/food", clock)
    closes = found["notice-DEFRA-2026-003-closes"]
    assert closes["dtstart"].dt == date(2027, 1, 18)
    assert closes["summary"].startswith("Last day to have your say: ")
    effect = found["notice-DEFRA-2026-003-effect"]
    assert effect["status"] == "TENTATIVE"
    assert effect["summary"].startswith("Would take effect: ")
    assert items("changes", clock)[0].title.startswith("Proposed: ")


def test_a_cancelled_release_stays_for_ninety_days(room: Flask, clock: Clock) -> None:
    edition = release("Quarterly indicators")
    clock.at("2027-02-01 12:00")  # long after its day
    with unit():
        move(edition, "cancel", RELEASE, by=SYSTEM, now=clock())
    cancelled_at = clock()
    event = events("all", clock)["release-1"]
    assert event["status"] == "CANCELLED"
    assert event["summary"].startswith("Cancelled: ")
    assert event["last-modified"].dt == cancelled_at
    clock.forward(days=89)
    assert "release-1" in events("all", clock)
    clock.forward(days=2)
    assert "release-1" not in events("all", clock)


def test_the_horizon_moves_at_midnight_in_london() -> None:
    day = date(2027, 6, 16)
    came = makers.london("2026-06-15 00:00")
    assert not horizon.shown(day, day, now=came - timedelta(seconds=1))
    assert horizon.shown(day, day, now=came)
    assert horizon.turned(day, day, now=came) == came
    assert horizon.turned(day, day, now=came - timedelta(seconds=1)) is None
    went = makers.london("2027-09-15 00:00")
    assert horizon.shown(day, day, now=went - timedelta(seconds=1))
    assert not horizon.shown(day, day, now=went)
    assert horizon.turned(day, day, now=went + timedelta(days=9)) == went


def test_what_comes_into_sight_counts_as_a_change(room: Flask, clock: Clock) -> None:
    at = makers.london("2028-03-02 09:30")
    with unit():
        session.add(out(1, at, state="confirmed", published_at=None, created_at=clock()))
    series = scopes.read("series/monthly-landings")
    clock.at("2027-03-02 00:00")  # 366 days before, a leap day between
    assert schedule.draw(series, now=clock(), base_url=SITE).changed == clock()
    clock.forward(hours=5)
    drawn = schedule.draw(series, now=clock(), base_url=SITE)
    assert [event.start for event in drawn.calendar.events] == [at]
    assert drawn.changed == makers.london("2027-03-02 00:00")


def test_walking_the_archives_gives_each_entry_once(room: Flask, clock: Clock) -> None:
    scope = scopes.read("series/monthly-landings")

    def leaf(number: int | None = None) -> collect.Leaf:
        return collect.leaf(scope, now=clock(), base_url=SITE, number=number)

    def bodies(number: int) -> bytes:
        found = leaf(number)
        return atom.render(collect.channel(scope, found, form="atom", base_url=SITE), found.items)

    def add(first: int, count: int) -> None:
        with unit():
            for number in range(first, first + count):
                session.add(out(number, clock() - timedelta(days=1000 - number)))

    add(0, 99)
    assert leaf().archives == 0
    assert len(leaf().items) == 99
    add(99, 61)
    walked = list(leaf().items)
    assert len(walked) == 60
    for number in range(leaf().archives, 0, -1):
        walked += leaf(number).items
    assert [item.id for item in walked] == [
        item.id for item in collect.items(scope, now=clock(), base_url=SITE)
    ]
    assert len({item.id for item in walked}) == 160
    before = bodies(1)
    add(160, 240)
    assert bodies(1) == before
    channel = collect.channel(scope, leaf(2), form="rss", base_url=SITE)
    path = f"{SITE}/feeds/series/monthly-landings.rss"
    assert channel.self_url == f"{path}?page=2"
    assert channel.prev_archive == f"{path}?page=1"
    assert channel.next_archive == f"{path}?page=3"
    assert channel.current == path
    for number in (0, 8):
        with pytest.raises(NotFound):
            leaf(number)


def test_copies_never_outlast_what_comes_next(room: Flask, clock: Clock) -> None:
    assert freshness.max_age(clock()) == 30
    sent(clock)
    assert freshness.max_age(makers.london("2026-11-24 10:29") + timedelta(seconds=48.5)) == 11
    assert freshness.max_age(makers.london("2026-11-24 10:30")) == 30
    assert freshness.max_age(makers.london("2027-01-13 09:29") + timedelta(seconds=55)) == 5
    assert freshness.max_age(makers.london("2026-12-01 00:00") - timedelta(seconds=4)) == 4


@pytest.mark.parametrize("render", [atom.render, rss.render])
def test_hostile_words_stay_words(room: Flask, clock: Clock, render: Any) -> None:
    hostile = "<script>alert(1)</script> ]]> & \x0b“ŵ”"
    notice = makers.draft(
        now=clock(),
        headline=f"Milk {hostile}",
        what=hostile,
        technical=hostile,
        mapping=[{"old": hostile, "new": hostile}],
        what_to_do=[{"action": hostile}],
        evidence=[{"title": hostile, "url": "javascript:alert(1)"}, "https://ok.example/?a=1&b=2"],
        impact={"known": "yes", "text": hostile, "internal_note": "do not tell"},
    )
    makers.announced(notice, now=clock())
    scope = scopes.read("for/academic")
    found = collect.leaf(scope, now=clock(), base_url=SITE)
    channel = collect.channel(scope, found, form="atom", base_url=SITE)
    body = render(channel, found.items)
    parsed = feedparser.parse(body, sanitize_html=False)
    assert not parsed.bozo
    content = parsed.entries[0].content[0].value
    assert "<script" not in content
    assert "&lt;script&gt;" in content
    assert "javascript:" not in body.decode()
    assert 'href="https://ok.example/?a=1&amp;b=2"' in content
    assert "do not tell" not in everything(clock)
    assert render(channel, found.items) == body


def test_a_feed_with_nothing_in_it_has_a_date_that_stays(room: Flask, clock: Clock) -> None:
    scope = scopes.read("topics/forestry")
    found = collect.leaf(scope, now=clock(), base_url=SITE)
    channel = collect.channel(scope, found, form="atom", base_url=SITE)
    assert found.items == []
    assert channel.updated == found.changed < clock()
    assert not feedparser.parse(atom.render(channel, [])).bozo
