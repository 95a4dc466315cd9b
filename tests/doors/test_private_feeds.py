"""A person's own feed and calendar: at an address that nobody guesses, until it is ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import feedparser
import icalendar
import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.app import create_app
from notifier.audience.leave import leave_everything
from notifier.audience.models import Subscriber, Subscription
from notifier.audience.pause import pause
from notifier.audience.private_feed import PrivateFeed
from notifier.notices.erase import erase
from notifier.notices.publish import publish
from notifier.releases.models import Release
from notifier.render.links import private_token, read_private
from notifier.store.db import session, unit
from notifier.store.history import PERSON
from notifier.tokens import Signer
from tests import makers
from tests.conftest import close
from tests.makers import CLEO, DAN, Clock

FORMS = ("atom", "rss", "json")
DAY = timedelta(days=1)


@dataclass
class Reader:
    """Cleo, who follows air quality, and her way to her settings."""

    app: Flask
    client: FlaskClient
    person: Subscriber
    settings: str

    def makes(self) -> str:
        """Presses the button; returns the token of her new addresses."""
        page = self.client.post(f"{self.settings}/feeds")
        assert page.status_code == 200
        return page.text.split("/feeds/mine/")[1].split(".")[0]

    def feed(self, token: str, form: str = "atom") -> feedparser.FeedParserDict:
        answer = self.client.get(f"/feeds/mine/{token}.{form}")
        assert answer.status_code == 200
        return feedparser.parse(answer.data)

    def events(self, token: str) -> dict[str, icalendar.Event]:
        answer = self.client.get(f"/calendar/mine/{token}.ics")
        assert answer.status_code == 200
        found = icalendar.Calendar.from_ical(answer.data).events
        return {str(event["uid"]).split("@")[0]: event for event in found}

    def status(self, token: str) -> set[int]:
        paths = [f"/feeds/mine/{token}.{form}" for form in FORMS]
        paths.append(f"/calendar/mine/{token}.ics")
        return {self.client.get(path).status_code for path in paths}


@pytest.fixture
def cleo(room: Flask, clock: Clock) -> Reader:
    makers.announced(makers.emissions(), now=clock())
    person = makers.joins(CLEO, now=clock())
    keys = room.config["SETTINGS"].keys
    link = Signer(keys, "magic").sign({"subscriber": person.id}, expires=clock() + DAY)
    room.config["WTF_CSRF_ENABLED"] = False
    return Reader(room, room.test_client(), person, f"/preferences/{link}")


def test_nothing_is_there_before_somebody_asks_for_it(cleo: Reader) -> None:
    page = cleo.client.get(f"{cleo.settings}/feeds").text
    assert "Make my addresses" in page
    assert "/feeds/mine/" not in page
    settings = cleo.app.config["SETTINGS"]
    assert cleo.status(private_token(settings, 1, cleo.person.id)) == {410}
    assert cleo.status(private_token(settings, 0, cleo.person.id)) == {410}
    assert cleo.status("0" * 52) == {404}
    assert cleo.status("guess") == {404}


def test_it_holds_what_the_person_follows_and_says_nobodys_name(cleo: Reader) -> None:
    token = cleo.makes()
    for form in ("atom", "rss"):
        found = cleo.feed(token, form)
        assert [e.title for e in found.entries] == [f"Announced: {makers.emissions().headline}"]
        assert found.bozo == 0
    assert "notice-DEFRA-2026-001-effect" in cleo.events(token)
    own = session.query(Release).join(Release.series).filter_by(slug="wild-birds").first()
    assert f"release-{own.id}" not in cleo.events(token)
    for path in (f"/feeds/mine/{token}.json", f"/calendar/mine/{token}.ics"):
        text = cleo.client.get(path).text.lower()
        assert CLEO not in text
        assert "cleo" not in text


def test_the_address_is_long_and_belongs_to_one_purpose(cleo: Reader) -> None:
    token = cleo.makes()
    settings = cleo.app.config["SETTINGS"]
    assert read_private(settings, token) == (1, cleo.person.id)
    assert len(bytes.fromhex(token)) == 10 + 16  # two numbers, and 128 bits that prove them
    changed = token[:-1] + ("0" if token[-1] != "0" else "1")
    assert cleo.status(changed) == {404}
    assert cleo.client.get(f"/u/{token}").status_code == 404
    assert cleo.client.get(f"/preferences/{token}").status_code == 404
    row = session.get_one(PrivateFeed, cleo.person.id)
    assert token not in repr({c: getattr(row, c) for c in ("count", "made_at", "ended_at")})


def test_caches_and_search_engines_keep_away(cleo: Reader) -> None:
    token = cleo.makes()
    for path in (f"/feeds/mine/{token}.atom", f"/calendar/mine/{token}.ics"):
        first = cleo.client.get(path)
        again = cleo.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        for answer in (first, again, cleo.client.head(path)):
            assert "private" in answer.headers["Cache-Control"]
            assert "public" not in answer.headers["Cache-Control"]
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
            assert answer.headers["Referrer-Policy"] == "same-origin"
            assert "Set-Cookie" not in answer.headers
            assert "hub" not in answer.headers.get("Link", "")
    gone = cleo.client.get(f"/feeds/mine/{'0' * 52}.atom")
    assert gone.headers["Cache-Control"] == "no-store"
    assert gone.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert token not in cleo.client.get("/feeds.opml").text
    assert token not in cleo.client.get("/feeds").text


def test_a_filter_is_refused_where_the_settings_choose(cleo: Reader) -> None:
    token = cleo.makes()
    for path in (f"/feeds/mine/{token}.rss", f"/calendar/mine/{token}.ics"):
        for query, says in (
            ("topic=water", "There is no filter 'topic' here; there are: lang."),
            ("lang=fr", "There is no language 'fr'; there are: en, cy."),
        ):
            answer = cleo.client.get(f"{path}?{query}")
            assert (answer.status_code, answer.text) == (400, f"{says}\n")
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in answer.headers
        garbage = {"If-None-Match": 'W/"x", *?', "If-Modified-Since": "yesterday"}
        assert cleo.client.get(path, headers=garbage).status_code == 200
        assert cleo.client.get(f"{path}?lang=").status_code == 200


def test_a_new_address_ends_the_old_one_and_ending_ends_all(cleo: Reader) -> None:
    first = cleo.makes()
    second = cleo.makes()
    assert first != second
    assert (cleo.status(first), cleo.status(second)) == ({410}, {200})
    gone = cleo.client.get(f"/feeds/mine/{first}.atom")
    assert (
        "A new one is on the page of your settings: http://127.0.0.1:8000/preferences" in gone.text
    )
    page = cleo.client.post(f"{cleo.settings}/feeds", data={"end": "1"})
    assert "do not work any more" in page.text
    assert cleo.status(second) == {410}
    assert cleo.client.post(f"{cleo.settings}/feeds", data={"end": "1"}).status_code == 200
    third = cleo.makes()
    assert cleo.status(third) == {200}
    assert cleo.status(second) == {410}


def test_a_break_from_mail_is_none_from_the_feed(cleo: Reader, clock: Clock) -> None:
    token = cleo.makes()
    with unit():
        pause(cleo.person, (clock() + 9 * DAY).date(), now=clock())
    assert cleo.status(token) == {200}


def test_who_leaves_or_is_erased_has_no_feed(cleo: Reader, clock: Clock) -> None:
    token = cleo.makes()
    with unit():
        leave_everything(cleo.person, now=clock())
    assert cleo.status(token) == {410}
    dan = makers.joins(DAN, now=clock())
    cleo.settings = (
        cleo.settings.rpartition("/")[0]
        + "/"
        + Signer(cleo.app.config["SETTINGS"].keys, "magic").sign(
            {"subscriber": dan.id}, expires=clock() + DAY
        )
    )
    his = cleo.makes()
    assert cleo.status(his) == {200}
    with unit():
        erase(dan, by=PERSON, now=clock(), pepper=makers.pepper())
    assert cleo.status(his) == {410}
    assert DAN not in cleo.client.get(f"/feeds/mine/{his}.atom").text


def test_it_follows_the_choices_also_single_changes_and_releases(
    cleo: Reader, clock: Clock
) -> None:
    token = cleo.makes()
    milk = makers.announced(makers.draft(now=clock()), now=clock())
    birds = session.query(Release).join(Release.series).filter_by(slug="wild-birds").first()
    assert milk.headline not in cleo.client.get(f"/feeds/mine/{token}.json").text
    before = cleo.events(token)
    with unit():
        for kind, row in (("notice_id", milk), ("release_id", birds)):
            values = {"subscriber_id": cleo.person.id, "started_at": clock(), kind: row.id}
            session.add(Subscription(**values))
    session.expire_all()
    titles = [e.title for e in cleo.feed(token).entries]
    assert any(milk.headline in title for title in titles)
    assert any(birds.title in title for title in titles)  # its date moved before it was loaded
    new = cleo.events(token).keys() - before.keys()
    assert new == {f"notice-{milk.reference}-effect", f"release-{birds.id}"}
    for subscription in session.query(Subscription).filter_by(subscriber_id=cleo.person.id):
        if subscription.notice_id is not None:
            with unit():
                session.get_one(Subscription, subscription.id).ended_at = clock()
    session.expire_all()
    assert milk.headline not in cleo.client.get(f"/feeds/mine/{token}.json").text


def test_nothing_private_shows_before_its_instant(cleo: Reader, clock: Clock) -> None:
    token = cleo.makes()
    path = f"/feeds/mine/{token}.atom"
    before = cleo.client.get(path), cleo.client.get(f"/calendar/mine/{token}.ics")
    hidden = makers.approved(
        makers.draft(now=clock(), series=["emissions-air-pollutants"]), now=clock()
    )
    after = cleo.client.get(path), cleo.client.get(f"/calendar/mine/{token}.ics")
    for old, new in zip(before, after, strict=True):
        assert new.data == old.data
        assert new.headers["ETag"] == old.headers["ETag"]
        assert new.headers["Last-Modified"] == old.headers["Last-Modified"]
    with unit():
        publish(hidden, by=makers.acting(makers.ALICE), now=clock())
    assert hidden.headline in cleo.client.get(path).text


def test_it_speaks_the_readers_language(cleo: Reader) -> None:
    token = cleo.makes()
    assert cleo.feed(token).feed.language == "en"
    with unit():
        session.get_one(Subscriber, cleo.person.id).language = "cy"
    found = cleo.feed(token)
    assert found.feed.language == "cy"
    assert found.feed.title.startswith("Yr hyn rwy'n ei ddilyn")
    english = feedparser.parse(cleo.client.get(f"/feeds/mine/{token}.atom?lang=en").data)
    assert english.feed.language == "en"
    (self_link,) = (link.href for link in english.feed.links if link.rel == "self")
    assert self_link.endswith(f"/feeds/mine/{token}.atom?lang=en")
    assert english.feed.id != found.feed.id
    assert {e.id for e in english.entries}.isdisjoint(e.id for e in found.entries)


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_address_outlives_the_key_that_made_it(
    cleo: Reader, database: str, clock: Clock, tmp_path: Path
) -> None:
    token = cleo.makes()
    settings = cleo.app.config["SETTINGS"]
    new = "another key, which is long enough for all of this"
    for old, status in (((settings.secret_key,), 200), ((), 404)):
        rotated = replace(
            settings, instance=tmp_path / "rotated", secret_key=new, old_secret_keys=old
        )
        other = create_app(rotated, now=clock)
        assert other.test_client().get(f"/feeds/mine/{token}.atom").status_code == status
        with other.app_context():
            close()
