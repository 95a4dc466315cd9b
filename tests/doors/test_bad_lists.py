"""Lists that are no lists: one clear sentence, bounded memory, nothing half-done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.journeys.world import World
from tests.makers import ALICE, CLEO, DAN, on_sqlite

pytestmark = on_sqlite

HEADER = "email,user_type,topics,frequency,language,organisation,confirmed_at\n"
GOOD = f"{CLEO},media,food,,,,2026-01-15\n"
CONSENT = ("--consent", "I agree to get mail.")
TERMS = ("--team", "food", "--source", "A meeting", "--basis", "consent", "--by", ALICE)
MOST = 200  # MB of memory, of which the program itself takes about half


def kept(world: World, raw: bytes | str) -> str:
    path = world.folder / "people.csv"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return str(path)


def refused(world: World, *arguments: str) -> str:
    """The one sentence; nobody came in and nothing was left behind."""
    before = {file.name for file in world.folder.iterdir()}
    said = world.cli("subscribers", *arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    assert "Nobody is subscribed" in world.cli("subscribers", "show", CLEO).err
    assert {file.name for file in world.folder.iterdir()} <= before | {"instance"}
    return said.err


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("", "The first row must name the columns once each"),
        ("\n\n", "The first row must name the columns once each"),
        (HEADER.replace("topics", "email") + GOOD, "missing: topics"),
        (HEADER.replace("language", "email") + GOOD, "one stands twice"),
        ((HEADER + GOOD + "Siân,media\n").encode("latin-1"), "is not UTF-8 text"),
        ((HEADER + GOOD).encode("utf-16-le"), "UTF-16 without its mark"),
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (HEADER + GOOD + '"' + "x" * 200_000, "Row 3 is not CSV"),
        (HEADER + GOOD + '"\n",' * 300_000, "a row of more than 1,000,000 characters"),
        ("email" + "," * 1_000_000 + "\n", "a row of more than 1,000,000 characters"),
        ("email," + ",".join(f"c{n}" for n in range(100_000)) + "\n", "missing: user_type, topics"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_file_that_is_no_list_is_refused_whole(
    world: World, raw: bytes | str, sentence: str
) -> None:
    assert sentence in refused(world, "import", kept(world, raw), *CONSENT)


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: text.replace("\n", "\r\n\n", 1).encode(),
        lambda text: text.rstrip("\n").encode(),
    ],
    ids=["mark", "utf-16", "crlf", "cr", "mixed", "no end"],
)
def test_a_list_in_another_dress_comes_in(world: World, dress: Callable[[str], bytes]) -> None:
    file = kept(world, dress(f"{HEADER}{GOOD}{DAN},media,food,,,Siân,2026-01-15\n"))
    assert world.done("subscribers", "import", file, *CONSENT) == "2 added, 0 there already.\n"
    assert world.cli("subscribers", "show", DAN, "--json").json["status"] == "active"


def test_what_is_no_file_is_refused(world: World) -> None:
    os.mkfifo(world.folder / "pipe")
    for path in ("/dev/zero", str(world.folder / "pipe")):
        for verb in (("import", path, *CONSENT), ("bring", path, *TERMS)):
            assert "is not a file" in refused(world, *verb)
    assert world.cli("subscribers", "import", str(world.folder), *CONSENT).status == 2


def test_a_report_that_cannot_be_written_stops_the_import(world: World) -> None:
    (world.folder / "closed").mkdir()
    file = world.folder / "closed" / "people.csv"
    file.write_text(f"{HEADER}{GOOD}nobody,media,food,,,,2026-01-15\n", "utf-8")
    (world.folder / "closed" / f".people.refused.csv.{os.getpid()}").mkdir()  # also as root
    assert "The report" in refused(world, "import", str(file), *CONSENT)


@pytest.mark.parametrize(
    ("email", "comes"),
    [
        ("zoë@bücher.example", "zoë@bücher.example"),
        ("ann+list@example.org", "ann+list@example.org"),
        ("Ann@EXAMPLE.org", "Ann@example.org"),
        ("a@xn--bcher-kva.example", "a@bücher.example"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 55}.example.org", "same"),
        (f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 56}.example.org", ""),
        (f"{'a' * 65}@example.org", ""),
        ('"ann smith"@example.org', ""),
        ("ann@home@example.org", ""),
        ("=cmd|' /C calc'!A0", ""),
        ("ann@exam\rple.org", ""),
        ("x" * 100_000 + "@example.org", ""),
        ("ann@localhost", ""),
        ("ann@[127.0.0.1]", ""),
        ("раураl@раураl.example", "раураl@раураl.example"),
    ],
    ids=lambda value: value[:24],
)
def test_addresses_of_all_kinds(world: World, email: str, comes: str) -> None:
    cell = '"' + email.replace('"', '""') + '"'
    file = kept(world, f"{HEADER}{GOOD}{cell},media,food,,,,2026-01-15\n")
    said = world.cli("subscribers", "import", file, *CONSENT, "--json").json
    assert (said["added"], said["refused"]) == ((2, 0) if comes else (1, 1))
    if comes:
        found = world.cli("subscribers", "show", email, "--json").json
        assert found["email"] == (email if comes == "same" else comes)
    else:
        assert email[:20] not in Path(said["report"]).read_text("utf-8")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The list is empty"),
        (b"a\0b", "The list is not text"),
        (b"x" * 20_000_001, "larger than 20 MB"),
        (b"a;" * 20_001, "more than 20,000 entries"),
        (b"name,email\n" + b'"' + b"x" * 200_000, "is not CSV"),
        (b";;;\n", "names nobody"),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_a_list_that_cannot_be_brought(world: World, raw: bytes, sentence: str) -> None:
    assert sentence in refused(world, "bring", kept(world, raw), *TERMS)


@pytest.mark.parametrize("what", ["endless line", "too large", "columns", "refused rows"])
def test_memory_is_bounded(world: World, what: str) -> None:
    """In a process of its own, which tells its peak, as does the one that reads for it."""
    path = world.folder / "people.csv"
    with path.open("wb") as file:
        file.write(HEADER.encode())
        if what == "columns":
            file.writelines(b"a" + b"," * 900_000 + b"\n" for _ in range(100))
        elif what == "refused rows":
            file.writelines(b"nobody,media,food,,,,2026-01-15\n" for _ in range(150_000))
        else:
            file.truncate(1_000_000_000 if what == "too large" else 400_000_000)
    code = (
        "import re, resource; from notifier.__main__ import main\n"
        "try: main()\n"
        "finally: print(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1],"
        " resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "subscribers", "import", str(path), *CONSENT],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert max(map(int, ran.stdout.split()[-2:])) / 1024 < MOST
    sentence = {"endless line": "1,000,000 characters", "too large": "larger than 500 MB"}
    assert sentence.get(what, "") in ran.stderr
    assert ran.returncode == (1 if what in sentence else 0)
