"""What section 5 of the standards asks of the desk and no other test asks: cookies, limits of what
is sent, sealed history, and that looking changes nothing."""

from __future__ import annotations

from time import process_time

import pytest
from sqlalchemy import inspect, text

from notifier.store.db import db, session
from notifier.store.history import History
from tests.journeys.world import World, hidden
from tests.makers import ALICE, BOB, Clock, on_sqlite
from tests.staff.desk import Desk, joins, says
from tests.staff.seats import Seat
from tests.staff.test_approving_pages import WASTE, edits, reference

LOOKS_AT = ("/staff/", "/staff/approvals", "/staff/history", "/staff/sends", "/staff/team")


@pytest.fixture
def bob(world: World, clock: Clock) -> Seat:
    return Seat(world, clock, BOB, "approver")


@on_sqlite
@pytest.mark.parametrize("base", ["http://127.0.0.1:8000", "https://updates.example"])
def test_the_cookie_of_the_desk_is_hidden_from_script_and_other_sites(
    world: World, monkeypatch: pytest.MonkeyPatch, base: str
) -> None:
    monkeypatch.setenv("NOTIFIER_BASE_URL", base)
    world.close()
    joins(world, ALICE, "author")
    desk = Desk(world.browser())
    desk.client.get("/staff/sign-in", base_url=base)
    answer = desk.client.get("/staff/sign-in", base_url=base)
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies, "the sign-in page sets no cookie"
    for cookie in cookies:
        marks = set(cookie.split("; "))
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= marks
        assert ("Secure" in marks) is base.startswith("https:")


@pytest.mark.parametrize("size", [450_000, 600_000, 1_100_000, 5_000_000])
def test_what_is_sent_to_the_desk_is_bounded(
    world: World, clock: Clock, bob: Seat, size: int
) -> None:
    """Half a megabyte of comments is refused with a sentence, more by the door; nothing is kept."""
    ref = reference(world, WASTE)
    joins(world, ALICE, "author")
    world.done("notices", "submit", ref, "--by", ALICE)
    path = f"/staff/notices/{ref}/approve"
    read = hidden(bob.get(path).text, "version")
    started = process_time()
    answer = bob.post(path, version=read, answer="return", comments="x " * (size // 2))
    assert process_time() - started < 5
    assert answer.status_code == (400 if size < 1_000_000 else 413)
    if size < 1_000_000:
        assert "Shorten your comments to 4,000 characters" in says(answer)
    else:
        assert "more than a form may hold" in says(answer)
    assert "Traceback" not in answer.text
    with world.build(now=clock).app_context():
        assert [r.action for r in session.query(History).filter_by(action="return")] == []


def test_a_long_notice_is_set_side_by_side_soon(world: World, clock: Clock, bob: Seat) -> None:
    """90 kB against 90 kB, all of it changed a little; the whole page, not only the comparison."""
    joins(world, ALICE, "author")
    ref = reference(world, WASTE)
    words = [f"word{number % 700}" for number in range(12_000)]
    edits(world, ref, ALICE, what=" ".join(words))
    world.done("notices", "submit", ref, "--by", ALICE)
    path = f"/staff/notices/{ref}/approve"
    read = hidden(bob.get(path).text, "version")
    assert bob.post(path, version=read, answer="return", comments="x").status_code == 303
    changed = [f"{word}x" if number % 3 == 0 else word for number, word in enumerate(words)]
    edits(world, ref, ALICE, what=" ".join(changed))
    world.done("notices", "submit", ref, "--by", ALICE)
    bob.get("/staff/account")
    started = process_time()
    page = bob.get(path)
    assert page.status_code == 200
    assert "<ins>" in page.text
    assert process_time() - started < 3


@on_sqlite
def test_looking_changes_nothing(world: World, clock: Clock, bob: Seat) -> None:
    """Every table has as many rows after a look as before, but for when a session was seen."""
    joins(world, ALICE, "author")
    ref = reference(world, WASTE)
    world.done("notices", "submit", ref, "--by", ALICE)
    paths = (*LOOKS_AT, f"/staff/notices/{ref}/approve", f"/staff/notices/{ref}/approve?all=1")

    def rows() -> dict[str, int]:
        with world.build(now=clock).app_context():
            names = inspect(db.engine).get_table_names()
            count = "SELECT count(*) FROM"
            return {n: session.scalar(text(f'{count} "{n}"')) or 0 for n in names}

    before = rows()
    for path in paths:
        assert bob.get(path).status_code == 200, path
    assert rows() == before


def test_nobody_is_told_more_by_an_error_than_by_a_page(world: World, clock: Clock) -> None:
    """No trace, no table's name, no command line in what a member or a stranger reads."""
    bob = Seat(world, clock, BOB, "approver")
    stranger = Desk(world.browser())
    odd = (
        *("/staff/notices/%27%20OR%201=1--/approve", "/staff/notices/" + "A" * 3000 + "/approve"),
        *(
            "/staff/history/notice:1;drop",
            "/staff/history/..%2f..%2fetc",
            "/staff/history/a:" + "9" * 80,
        ),
        *("/staff/newsletters/99999999999999999999/approve", "/staff/releases/0/approve"),
        *("/staff/history?before=1%00", "/staff/history.csv?kind=%F0%9F%92%A9"),
    )
    for path in odd:
        answer = bob.get(path)
        assert answer.status_code in (200, 404, 400), path
        assert "Traceback" not in answer.text
        assert "sqlalchemy" not in answer.text.lower()
        assert "bin/notifier" not in answer.text
        assert stranger.get(path).status_code in (404, 400), path
