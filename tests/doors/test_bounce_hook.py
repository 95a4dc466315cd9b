"""The hook of a mail service: closed without a secret, all or nothing, twice is once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from notifier.errors import Refused
from notifier.mail.returned import Returned
from notifier.sends.models import Send
from notifier.store.db import session
from tests import makers
from tests.conftest import close
from tests.makers import CLEO, DAN, Clock, on_sqlite
from tests.rooms.reports import address, answer, complaint, dsn, message_id, rows, state, went_out

SECRET = "what the mail service knows, and nobody else"


@pytest.fixture
def hooked(room: Flask, tmp_path: Path) -> Iterator[Flask]:
    """The house with the hook's secret set."""
    room.config["SETTINGS"] = makers.settings(
        room.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "instance",
        bounce_hook_secret=SECRET,
    )
    yield room
    close()


@pytest.fixture
def send(hooked: Flask, clock: Clock) -> Send:
    return went_out(clock)


def tells(app: Flask, body: bytes | list[Any], kind: str = "", **headers: str) -> TestResponse:
    """A POST with the secret, unless other headers are given."""
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = kind or ("message/rfc822" if isinstance(body, bytes) else "application/json")
    given = headers or {"Authorization": f"Bearer {SECRET}"}
    client: FlaskClient = app.test_client()
    found = client.post("/hooks/bounces", data=octets, content_type=kind, headers=given)
    session.rollback()
    return found


def entry(app: Flask, send: Send, **more: Any) -> dict[str, Any]:
    gone = {"type": "bounce", "code": 550, "status": "5.1.1", "diagnostic": "no such user"}
    return {**gone, "envelope_recipient": address(app, send), **more}


def test_a_returned_message_counts_as_from_a_mailbox(hooked: Flask, send: Send) -> None:
    report = dsn((CLEO, "5.1.1"), to=address(hooked, send))
    first, again = tells(hooked, report), tells(hooked, report)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == {"taken": 1, "outcomes": ["hard, address suppressed"]}
    assert again.json == {"taken": 1, "outcomes": ["hard"]}
    assert (state(), rows()) == ("suppressed", [("hard", "report")])
    assert "Set-Cookie" not in first.headers


def test_a_returned_message_is_no_proof_because_it_was_posted(hooked: Flask, send: Send) -> None:
    """Mail services post what anybody mails to them."""
    found = tells(hooked, dsn((CLEO, "5.1.1"), about=message_id(hooked, send)))
    assert found.json["outcomes"] == ["hard by Message-ID"]  # type: ignore[index]
    assert (state(), rows()) == ("active", [("hard", "message_id")])


def test_a_batch_is_judged_entry_by_entry(hooked: Flask, send: Send, clock: Clock) -> None:
    other = went_out(clock, "T-30", email=DAN)
    found = tells(
        hooked,
        [
            entry(hooked, send, code=452, status="4.2.2", at="2026-11-23T09:59:00+00:00"),
            entry(hooked, send),
            {"type": "complaint", "message_id": message_id(hooked, other, DAN), "recipient": DAN},
            {"type": "bounce", "message_id": "<m.forged@notifier.example>"},
        ],
    )
    assert (found.status_code, found.json) == (
        202,
        {
            "taken": 4,
            "outcomes": [
                "soft",
                "hard, address suppressed",
                "complaint, address suppressed",
                "not ours",
            ],
        },
    )
    assert rows() == [("soft", "hook"), ("hard", "hook")]
    assert (rows(DAN), state(DAN)) == ([("complaint", "hook_message_id")], "suppressed")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Nothing": "1"},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {SECRET}x"},
        {"Authorization": "Bearer \xff\xfe"},
        {"X-Signature": "sha256="},
        {"X-Signature": "sha256=" + hmac.new(b"guess", b"[]", "sha256").hexdigest()},
    ],
)
def test_a_stranger_is_told_to_sign_in(hooked: Flask, send: Send, headers: dict[str, str]) -> None:
    found = tells(hooked, [entry(hooked, send)], **headers)
    assert (found.status_code, found.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert found.json["detail"].endswith(".")  # type: ignore[index]
    assert rows() == []


def test_a_stranger_may_give_little(hooked: Flask) -> None:
    large = b"From: a@b.example\n\n" + b"x" * 1_000_000
    assert tells(hooked, large).status_code == 202
    assert tells(hooked, large, **{"Authorization": "Bearer guess"}).status_code == 413


def test_a_signed_body_needs_no_token(hooked: Flask, send: Send) -> None:
    body = json.dumps([entry(hooked, send)]).encode()
    mac = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    signed = {"X-Signature": f"sha256={mac}"}
    assert tells(hooked, body, "application/json", **signed).status_code == 202
    changed = body.replace(b"5.1.1", b"5.1.2")
    assert tells(hooked, changed, "application/json", **signed).status_code == 401
    assert rows() == [("hard", "hook")]


def test_without_a_secret_there_is_no_hook(room: Flask, clock: Clock) -> None:
    send = went_out(clock)
    for headers in ({"Authorization": "Bearer "}, {"X-Signature": "sha256="}):
        assert tells(room, [entry(room, send)], **headers).status_code == 404
    assert tells(room, b"", **{"Authorization": "Bearer "}).status_code == 404


@on_sqlite
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": "red"}, "'colour' is no field of it"),
        ({"type": "delivered"}, "its type must be bounce or complaint"),
        ({"type": None}, "its type must be bounce or complaint"),
        ({"envelope_recipient": ""}, "it names no delivery"),
        ({"envelope_recipient": 7}, "a text must have"),
        ({"diagnostic": "x" * 1001}, "a text must have"),
        ({"code": 250}, "its code must be"),
        ({"code": "550"}, "its code must be"),
        ({"code": True}, "its code must be"),
        ({"status": "5.1"}, "its status must be"),
        ({"status": "2.0.0"}, "its status must be"),
        ({"at": "yesterday"}, "its time must be like"),
        ({"at": "2026-11-23T10:00:00"}, "its time must be like"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "its time must be like"),
        ({"at": "2027-11-23T10:00:00Z"}, "it happened in the future"),
        ({"at": 1}, "its time must be like"),
    ],
)
def test_one_bad_entry_refuses_the_batch(
    hooked: Flask, send: Send, change: dict[str, Any], words: str
) -> None:
    found = tells(hooked, [entry(hooked, send), entry(hooked, send, **change)])
    assert (found.status_code, found.mimetype) == (400, "application/problem+json")
    sentence = found.json["detail"]  # type: ignore[index]
    assert sentence.startswith("Entry 2 cannot be taken: ")
    assert words in sentence
    assert rows() == []


