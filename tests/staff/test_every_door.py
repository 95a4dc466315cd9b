"""Every door of the desk is open to whom it is for, and for everybody else it does not exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.journeys.world import World
from tests.makers import HANA, Clock, on_sqlite
from tests.staff.desk import Desk, enters, joins

# Each module doors_* has LOOK (GET) and ACT (POST), path -> a mark for each of PEOPLE: P a page,
# - no such page, L first to sign-in, 2 first to the second step, H home. ``made(world)`` gives the
# ids for names in braces; what it makes belongs to the food team.
TABLES = [
    import_module(f"tests.staff.{file.stem}")
    for file in sorted(Path(__file__).parent.glob("doors_*.py"))
]
PEOPLE = (
    *("stranger", "half signed in", "author of another team", "author", "approver"),
    *("Head of Profession", "administrator"),
)
UNTRIED = {"/staff/two-step/codes", "/staff/two-step/off"}  # they end what the table needs


def everybody(world: World, clock: Clock) -> list[Desk]:
    """A browser for each of PEOPLE, in that order."""
    enters(world, clock, "half@example.org", "approver")
    half = Desk(world.browser())
    half.sign_in("half@example.org")
    authors = []
    for email, team in (("fay@example.org", "waste"), ("olga@example.org", "food")):
        author = joins(world, email, "author", "--team", team)
        author.sign_in(email)
        authors.append(author)
    approver, _ = enters(world, clock, "ivan@example.org", "approver", "--team", "food")
    hop, _ = enters(world, clock, HANA, "hop")
    admin, _ = enters(world, clock, "ada@example.org", "admin")
    return [Desk(world.browser()), half, *authors, approver, hop, admin]


@on_sqlite
def test_every_door_is_open_to_whom_it_is_for_and_to_nobody_else(
    world: World, clock: Clock
) -> None:
    people = everybody(world, clock)
    wrong = []
    for table in TABLES:
        ids = table.made(world) if hasattr(table, "made") else {}
        for method, rows in (("get", table.LOOK), ("post", table.ACT)):
            for path, marks in rows.items():
                wrong += misfits(people, method, path.format(**ids), marks)
    assert wrong == []


def misfits(people: list[Desk], method: str, path: str, marks: str) -> list[str]:
    """Who is let in, or is not, against the table."""
    found = []
    for who, desk, mark in zip(PEOPLE, people, marks, strict=True):
        if path == "/staff/sign-out" and who != "stranger":
            continue  # it would end what the table needs
        desk.get("/staff/sign-in" if who == "stranger" else "/staff/account")
        answer: Any = desk.get(path) if method == "get" else desk.post(path, name="x")
        if not fits(mark, answer.status_code, answer.headers.get("Location", "")):
            found.append(f"{method} {path}, {who}: {answer.status}, not {mark}")
    return found


def fits(mark: str, status: int, where: str) -> bool:
    if mark == "P":
        return status in (200, 303, 400, 409) and "sign-in" not in where and "code" not in where
    found = {"-": status == 404, "L": where == "/staff/sign-in", "2": where == "/staff/code"}
    return found.get(mark, where == "/staff/")


@on_sqlite
def test_no_door_is_left_out_of_the_tables(world: World, clock: Clock) -> None:
    listed = {plain(path) for table in TABLES for path in (*table.LOOK, *table.ACT)}
    app = world.build(now=world.clock)
    marked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if hasattr(app.view_functions[rule.endpoint], "needs")
    ]
    assert {plain(rule) for rule in marked} - listed - UNTRIED == set()


def plain(path: str) -> str:
    """A rule, or a path of the tables, with N for whatever stands for one of many."""
    path = re.sub(r"<any\(.*?\):what>", "leave", path)
    return re.sub(r"<.*?>|\{.*?\}|\b\d+\b", "N", path)
