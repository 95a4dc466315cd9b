"""The evidence pack: what is in it, that it is the same twice, and that tampering is found."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from notifier.releases.models import Announcement, Release
from notifier.store.db import session, unit
from notifier.store.history import History
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.quarters import MILK, lived

FAY = "fay@example.org"
PACK = f"/staff/insight/evidence/{MILK}"
VERIFIER = Path(__file__).resolve().parents[2] / "docs" / "verify_evidence.py"
Files = dict[str, bytes]


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the farming team."""
    lived(world)
    desk = joins(world, FAY, "author", "--team", "farming")
    desk.sign_in(FAY)
    return desk


def files(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def table(found: Files, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found[name].decode())))


def lines(found: Files) -> list[dict[str, object]]:
    return [json.loads(line) for line in found["history.jsonl"].splitlines()]


def test_a_pack_holds_all_that_is_on_record(fay: Desk) -> None:
    answer = fay.get(PACK)
    assert answer.mimetype == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert f"evidence-{MILK}-2027-07-20.zip" in answer.headers["Content-Disposition"]
    found = files(answer.data)
    assert next(iter(found)) == "index.html"
    assert list(found)[-1] == "SHA256SUMS"
    february = table(found, "dates.csv")[1]
    assert february["first_announced"] == "2027-03-11"
    assert (february["date"], february["published_at"]) == ("2027-03-18", "2027-03-19T11:00:00Z")
    assert february["days_after_date"] == "1"
    (moved,) = table(found, "date-changes.csv")
    assert (moved["from"], moved["to"], moved["reason"]) == (
        *("2027-03-11", "2027-03-18", "The data came late."),
    )
    assert (moved["decided_by"], moved["approved_by"]) == ("alice@example.org", "hana@example.org")
    short = next(r for r in table(found, "lead-times.csv") if r["verdict"] == "short")
    assert (short["days"], short["promised_days"]) == ("35", "42")
    assert short["public_reason"].startswith("The <b>supplier</b>")
    approved = [r for r in table(found, "approvals.csv") if r["what"] == "approve"]
    assert {r["by"] for r in approved} == {"hana@example.org"}
    assert table(found, "feedback.csv")[4]["pressed_got_it"] == "1"
    text = json.loads(found["texts/DEFRA-2027-003/01.json"])
    assert text["words"]["headline"] == "Land types of PM2.5"
    assert json.loads(found["verification.json"])["whole"] is True


@on_sqlite
def test_nobody_who_subscribes_is_in_it(fay: Desk) -> None:
    whole = b"\n".join(files(fay.get(PACK).data).values()).decode()
    assert "cleo@" not in whole
    assert "subscriber" not in whole.replace("subscribers", "").replace("who subscribes", "")
    addresses = set(re.findall(r"[\w.]+@example\.org", whole))
    assert addresses == {"alice@example.org", "hana@example.org"}  # who acted


@on_sqlite
def test_the_same_state_gives_the_same_bytes(world: World, clock: Clock, fay: Desk) -> None:
    first = fay.get(PACK).data
    clock.forward(hours=2)
    assert fay.get(PACK).data == first
    world.done("evidence", MILK, "--out", str(world.instance / "pack.zip"))
    assert (world.instance / "pack.zip").read_bytes() == first
    then = fay.get(f"{PACK}?as_of=2027-03-01").data
    clock.forward(hours=3)
    assert fay.get(f"{PACK}?as_of=2027-03-01").data == then != first


def test_a_pack_of_the_past_holds_nothing_from_after_it(fay: Desk) -> None:
    found = files(fay.get(f"{PACK}?as_of=2027-02-28").data)
    january, february, _ = table(found, "dates.csv")
    assert (january["state"], january["published_at"]) == ("released", "2027-02-11T09:30:00Z")
    assert (february["state"], february["date"]) == ("confirmed", "2027-03-11")
    assert table(found, "date-changes.csv") == []
    told = {r["reference"]: r["state"] for r in table(found, "lead-times.csv")}
    assert told == {
        "DEFRA-2027-001": "announced",
        "DEFRA-2027-002": "announced",  # nobody was at work to let it take effect
        "DEFRA-2027-003": "announced",
        "DEFRA-2027-004": "announced",
    }
    assert {row["pressed_got_it"] for row in table(found, "feedback.csv")} == {"0"}
    assert max(str(row["at"]) for row in lines(found)) < "2027-03"


