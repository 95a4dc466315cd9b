"""Wrong input at the command line: one sentence, the right exit status, nothing half-written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import yaml
from sqlalchemy import MetaData, create_engine, func, select

from tests.journeys.world import Said, World
from tests.makers import ALICE, BOB, CATALOGUE, CLEO, DAN, HANA

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at"
CONSENT = ("--consent", "I agree to get emails about the topics I chose.")
ROW = "new@example.org,academic,air-quality,immediate,en,,2026-11-01"


def contents(world: World) -> dict[str, int]:
    """Rows of every table of the world's database."""
    engine = create_engine(re.sub("^postgresql:", "postgresql+psycopg:", database()))
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        rows = {
            name: connection.scalar(select(func.count()).select_from(table)) or 0
            for name, table in found.tables.items()
        }
    engine.dispose()
    return rows


def database() -> str:
    return os.environ["NOTIFIER_DATABASE_URL"]


@contextmanager
def nothing_changes(world: World) -> Iterator[None]:
    before = contents(world)
    yield
    assert contents(world) == before


def refuses(world: World, *arguments: str, about: str) -> Said:
    """Exit 1: one sentence on standard error that names what is wrong; nothing else."""
    with nothing_changes(world):
        said = world.cli(*arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    assert about in said.err
    assert said.err.rstrip().endswith((".", ")", "?")), said.err
    return said


def file(world: World, content: object, name: str = "file.yaml") -> str:
    """A file with that content: bytes and text as they are, anything else as YAML."""
    path = world.folder / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), "utf-8")
    return str(path)


def changed(section: str, **keys: Any) -> dict[str, Any]:
    """The catalogue with a new first entry of a section: the old one under another name."""
    catalogue: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text("utf-8"))
    entry = {**catalogue[section][0], **keys}
    catalogue[section] = [*catalogue[section], entry]
    return catalogue


NEW = {"slug": "new", "name": "New"}
NOTICE = {"headline": "A new one", "effect": {"date": "+200d"}}
CATALOGUES = {
    "a wrong key": (changed("topics", **NEW, colour="red"), "unknown key 'colour'"),
    "a misspelt key": (changed("topics", **NEW, parnet="food"), "did you mean 'parent'?"),
    "a wrong section": ({"topcis": []}, "did you mean 'topics'?"),
    "no name": (changed("topics", slug="new", name=""), "name"),
    "a wrong slug": (changed("topics", slug="New one", name="New"), "slug"),
    "an unknown parent": (changed("topics", **NEW, parent="nowhere"), "'nowhere'"),
    "an unknown topic": (changed("series", **NEW, topics=["nothing"]), "'nothing'"),
    "an unknown team": (changed("series", **NEW, team="nobody"), "'nobody'"),
    "an unknown depth": (changed("user_types", **NEW, depth="deep"), "deep"),
    "an unknown series": (changed("releases", series="none", title="T"), "'none'"),
    "a date that is none": (changed("releases", title="T", date="soon"), "'soon' is no date"),
    "a day that is none": (changed("releases", title="T", date="2026-02-30"), "is no date"),
    "a wrong precision": (changed("releases", title="T", precision="roughly"), "precision"),
    "a date in the past": (
        changed("notices", **{**NOTICE, "effect": {"date": "2026-11-20"}}),
        "in the past",
    ),
    "an effect without its release": (
        changed("notices", **{**NOTICE, "effect": {"release": "None such"}}),
        "None such",
    ),
    "a wrong type": (changed("notices", **NOTICE, type="novelty"), "type must be one of"),
    "a long headline": (changed("notices", **{**NOTICE, "headline": "x" * 101}), "101 characters"),
    "no size and no next update": (
        changed("notices", **NOTICE, impact={"known": "no"}),
        "next_update_by",
    ),
    "an unknown user type": (
        changed("notices", **NOTICE, what_to_do=[{"action": "A", "user_types": ["nobody"]}]),
        "'nobody'",
    ),
    "a newsletter in the past": (
        changed("newsletters", title="T", send="2026-11-01 09:30"),
        "in the past",
    ),
    "a newsletter about nothing": (changed("newsletters", title="T", audience={}), "topic"),
    "a newsletter with an unknown field": (
        changed("newsletters", title="T", body="{{ nothing }}"),
        "nothing",
    ),
    "a list": (["topics"], "mapping"),
    "a text": ("hello", "mapping"),
    "broken YAML": ("topics: [", "line"),
    "not UTF-8": (b"topics:\n- {slug: a, name: \xff\xfe}", "YAML"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "YAML"),
    "a Python object": ("!!python/object/apply:os.system ['true']", "YAML"),
}


