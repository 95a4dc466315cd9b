"""Mail servers and domains are fed no faster than they may be, and the command line shows it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.world import World
from tests.makers import on_sqlite
from tests.rooms.counting_server import Counting, listening


@pytest.fixture
def server() -> Iterator[tuple[Counting, int]]:
    with listening() as both:
        yield both


def told(world: World, **people: int) -> str:
    """A change is announced that so many at each domain (``big=30``: at big.example) follow."""
    listing = world.folder / "people.csv"
    rows = [
        f"p{n}@{domain}.example,academic,air-quality,2026-01-15\n"
        for domain, number in people.items()
        for n in range(number)
    ]
    listing.write_text("email,user_type,topics,confirmed_at\n" + "".join(rows), "utf-8")
    world.done("subscribers", "import", str(listing), "--consent", "I agree.")
    world.drain()
    return world.announces("fine particles")


def copies(server: Counting, domain: str) -> list[int]:
    return [n for address, n in server.copies.items() if address.endswith(f"@{domain}.example")]


def test_a_drain_keeps_to_the_limits_and_waits(world: World, server: tuple[Counting, int]) -> None:
    """60 a minute: six at once, then one a second; the others have theirs in the first second."""
    kept, port = server
    reference = told(world, big=30, other=10)
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    world.environ.setenv("NOTIFIER_LIMITS", "big.example=60/min *=6000/min")
    begun = world.clock()
    kept.at, kept.act = 16, lambda: seen.append((world.clock() - begun).total_seconds())
    seen: list[float] = []
    kept.slow = 0
    world.drain()
    assert copies(kept, "big") == [1] * 30
    assert copies(kept, "other") == [1] * 10
    assert seen == [0.0]  # six of big and ten of other went at once
    assert 24 <= (world.clock() - begun).total_seconds() <= 30
    assert world.sends(reference)["announce"]["state"] == "done"


def test_a_relay_and_the_first_days(world: World, server: tuple[Counting, int]) -> None:
    kept, port = server
    reference = told(world, big=30)
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}?limit=120/min")
    world.environ.setenv("NOTIFIER_WARM_UP", "2026-11-23 20 100")
    begun = world.clock()
    world.drain()
    assert copies(kept, "big") == [1] * 20
    assert 4 <= (world.clock() - begun).total_seconds() <= 15
    (relay, day) = world.cli("limits", "list", "--json").json
    assert (relay["scope"], relay["limit"], relay["set_by"]) == ("relay", "120/min", "settings")
    assert (day["name"], day["limit"], day["left_today"]) == ("warm-up", "20/day", 0)
    world.clock.at("2026-11-24 08:00")
    world.drain()
    assert copies(kept, "big") == [1] * 30
    assert world.sends(reference)["announce"]["accepted"] == 30


def test_what_a_server_asks_for_is_shown_and_can_be_forgotten(
    world: World, server: tuple[Counting, int]
) -> None:
    kept, port = server
    reference = told(world, slow=20, other=5)
    kept.answer = lambda address: "421 4.7.0 too many messages" if "slow" in address else ""
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}?smtplib=1")
    world.done("worker", "--drain")
    send = str(world.sends(reference)["announce"]["id"])
    facts = world.cli("sends", "progress", send, "--json").json
    assert (facts["accepted"], facts["retrying"]) == (5, 20)
    assert facts["failures"][0]["said"] == "4.7.0 too many messages"
    (found,) = facts["limits"]
    assert (found["name"], found["code"], found["set_by"]) == ("slow.example", 421, "complaint")
    assert found["halved"] >= 1
    lines = world.done("limits", "list").splitlines()
    assert "slow.example" in lines[1]
    assert "too many messages" in lines[1]
    world.done("sends", "pause", send, "--reason", "A look.")
    shown = world.done("sends", "watch", send)
    assert "  20 trying again: 421 (4.7.0 too many messages)\n" in shown
    assert "  slow.example gets " in shown
    world.done("sends", "resume", send)

    said = world.done("limits", "clear", "slow.example", "--by", "alice@example.org")
    assert said == "slow.example has the limit of the settings, or none.\n"
    assert world.cli("limits", "list", "--json").json == []
    kept.answer = lambda address: ""
    world.clock.forward(hours=5)
    world.drain()
    assert world.sends(reference)["announce"]["state"] == "done"
    assert set(kept.copies.values()) == {1}


@on_sqlite
def test_staff_set_a_limit_that_goes_before_the_settings(
    world: World, server: tuple[Counting, int]
) -> None:
    kept, port = server
    world.environ.setenv("NOTIFIER_LIMITS", "big.example=6000/min")
    told(world, big=20)
    world.environ.setenv("NOTIFIER_MAIL_URL", f"smtp://127.0.0.1:{port}")
    said = world.done("limits", "set", "Big.example", "2/h", "--by", "alice@example.org")
    assert said == "big.example is given 2/h at most.\n"
    world.drain()
    assert copies(kept, "big") == [1]
    (row,) = world.cli("limits", "list", "--json").json
    assert (row["limit"], row["now"], row["set_by"]) == ("2/h", "2/h", "staff")
    (row,) = world.cli("sends", "list", "--state", "sending", "--json").json
    assert world.cli("sends", "progress", str(row["id"]), "--json").json["put_off"] == 19
    world.clock.forward(hours=1)
    world.drain()
    assert copies(kept, "big") == [1] * 2
    changed = world.cli("limits", "set", f"127.0.0.1:{port}", "600/min", "--json").json
    assert (changed["scope"], changed["limit"]) == ("relay", "600/min")


@on_sqlite
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("set", "gmail.com", "fast"), "'fast' is no rate; write messages for each s, min, h or"),
        (("set", "a b", "600/min"), "a b is no domain, and no relay of NOTIFIER_MAIL_URL; it"),
        (("set", "mail.example.org:25", "600/min"), "it names outbox."),
        (("set", "gmail.com", "6/min", "--by", "dan@example.org"), "not a member of staff"),
        (("clear", "gmail.com"), "Nothing is set for gmail.com and it has not complained; see:"),
    ],
)
def test_what_cannot_be_limited_is_one_sentence(
    world: World, arguments: tuple[str, ...], sentence: str
) -> None:
    said = world.cli("limits", *arguments)
    assert (said.status, said.out) == (1, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert world.cli("limits", "list", "--json").json == []


@on_sqlite
@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("NOTIFIER_LIMITS", "gmail.com", "write a domain and a rate"),
        ("NOTIFIER_WARM_UP", "tomorrow 5", "write the first day"),
        ("NOTIFIER_MAIL_URL", "smtp://127.0.0.1?limit=fast", "limit='fast' is no rate"),
    ],
)
def test_a_setting_that_is_no_limit_is_one_sentence(
    world: World, name: str, value: str, sentence: str
) -> None:
    world.environ.setenv(name, value)
    said = world.cli("worker", "--drain")
    assert said.status == 1
    assert sentence in said.err
    assert said.err.count("\n") == 1