@on_sqlite
@pytest.mark.parametrize(
    ("body", "mimetype", "status"),
    [
        (b"", "application/json", 400),
        (b"{}", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'[{"code": ' + b"9" * 5000 + b"}]", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" + b"{}," * 1000 + b"{}]", "application/json", 400),
        (b" \r\n", "message/rfc822", 400),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"[]", "text/plain", 415),
        (b"x" * 10_485_761, "message/rfc822", 413),
        (b"[" + b" " * 1_000_000 + b"]", "application/json", 413),
    ],
)
def test_what_is_not_a_report_is_refused_with_a_sentence(
    hooked: Flask, body: bytes, mimetype: str, status: int
) -> None:
    found = tells(hooked, body, mimetype)
    assert found.status_code == status
    assert found.json["detail"].endswith(".")  # type: ignore[index]


@on_sqlite
@pytest.mark.parametrize(
    ("size", "status"), [(10_400_000, 202), (10_485_761, 413), (12_000_000, 413)]
)
def test_a_body_in_chunks_is_whole_or_refused(hooked: Flask, size: int, status: int) -> None:
    raw = b"From: cleo@example.org\nSubject: Re: change\n\n" + b"x" * size
    found = hooked.test_client().post(
        "/hooks/bounces",
        input_stream=BytesIO(raw),
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {SECRET}", "Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert found.status_code == status
    box = Returned(hooked.config["SETTINGS"].instance)
    assert [box.read(name) for name in box.waiting()] == ([raw] if status == 202 else [])


def test_a_time_in_the_past_counts_as_such(hooked: Flask, clock: Clock) -> None:
    """Three reports on one day about three weeks: a full mailbox, by when it was full."""
    batch = []
    for number in range(3):
        full = entry(hooked, went_out(clock, f"T-{number}"), code=552, status="5.2.2")
        batch.append({**full, "at": clock().isoformat()})
        clock.forward(days=8)
    assert tells(hooked, batch).json == {
        "taken": 3,
        "outcomes": ["soft", "soft", "soft, address suppressed"],
    }


def test_answers_and_rubbish_are_kept(hooked: Flask, send: Send) -> None:
    outcomes = [
        tells(hooked, answer(address(hooked, send))).json,
        tells(hooked, b"\0\xff\xfe").json,
        tells(hooked, complaint(to=address(hooked, send))).json,
    ]
    assert [found["outcomes"] for found in outcomes] == [  # type: ignore[index]
        ["a person's answer, kept to be passed on"],
        ["cannot be read, kept for a person to look at"],
        ["complaint, address suppressed"],
    ]
    box = Returned(hooked.config["SETTINGS"].instance)
    assert len(box.waiting()) == 1
    assert len(list((box.path / ".Quarantine/new").iterdir())) == 1


def test_get_is_no_way_in(hooked: Flask) -> None:
    assert hooked.test_client().get("/hooks/bounces").status_code == 405


def test_a_short_secret_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="NOTIFIER_BOUNCE_HOOK_SECRET must be 32"):
        makers.settings("", tmp_path, bounce_hook_secret="short")
