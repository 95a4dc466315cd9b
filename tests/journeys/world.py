"""What a person or a program can do from outside: commands, pages, reading mail."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifier.app import create_app
from notifier.cli import run
from notifier.clock import Now
from notifier.mail import outbox
from notifier.settings import Settings, load
from notifier.store.db import db, session
from tests.makers import CATALOGUE, PEPPER, Clock

if TYPE_CHECKING:
    from tests.conftest import Databases


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Kept:
    """A world as it was left: its files, its time, and the answer of what was done in it."""

    files: Path
    at: datetime
    answer: str


class World:
    def __init__(
        self,
        folder: Path,
        clock: Clock,
        capsys: pytest.CaptureFixture[str],
        environ: pytest.MonkeyPatch,
        *,
        databases: Databases,
        kind: str,
    ) -> None:
        self.folder, self.clock, self.capsys, self.environ = folder, clock, capsys, environ
        self.databases, self.kind, self.url, self.stands = databases, kind, "", False
        self.apps: dict[tuple[Settings, Now], Flask] = {}
        self.letters: dict[str, EmailMessage] = {}
        environ.setenv("NOTIFIER_INSTANCE", str(self.instance))
        environ.setenv("NOTIFIER_SUPPRESSION_PEPPER", PEPPER)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    def stand(self, template: str) -> None:
        """Start on a database of our own: a copy of that template, or an empty one."""
        self.leave()
        self.url, self.stands = self.databases.create(self.kind, template), bool(template)
        self.environ.setenv("NOTIFIER_DATABASE_URL", self.url)

    def once(self, act: Callable[[World], str]) -> str:
        """What ``act`` does to a world in which nothing else was done yet, and its answer.

        It is done once in a test process for each kind of database; later worlds are copies.
        """
        name = f"{act.__module__}.{act.__qualname__}"
        kept = self.databases.worlds.get((self.kind, name))
        if kept is None:
            answer = act(self)
            self.close()
            files = self.databases.keep(self.kind, name, self.url)
            shutil.copytree(self.instance, files)
            self.databases.worlds[self.kind, name] = Kept(files, self.clock.instant, answer)
            return answer
        self.stand(name)
        shutil.rmtree(self.instance, ignore_errors=True)
        shutil.copytree(kept.files, self.instance)
        self.clock.instant = kept.at
        return kept.answer

    def build(self, settings: Settings | None = None, *, now: Now, web: bool = True) -> Flask:
        """The app, as it was built before: what one door has done is seen through the next.

        It is built again where a setting has changed or the world was closed since. To build it
        for each command and page took half of the time of a journey.
        """
        settings = settings or load()
        if (settings, now) not in self.apps:
            self.apps[settings, now] = create_app(settings, now=now)
        return self.apps[settings, now]

    def close(self) -> None:
        """Let go of apps and database: what comes next is as after a restart."""
        for app in self.apps.values():
            with app.app_context():
                session.remove()
                db.engine.dispose()
        self.apps.clear()

    def leave(self) -> None:
        """Close, and drop the database."""
        self.close()
        if self.url:
            self.databases.drop(self.url)
        self.url = ""

    def cli(self, *arguments: str) -> Said:
        """Run ``notifier`` with these arguments at the world's time."""
        self.capsys.readouterr()
        status = run(self.build, list(arguments), now=self.clock, sleep=self.lets_pass)
        said = self.capsys.readouterr()
        return Said(status, said.out, said.err)

    def lets_pass(self, seconds: float) -> None:
        self.clock.forward(seconds=seconds)

    def done(self, *arguments: str) -> str:
        """As ``cli``, for a command that must succeed; returns what it printed."""
        said = self.cli(*arguments)
        assert said.status == 0, said.err
        return said.out

    def browser(self) -> FlaskClient:
        """A new browser: no cookies, no session."""
        return self.build(now=self.clock).test_client()

    def begin(self) -> None:
        """Migrate, load the catalogue, add Alice, Bob and Hana: unless all that stands already."""
        if self.stands:
            return
        self.done("migrate")
        self.done("load", str(CATALOGUE))
        for email, role in (("alice", "author"), ("bob", "approver"), ("hana", "hop")):
            self.done("staff", "add", f"{email}@example.org", "--role", role)

    def drain(self) -> None:
        self.done("worker", "--drain")

    # Mail

    def mails(self, to: str = "", about: str = "") -> list[EmailMessage]:
        """Mails in the outbox, oldest first: to one person, with a word in subject or text."""
        box = self.instance / "outbox"
        found = [self.letter(entry.key) for entry in outbox.entries(box, limit=10_000)]
        return [
            mail
            for mail in reversed(found)
            if to in str(mail["To"]) and about in f"{mail['Subject']}\n{text_of(mail)}"
        ]

    def letter(self, key: str) -> EmailMessage:
        """A mail in the outbox; each is parsed once, its file never changes."""
        if key not in self.letters:
            self.letters[key] = outbox.read(self.instance / "outbox", key)
        return self.letters[key]

    def last_mail(self, to: str, about: str = "") -> EmailMessage:
        found = self.mails(to, about)
        assert found, f"{to} has no mail about {about!r}"
        return found[-1]

    # A person's ways

    def signs_up(
        self, email: str, *, topics: list[str], user_type: str, **more: Any
    ) -> TestResponse:
        """Fills in the form on the public page and presses its button."""
        browser = self.browser()
        page = browser.get("/subscribe").get_data(as_text=True)
        fields = {name: hidden(page, name) for name in ("csrf_token", "t")}
        self.clock.forward(seconds=20)
        return browser.post(
            "/subscribe",
            data={**fields, "email": email, "topics": topics, "user_type": user_type, **more},
        )

    def presses(self, path: str, *, to: str = "", **data: Any) -> TestResponse:
        """Opens a page and presses the button of the form that posts ``to`` (itself if empty)."""
        browser = self.browser()
        page = browser.get(path).get_data(as_text=True)
        return browser.post(to or path, data={"csrf_token": hidden(page, "csrf_token"), **data})

    def joins(self, email: str, *, topics: list[str], user_type: str) -> None:
        """Signs up, gets the mail, confirms, gets the welcome."""
        assert self.signs_up(email, topics=topics, user_type=user_type).status_code == 200
        self.drain()
        link = path_in(self.last_mail(email, "/confirm/"), "/confirm/")
        assert self.presses(link).status_code == 200
        self.drain()

    def announces(self, word: str, *more: str) -> str:
        """Alice submits the notice with ``word`` in its headline, Hana approves; its reference."""
        rows = self.cli("notices", "list", "--json").json
        reference = next(row["reference"] for row in rows if word in row["headline"])
        self.done("notices", "submit", reference, "--by", "alice@example.org")
        self.done("notices", "approve", reference, "--by", "hana@example.org")
        self.done("notices", "publish", reference, "--by", "alice@example.org", *more)
        return str(reference)

    def sends(self, about: str) -> dict[str, dict[str, Any]]:
        """The Sends about something, by stage."""
        rows = self.cli("sends", "list", "--about", about, "--json").json
        return {row["stage"]: row for row in rows}

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser().get(path, headers=headers)

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        """A POST from nowhere: no page was opened, there is no cookie."""
        return self.browser().post(path, data=data)


def at_work(world: World) -> str:
    """The house stands and its worker has looked: the year's releases, the first reminders."""
    world.stand("loaded")
    world.drain()
    return ""


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part is not None else ""


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    return str(part.get_content()) if part is not None else ""


def path_in(mail: EmailMessage, opening: str) -> str:
    """The path of the link in a mail's text that starts with ``opening``."""
    found = re.search(rf"({re.escape(opening)}[\w.~-]+)", text_of(mail))
    assert found, f"no link {opening} in the mail"
    return found[1]


def one_click(mail: EmailMessage) -> str:
    """The path of List-Unsubscribe. [RFC 8058]"""
    link = str(mail["List-Unsubscribe"]).strip("<>")
    return "/u/" + link.rpartition("/u/")[2]
