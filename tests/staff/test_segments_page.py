"""A segment is built as a sentence, counted as a Send would count it, saved, used and dropped."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from notifier.audience.models import Segment
from notifier.audience.receivers import Audience, count
from notifier.audience.segments import segment
from notifier.catalogue import queries as catalogue
from notifier.newsletters.models import Newsletter
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import CLEO, Clock
from tests.staff.desk import Desk, enters, joins, says

FAY, ADA, DAN = "fay@example.org", "ada@example.org", "dan@example.org"
LIST, NEW = "/staff/people/segments", "/staff/people/segments/new"


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    desk.get(NEW)
    return desk


@pytest.fixture
def readers(world: World) -> None:
    world.joins(CLEO, topics=["waste", "air-quality"], user_type="academic")
    world.joins(DAN, topics=["waste"], user_type="media")


def fields(answer: Any) -> MultiDict[str, str]:
    """What a browser would send of the page's form, without a button."""
    found: MultiDict[str, str] = MultiDict()
    form = re.search(r'<form[^>]*id="builder".*?</form>', answer.text, re.S)
    assert form is not None, says(answer)
    parts = re.finditer(
        r'<input[^>]*?name="([^"]+)"[^>]*?>|<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>',
        form[0],
        re.S,
    )
    for part in parts:
        if part[2]:
            chosen = re.search(r'<option value="([^"]*)" selected', part[3])
            first = re.search(r'<option value="([^"]*)"', part[3])
            value = chosen or first
            found.add(part[2], unescape(value[1]) if value else "")
        else:
            value = re.search(r' value="([^"]*)"', part[0])
            found.add(part[1], unescape(value[1]) if value else "")
    return found


def fills(desk: Desk, page: Any, do: str, **given: Any) -> Any:
    """Change fields ("word.0-0" as word__0_0), press a button, go where it leads."""
    form = fields(page)
    for name, value in given.items():
        key = name.replace("__", ".").replace("_", "-") if "__" in name else name
        form.setlist(key, value if isinstance(value, list) else [value])
    form["do"] = do
    form.poplist("csrf_token")
    return desk.follow(desk.post(page.request.path, **form.to_dict(flat=False)))


def people(answer: Any) -> int:
    found = re.search(r'class="big num">([\d,]+)<', answer.text)
    assert found is not None, says(answer)
    return int(found[1].replace(",", ""))


def test_the_sentence_is_built_counted_and_saved(
    world: World, clock: Clock, readers: None, fay: Desk
) -> None:
    page = fay.get(NEW)
    assert people(page) == 2
    assert "Everyone." in says(page)
    assert "One condition is not complete and not counted." in says(page)
    page = fills(fay, page, "show", v__0_0="waste")
    assert people(page) == 2
    assert "People who follow Waste and recycling." in says(page)
    page = fills(fay, page, "add:0")
    page = fills(fay, page, "show", word__0_1="user_type")
    page = fills(fay, page, "value:0-1", v__0_1=["academic"])
    page = fills(fay, page, "show", v__0_1=["academic", "data-reuser"])
    assert people(page) == 1
    page = fills(fay, page, "add:0")
    page = fills(fay, page, "show", word__0_2="topic")
    page = fills(fay, page, "show", v__0_2="air-quality", turn__0_2="not")
    assert people(page) == 0
    words = says(page)
    assert "are in academia or research, or are in data re-use or development" in words
    assert "except those who follow Air quality" in words
    refused = fills(fay, page, "save", name=" ")
    assert "Give it a name" in says(refused)
    page = fills(fay, refused, "save", name="Waste <b>people</b>", team="waste")
    assert "The segment is saved." in says(page)
    assert "<b>people" not in page.text
    assert page.request.path == f"{LIST}/waste-b-people-b"
    with world.build(now=clock).app_context():
        row = segment("waste-b-people-b")
        assert count(Audience(segment=row.filter)) == 0
        assert [r.by["name"] for r in of(f"segment:{row.slug}")] == [FAY]
    listed = says(fay.get(LIST))
    assert "One group of people is saved" in listed
    assert "Waste and recycling statistics" in listed


