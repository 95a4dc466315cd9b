"""The same secret twice in the same moment opens one door, and a hundred guesses are a hundred."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from tests.journeys.world import World
from tests.makers import BOB, Clock
from tests.staff.desk import Desk, joins, link_in, sets_up

FAY = "fay@example.org"


def at_once(acts: list[Callable[[], int]]) -> list[int]:
    """What each answers when all begin together."""
    start = Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def posts(desk: Desk, path: str, **data: str) -> Callable[[], int]:
    return lambda: desk.post(path, **data).status_code


def half_way(world: World, path: str) -> Desk:
    desk = Desk(world.browser())
    desk.sign_in(BOB)
    desk.get(path)
    return desk


def test_one_code_and_one_recovery_code_open_one_door_each(world: World, clock: Clock) -> None:
    desk = joins(world, BOB, "approver")
    desk.sign_in(BOB)
    telephone, codes = sets_up(desk, clock)
    clock.forward(minutes=2)
    code = telephone.code()
    for path, secret in (("/staff/code", code), ("/staff/recovery-code", codes[0])):
        waiting = [half_way(world, path) for _ in range(3)]
        assert at_once([posts(d, path, code=secret) for d in waiting]) == [303, 400, 400], path


def test_guesses_at_the_same_moment_are_all_counted(world: World, clock: Clock) -> None:
    joins(world, FAY, "author")
    desks = [Desk(world.browser()) for _ in range(14)]
    for desk in desks:
        desk.get("/staff/sign-in")
    answers = at_once([posts(d, "/staff/sign-in", email=FAY, password="guess") for d in desks])
    assert answers == [400] * 10 + [429] * 4


def test_one_link_chooses_one_password(world: World, clock: Clock) -> None:
    desk = joins(world, FAY, "author")
    desk.get("/staff/forgotten")
    desk.post("/staff/forgotten", email=FAY)
    path = link_in(world, FAY, "Choose a new password")
    desks = [Desk(world.browser()) for _ in range(3)]
    for one in desks:
        one.get(path)
    answers = at_once(
        [posts(d, path, password=f"herons number {n} fly") for n, d in enumerate(desks)]
    )
    assert answers == [200, 404, 404]