@on_sqlite
def test_what_is_not_public_is_not_in_it(world: World, clock: Clock, fay: Desk) -> None:
    """A draft, a planned release, and the words of a release before its instant."""
    before = set(files(fay.get(PACK).data))
    with world.build(now=clock).app_context(), unit():
        march = session.query(Release).filter_by(title="Milk, March").one()
        session.add(
            Announcement(
                release_id=march.id,
                state="armed",
                words={"en": {"headline": "Milk fell by a third"}},
                created_at=clock(),
                changed_at=clock(),
            )
        )
        january = session.query(Release).filter_by(title="Milk, January").one()
        session.add(
            Announcement(
                release_id=january.id,
                state="announced",
                words={"en": {"headline": "Milk rose"}},
                created_at=clock(),
                changed_at=clock(),
            )
        )
        march.state = "planned"
    found = files(fay.get(PACK).data)
    whole = b"\n".join(found.values())
    assert b"a third" not in whole
    assert b"Milk, March" not in whole
    (more,) = set(found) - before
    assert b"Milk rose" in found[more]


@on_sqlite
def test_whose_series_it_is_may_take_it_and_nobody_else(world: World, clock: Clock) -> None:
    lived(world)
    olga = joins(world, "olga@example.org", "author", "--team", "food")
    olga.sign_in("olga@example.org")
    assert olga.get(PACK).status_code == 404
    assert olga.get("/staff/insight/evidence/family-food").status_code == 200
    shown = says(olga.get("/staff/insight/evidence"))
    assert "You can take a pack of 3 series." in shown
    assert "Milk utilisation" not in shown
    hana, _ = enters(world, clock, "hugh@example.org", "hop", "--team", "food")
    assert hana.get(PACK).status_code == 200  # the same body
    assert Desk(world.browser()).get(PACK).status_code == 404


@on_sqlite
def test_bad_days_make_no_pack(world: World, fay: Desk) -> None:
    assert fay.get(f"{PACK}?as_of=soon").status_code == 404
    shown = fay.get("/staff/insight/evidence?as_of=2031-01-01")
    assert shown.status_code == 400
    assert "Enter a day that is over, or today, like 2026-09-30" in says(shown)
    said = world.cli("evidence", MILK, "--out", str(world.instance / "x.zip"), "--as-of", "soon")
    assert (said.status, said.err.strip()) == (
        1,
        "'soon' is no day that is over; write it as 2026-09-30.",
    )
    assert not (world.instance / "x.zip").exists()