def test_every_button_works_without_script_and_changes_nothing_that_is_kept(
    world: World, clock: Clock, fay: Desk
) -> None:
    page = fay.get(NEW)
    for do in (
        "add:0",
        "group:0",
        "add:0-2",
        "group:0-2",
        "value:0-0",
        "remove:0-0",
        "remove:0",
        "remove:0-9",
        "add:x",
        "",
        "nonsense",
        "group:0-1-1",
        "group:0-1-1-1",
    ):
        page = fills(fay, page, do)
        assert page.status_code == 200, do
    page = fills(fay, page, "show", how__0="or")
    assert "meet any of these" in says(page)
    with world.build(now=clock).app_context():
        assert session.query(Segment).count() == 0


@pytest.mark.parametrize(
    ("word", "given", "words"),
    [
        ("series", {"v__0_0": "fly-tipping", "scope__0_0": "above"}, "or a topic above it"),
        ("wants", {"v__0_0": "machine_breaking"}, "want change notices that break scripts"),
        ("frequency", {"v__0_0": "weekly", "kind__0_0": "newsletter"}, "get newsletters weekly"),
        ("depth", {"v__0_0": "technical"}, "read technical detail"),
        ("language", {"v__0_0": "cy"}, "read Welsh"),
        ("organisation", {"v__0_0": "Leeds City Council"}, "work at “Leeds City Council”"),
        ("joined_after", {"v__0_0": "2026-01-02"}, "joined after 2 January 2026"),
        ("joined_before", {"v__0_0": "2026-01-02"}, "joined before 2 January 2026"),
        ("takes_part", {"v__0_0": "workshop"}, "would take part in workshops"),
        ("got", {"v__0_0": "DEFRA-2026-001", "stage__0_0": "T-30"}, "got the T-30 message"),
        ("acknowledged", {"v__0_0": "DEFRA-2026-001"}, "pressed “got it” for DEFRA-2026-001"),
        ("everyone", {}, "Everyone"),
    ],
)
def test_each_verb_has_its_own_fields(
    fay: Desk, word: str, given: dict[str, Any], words: str
) -> None:
    page = fills(fay, fay.get(NEW), "show", word__0_0=word)
    page = fills(fay, page, "show", **given)
    assert words in says(page)


def test_what_is_no_value_is_said_where_it_stands(world: World, fay: Desk) -> None:
    page = fills(fay, fay.get(NEW), "show", word__0_0="joined_after")
    refused = fills(fay, page, "save", v__0_0="soon", name="x")
    assert refused.status_code == 400
    assert 'href="#v-0-0"' in refused.text
    assert "Give a day, such as 10 December 2026" in says(refused)
    page = fills(fay, fay.get(NEW), "show", word__0_0="got")
    refused = fills(fay, page, "save", v__0_0="DEFRA-2026-999", name="x")
    assert "There is no message about DEFRA-2026-999 " in says(refused)
    assert "bin/notifier" not in refused.text
    refused = fills(fay, page, "save", v__0_0="<script>alert(1)</script>", name="x")
    assert "<script>alert" not in refused.text
    refused = fills(fay, fay.get(NEW), "save", name="x")
    assert "Complete each condition, or remove it" in says(refused)
    refused = fills(fay, fay.get(NEW), "save", v__0_0="waste", name="x" * 201)
    assert "at most 200 characters" in says(refused)


