"""A member of staff at a browser: opens pages, fills in forms, holds a telephone with an app."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from passlib.totp import TOTP
from werkzeug.test import TestResponse

from tests.journeys.world import World, hidden, path_in
from tests.makers import Clock

PASSWORD = "seven herons at the weir"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36"


class Desk:
    """One browser. It remembers the token of the last form that it saw, as pages do."""

    def __init__(self, client: FlaskClient, *, agent: str = FIREFOX, address: str = "192.0.2.7"):
        self.client, self.token = client, ""
        self.given = {"User-Agent": agent}
        self.environ = {"REMOTE_ADDR": address}

    def get(self, path: str) -> TestResponse:
        answer = self.client.get(path, headers=self.given, environ_base=self.environ)
        whole = answer.get_data()  # also of a file, which is written while it is read
        if answer.mimetype.startswith("text/"):
            self.token = hidden(whole.decode(), "csrf_token") or self.token
        return answer

    def post(self, path: str, **data: Any) -> TestResponse:
        answer = self.client.post(
            path,
            data={"csrf_token": self.token, **data},
            headers=self.given,
            environ_base=self.environ,
        )
        self.token = hidden(answer.get_data(as_text=True), "csrf_token") or self.token
        return answer

    def follow(self, answer: TestResponse) -> TestResponse:
        """Where an answer leads, as a browser goes there."""
        while answer.status_code in (302, 303):
            answer = self.get(answer.headers["Location"])
        return answer

    def sign_in(self, email: str, password: str = PASSWORD) -> TestResponse:
        self.get("/staff/sign-in")
        return self.post("/staff/sign-in", email=email, password=password)

    def cookie(self) -> str:
        found = self.client.get_cookie("notifier")
        return found.value if found is not None else ""


class Telephone:
    """An authenticator app with the key that a page showed; its clock is the test's."""

    def __init__(self, page: str, clock: Clock) -> None:
        found = re.search(r'class="key">([A-Z2-7 ]+)<', page)
        assert found, "the page shows no key"
        self.key, self.clock = found[1].replace(" ", ""), clock

    def code(self) -> str:
        return str(TOTP(self.key).generate(time=self.clock().timestamp()).token)


def says(answer: TestResponse) -> str:
    """The words of a page, without its marks."""
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True).partition("<body")[2])
    return " ".join(text.split())


def joins(world: World, email: str, role: str, *more: str, password: str = PASSWORD) -> Desk:
    """An administrator adds them at the command line; they choose a password with the link."""
    link = world.done("staff", "add", email, "--role", role, *more).split()[-1]
    path = link[link.index("/staff/password/") :]
    desk = Desk(world.browser())
    assert desk.get(path).status_code == 200
    assert desk.post(path, password=password).status_code == 200
    return desk


def sets_up(desk: Desk, clock: Clock) -> tuple[Telephone, list[str]]:
    """From the page with the picture to two-step sign-in; the telephone and the recovery codes."""
    telephone = Telephone(desk.get("/staff/two-step").get_data(as_text=True), clock)
    shown = desk.post("/staff/two-step", code=telephone.code())
    assert shown.status_code == 200, says(shown)
    return telephone, re.findall(r"<li>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</li>", shown.text)


def enters(world: World, clock: Clock, email: str, role: str, *more: str) -> tuple[Desk, Telephone]:
    """Joins, signs in and sets up the second step: at the desk."""
    desk = joins(world, email, role, *more)
    desk.sign_in(email)
    telephone, _ = sets_up(desk, clock)
    return desk, telephone


def link_in(world: World, email: str, about: str) -> str:
    """The one-time link of the newest letter of that kind."""
    world.drain()
    return path_in(world.last_mail(email, about), "/staff/password/")
