"""Newsletters and release mails before a second person: returned, approved, armed, and read early
only by whom it concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from notifier.accounts import rulings
from notifier.accounts.people import known
from notifier.catalogue.models import Organisation
from notifier.errors import Conflict, Refused
from notifier.newsletters import queries as newsletters
from notifier.newsletters.give_back import give_back
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import submit
from notifier.releases import announce, approving
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.store.db import session, unit
from notifier.store.history import SYSTEM, By, of
from tests.journeys.world import World, hidden
from tests.makers import ALICE, BOB, HANA, Clock
from tests.staff.desk import says
from tests.staff.seats import Seat, decides

ISSUE, TITLE = "people-and-nature-what-is-new-and-what-is-coming", "People and nature: what is new"
RELEASE = "Fly-tipping statistics for England, 2025 to 2026"


@pytest.fixture
def alice(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, ALICE, "author")


@pytest.fixture
def bob(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, BOB, "approver")


def by(email: str) -> By:
    return By("signed_in", staff_id=known(email).id, name=email)


def submitted(world: World, note: str = "") -> str:
    """The issue of the catalogue, handed in by Alice; its page for whoever decides."""
    with world.build(now=world.clock).app_context(), unit():
        issue = newsletters.every()[0]
        submit(issue, author=known(ALICE), by=by(ALICE), now=world.clock(), note=note)
        return f"/staff/newsletters/{issue.slug}/approve"


def issue_now(world: World) -> Newsletter:
    with world.build(now=world.clock).app_context():
        found = newsletters.every()[0]
        session.expunge_all()
        return found


def test_an_issue_is_returned_changed_and_approved(
    world: World, clock: Clock, alice: Seat, bob: Seat
) -> None:
    path = submitted(world, note="Please look at the table.")
    page = bob.get(path)
    assert "alice@example.org wrote it." in says(page)
    assert "alice@example.org says: “Please look at the table.”" in says(page)
    assert "Goes out 10:30am, Tuesday 24 November 2026" in says(page)
    assert "People and nature" in says(page)
    assert path in bob.get("/staff/approvals").text
    returned = decides(bob, path, "return", comments="Name the source of the 62%.")
    assert "went back to alice@example.org with your comments." in says(bob.follow(returned))
    assert issue_now(world).state == "draft"
    assert "Name the source of the 62%." in says(alice.get("/staff/"))
    clock.forward(hours=1)
    with world.build(now=clock).app_context(), unit():
        issue = newsletters.every()[0]
        issue.body = issue.body.replace("25,000 adults", "26,000 adults")
        issue.changed_at = clock()
    submitted(world)
    again = bob.get(path)
    assert "taken out: 25,000" in says(again)
    assert "put in: 26,000" in says(again)
    assert "You had returned it on 23 November." in says(again)
    done = bob.follow(decides(bob, path, "approve"))
    assert f"“{TITLE}" in says(done)
    assert "is approved. alice@example.org may send it." in says(done)
    issue = issue_now(world)
    assert issue.state == "approved"
    with world.build(now=clock).app_context():
        last = of(f"newsletter:{issue.id}")[-1]
        kept = rulings.last(f"newsletter:{issue.id}", rulings.APPROVED)
        assert kept is not None
        assert last.data["words"] == rulings.digest(kept.words)
        assert "26,000" in kept.words["body"]


def test_an_approved_issue_can_be_taken_back_and_its_author_cannot_approve(
    world: World, clock: Clock, alice: Seat, bob: Seat
) -> None:
    path = submitted(world)
    page = alice.get(path)
    assert "You wrote it, so somebody else reads it" in says(page)
    assert "It waits for bob@example.org." in says(page)
    assert 'name="answer"' not in page.text
    assert decides(bob, path, "approve").status_code == 303
    assert "bob@example.org approved it today at 10:00." in says(alice.get(path))
    back = decides(bob, path, "return", comments="The date is wrong.")
    assert back.status_code == 303
    assert issue_now(world).state == "draft"
    assert world.cli("newsletters", "send", "1", "--by", ALICE).status == 1


def test_what_was_read_must_be_what_stands(
    world: World, clock: Clock, alice: Seat, bob: Seat
) -> None:
    path = submitted(world)
    read = hidden(bob.get(path).text, "version")
    with world.build(now=clock).app_context(), unit():
        newsletters.every()[0].body += "\n\nMore."
    late = bob.post(path, version=read, answer="approve")
    assert late.status_code == 409
    assert "Your answer was not recorded" in says(late)
    assert issue_now(world).state == "in_review"


def test_the_rooms_refuse_what_no_page_asks_for(world: World, clock: Clock) -> None:
    Seat(world, clock, ALICE, "author")
    Seat(world, clock, "olga@example.org", "author", "--team", "fisheries")
    submitted(world)
    with world.build(now=clock).app_context():
        alice, olga = by(ALICE), by("olga@example.org")
        given: dict[str, Any] = {"now": clock()}
        issue, fisher = newsletters.every()[0], known("olga@example.org")
        with pytest.raises(Refused, match="may not return this newsletter"), unit():
            give_back(issue, reason="x", person=fisher, by=olga, **given)
        given["person"], given["by"] = known(ALICE), alice
        with pytest.raises(Refused, match="Say what is to be changed"), unit():
            give_back(issue, reason=" ", **given)
        with pytest.raises(Conflict, match="while you were reading"), unit():
            give_back(issue, reason="x", read="other", **given)
        with unit():
            give_back(issue, reason="x", **given)
        assert rulings.remarks(f"newsletter:{newsletters.every()[0].id}") == []  # her own


def written(world: World, words: str = "Fly-tipping fell by 4%.") -> str:
    """The words of a release mail by Alice; the page for whoever approves them."""
    with world.build(now=world.clock).app_context(), unit():
        release = session.query(Release).filter(Release.title == RELEASE).one()
        announce.write(
            release, {"detail": words}, author=known(ALICE), by=by(ALICE), now=world.clock()
        )
        return f"/staff/releases/{release.id}/approve"


def test_release_words_are_returned_changed_and_armed(
    world: World, clock: Clock, alice: Seat, bob: Seat
) -> None:
    clock.forward(days=25)  # twelve days before it
    bob.back()
    alice.back()
    path = written(world)
    assert path in bob.get("/staff/approvals").text
    page = bob.get(path)
    assert "Fly-tipping fell by 4%." in says(page)
    assert "May read it before Nobody but the team" in says(page)
    returned = decides(bob, path, "return", comments="By 4% or 5%?")
    assert returned.status_code == 303
    assert "By 4% or 5%?" in says(alice.get("/staff/"))
    assert path not in bob.get("/staff/approvals").text.partition("h-decided")[0]
    clock.forward(minutes=10)
    written(world, "Fly-tipping fell by 5%.")
    again = bob.get(path)
    assert "alice@example.org changed one thing today at 10:10." in says(again)
    assert "taken out: 4%" in says(again)
    done = decides(bob, path, "approve")
    assert "is armed: it goes out by itself at its time." in says(bob.follow(done))
    with world.build(now=clock).app_context():
        words = announce.written(releases.any_release(int(path.split("/")[3])))
        assert words.state == "armed"
        kept = rulings.last(f"announcement:{words.id}", rulings.APPROVED)
        assert kept is not None
        assert kept.words == words.words
        acts = [row.action for row in of(f"announcement:{words.id}")]
    assert acts == ["write", "open", "return", "edit", "open", "arm"]
    back = decides(bob, path, "return", comments="Wait.")
    assert back.status_code == 303
    with world.build(now=clock).app_context():
        words = announce.written(releases.any_release(int(path.split("/")[3])))
        assert (words.state, words.armed_at) == ("draft", None)


def test_release_words_are_read_early_by_who_must_and_each_reading_is_kept(
    world: World, clock: Clock, bob: Seat
) -> None:
    Seat(world, clock, ALICE, "author")
    path = written(world)
    ada = Seat(world, clock, "ada@example.org", "admin")
    olga = Seat(world, clock, "olga@example.org", "approver", "--team", "food")
    for nobody in (ada, olga):
        nobody.get("/staff/account")
        assert nobody.get(path).status_code == 404
        assert nobody.post(path, version="", answer="approve").status_code == 404
    for _ in range(3):
        assert bob.get(path).status_code == 200
    clock.forward(minutes=61)
    assert bob.get(path).status_code == 200
    with world.build(now=clock).app_context():
        words = announce.written(releases.any_release(int(path.split("/")[3])))
        opened = [row.at for row in of(f"announcement:{words.id}") if row.action == "open"]
    assert opened == [clock() - timedelta(minutes=61), clock()]


def test_release_words_without_a_fixed_date_are_not_armed_and_the_page_says_why(
    world: World, clock: Clock, bob: Seat
) -> None:
    Seat(world, clock, ALICE, "author")
    with world.build(now=clock).app_context(), unit():
        release = session.query(Release).filter(Release.title.like("Food statistics%")).one()
        announce.write(release, {"detail": "x"}, author=known(ALICE), by=SYSTEM, now=clock())
        path = f"/staff/releases/{release.id}/approve"
    refused = decides(bob, path, "approve")
    assert refused.status_code == 400
    assert "Only a confirmed release can be armed; fix its date and time first" in says(refused)
    assert "bin/notifier" not in refused.text


def test_who_wrote_the_words_neither_arms_nor_returns_them(world: World, clock: Clock) -> None:
    Seat(world, clock, ALICE, "author")
    hana = Seat(world, clock, HANA, "hop")
    with world.build(now=clock).app_context(), unit():
        release = session.query(Release).filter(Release.title == RELEASE).one()
        announce.write(release, {"detail": "x"}, author=known(HANA), by=by(HANA), now=clock())
        path = f"/staff/releases/{release.id}/approve"
    page = hana.get(path)
    assert "You wrote the words" in says(page)
    assert hana.post(path, version="x", answer="approve").status_code == 409
    with world.build(now=clock).app_context():
        words = announce.written(releases.any_release(int(path.split("/")[3])))
        given = {"person": known(HANA), "by": by(HANA), "now": clock()}
        with pytest.raises(Refused, match="change them instead"), unit():
            approving.give_back(words, reason="x", **given)


def test_where_an_organisation_asks_for_no_second_person_the_author_approves(
    world: World, clock: Clock, alice: Seat
) -> None:
    with world.build(now=clock).app_context(), unit():
        house = session.query(Organisation).one()
        house.second_person = {**house.second_person, "newsletter": False}
    path = submitted(world)
    assert decides(alice, path, "approve").status_code == 303
    assert issue_now(world).state == "approved"
