"""A second person decides at the desk: what changed, two answers, and nobody is talked past."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from notifier.accounts.models import Ruling
from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from notifier.store.history import of
from tests.journeys.world import World, hidden
from tests.makers import CATALOGUE, HANA, Clock, on_sqlite
from tests.staff.desk import Desk, joins, says
from tests.staff.seats import Seat, decides

ALICE, BOB = "alice@example.org", "bob@example.org"
EMISSIONS, WASTE = "Emissions of fine particles", "Dry mixed recycling"


def reference(world: World, words: str) -> str:
    rows = world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if row["headline"].startswith(words)))


def entry(words: str) -> dict[str, Any]:
    found = yaml.safe_load(CATALOGUE.read_text("utf-8"))["notices"]
    return next(dict(each) for each in found if each["headline"].startswith(words))


def edits(world: World, ref: str, by: str, **changes: Any) -> None:
    """At the command line: the editor of the desk has its own tests."""
    words = "Emissions" if "PM2.5" in str(changes) else WASTE
    file = Path(world.folder) / "entry.yaml"
    file.write_text(yaml.safe_dump({**entry(words), **changes}, allow_unicode=True), "utf-8")
    world.done("notices", "edit", ref, "--from", str(file), "--by", by)


def needs_of(desk: Desk) -> str:
    """The rows of "Needs you", in words."""
    rows = re.findall(r'<li class="need">.*?</li>', desk.get("/staff/").text, re.S)
    return "\n".join(" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows)


def row_of(desk: Desk, words: str) -> str:
    return next(row for row in needs_of(desk).split("\n") if words in row)


def the(world: World, ref: str) -> ChangeNotice:
    with world.build(now=world.clock).app_context():
        notice = queries.notice(ref)
        session.expunge_all()
        return notice


def history(world: World, ref: str) -> list[tuple[str, str]]:
    with world.build(now=world.clock).app_context():
        return [(row.action, row.why) for row in of(f"notice:{queries.notice(ref).id}")]


@pytest.fixture
def hana(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, HANA, "hop")


@pytest.fixture
def alice(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, ALICE, "author")


def test_an_approver_returns_it_and_approves_it_after_the_change(
    world: World, clock: Clock, hana: Seat, alice: Seat
) -> None:
    """The whole story, with what each page says at each step."""
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    world.done("notices", "submit", ref, "--by", ALICE)

    asked = hana.get("/staff/approvals")
    assert "One decision waits for you." in says(asked)
    assert f'href="{path}"' in asked.text
    assert f'href="{path}"' in hana.get("/staff/").text
    assert "It waits for hana@example.org." in says(alice.get("/staff/approvals"))

    first = hana.get(path)
    assert "alice@example.org wrote it. Nobody has approved it yet." in says(first)
    assert "Users get 98 days ; 90 are needed." in says(first)
    assert "checked" not in first.text
    for answer, error in (("", "Choose approve or return"), ("return", "Say what is to be")):
        refused = decides(hana, path, answer, comments=" ")
        assert refused.status_code == 400
        assert error in says(refused)
        assert "<title>Error: " in refused.text
    answer = decides(hana, path, "return", comments="Is it 12% or 14%? <b>Check</b>.")
    assert answer.status_code == 303
    assert "went back to alice@example.org with your comments" in says(hana.follow(answer))
    assert the(world, ref).state == "draft"
    assert "Returned by hana@example.org: “Is it 12% or 14%? &lt;b&gt;" in alice.get("/staff/").text

    clock.forward(hours=1)
    impact = {**entry("Emissions")["impact"], "text": "PM2.5 falls by between 8% and 16%."}
    edits(world, ref, ALICE, impact=impact)
    clock.forward(minutes=5)
    world.done("notices", "submit", ref, "--by", ALICE)
    again = hana.get(path)
    assert "alice@example.org changed one thing today at 11:00." in says(again)
    assert "You had returned it on 23 November." in says(again)
    assert re.search(r"<del>.*?14%|<del>.*?Total", again.text)
    assert "Meaning changed" in says(again)
    assert "Show the" in says(again)
    assert "What is not changing" not in says(again)
    assert "What is not changing" in says(hana.get(path + "?all=1"))
    assert "Submitted again" in says(again)

    done = hana.follow(decides(hana, path, "approve"))
    assert f"{ref} is approved. alice@example.org may publish it." in says(done)
    assert "You approved it" in says(done)
    assert the(world, ref).state == "approved"
    with world.build(now=clock).app_context():
        row = of(f"notice:{the(world, ref).id}")[-1]
        kept = session.scalars(select(Ruling).order_by(Ruling.id.desc())).first()
        assert kept is not None
        assert (row.action, row.by["basis"]) == ("approve", "signed_in")
        assert "code" in row.data["how"]
        from notifier.accounts import rulings

        assert row.data["words"] == rulings.digest(kept.words)
        assert kept.words["impact"]["text"].endswith("16%.")


def test_any_edit_ends_an_approval_and_the_page_says_whose(
    world: World, clock: Clock, hana: Seat
) -> None:
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    world.done("notices", "submit", ref, "--by", ALICE)
    assert decides(hana, path, "approve").status_code == 303
    clock.forward(days=1)
    hana.back()
    edits(world, ref, ALICE, why="The survey of PM2.5 shows that far fewer homes burn wood.")
    world.done("notices", "submit", ref, "--by", ALICE)
    page = says(hana.get(path))
    assert "alice@example.org changed one thing today at 10:00." in page
    assert "That ended your approval of 23 November." in page
    assert "Wording only" in page
    assert "put in: of PM2.5" in page


def test_who_wrote_it_is_told_why_not_and_who_can(world: World, clock: Clock, alice: Seat) -> None:
    Seat(world, clock, HANA, "hop")
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    assert "It is a draft, and nobody is asked" in says(alice.get(path))
    world.done("notices", "submit", ref, "--by", ALICE)
    page = alice.get(path)
    assert "You wrote it, so somebody else reads it" in says(page)
    assert "It waits for hana@example.org." in says(page)
    assert 'name="answer"' not in page.text
    forged = alice.post(path, version=version(world, ref), answer="approve")
    assert forged.status_code == 409
    assert the(world, ref).state == "in_review"


def version(world: World, ref: str) -> str:
    from notifier.notices import contents

    with world.build(now=world.clock).app_context():
        return contents.version(queries.notice(ref))


def test_an_answer_to_other_words_counts_for_nothing(
    world: World, clock: Clock, hana: Seat, alice: Seat
) -> None:
    """Edited while she reads; a version that nobody gave; none at all."""
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    world.done("notices", "submit", ref, "--by", ALICE)
    read = hidden(hana.get(path).text, "version")
    clock.forward(minutes=4)
    edits(world, ref, ALICE, why="The survey of PM2.5 shows fewer homes.")
    world.done("notices", "submit", ref, "--by", ALICE)
    for forged in (read, "", "x" * 5000, f"{clock().isoformat()}.0000000000000000"):
        answer = hana.post(path, version=forged, answer="approve", comments="Kept.")
        assert answer.status_code == (409 if forged else 400)
        assert "Your answer was not recorded" in says(answer)
        assert "Kept." in answer.text
        assert "checked" not in answer.text
        assert the(world, ref).state == "in_review"
    assert "alice@example.org changed it today at 10:04, while you were reading" in says(answer)
    assert "The survey of PM2.5 shows fewer homes." in html.unescape(answer.text)
    assert (
        hana.post(path, version=hidden(answer.text, "version"), answer="approve").status_code == 303
    )


def test_two_approvers_at_once_make_one_approval(world: World, clock: Clock) -> None:
    """Both have the page open; the second hears who was first. A second press is no error."""
    bob = Seat(world, clock, BOB, "approver")
    gil = Seat(world, clock, "gil@example.org", "approver")
    ref = reference(world, WASTE)
    path = f"/staff/notices/{ref}/approve"
    world.done("notices", "submit", ref, "--by", ALICE)
    read = [hidden(desk.get(path).text, "version") for desk in (bob, gil)]
    assert bob.post(path, version=read[0], answer="approve").status_code == 303
    late = gil.post(path, version=read[1], answer="return", comments="Too short")
    assert late.status_code == 409
    assert "bob@example.org approved it today at 10:00." in says(late)
    assert the(world, ref).state == "approved"
    twice = bob.post(path, version=read[0], answer="approve")
    assert "You approved it today at 10:00." in says(bob.follow(twice))
    assert [action for action, _ in history(world, ref)] == ["submit", "approve"]


def test_a_deputy_decides_while_the_head_of_profession_is_away(
    world: World, clock: Clock, alice: Seat
) -> None:
    hana = Seat(world, clock, HANA, "hop")
    devi = Seat(world, clock, "devi@example.org", "deputy")
    ref = reference(world, EMISSIONS)
    path = f"/staff/notices/{ref}/approve"
    world.done("notices", "submit", ref, "--by", ALICE)
    assert "It waits for hana@example.org." in says(devi.get(path))
    refused = devi.post(path, version=version(world, ref), answer="approve")
    assert refused.status_code == 409
    world.done(
        *("staff", "away", HANA, "--from", "2026-11-23", "--until", "2026-11-27", "--by", HANA)
    )
    page = says(alice.get(path))
    assert "It waits for devi@example.org." in page
    assert "hana@example.org is away until 27 November; devi@example.org stands in." in page
    assert "standing in as Head of Profession" in says(devi.get(path))
    assert decides(devi, path, "approve").status_code == 303
    with world.build(now=clock).app_context():
        row = of(f"notice:{the(world, ref).id}")[-1]
        assert (row.action, row.data["role"]) == ("approve", "hop")
    assert says(hana.get(path)).count("devi@example.org approved it today") == 1


@on_sqlite
def test_another_team_and_a_stranger_find_nothing(world: World, clock: Clock) -> None:
    ref = reference(world, EMISSIONS)
    world.done("notices", "submit", ref, "--by", ALICE)
    olga = joins(world, "olga@example.org", "author", "--team", "food")
    olga.sign_in("olga@example.org")
    stranger = Desk(world.browser())
    for path in (f"/staff/notices/{ref}/approve", f"/staff/notices/{ref}/emergency"):
        olga.get("/staff/account")
        assert olga.get(path).status_code == 404
        assert olga.post(path, version=version(world, ref), answer="approve").status_code == 404
        assert stranger.get(path).status_code == 404
    assert EMISSIONS not in olga.get("/staff/approvals").text
    assert the(world, ref).state == "in_review"
