"""Somebody at the desk for days, and how they decide on what waits for them."""

from __future__ import annotations

from werkzeug.test import TestResponse

from tests.journeys.world import World, hidden
from tests.makers import Clock
from tests.staff.desk import Desk, Telephone, joins, sets_up


class Seat(Desk):
    """Somebody at the desk who signs in again after some days."""

    def __init__(self, world: World, clock: Clock, email: str, role: str, *more: str) -> None:
        desk = joins(world, email, role, *more)
        super().__init__(desk.client)
        self.email = email
        self.telephone: Telephone | None = None
        self.sign_in(email)
        if role != "author":
            self.telephone, _ = sets_up(self, clock)

    def back(self) -> None:
        self.sign_in(self.email)
        if self.telephone is not None:
            self.post("/staff/code", code=self.telephone.code())


def decides(desk: Desk, path: str, answer: str = "", **typed: str) -> TestResponse:
    page = desk.get(path)
    assert page.status_code == 200, path
    return desk.post(path, version=hidden(page.text, "version"), answer=answer, **typed)