def test_a_saved_one_is_changed_renamed_and_two_at_once_are_told(
    world: World, clock: Clock, readers: None, fay: Desk
) -> None:
    page = fills(fay, fay.get(NEW), "save", v__0_0="waste", name="Readers of waste")
    path = page.request.path
    again = fills(fay, fay.get(NEW), "save", v__0_0="waste", name="Readers of waste")
    assert again.request.path == path
    other = fills(fay, fay.get(NEW), "save", v__0_0="food", name="Readers of waste")
    assert other.request.path == f"{path}-2"
    first, second = fay.get(path), fay.get(path)
    clock.forward(minutes=1)
    page = fills(fay, first, "save", name="Waste readers")
    assert page.request.path == path
    assert "Waste readers" in says(page)
    refused = fills(fay, second, "save", name="Mine")
    assert "Somebody else saved it a moment ago" in says(refused)
    assert 'value="Mine"' in refused.text
    page = fills(fay, refused, "save")
    assert "The segment is saved." in says(page)
    with world.build(now=clock).app_context():
        assert [row.data["name"] for row in of("segment:readers-of-waste")] == [
            "Readers of waste",
            "Waste readers",
            "Mine",
        ]


def test_another_teams_is_not_there(world: World, clock: Clock, fay: Desk) -> None:
    for slug, team in (("foods", "food"), ("ours", "waste"), ("all", "")):
        more = ("--team", team) if team else ()
        world.done(
            "segments",
            "save",
            slug,
            "--filter",
            '{"topic": "waste"}',
            *more,
            "--by",
            "hana@example.org",
        )
    listed = fay.get(LIST).text
    assert f"{LIST}/foods" not in listed
    for slug, status in (("foods", 404), ("ours", 200), ("all", 200), ("none", 404)):
        assert fay.get(f"{LIST}/{slug}").status_code == status
        assert fay.get(f"{LIST}/{slug}/delete").status_code == status
        if status == 404:
            assert fay.post(f"{LIST}/{slug}", do="save", name="x").status_code == 404
            assert fay.post(f"{LIST}/{slug}/delete").status_code == 404
    page = fay.get(NEW)
    assert fills(fay, page, "save", v__0_0="waste", name="x", team="food").status_code == 404


def test_one_that_a_newsletter_waits_for_stays(world: World, clock: Clock, fay: Desk) -> None:
    page = fills(fay, fay.get(NEW), "save", v__0_0="waste", name="Readers", team="waste")
    with world.build(now=clock).app_context(), unit():
        issue = session.query(Newsletter).first()
        assert issue is not None
        issue.audience, issue.state = {"segment": "readers"}, "draft"
        title = issue.title
    path = page.request.path
    assert "1 newsletter" in says(fay.get(LIST))
    assert "Used by A newsletter of another team" in says(fay.get(path))
    refused = fay.post(f"{path}/delete")
    assert refused.status_code == 400
    assert "send or cancel it first" in says(refused)
    with world.build(now=clock).app_context(), unit():
        session.query(Newsletter).filter_by(title=title).one().state = "sent"
    assert "The segment is deleted." in says(fay.follow(fay.post(f"{path}/delete")))
    assert fay.get(path).status_code == 404


def test_ten_are_shown_to_who_may_with_most_of_each_address_hidden(
    world: World, clock: Clock, readers: None, fay: Desk
) -> None:
    assert "Show ten" not in says(fay.get(NEW))
    assert "…@example.org" not in fills(fay, fay.get(NEW), "people").text
    ada, _ = enters(world, clock, ADA, "admin")
    page = ada.get(NEW)
    assert "…@example.org" not in page.text
    page = fills(ada, page, "people", v__0_0="waste")
    assert "c…@example.org" in says(page)
    assert CLEO not in page.text
    with world.build(now=clock).app_context():
        (look,) = of("people:segment")
        assert (look.by["name"], look.data["filter"]) == (ADA, {"topic": "waste"})


def test_gaps_are_types_that_the_topic_is_meant_for(
    world: World, clock: Clock, readers: None, fay: Desk
) -> None:
    with world.build(now=clock).app_context(), unit():
        catalogue.topic("waste").intended = [
            catalogue.user_type("media"),
            catalogue.user_type("parliament"),
        ]
    words = says(fills(fay, fay.get(NEW), "show", v__0_0="waste"))
    assert "Meant for them, and hardly in it Parliament no one Media few" in words
