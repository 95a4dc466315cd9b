"""What people write where only programs read reaches the team, once, and never goes round."""

from __future__ import annotations

import socket
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from notifier.catalogue.models import Team
from notifier.mail import outbox
from notifier.mail.erase import erase
from notifier.mail.mailbox import Maildir
from notifier.mail.returned import Returned
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.worker import replies
from notifier.worker.engine import Engine
from notifier.worker.replies import look_in_mailbox
from notifier.worker.returns import REPLY, UNREAD, take
from tests import makers
from tests.makers import CLEO, Clock
from tests.rooms.reports import address, answer, dsn, message_id, went_out

TEAM = "pans@example.org"


@pytest.fixture
def engine(room: Flask, clock: Clock) -> Engine:
    return makers.engine(room, clock)


def contact(text: str) -> None:
    with unit():
        session.get_one(Team, 1).contact = text


def pass_on(engine: Engine) -> int:
    return replies.pass_on(engine, Returned(engine.settings.instance))


def mails(engine: Engine) -> list[EmailMessage]:
    box = engine.settings.instance / "outbox"
    return [outbox.read(box, entry.key) for entry in outbox.entries(box)]


def aside(engine: Engine) -> int:
    return len(list((Returned(engine.settings.instance).path / ".Quarantine/new").glob("*")))


def waiting(engine: Engine) -> list[str]:
    return Returned(engine.settings.instance).waiting()


def test_it_reaches_the_team_whose_letter_was_answered(room: Flask, clock: Clock) -> None:
    engine = makers.engine(room, clock)
    contact(TEAM)
    send = went_out(clock)
    raw = answer(address(room, send))
    assert take(engine, raw) == REPLY
    assert mails(engine) == [], "a door sends nothing"
    assert pass_on(engine) == 1
    (mail,) = mails(engine)
    assert (mail["To"], mail["Reply-To"]) == (TEAM, CLEO)
    assert mail["Subject"] == "An answer for you: Re: Method change"
    (enclosed,) = [part for part in mail.walk() if part.get_content_type() == "message/rfc822"]
    assert enclosed.get_content().get_content() == "When?\r\n"
    assert waiting(engine) == []
    assert [row.action for row in of(f"send:{send.id}")][-1] == "pass on an answer"


def test_the_same_answer_is_passed_on_once(room: Flask, clock: Clock, engine: Engine) -> None:
    contact(TEAM)
    raw = answer(address(room, went_out(clock)))
    for _ in range(3):
        take(engine, raw)
        pass_on(engine)
    assert len(mails(engine)) == 1
    kept = [f for f in Returned(engine.settings.instance).path.rglob("*") if f.is_file()]
    assert [f.read_bytes() for f in kept] == [b""], "a mark, no word of hers"
    clock.forward(days=31)
    pass_on(engine)
    assert not kept[0].exists()


def test_a_message_id_tells_the_team_too(room: Flask, clock: Clock, engine: Engine) -> None:
    contact(TEAM)
    raw = answer("statistics@notifier.example")
    raw = b"In-Reply-To: " + message_id(room, went_out(clock)).encode() + b"\n" + raw
    take(engine, raw)
    assert (pass_on(engine), mails(engine)[0]["To"]) == (1, TEAM)


