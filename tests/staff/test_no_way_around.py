"""Nothing reaches readers without its second person: not at the command line, from a file, by a
schedule, a rule, a revision, or by the mere passing of time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from notifier.accounts.people import known
from notifier.newsletters import queries as newsletters
from notifier.newsletters.give_back import give_back
from notifier.notices import queries
from notifier.releases import announce
from notifier.releases.models import Announcement, Release
from notifier.sends.models import Send
from notifier.store.db import session, unit
from notifier.store.history import By
from tests.journeys.world import World
from tests.makers import ALICE, BOB, CATALOGUE, HANA, Clock
from tests.staff.desk import joins
from tests.staff.test_approving_pages import EMISSIONS, WASTE, edits, entry, reference

RELEASE = "Fly-tipping statistics for England, 2025 to 2026"
TO_MANY = Send.receivers.is_not(None)


@pytest.fixture(autouse=True)
def people(world: World) -> None:
    """Somebody follows everything, so that whatever goes out would reach somebody."""
    joins(world, ALICE, "author")
    joins(world, BOB, "approver")
    joins(world, HANA, "hop")
    topics = ["waste", "air-quality", "people-and-nature"]
    world.joins("cleo@example.org", topics=topics, user_type="academic")


def told(world: World) -> list[str]:
    """What Cleo was sent about the house's work, and what is promised to many."""
    world.drain()
    with world.build(now=world.clock).app_context():
        sends = session.query(Send).filter(TO_MANY, Send.kind.not_in(("digest", "week_ahead")))
        return [f"{send.kind} {send.about} {send.stage}" for send in sends]


def state(world: World, ref: str) -> str:
    with world.build(now=world.clock).app_context():
        return queries.notice(ref).state


def refused(world: World, *command: str) -> str:
    answer = world.cli(*command)
    assert answer.status == 1, answer.out
    return answer.err


def submits(world: World, ref: str) -> None:
    world.done("notices", "submit", ref, "--by", ALICE)


@pytest.mark.parametrize("stands", ["draft", "in review", "returned", "edited", "edited twice"])
def test_a_notice_is_not_published_as_it_stands(world: World, clock: Clock, stands: str) -> None:
    ref = reference(world, EMISSIONS)
    publish = ("notices", "publish", ref, "--by", HANA)
    if stands != "draft":
        submits(world, ref)
    if stands in ("returned", "edited", "edited twice"):
        world.done("notices", "approve", ref, "--by", HANA)
    if stands == "returned":
        world.done("notices", "return", ref, "--reason", "Again.", "--by", BOB)
    if stands.startswith("edited"):
        edits(world, ref, ALICE, why="The survey of PM2.5 shows it.")
        assert state(world, ref) == "draft"
    if stands == "edited twice":  # back to the very words that were approved
        submits(world, ref)
        edits(world, ref, ALICE, what=entry(EMISSIONS)["what"], why=entry(EMISSIONS)["why"] + " ")
        submits(world, ref)
    refused(world, *publish)
    refused(world, *publish, "--short-notice-reason", "Now.", "--approved-by", HANA)
    late = ("--at", "2026-11-20 09:30", "--reason", "x", "--approved-by", HANA, "--by", ALICE)
    assert world.cli("notices", "record-late", ref, *late).status != 0
    file = Path(world.folder) / "revision.yaml"
    file.write_text(yaml.safe_dump(entry(EMISSIONS)), "utf-8")
    refused(world, "notices", "revise", ref, "--from", str(file), "--summary", "x", "--by", ALICE)
    clock.forward(days=200)  # past each of its days, its effect too
    assert told(world) == []
    assert world.browser().get(f"/changes/{ref}").status_code == 404


@pytest.mark.parametrize(
    ("who", "words"), [(ALICE, "wrote"), ("carl@example.org", "is not one"), (BOB, "is not one")]
)
def test_only_the_second_person_approves(world: World, who: str, words: str) -> None:
    joins(world, "carl@example.org", "author")
    joins(world, ALICE, "hop")  # the author is Head of Profession, too
    ref = reference(world, EMISSIONS)
    submits(world, ref)
    assert words in refused(world, "notices", "approve", ref, "--by", who)
    assert state(world, ref) == "in_review"


def test_who_edited_it_is_no_second_pair_of_eyes(world: World) -> None:
    ref = reference(world, WASTE)
    submits(world, ref)
    edits(world, ref, BOB, why="It matches how others count.")
    submits(world, ref)
    assert "edited" in refused(world, "notices", "approve", ref, "--by", BOB)


@pytest.mark.parametrize("key", ["state", "approved_by", "approver", "approved_at", "author"])
def test_a_file_cannot_say_that_something_is_approved(world: World, key: str) -> None:
    """Neither a whole catalogue nor one entry; what is loaded is a draft without an author."""
    document: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    one = {**entry(WASTE), "headline": "Another", key: "approved"}
    issue = {**document["newsletters"][0], "title": "Another", key: "approved"}
    file = Path(world.folder) / "file.yaml"
    for section, found in (("notices", one), ("newsletters", issue)):
        file.write_text(yaml.safe_dump({**document, section: [found]}, allow_unicode=True), "utf-8")
        assert key in refused(world, "load", str(file))
        file.write_text(yaml.safe_dump(found, allow_unicode=True), "utf-8")
        refused(world, section, "new", "--from", str(file))
    world.done("load", str(CATALOGUE))
    with world.build(now=world.clock).app_context():
        assert {notice.state for notice in queries.every(None)} == {"draft"}
        assert {issue.state for issue in newsletters.every()} == {"draft"}


