"""Calendars over HTTP as programs meet them: whole ones, chosen ones, and one date by itself."""

from __future__ import annotations

import re
from datetime import date

import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.feeds import ics, schedule, scopes
from notifier.notices import follow, release_cancelled
from notifier.notices import queries as notices
from notifier.notices.publish import publish
from notifier.releases.dated import Dated
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.makers import ALICE, HANA, Clock

BASE = "http://127.0.0.1:8000"


def parsed(answer_data: bytes) -> dict[str, icalendar.Event]:
    """Events by the part of their uid before the @."""
    found = icalendar.Calendar.from_ical(answer_data).events
    return {str(event["uid"]).split("@")[0]: event for event in found}


@pytest.fixture
def town(room: Flask, clock: Clock) -> FlaskClient:
    """A stranger, after the notices about fine particles and the pocketbook were announced."""
    makers.announced(makers.emissions(), now=clock())
    makers.announced(next(n for n in notices.every() if "pocketbook" in n.headline), now=clock())
    clock.forward(minutes=1)
    return room.test_client()


def release(slug: str) -> Release:
    found = session.query(Release).join(Release.series).filter_by(slug=slug)
    return found.filter(Release.state.in_(("provisional", "confirmed"))).order_by(Release.id)[0]


def events(client: FlaskClient, path: str) -> dict[str, icalendar.Event]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return parsed(answer.data)


ALL = (
    "/calendar.ics",
    "/calendar.ics?lang=cy",
    "/calendar.ics?topic=air-quality&topic=food&kind=releases",
    "/calendar/topics/environment.ics",
    "/calendar/series/wild-birds.ics",
    "/releases/1.ics",
    "/changes/DEFRA-2026-001.ics",
)


@pytest.mark.parametrize("path", ALL)
def test_each_calendar_keeps_the_rules_of_the_format(town: FlaskClient, path: str) -> None:
    """RFC 5545 and 7986, line by line: what icalendar forgives others do not."""
    answer = town.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    raw = answer.data
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 75
    lines = raw.replace(b"\r\n ", b"").decode().split("\r\n")
    names = {re.split("[:;]", line, maxsplit=1)[0] for line in lines if line}
    assert not names & {"ORGANIZER", "ATTENDEE", "TRIGGER"}
    assert "BEGIN:VALARM" not in lines
    calendar = icalendar.Calendar.from_ical(raw)
    assert calendar.errors == []
    for once in ("VERSION", "PRODID", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "METHOD"):
        assert len([line for line in lines if re.match(f"{once}[:;]", line)]) == 1, once
    uids = [str(event["uid"]) for event in calendar.events]
    assert uids
    assert len(uids) == len(set(uids))
    for event in calendar.events:
        assert event.errors == []
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE", "STATUS"} <= set(event.keys())
        assert str(event["status"]) in ("TENTATIVE", "CONFIRMED", "CANCELLED")
        assert str(event["transp"]) == "TRANSPARENT"
        assert str(event["url"]).startswith(f"{BASE}/")
        if "DTEND" in event:
            assert event["dtend"].dt > event["dtstart"].dt


def test_topics_and_series_are_joined_and_kinds_narrow(town: FlaskClient) -> None:
    air = events(town, "/calendar/topics/air-quality.ics")
    food = events(town, "/calendar/topics/food.ics")
    assert air.keys() & {"notice-DEFRA-2026-001-effect"}
    both = events(town, "/calendar.ics?topic=air-quality&topic=food")
    assert both.keys() == air.keys() | food.keys()
    birds = events(town, "/calendar/series/wild-birds.ics")
    three = events(town, "/calendar.ics?topic=air-quality&topic=food&series=wild-birds")
    assert three.keys() == both.keys() | birds.keys()
    changes = events(town, "/calendar.ics?topic=air-quality&topic=food&kind=changes")
    releases = events(town, "/calendar.ics?topic=air-quality&topic=food&kind=releases")
    assert changes.keys() | releases.keys() == both.keys()
    assert {uid.partition("-")[0] for uid in changes} == {"notice"}
    assert {uid.partition("-")[0] for uid in releases} == {"release"}
    assert events(town, "/calendar.ics?topic=food&topic=air-quality").keys() == both.keys()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/calendar.ics?topic=nothing", 400, "There is no topic 'nothing'; there are: "),
        ("/calendar.ics?series=nothing", 400, "There is no series 'nothing'; there are: "),
        ("/calendar.ics?kind=nothing", 400, "there are: changes, releases, newsletters"),
        ("/calendar.ics?kind=newsletters", 400, "a calendar has releases and changes"),
        ("/calendar.ics?lang=fr", 400, "there are: en, cy"),
        ("/calendar.ics?colour=blue", 400, "'colour'; there are: topic, series, kind, for, lang."),
        ("/calendar.ics?page=2", 400, "A calendar takes topic, series, kind, for and lang"),
        ("/calendar.ics?state=1", 400, "A calendar takes topic, series, kind, for and lang"),
        ("/calendar/topics/nothing.ics", 404, "nothing"),
        ("/calendar/series/nothing.ics", 404, "nothing"),
        ("/releases/9999.ics", 404, "There is no release 9999."),
        ("/changes/DEFRA-1999-001.ics", 404, "There is no change notice DEFRA-1999-001."),
    ],
)
def test_what_there_is_not_is_refused_in_a_sentence(
    town: FlaskClient, path: str, status: int, words: str
) -> None:
    answer = town.get(path)
    assert answer.status_code == status
    assert words in answer.text
    assert "Set-Cookie" not in answer.headers