def test_without_a_team_it_reaches_the_sites_own_address(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    site = makers.settings(
        room.config["SQLALCHEMY_DATABASE_URI"], tmp_path / "i", reply_to="desk@example.org"
    )
    room.config["SETTINGS"] = site
    engine = makers.engine(room, clock)
    take(engine, answer("statistics@notifier.example"))
    assert (pass_on(engine), mails(engine)[0]["To"]) == (1, "desk@example.org")


@pytest.mark.parametrize("to", ["", CLEO, "statistics@notifier.example"])
def test_what_would_reach_nobody_or_go_round_is_set_aside(
    room: Flask, clock: Clock, engine: Engine, to: str
) -> None:
    """No contact; the contact wrote it itself; it is ours."""
    contact(to)
    raw = answer(address(room, went_out(clock)))
    if to == "statistics@notifier.example":
        raw = raw.replace(b"From: Cleo Quist <cleo@example.org>", f"From: {to}".encode())
    take(engine, raw)
    assert (pass_on(engine), mails(engine), aside(engine)) == (0, [], 1)


def test_an_answer_to_what_was_passed_on_is_looked_at_by_a_person(
    room: Flask, clock: Clock, engine: Engine
) -> None:
    contact(TEAM)
    take(engine, answer(address(room, went_out(clock))))
    pass_on(engine)
    box = engine.settings.instance / "outbox"
    raw = outbox.raw(box, outbox.entries(box)[0].key)
    sender = raw.partition(b"\r\n")[0].removeprefix(b"Return-Path: <")[:-1].decode()
    unmarked = answer(sender).replace(CLEO.encode(), TEAM.encode())
    away = b"Auto-Submitted: auto-replied\n" + unmarked
    said = [take(engine, each) for each in (raw, unmarked, dsn((TEAM, "5.1.1"), to=sender), away)]
    assert said == [UNREAD, UNREAD, UNREAD, "an automatic reply"]
    assert (pass_on(engine), len(mails(engine)), aside(engine)) == (0, 1, 3)


def test_automatic_replies_are_not_passed_on(room: Flask, clock: Clock, engine: Engine) -> None:
    contact(TEAM)
    raw = answer(address(room, went_out(clock)))
    machines = (
        b"Auto-Submitted: auto-replied\n" + raw,
        b"Precedence: bulk\n" + raw,
        raw.replace(b"Re: Method change", b"Automatic reply: Method change"),
        raw.replace(b"Re: Method change", b"Out of the office"),
    )
    for each in machines:
        assert take(engine, each) != REPLY
    assert pass_on(engine) == 0
    assert aside(engine) == 0


def test_a_flood_from_one_letter_is_stopped(room: Flask, clock: Clock, engine: Engine) -> None:
    contact(TEAM)
    to = address(room, went_out(clock))
    for n in range(25):
        take(engine, answer(to, words=f"Number {n}"))
    assert (pass_on(engine), aside(engine)) == (20, 5)
    clock.forward(days=1, minutes=1)
    take(engine, answer(to, words="Next day"))
    assert pass_on(engine) == 1


def test_it_waits_while_the_mail_server_is_away(room: Flask, clock: Clock, tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        room.config["SETTINGS"] = makers.settings(
            room.config["SQLALCHEMY_DATABASE_URI"],
            tmp_path / "i",
            mail_url=f"smtp://127.0.0.1:{port}",
        )
        contact(TEAM)
        engine = makers.engine(room, clock)
        take(engine, answer(address(room, went_out(clock))))
        assert (pass_on(engine), len(waiting(engine))) == (0, 1)


def test_a_person_with_pictures_is_passed_on_whole(
    room: Flask, clock: Clock, engine: Engine
) -> None:
    """Over the size of what is read as a report: the headers alone tell that a person wrote it."""
    contact(TEAM)
    picture = "x" * 70 + "\n"
    raw = answer(address(room, went_out(clock)), words=picture * 40_000)
    assert len(raw) > 2_800_000
    assert take(engine, raw) == REPLY
    assert pass_on(engine) == 1
    assert mails(engine)[0].as_bytes().count(b"x" * 70) == 40_000


def test_who_is_erased_waits_nowhere(room: Flask, clock: Clock, engine: Engine) -> None:
    contact("")
    to = address(room, went_out(clock))
    for words in ("When?", "Why?"):
        take(engine, answer(to, words=words))
    pass_on(engine)  # to nobody: set aside
    take(engine, answer(to, words="Who?"))
    assert (len(waiting(engine)), aside(engine)) == (1, 2)
    assert erase(engine.settings, CLEO) == 3
    assert (waiting(engine), aside(engine)) == ([], 0)


def test_one_process_at_a_time(room: Flask, clock: Clock, engine: Engine) -> None:
    contact(TEAM)
    take(engine, answer(address(room, went_out(clock))))
    with Returned(engine.settings.instance).alone() as alone:
        assert alone
        look_in_mailbox(engine)
        assert mails(engine) == []
    look_in_mailbox(engine)
    assert len(mails(engine)) == 1


def test_the_mailbox_is_emptied_before_answers_go(
    room: Flask, clock: Clock, tmp_path: Path
) -> None:
    """Acted on and not marked when the process was killed: read again, it changes nothing."""
    mailbox = tmp_path / "Maildir"
    (mailbox / "new").mkdir(parents=True)
    room.config["SETTINGS"] = makers.settings(
        room.config["SQLALCHEMY_DATABASE_URI"],
        tmp_path / "instance",
        bounce_mailbox=f"maildir:{mailbox}",
    )
    contact(TEAM)
    engine, send = makers.engine(room, clock), went_out(clock)
    given = (answer(address(room, send)), dsn((CLEO, "5.2.2"), to=address(room, send)), b"\0\xff")
    for number, raw in enumerate(given):
        (mailbox / "new" / f"{number}.host").write_bytes(raw)
        if number < 2:
            take(engine, raw)
    look_in_mailbox(engine)
    assert len(mails(engine)) == 1
    assert sorted(f.name for f in (mailbox / "cur").iterdir()) == ["0.host:2,S", "1.host:2,S"]
    assert [f.name for f in (mailbox / ".Quarantine/new").iterdir()] == ["2.host"]
    assert list(Maildir(mailbox).messages()) == []
    session.refresh(send)
    assert (send.accepted, send.bounced) == (0, 1)
