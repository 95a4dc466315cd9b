"""Wrong input at the command line: one sentence, the right exit status, nothing half-written."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.doors.refusing import nothing_changes, refuses
from tests.journeys.world import World
from tests.makers import ALICE, BOB, CATALOGUE, CLEO, DAN, HANA

# Who may do what, and when


def reference(world: World, word: str) -> str:
    rows = world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if word in row["headline"]))


@pytest.mark.parametrize("kind", ["sqlite"])
def test_an_unknown_reference_or_person_is_refused(world: World) -> None:
    known = reference(world, "fine particles")
    for verb in ("submit", "approve", "publish"):
        refuses(world, "notices", verb, "DEFRA-2026-999", "--by", ALICE, about="DEFRA-2026-999")
        refuses(world, "notices", verb, known, "--by", DAN, about=DAN)
        refuses(
            world, "newsletters", verb.replace("publish", "send"), "99", "--by", BOB, about="99"
        )
    refuses(world, "notices", "show", "'; DROP TABLE notice --", about="DROP")
    refuses(world, "sends", "show", "999", about="999")
    refuses(world, "subscribers", "show", DAN, about=DAN)
    refuses(world, "subscribers", "show", "dan@", about="email address")
    refuses(world, "subscribers", "forget", DAN, about=DAN)
    refuses(
        world, "staff", "add", "fay@example.org", "--role", "author", "--team", "x", about="'x'"
    )


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_approver_is_refused(world: World) -> None:
    """Never the author, never somebody without the right, never before it was asked for."""
    serious = reference(world, "fine particles")
    refuses(world, "notices", "approve", serious, "--by", HANA, about="is a draft")
    refuses(world, "notices", "publish", serious, "--by", ALICE, about="is a draft")
    world.done("notices", "submit", serious, "--by", ALICE)
    refuses(world, "notices", "approve", serious, "--by", ALICE, about=ALICE)
    refuses(world, "notices", "approve", serious, "--by", BOB, about="Head of Profession")
    refuses(world, "notices", "submit", serious, "--by", ALICE, about="is in review")
    world.done("notices", "approve", serious, "--by", HANA)
    world.done("newsletters", "submit", "1", "--by", BOB)
    refuses(world, "newsletters", "approve", "1", "--by", BOB, about=BOB)
    refuses(world, "newsletters", "send", "1", "--by", ALICE, about="newsletter")


@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_short_lead_needs_a_reason_and_the_head_of_profession(world: World) -> None:
    short = reference(world, "Monthly landings")
    for verb, person in (("submit", ALICE), ("approve", HANA)):
        world.done("notices", verb, short, "--by", person)
    publish = ("notices", "publish", short, "--by", ALICE)
    reason = ("--short-notice-reason", "The contract was signed late.")
    refuses(world, *publish, about="needs 14")
    refuses(world, *publish, "--approved-by", HANA, about="--short-notice-reason")
    refuses(world, *publish, *reason, about="--approved-by")
    refuses(world, *publish, *reason, "--approved-by", BOB, about="Head of Profession")
    refuses(world, *publish, "--short-notice-reason", "  ", "--approved-by", HANA, about="reason")
    world.clock.at("2026-12-10 12:00")
    refuses(world, *publish, *reason, "--approved-by", HANA, about="past")
    world.clock.at("2026-11-23 11:00")
    world.done(*publish, *reason, "--approved-by", HANA)


# Usage


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["load", "/nowhere.yaml"],
        ["load", "/"],
        ["load"],
        ["load", "--colour", "red", str(CATALOGUE)],
        ["subscribers", "import", "/nowhere.csv"],
        ["subscribers", "nonsense"],
        ["notices", "new", "--from", "/nowhere.yaml"],
        ["notices", "publish", "DEFRA-2026-001"],
        ["nonsense"],
        ["--nonsense"],
        ["staff", "add", "fay@example.org", "--role", "king"],
        ["web", "--port", "99999"],
        ["web", "--workers", "none"],
        ["sends", "show", "one"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(world: World, arguments: list[str]) -> None:
    with nothing_changes(world):
        said = world.cli(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "Error:" in said.err


@pytest.mark.parametrize("kind", ["sqlite"])
def test_the_real_command_exits_so_too(world: World) -> None:
    """As a process: the status reaches the shell, and no trace reaches the person."""
    for arguments, status in (
        (["notices", "show", "DEFRA-2026-999"], 1),
        (["load", "/nowhere.yaml"], 2),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "notifier", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (arguments, done.returncode) == (arguments, status)
        assert "Traceback" not in done.stderr
        assert done.stderr


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "bogus"),
        ("DATABASE_URL", "mysql://127.0.0.1/x"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/x"),
        ("DATABASE_URL", "sqlite://"),  # an empty one: nothing is migrated
        ("INSTANCE", "/proc/nowhere"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_sentence(
    world: World, name: str, value: str
) -> None:
    world.environ.setenv(f"NOTIFIER_{name}", value)
    said = world.cli("sends", "list")
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize(
    ("name", "value", "about"),
    [
        ("ENV", "prod", "NOTIFIER_ENV"),
        ("BASE_URL", "updates.example.org", "NOTIFIER_BASE_URL"),
        ("BASE_URL", "javascript:alert(1)", "NOTIFIER_BASE_URL"),
        ("MAIL_FROM", "nobody", "NOTIFIER_MAIL_FROM"),
        ("TRUSTED_PROXIES", "everywhere", "NOTIFIER_TRUSTED_PROXIES"),
        ("RETENTION_DELIVERY_MONTHS", "a week", "NOTIFIER_RETENTION_DELIVERY_MONTHS"),
        ("SECRET_KEY_FILE", "/nowhere", "NOTIFIER_SECRET_KEY_FILE"),
    ],
)
def test_a_wrong_setting_is_refused(world: World, name: str, value: str, about: str) -> None:
    world.environ.setenv(f"NOTIFIER_{name}", value)
    refuses(world, "notices", "list", about=about)


def test_a_wrong_mail_server_loses_nothing(world: World) -> None:
    """The doctor and the worker say so; once it is put right, the mail that waited goes out."""
    world.signs_up(CLEO, topics=["food"], user_type="academic")
    world.environ.setenv("NOTIFIER_MAIL_URL", "carrier-pigeon://loft")
    said = world.cli("check")
    assert (said.status, said.err.count("\n")) == (1, 1)
    assert "BAD  mail" in said.out
    said = world.cli("worker", "--drain")
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said.err
    assert "MAIL_URL" in said.err
    world.environ.delenv("NOTIFIER_MAIL_URL")
    world.clock.forward(minutes=10)
    world.drain()
    assert len(world.mails(CLEO)) == 1
