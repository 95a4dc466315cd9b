"""The main story, through doors only, on SQLite and on PostgreSQL."""

from __future__ import annotations

import io
import sys
from email.message import EmailMessage

import feedparser
import icalendar
import pytest

from tests.journeys.world import World, html_of, one_click, path_in, text_of

CLEO, DAN, EVE = "cleo@example.org", "dan@example.org", "eve@example.org"
FAY = "fay@example.org"


@pytest.mark.bare
def test_from_sign_up_to_bounce(world: World) -> None:
    world.begin()
    for email, topics, user_type in (
        (CLEO, ["air-quality"], "academic"),
        (DAN, ["environment"], "media"),
        (EVE, ["waste"], "local-government"),
        (FAY, ["air-quality", "nature"], "government"),
    ):
        world.joins(email, topics=topics, user_type=user_type)

    reference = world.announces("fine particles")
    row = next(
        r for r in world.cli("notices", "list", "--json").json if r["reference"] == reference
    )
    assert (row["state"], row["verdict"], row["minimum_days"]) == ("announced", "met", 90)
    assert 90 <= row["lead_days"] <= 98

    the_pages_and_feeds_show_it_at_once(world, reference)

    world.drain()
    told = world.sends(reference)["announce"]
    assert (told["state"], told["audience"], told["accepted"]) == ("done", 3, 3)
    each_gets_their_depth(world, reference)
    assert not world.mails(EVE, reference), "who follows Waste is not concerned"

    dan_leaves_by_one_click(world, reference)

    world.clock.forward(days=9)  # past T-90
    world.drain()
    reminder = world.sends(reference)["T-90"]
    assert (reminder["audience"], reminder["accepted"]) == (2, 2)
    assert len(world.mails(CLEO, reference)) == 2
    assert len(world.mails(DAN, reference)) == 1, "who left gets nothing more"

    a_bounce_suppresses(world, world.last_mail(FAY, reference))
    world.clock.forward(days=70)  # past T-30
    world.drain()
    assert world.sends(reference)["T-30"]["accepted"] == 1


def the_pages_and_feeds_show_it_at_once(world: World, reference: str) -> None:
    """At the commit of publish, before any worker ran."""
    page = world.get("/topics/air-quality").get_data(as_text=True)
    assert "re-estimated from 1990" in page
    assert world.get(f"/changes/{reference}").status_code == 200
    for kind in ("atom", "rss"):
        body = world.get(f"/feeds/topics/air-quality.{kind}").get_data()
        assert body == world.get(f"/feeds/topics/air-quality.{kind}").get_data()
        feed = feedparser.parse(body)
        assert not feed.bozo
        assert any("re-estimated from 1990" in entry.title for entry in feed.entries)
    calendar = icalendar.Calendar.from_ical(
        world.get("/calendar/topics/air-quality.ics").get_data()
    )
    assert any("re-estimated" in str(event["SUMMARY"]) for event in calendar.walk("VEVENT"))
    assert "re-estimated" not in world.get("/topics/waste").get_data(as_text=True)


def each_gets_their_depth(world: World, reference: str) -> None:
    technical = text_of(world.last_mail(CLEO, reference))
    headline = text_of(world.last_mail(DAN, reference))
    detail = text_of(world.last_mail(FAY, reference))
    assert "NFR19 category 1A4bi" in technical
    assert "NFR19" not in headline
    assert "NFR19" not in detail
    assert "burning-in-homes survey" in detail
    assert "burning-in-homes survey" not in headline
    assert "because you follow Air quality" in technical
    assert "because you follow Environment" in headline
    assert CLEO in technical
    assert "Unsubscribe" in html_of(world.last_mail(DAN, reference))


def dan_leaves_by_one_click(world: World, reference: str) -> None:
    path = one_click(world.last_mail(DAN, reference))
    shown = world.get(path)
    assert shown.status_code == 200
    assert "<button" in shown.get_data(as_text=True)
    assert world.cli("subscribers", "show", DAN, "--json").json["status"] == "active"
    for _ in range(2):  # again, it is 200 again
        answer = world.post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Location" not in answer.headers
    assert world.cli("subscribers", "show", DAN, "--json").json["status"] == "left"


