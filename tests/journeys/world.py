"""What a person or a program can do from outside: commands, pages, reading mail."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifier.app import create_app
from notifier.cli import run
from notifier.mail import outbox
from notifier.store.db import db, session
from tests.makers import CATALOGUE, Clock


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class World:
    def __init__(
        self,
        folder: Path,
        clock: Clock,
        capsys: pytest.CaptureFixture[str],
        environ: pytest.MonkeyPatch,
        *,
        stands: bool = False,
    ) -> None:
        self.stands = stands
        self.folder, self.clock, self.capsys, self.environ = folder, clock, capsys, environ
        self.apps: list[Flask] = []

    def build(self, *args: Any, **kwargs: Any) -> Flask:
        app = create_app(*args, **kwargs)
        self.apps.append(app)
        return app

    def close(self) -> None:
        for app in self.apps:
            with app.app_context():
                session.remove()
                db.engine.dispose()
        self.apps.clear()

    def cli(self, *arguments: str) -> Said:
        """Run ``notifier`` with these arguments at the world's time."""
        self.capsys.readouterr()
        status = run(self.build, list(arguments), now=self.clock, sleep=self.lets_pass)
        self.close()
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
        box = self.folder / "instance" / "outbox"
        found = [outbox.read(box, entry.key) for entry in outbox.entries(box, limit=10_000)]
        return [
            mail
            for mail in reversed(found)
            if to in str(mail["To"]) and about in f"{mail['Subject']}\n{text_of(mail)}"
        ]

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
        answer = browser.post(
            "/subscribe",
            data={**fields, "email": email, "topics": topics, "user_type": user_type, **more},
        )
        self.close()
        return answer

    def presses(self, path: str, *, to: str = "", **data: Any) -> TestResponse:
        """Opens a page and presses the button of the form that posts ``to`` (itself if empty)."""
        browser = self.browser()
        page = browser.get(path).get_data(as_text=True)
        answer = browser.post(to or path, data={"csrf_token": hidden(page, "csrf_token"), **data})
        self.close()
        return answer

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
        answer = self.browser().get(path, headers=headers)
        self.close()
        return answer

    def post(self, path: str, data: dict[str, str]) -> TestResponse:
        """A POST from nowhere: no page was opened, there is no cookie."""
        answer = self.browser().post(path, data=data)
        self.close()
        return answer


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
