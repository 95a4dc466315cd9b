"""Staff stop a message from the command line, and see on it what became of it."""

from __future__ import annotations

import pytest

from tests.journeys.world import World


@pytest.fixture
def announced(world: World) -> World:
    """Cleo follows air quality; a change of it is announced, and not mailed yet."""
    world.begin()
    world.joins("cleo@example.org", topics=["air-quality"], user_type="academic")
    world.announces("fine particles")
    return world


def number(world: World, stage: str = "announce") -> str:
    rows = world.cli("sends", "list", "--json").json
    return str(next(row["id"] for row in rows if row["stage"] == stage))


def test_pause_resume_and_cancel(announced: World) -> None:
    world, send = announced, number(announced)
    said = world.done("sends", "pause", send, "--reason", "A typo.", "--by", "alice@example.org")
    assert said == f"Send {send} is paused: nobody has it yet.\n"
    world.drain()
    assert world.mails("cleo", "fine particles") == []
    shown = world.cli("sends", "show", send, "--json").json
    assert (shown["state"], shown["paused_because"]) == ("paused", "A typo.")
    assert world.done("sends", "resume", send) == (
        f"Send {send} is planned again: nobody has it yet.\n"
    )
    world.drain()
    assert len(world.mails("cleo", "fine particles")) == 1
    assert world.cli("sends", "show", send, "--json").json["paused_because"] == ""
    later = number(world, "T-30")
    answer = world.cli("sends", "cancel", later, "--reason", "Not needed.", "--json").json
    assert (answer["state"], answer["end_reason"]) == ("cancelled", "Not needed.")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("pause", "999", "--reason", "x"), "There is no send 999"),
        (("pause", "SEND", "--reason", " "), "Say why"),
        (("resume", "SEND"), "only what is paused can be"),
        (("retry", "SEND"), "Only a send to many that is being sent, or is paused"),
        (("cancel", "SEND", "--reason", "x", "--by", "dan@example.org"), "not a member of staff"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    announced: World, arguments: tuple[str, ...], sentence: str
) -> None:
    send = number(announced)
    before = announced.cli("sends", "show", send, "--json").json
    said = announced.cli("sends", *(send if word == "SEND" else word for word in arguments))
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert announced.cli("sends", "show", send, "--json").json == before


def test_what_is_done_cannot_be_stopped(announced: World) -> None:
    send = number(announced)
    announced.drain()
    for verb in ("pause", "cancel"):
        said = announced.cli("sends", verb, send, "--reason", "Too late.")
        assert said.status == 1
        assert "sent" in said.err


def test_the_doctor_names_what_reached_nobody(announced: World) -> None:
    """The mail server is away: an hour later `check` ends with 1, and is well once it went out."""
    world, send = announced, number(announced)
    assert "each that was due has reached somebody" in world.done("check")

    world.environ.setenv("NOTIFIER_MAIL_URL", "smtp://127.0.0.1:9")
    world.drain()
    world.clock.forward(hours=1)
    said = world.cli("check")
    assert said.status == 1
    assert f"BAD  sends: an hour after its time nobody has send {send} (" in said.out
    assert f"bin/notifier sends progress {send}" in said.out
    world.environ.delenv("NOTIFIER_MAIL_URL")
    world.drain()
    assert "reached somebody" in world.done("check")