def test_one_date_by_itself_is_the_same_event(town: FlaskClient) -> None:
    everything = events(town, "/calendar.ics")
    birds = release("wild-birds")
    for path, uids in (
        (f"/releases/{birds.id}.ics", {f"release-{birds.id}"}),
        ("/changes/DEFRA-2026-001.ics", {"notice-DEFRA-2026-001-effect"}),
        (
            "/changes/DEFRA-2026-003.ics",
            {"notice-DEFRA-2026-003-effect", "notice-DEFRA-2026-003-closes"},
        ),
    ):
        found = events(town, path)
        assert found.keys() == uids
        for uid, event in found.items():
            assert event.to_ical() == everything[uid].to_ical()


def test_what_has_no_date_has_no_event(town: FlaskClient, clock: Clock) -> None:
    series = release("wild-birds").series_id
    with unit():
        values = {"series_id": series, "title": "Some day", "state": "provisional"}
        values |= {"precision": "tbc", "created_at": clock(), "changed_at": clock()}
        session.add(undated := Release(**values))
    answer = town.get(f"/releases/{undated.id}.ics")
    assert answer.status_code == 404
    assert "has no date yet" in answer.text


def test_imported_twice_it_is_one_event_with_the_new_time(town: FlaskClient, clock: Clock) -> None:
    """What a calendar program does: by UID, the higher SEQUENCE wins."""
    birds = release("wild-birds")
    kept: dict[str, icalendar.Event] = {}

    def imports() -> icalendar.Event:
        for uid, event in events(town, f"/releases/{birds.id}.ics").items():
            if uid not in kept or event["sequence"] > kept[uid]["sequence"]:
                kept[uid] = event
        (only,) = kept.values()
        return only

    first = imports()
    clock.forward(days=1)
    to = Dated(date(2027, 1, 27), birds.wall_time, "datetime")
    with unit():
        by = makers.acting(ALICE)
        follow.move(birds, to, makers.decided("Late data."), by=by, now=clock())
    second = imports()
    assert second["uid"] == first["uid"]
    assert second["dtstart"].dt == makers.london("2027-01-27 09:30")
    assert second["sequence"] == first["sequence"] + 1
    assert second["last-modified"].dt > first["last-modified"].dt
    assert str(second["status"]) == "CONFIRMED"


def test_another_release_that_carries_it_never_counts_back(town: FlaskClient, clock: Clock) -> None:
    """A program that has seen SEQUENCE 3 takes no notice of 2."""
    notice = notices.notice("DEFRA-2026-001")
    carrier = notice.effect_release
    assert carrier is not None
    with unit():
        by, why = makers.acting(ALICE), makers.decided("Late data.")
        for day in (8, 15):
            to = Dated(date(2027, 3, day), carrier.wall_time, "datetime")
            follow.move(carrier, to, why, by=by, now=clock())
            clock.forward(minutes=1)
        other = Release(
            series_id=carrier.series_id,
            title="A later edition",
            state="confirmed",
            day=date(2027, 4, 14),
            wall_time=carrier.wall_time,
            precision="datetime",
            at=makers.london("2027-04-14 09:30"),
            created_at=clock(),
            changed_at=clock(),
        )
        session.add(other)
    uid = "notice-DEFRA-2026-001-effect"
    before = events(town, "/calendar.ics")[uid]
    clock.forward(minutes=1)
    with unit():
        release_cancelled.cancel(
            carrier,
            reason="The survey stopped.",
            person=makers.member(ALICE),
            approved_by=makers.member(HANA),
            by=by,
            now=clock(),
            choices={notice.reference: other},
        )
    after = events(town, "/calendar.ics")[uid]
    assert after["dtstart"].dt == date(2027, 4, 14)
    assert after["sequence"] > before["sequence"]
    gone = events(town, "/calendar.ics")[f"release-{carrier.id}"]
    assert str(gone["status"]) == "CANCELLED"