def a_bounce_suppresses(world: World, mail: EmailMessage) -> None:
    sender = str(mail["Return-Path"]).strip("<>")
    report = REPORT.format(sender=sender, to=mail["To"]).replace("\n", "\r\n").encode()
    forged = report.replace(sender.encode(), sender.replace("b+0", "b+1").encode())
    for raw, state in ((forged, "active"), (report, "suppressed"), (report, "suppressed")):
        world.environ.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        world.done("bounce")
        assert world.cli("subscribers", "show", FAY, "--json").json["status"] == state


REPORT = """\
From: MAILER-DAEMON@example.org
To: {sender}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

There is no such mailbox.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
--b--
"""


def test_who_leaves_after_the_freeze_gets_nothing(world: World) -> None:
    """Mail that is already queued is dropped too."""
    world.begin()
    for email in (CLEO, DAN):
        world.joins(email, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    world.drain()
    path = one_click(world.last_mail(DAN, reference))
    world.clock.forward(days=9)
    world.post(path, {"List-Unsubscribe": "One-Click"})
    world.drain()
    assert len(world.mails(DAN, reference)) == 1
    assert len(world.mails(CLEO, reference)) == 2


def test_a_late_subscriber_is_caught_up(world: World) -> None:
    world.begin()
    reference = world.announces("fine particles")
    world.drain()
    world.clock.forward(days=2)
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    welcome = text_of(world.mails(CLEO)[-1])
    assert reference in welcome
    assert "re-estimated from 1990" in welcome
    assert len(world.mails(CLEO, reference)) == 1, "past stages are never replayed"


def test_a_newsletter(world: World) -> None:
    """Written by the catalogue, approved by a second person, sent at its time, stopped by team."""
    world.begin()
    world.joins(CLEO, topics=["people-and-nature"], user_type="academic")
    world.joins(DAN, topics=["people-and-nature"], user_type="business")
    world.done("newsletters", "submit", "1", "--by", "alice@example.org")
    refused = world.cli("newsletters", "approve", "1", "--by", "alice@example.org")
    assert refused.status == 1
    assert refused.err.count("\n") == 1
    world.done("newsletters", "approve", "1", "--by", "bob@example.org")
    world.done("newsletters", "send", "1", "--by", "alice@example.org")
    slug = world.cli("newsletters", "list", "--json").json[0]["slug"]
    assert world.get(f"/newsletters/{slug}").status_code == 404, "not before its time"
    world.drain()
    assert not world.mails(CLEO, "People and nature:")
    world.clock.forward(days=3)
    world.drain()
    assert world.get(f"/newsletters/{slug}").status_code == 200
    mail = world.last_mail(CLEO, "People and nature:")
    assert "25,000 adults" in text_of(mail)
    assert "{{" not in text_of(mail)
    assert not world.mails(DAN, "People and nature:"), "not one of its user types"
    world.post(one_click(mail), {"List-Unsubscribe": "One-Click"})
    person = world.cli("subscribers", "show", CLEO, "--json").json
    assert person["topics"] == ["people-and-nature"], "the topic stays, the newsletter stops"


def test_preferences_by_link(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    page = world.get("/preferences").get_data(as_text=True)
    assert page
    reference = world.announces("fine particles")
    world.drain()
    path = path_in(world.last_mail(CLEO, reference), "/preferences/")
    world.presses(
        path, topics=["waste", "food"], user_type="media", depth="headline", language="en"
    )
    person = world.cli("subscribers", "show", CLEO, "--json").json
    assert sorted(person["topics"]) == ["food", "waste"]
    assert (person["user_type"], person["depth"]) == ("media", "headline")
    left = world.presses(path, to=f"{path}/leave")
    assert left.status_code == 200
    assert world.cli("subscribers", "show", CLEO, "--json").json["status"] == "left"
    assert world.get("/preferences/forged").status_code == 404


def test_erasure_leaves_no_address(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    world.done("subscribers", "forget", CLEO)
    assert world.cli("subscribers", "show", CLEO).status == 1
    for file in (world.folder / "instance").rglob("*"):
        if file.is_file():
            assert CLEO.encode() not in file.read_bytes(), file