@pytest.mark.parametrize("stands", ["draft", "in review", "taken back", "approved, not sent"])
def test_an_issue_is_not_sent_by_its_time(world: World, clock: Clock, stands: str) -> None:
    """Its own time is tomorrow: a time is a wish, no approval, and an approval is no sending."""
    if stands != "draft":
        world.done("newsletters", "submit", "1", "--by", ALICE)
        assert "no approver" in refused(world, "newsletters", "approve", "1", "--by", ALICE)
    if stands in ("taken back", "approved, not sent"):
        world.done("newsletters", "approve", "1", "--by", BOB)
    if stands == "taken back":
        with world.build(now=clock).app_context(), unit():
            by = By("signed_in", staff_id=known(BOB).id, name=BOB)
            give_back(newsletters.every()[0], reason="x", person=known(BOB), by=by, now=clock())
    if stands != "approved, not sent":
        refused(world, "newsletters", "send", "1", "--by", ALICE)
    clock.forward(days=3)
    assert told(world) == []


def written(world: World, *, approved: bool) -> int:
    """The words of a release mail; armed when they are approved."""
    with world.build(now=world.clock).app_context():
        number = session.query(Release).filter(Release.title == RELEASE).one().id
    file = Path(world.folder) / "words.yaml"
    file.write_text(yaml.safe_dump({"detail": "Incidents fell by 4%."}), "utf-8")
    command = ("releases", "announce", str(number), "--from", str(file), "--by", ALICE)
    assert "second person" in refused(world, *command, "--approved-by", ALICE)
    world.done(*command, *(("--approved-by", BOB) if approved else ()))
    return number


@pytest.mark.parametrize("stands", ["not approved", "edited after", "disarmed"])
def test_words_that_are_not_armed_do_not_go_out_at_the_instant(
    world: World, clock: Clock, stands: str
) -> None:
    number = written(world, approved=stands != "not approved")
    if stands == "edited after":
        written(world, approved=False)
    if stands == "disarmed":
        world.done("releases", "disarm", str(number), "--by", BOB)
    with world.build(now=clock).app_context():
        words = session.query(Announcement).filter(Announcement.release_id == number).one()
        assert (words.state, words.armed_at) == ("draft", None)
    clock.at("2026-12-30 09:35")
    assert [line for line in told(world) if f"release:{number}" in line] == []
    assert "4%" not in world.browser().get(f"/releases/{number}").text
    # By hand it comes out with its facts alone.
    world.done("releases", "publish", str(number), "--by", ALICE)
    world.drain()
    assert "4%" not in world.last_mail("cleo@example.org", "Fly-tipping").as_string()


def test_a_release_with_a_change_that_nobody_approved_is_not_armed(world: World) -> None:
    """Approving the words is no way around the approval of the notice."""
    with world.build(now=world.clock).app_context(), unit():
        release = session.query(Release).filter(Release.contains_change.is_(True)).one()
        by = By("signed_in", staff_id=known(ALICE).id, name=ALICE)
        words = {"detail": "x"}
        announce.write(release, words, author=known(ALICE), by=by, now=world.clock())
        number = release.id
    assert "is not announced" in refused(world, "releases", "arm", str(number), "--by", BOB)


def test_a_date_that_was_confirmed_moves_by_two_people_only(world: World, clock: Clock) -> None:
    with world.build(now=clock).app_context():
        number = str(session.query(Release).filter(Release.title == RELEASE).one().id)
    to = ("--to", "2027-01-13 09:30", "--reason-code", "data_late", "--reason", "Late.")
    move = ("releases", "move", number, *to, "--by", ALICE, "--approved-by")
    assert "cannot approve it too" in refused(world, *move, ALICE)
    assert "a Head of Profession must approve" in refused(world, *move, BOB)
    cancel = ("releases", "cancel", number, "--reason", "x", "--by", HANA, "--approved-by", HANA)
    refused(world, *cancel)
    assert told(world) == []


def test_a_public_notice_gets_lighter_or_later_by_a_head_of_profession_only(
    world: World, clock: Clock
) -> None:
    ref = reference(world, EMISSIONS)
    submits(world, ref)
    world.done("notices", "approve", ref, "--by", HANA)
    world.done("notices", "publish", ref, "--by", ALICE)
    before = told(world)
    file = Path(world.folder) / "revision.yaml"
    revise = ("notices", "revise", ref, "--from", str(file), "--summary", "x", "--by", ALICE)
    for changes in ({"materiality": "minor"}, {"effect": {"date": "2026-12-07"}}):
        file.write_text(yaml.safe_dump({**entry(EMISSIONS), **changes}), "utf-8")
        for more in ((), ("--editorial",), ("--approved-by", BOB, "--short-notice-reason", "x")):
            refused(world, *revise, *more)
        refused(world, *revise, "--short-notice-reason", "x", "--approved-by", ALICE)
    assert told(world) == before


def test_what_a_rule_makes_is_no_announcement(world: World, clock: Clock) -> None:
    """Editions that recur are made by the worker: none is confirmed or armed, nobody is told."""
    with world.build(now=clock).app_context():
        before = session.query(Release).count()
    clock.forward(days=60)
    assert told(world) == []
    with world.build(now=clock).app_context():
        made = session.query(Release).order_by(Release.id).all()[before:]
        assert len(made) > 3
        assert {release.state for release in made} <= {"planned", "provisional"}
        assert session.query(Announcement).count() == 0