def test_welsh_words_stand_on_the_same_event(town: FlaskClient, clock: Clock) -> None:
    birds = release("wild-birds")
    with unit():
        birds.cy_title = "Poblogaethau adar gwyllt"
        birds.series.cy = "Adar gwyllt"
        notice = notices.notice("DEFRA-2026-001")
        notice.cy = {**notice.cy, "headline": "Model newydd ar gyfer gronynnau mân"}
    english = events(town, "/calendar.ics")
    welsh = events(town, "/calendar.ics?lang=cy")
    assert welsh.keys() == english.keys()
    effect = welsh["notice-DEFRA-2026-001-effect"]
    assert effect["summary"] == "Yn dod i rym: Model newydd ar gyfer gronynnau mân"
    assert effect["url"] == f"{BASE}/changes/DEFRA-2026-001?lang=cy"
    event = welsh[f"release-{birds.id}"]
    assert event["summary"] == "Poblogaethau adar gwyllt"  # the series is named in it
    assert event["description"].startswith("Wedi'i gadarnhau.\nYn flaenorol: ")
    assert event["dtstart"].dt == english[f"release-{birds.id}"]["dtstart"].dt
    assert b"X-WR-CALNAME:Cyhoeddiadau a newidiadau" in town.get("/calendar.ics?lang=cy").data
    closes = welsh["notice-DEFRA-2026-003-closes"]
    assert closes["summary"].startswith("Diwrnod olaf i ddweud eich dweud: ")


def test_a_calendar_knows_nothing_before_the_instant(town: FlaskClient, clock: Clock) -> None:
    """A change that is written, approved and waits shows by no byte, header, count or SEQUENCE."""
    hidden = makers.draft(now=clock(), series=["emissions-air-pollutants"])
    paths = (*ALL, f"/changes/{hidden.reference}.ics")
    before = [town.get(path) for path in paths]
    assert before[-1].status_code == 404
    makers.approved(hidden, now=clock())
    for path, old in zip(paths, before, strict=True):
        new = town.get(path)
        assert (path, new.status_code, new.data) == (path, old.status_code, old.data)
        for name in ("ETag", "Last-Modified", "Content-Length", "Cache-Control"):
            assert new.headers.get(name) == old.headers.get(name), (path, name)
    with unit():
        publish(hidden, by=makers.acting(ALICE), now=clock())
    assert f"notice-{hidden.reference}-effect" in events(town, "/calendar.ics")
    assert town.get(paths[-1]).status_code == 200


def test_calendars_are_the_same_bytes_on_any_day_without_news(
    town: FlaskClient, clock: Clock
) -> None:
    first = town.get("/calendar/series/wild-birds.ics").data
    clock.forward(hours=5)
    assert town.get("/calendar/series/wild-birds.ics").data == first


def test_hostile_words_break_no_line(room: Flask, clock: Clock) -> None:
    words = "A\r\nBEGIN:VALARM\r\nTRIGGER:-PT1M\r\nEND:VALARM\x01\x0b\u2028; ,\\ ŵ🙂" * 3
    notice = makers.announced(makers.emissions(), now=clock())
    with unit():
        notice.headline = words
    drawn = schedule.draw(scopes.read("all"), now=clock(), base_url=BASE)
    raw = ics.render(drawn.calendar, stamp=drawn.changed)
    assert not [line for line in raw.split(b"\r\n") if line in (b"BEGIN:VALARM", b"END:VALARM")]
    found = parsed(raw)[f"notice-{notice.reference}-effect"]
    assert "ŵ🙂" in str(found["summary"])
