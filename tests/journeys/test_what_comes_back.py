"""What comes back by mail, from outside: piped in, read from the mailbox, posted by a service."""

from __future__ import annotations

import io
import json
from email.message import EmailMessage

import pytest

from tests.journeys.acts import cleo_is_told
from tests.journeys.world import Said, World

CLEO = "cleo@example.org"
SECRET = "what the mail service knows, and nobody else"


@pytest.fixture
def letter(world: World) -> EmailMessage:
    """The announcement as Cleo got it."""
    world.once(cleo_is_told)
    return world.mails(CLEO)[-1]


def piped(world: World, raw: bytes, *more: str) -> Said:
    """``notifier bounce < raw``."""
    world.environ.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    return world.cli("bounce", *more)


def report(letter: EmailMessage, *, to: str) -> bytes:
    return (
        f"From: MAILER-DAEMON@mx.example\nTo: {to}\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        "--B\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {CLEO}\nAction: failed\nStatus: 5.1.1\n\n"
        f"--B\nContent-Type: text/rfc822-headers\n\nMessage-ID: {letter['Message-ID']}\n--B--\n"
    ).encode()


def sender(letter: EmailMessage) -> str:
    return str(letter["Return-Path"]).strip("<>")


def status(world: World) -> str:
    return str(world.cli("subscribers", "show", CLEO, "--json").json["status"])


def number(world: World) -> str:
    """The Send of the newest letter to many."""
    rows = world.cli("sends", "list", "--json").json
    return str(max(row["id"] for row in rows if row["stage"] == "announce"))


def test_a_mail_server_pipes_in_what_came_back(world: World, letter: EmailMessage) -> None:
    weak = piped(world, report(letter, to="bounces@notifier.example"), "--json")
    assert weak.json == {"outcome": "hard by Message-ID"}
    (row,) = world.cli("sends", "returned", number(world), "--json").json
    assert row == {
        "people": 1,
        "verdict": "hard",
        "status": "5.1.1",
        "code": None,
        "proof": "weaker: a report that names the Message-ID",
    }
    assert status(world) == "active"
    assert piped(world, report(letter, to=sender(letter))).out == "Hard, address suppressed.\n"
    assert status(world) == "suppressed"
    shown = world.done("sends", "returned", number(world))
    assert "a report to the delivery's own address" in shown
    assert "weaker" not in shown


def test_nothing_on_standard_input_is_refused(world: World, letter: EmailMessage) -> None:
    said = piped(world, b" \n")
    assert (said.status, said.out) == (1, "")
    assert "Nothing came on standard input" in said.err
    assert "no send 999" in world.cli("sends", "returned", "999").err.lower()


def test_what_cannot_be_kept_stays_with_the_mail_server(world: World, letter: EmailMessage) -> None:
    world.instance.joinpath("returned").write_text("a file where the folder would be", "utf-8")
    with pytest.raises(SystemExit) as left:
        piped(world, f"From: {CLEO}\nTo: {sender(letter)}\n\nWhen?".encode())
    assert left.value.code == 75
    assert "cannot be taken now" in world.capsys.readouterr().err


def test_the_doctor_knows_what_waits_for_a_person(world: World, letter: EmailMessage) -> None:
    nothing = "returned mail: nothing waits to be looked at"
    assert nothing in world.cli("check").out
    for n in range(3):
        piped(world, b"\xff\xfe rubbish %d" % n)
    said = world.cli("check").out
    assert nothing not in said
    assert f"3 in {world.instance}/returned/.Quarantine/new" in said


def test_an_answer_reaches_the_team_with_the_next_look(world: World, letter: EmailMessage) -> None:
    """By whatever way it came: piped, posted, or into the mailbox; three answers, three letters."""
    world.environ.setenv("NOTIFIER_BOUNCE_HOOK_SECRET", SECRET)
    box = world.folder / "bounces"
    (box / "new").mkdir(parents=True)
    world.environ.setenv("NOTIFIER_BOUNCE_MAILBOX", f"maildir:{box}")
    answers = [
        f"From: {CLEO}\nTo: {sender(letter)}\nSubject: Re: {n}\n\nWhen?".encode() for n in range(3)
    ]
    assert piped(world, answers[0]).out == "A person's answer, kept to be passed on.\n"
    posted = world.browser().post(
        "/hooks/bounces",
        data=answers[1],
        content_type="message/rfc822",
        headers={"Authorization": f"Bearer {SECRET}"},
    )
    assert posted.status_code == 202
    (box / "new" / "1.host").write_bytes(answers[2])
    before = len(world.mails())
    world.drain()
    world.drain()
    mails = world.mails()[before:]
    assert sorted(str(mail["Subject"]) for mail in mails) == [
        f"An answer for you: Re: {n}" for n in range(3)
    ]
    assert {(mail["To"], mail["Reply-To"]) for mail in mails} == {(letter["Reply-To"], CLEO)}


def test_a_mail_service_posts_a_batch(world: World, letter: EmailMessage) -> None:
    world.environ.setenv("NOTIFIER_BOUNCE_HOOK_SECRET", SECRET)
    gone = {"type": "bounce", "envelope_recipient": sender(letter), "code": 550, "status": "5.1.1"}
    for outcome in ("hard, address suppressed", "hard"):
        found = world.browser().post(
            "/hooks/bounces",
            data=json.dumps([gone]),
            content_type="application/json",
            headers={"Authorization": f"Bearer {SECRET}"},
        )
        assert (found.status_code, found.json) == (202, {"taken": 1, "outcomes": [outcome]})
    assert status(world) == "suppressed"