@on_sqlite
def test_the_command_says_what_it_wrote_and_overwrites_nothing(world: World, fay: Desk) -> None:
    out = world.instance / "pack.zip"
    said = world.cli("evidence", MILK, "--out", str(out), "--json").json
    assert said["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (said["files"], said["history_is_whole"]) == (len(files(out.read_bytes())), True)
    assert out.stat().st_mode & 0o777 == 0o600
    again = world.cli("evidence", MILK, "--out", str(out))
    assert (again.status, "is there already" in again.err) == (1, True)


def verified(folder: Path, data: bytes) -> tuple[int, str]:
    """The verifier by itself: no site packages, not this house."""
    (folder / "pack.zip").write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(folder / "pack.zip")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def packed(found: Files, *, sums_anew: bool = False) -> bytes:
    if sums_anew:
        sums = {n: hashlib.sha256(c).hexdigest() for n, c in found.items() if n != "SHA256SUMS"}
        found = {**found, "SHA256SUMS": "".join(f"{s}  {n}\n" for n, s in sums.items()).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in found.items():
            pack.writestr(name, content)
    return out.getvalue()


def replaced(name: str, was: bytes, now_is: bytes) -> Callable[[Files], Files]:
    def change(found: Files) -> Files:
        assert was in found[name]
        return {**found, name: found[name].replace(was, now_is, 1)}

    return change


def without(name: str) -> Callable[[Files], Files]:
    return lambda found: {n: c for n, c in found.items() if n != name}


def without_line(number: int) -> Callable[[Files], Files]:
    """Without that row of the longest chain."""

    def change(found: Files) -> Files:
        rows = found["history.jsonl"].splitlines(keepends=True)
        objects = [json.loads(row)["object"] for row in rows]
        longest = max(objects, key=objects.count)
        del rows[[at for at, name in enumerate(objects) if name == longest][number]]
        return {**found, "history.jsonl": b"".join(rows)}

    return change


def one_row_fewer(found: Files) -> Files:
    """The result of the check with another number of rows."""
    said = json.loads(found["verification.json"])
    was, then = (f'"rows": {rows}'.encode() for rows in (said["rows"], said["rows"] - 1))
    return replaced("verification.json", was, then)(found)


TAMPERED: list[tuple[Callable[[Files], Files], str]] = [
    (replaced("history.jsonl", b"hana@", b"bob_@"), "was altered"),
    (replaced("history.jsonl", b'"why": ""', b'"why": "x"'), "was altered"),
    (without_line(1), "does not follow"),
    (without_line(-1), "does not end where"),
    (without("history.jsonl"), "missing"),
    (one_row_fewer, "does not add up"),
]


@on_sqlite
def test_tampering_with_history_is_found(tmp_path: Path, fay: Desk) -> None:
    """Even by somebody who makes the sums anew."""
    found = files(fay.get(PACK).data)
    for change, said in TAMPERED:
        for sums_anew in (False, True):
            code, out = verified(tmp_path, packed(change(found), sums_anew=sums_anew))
            assert (code, said in out, "NOT WHOLE" in out) == (1, True, True), out


@on_sqlite
def test_tampering_with_files_is_found_and_a_whole_pack_is_whole(tmp_path: Path, fay: Desk) -> None:
    data = fay.get(PACK).data
    found = files(data)
    code, out = verified(tmp_path, data)
    assert code == 0
    fingerprint = hashlib.sha256(found["SHA256SUMS"]).hexdigest()
    assert out.splitlines()[-1] == f"Fingerprint {fingerprint}"
    whole: list[tuple[Callable[[Files], Files], str]] = [
        (replaced("dates.csv", b"2027-03-19", b"2027-03-18"), "dates.csv was altered."),
        (without("lead-times.csv"), "lead-times.csv is missing."),
        (lambda f: {**f, "more.csv": b""}, "more.csv does not belong to the pack."),
        (without("SHA256SUMS"), "SHA256SUMS is missing."),
    ]
    for change, said in whole:
        code, out = verified(tmp_path, packed(change(found)))
        assert (code, said in out) == (1, True), out
    assert verified(tmp_path, b"no zip")[0] == 2
    twice = io.BytesIO(data)
    with zipfile.ZipFile(twice, "a") as pack, pytest.warns(UserWarning, match="Duplicate"):
        pack.writestr("dates.csv", b"another")
    assert verified(tmp_path, twice.getvalue())[0] == 2


@on_sqlite
def test_the_sums_are_those_that_sha256sum_reads(tmp_path: Path, fay: Desk) -> None:
    with zipfile.ZipFile(io.BytesIO(fay.get(PACK).data)) as pack:
        pack.extractall(tmp_path)
    done = subprocess.run(
        ["sha256sum", "--strict", "-c", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0


@on_sqlite
def test_a_broken_chain_is_said_in_the_pack(world: World, clock: Clock, fay: Desk) -> None:
    with world.build(now=clock).app_context(), unit():
        row = session.query(History).filter(History.object.startswith("notice:")).first()
        assert row is not None
        row.why = "Nobody said this."
    found = files(fay.get(PACK).data)
    checked = json.loads(found["verification.json"])
    assert (checked["whole"], checked["broken"][0]["problem"]) == (False, "row 1 was altered")
    assert b"The history does not add up" in found["index.html"]
    said = world.done("evidence", MILK, "--out", str(world.instance / "pack.zip"))
    assert "Its history does not add up" in said


@on_sqlite
def test_formulas_are_defused_and_marks_escaped(world: World, clock: Clock, fay: Desk) -> None:
    with world.build(now=clock).app_context(), unit():
        for release in session.query(Release).filter(Release.title.startswith("Milk, J")):
            release.title = '=HYPERLINK("x") <script>'
    found = files(fay.get(PACK).data)
    assert table(found, "dates.csv")[0]["title"] == '\'=HYPERLINK("x") <script>'
    page = found["index.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
