"""Letters about one's account: each stage that the rooms promise has words, and says what to do."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from flask import Flask

import notifier
from notifier.accounts.letters import tell
from notifier.accounts.people import invited
from notifier.render.account import LINKS, STAGES
from notifier.render.letters import write_one
from notifier.sends.models import Send
from notifier.store.db import session, unit
from tests.makers import ALICE, Clock, engine, member, on_sqlite
from tests.makers import DAN as ODD

CONTEXT = {
    "browser": "Firefox on Windows",
    "network": "203.0.113.0/24",
    "left": 3,
    "name": 'My {at} "laptop"\r\nBcc: ' + ODD,
}


def promised() -> set[str]:
    """The stage of each call of tell() in the program."""
    found = set()
    package = Path(notifier.__file__).parent
    for path in [*(package / "accounts").glob("*.py"), *(package / "web/staff").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "tell":
                stage = node.args[1]
                assert isinstance(stage, ast.Constant), path
                found.add(str(stage.value))
    return found


def test_each_stage_that_is_promised_has_words_and_none_is_left_over() -> None:
    assert promised() == STAGES.keys() | LINKS.keys()


@pytest.mark.parametrize("stage", [*STAGES, *LINKS])
@on_sqlite
def test_each_letter_says_what_happened_and_where_to_act(
    room: Flask, clock: Clock, stage: str
) -> None:
    with unit():
        send = tell(member(ALICE), stage, now=clock(), **CONTEXT)
        words = write_one(send, site=engine(room, clock).site, now=clock(), person=member(ALICE))
    assert "\n" not in words.subject
    assert not re.search(r"\{(browser|network|left|name)\}", words.text)
    assert words.frame["one_off"] is True
    assert "You get this because you are on the staff." in words.text
    assert re.search(r"http://127\.0\.0\.1:8000/staff/(account|password/[\w-]{43})\s", words.text)
    assert f"Bcc: {ODD}" not in words.text.splitlines()


@on_sqlite
def test_the_link_is_made_with_the_letter_and_kept_as_a_fingerprint(
    room: Flask, clock: Clock
) -> None:
    with unit():
        send = tell(member(ALICE), "reset", now=clock())
    secrets = []
    for _ in range(2):  # written again, when the mail server was away
        with unit():
            words = write_one(
                session.get_one(Send, send.id),
                site=engine(room, clock).site,
                now=clock(),
                person=member(ALICE),
            )
        secrets.append(re.findall(r"/staff/password/([\w-]{43})", words.text)[0])
    assert invited(secrets[0], now=clock()) is None
    assert invited(secrets[1], now=clock()) is not None
    row = session.get_one(Send, send.id)
    assert secrets[1] not in str(vars(member(ALICE))) + str(vars(row))