@pytest.mark.parametrize(("content", "about"), CATALOGUES.values(), ids=CATALOGUES.keys())
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_catalogue_is_refused_whole(world: World, content: object, about: str) -> None:
    if isinstance(content, str) and "{slug" in content:
        content = content.encode()
    refuses(world, "load", file(world, content), about=about)


def test_the_end_of_a_wrong_catalogue_undoes_its_beginning(world: World) -> None:
    """On both databases: topics and series before the wrong newsletter are not kept either."""
    catalogue = changed("topics", **NEW)
    catalogue["newsletters"].append({"team": "food", "title": "T", "body": "B", "audience": {}})
    refuses(world, "load", file(world, catalogue), about="newsletters[2]")
    assert world.get("/topics/new").status_code == 404


@pytest.mark.parametrize("kind", ["sqlite"])
@pytest.mark.parametrize("verb", ["notices", "newsletters"])
@pytest.mark.parametrize(
    ("content", "about"),
    [
        ({"nonsense": 1}, "nonsense"),
        ([], "one entry"),
        ("hello", "one entry"),
        ("a: [", "YAML"),
        (b"\xff\xfe", "YAML"),
    ],
    ids=["a wrong key", "nothing", "a text", "broken YAML", "not UTF-8"],
)
def test_a_wrong_entry_is_refused(world: World, verb: str, content: object, about: str) -> None:
    refuses(world, verb, "new", "--from", file(world, content), about=about)


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


# Lists of people

FILES = {
    "no header": (f"{ROW}\n", "first row"),
    "a column missing": (f"email,user_type\n{ROW}\n", "topics"),
    "a column twice": (f"{HEADER},email\n{ROW}\n", "twice"),
    "an empty file": ("", "first row"),
    "not UTF-8": (f"{HEADER}\n{ROW}\ncaf\xe9@example.org,academic,food,,,,\n", "UTF-8"),
    "a cell without an end": (f'{HEADER}\n{ROW}\n"{"x" * 200_000}', "CSV"),
    "UTF-16": ("\ufeffemail", "UTF-8"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["sqlite"])
def test_a_wrong_list_is_refused_whole(world: World, name: str) -> None:
    content, about = FILES[name]
    raw = content.encode({"not UTF-8": "latin-1", "UTF-16": "utf-16"}.get(name, "utf-8"))
    path = file(world, raw, "people.csv")
    refuses(world, "subscribers", "import", path, *CONSENT, about=about)
    assert not list(world.folder.glob("*refused*"))


def test_a_wrong_row_does_not_stop_the_others(world: World) -> None:
    """And the report beside the file says why, without an address."""
    wrong = {
        "cleo@": "correct format",
        "x1@example.org,nobody,food,,,,2026-11-01": "user type",
        "x2@example.org,academic,nothing,,,,2026-11-01": "topic",
        "x3@example.org,academic,,,,,2026-11-01": "no topic",
        "x4@example.org,academic,food,hourly,,,2026-11-01": "frequency",
        "x5@example.org,academic,food,,fr,,2026-11-01": "language",
        "x6@example.org,academic,food,,,,": "consent",
        "x7@example.org,academic,food,,,,yesterday": "no date",
        "x8@example.org,academic,food,,,,2027-11-01": "future",
        f"x9@example.org,academic,food,,,{'x' * 3000},2026-11-01": "longer",
        "a\0b@example.org,academic,food,,,,2026-11-01": "NUL",
    }
    path = file(world, "\n".join([HEADER, *wrong, ROW]), "people.csv")
    said = world.cli("subscribers", "import", path, *CONSENT)
    assert said.status == 0
    assert "1 added, 0 there already; 11 refused." in said.out
    report = (world.folder / "people.refused.csv").read_text("utf-8")
    assert "@" not in report
    for number, why in enumerate(wrong.values(), start=2):
        line = next(line for line in report.splitlines() if line.startswith(f"{number},"))
        assert why in line


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
