"""How a pipeline stops itself: the command, the file beside a pipeline, and R, on a served site."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar

import pytest

from tests.doors.conftest import Site
from tests.doors.data_house import addressed, milk
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite

DOCS = Path(__file__).resolve().parents[2] / "docs"
RSCRIPT = shutil.which("Rscript")


@pytest.fixture
def world(world: World, clock: Clock) -> World:
    """The milk table breaks programs on 1 February 2027 at 10:30; a smaller change has no day."""
    with world.build(now=clock).app_context():
        addressed()
        milk(clock)
        milk(
            clock,
            machine_breaking="no",
            headline="Prices of milk will be rounded",
            effect={"tbc": True},
            next_update_by="2027-01-11",
        )
    return world


def test_it_exits_1_and_says_what_is_coming(world: World) -> None:
    said = world.cli("check-series", "milk-volumes", "--before", "2027-02-02")
    assert said.status == 1
    assert said.err == "1 change is announced for milk-volumes before Tuesday 2 February 2027.\n"
    assert re.search(
        r"^2027-02-01T10:30:00Z +DEFRA-2026-007 +announced +yes +The milk", said.out, re.M
    )
    assert "/changes/DEFRA-2026-007\n" in said.out
    assert "Announced without a day yet: DEFRA-2026-008, Prices of milk" in said.out


def test_it_exits_0_and_says_so_when_nothing_is_planned(world: World) -> None:
    said = world.cli("check-series", "wild-birds", "--before", "2027-03-01")
    assert (said.status, said.err) == (0, "")
    assert said.out == "No change of wild-birds is announced before Monday 1 March 2027.\n"
    assert world.cli("check-series", "milk-volumes", "--before", "2027-02-01").status == 0
    assert world.cli("check-series", "milk-prices").status == 1
    small = world.cli("check-series", "milk-utilisation", "--machine-breaking", "--json")
    assert (small.status, small.json["undated"]) == (1, [])


def test_what_cannot_be_checked_is_2(world: World) -> None:
    for words, says in (
        (("nothing",), "No series or dataset is called 'nothing'; there are: "),
        (("wild-birds", "--before", "soon"), "'soon' is no date"),
        (("wild-birds", "--before", "2026-11-23"), "is not ahead; give a day to come."),
        ((), "Missing argument"),
    ):
        said = world.cli("check-series", *words)
        assert (words, said.status, said.out) == (words, 2, "")
        assert says in said.err
        assert "Traceback" not in said.err


@on_sqlite
def test_a_database_that_does_not_answer_is_2(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NOTIFIER_DATABASE_URL", f"sqlite:///{tmp_path}/nothing.db")
    said = world.cli("check-series", "wild-birds")
    assert (said.status, said.out) == (2, "")
    assert "It could not be checked: " in said.err


def test_it_speaks_to_programs(world: World) -> None:
    said = world.cli("check-series", "milk-volumes", "--before", "2027-02-02", "--json")
    assert said.status == 1
    (row,) = said.json["changes"]
    assert (row["reference"], row["effect"]) == ("DEFRA-2026-007", "2027-02-01T10:30:00Z")
    assert row["breaks_programs"] is True
    assert said.json["before"] == "2027-02-02"
    assert [each["reference"] for each in said.json["undated"]] == ["DEFRA-2026-008"]


def test_since_a_day_what_took_effect_counts_too(world: World, clock: Clock) -> None:
    clock.at("2027-02-01 10:31")
    world.drain()
    words = ("check-series", "milk-volumes", "--machine-breaking")
    assert world.cli(*words).status == 0
    assert world.cli(*words, "--since", "2027-02-01").status == 1
    assert world.cli(*words, "--since", "2027-02-02").status == 0


def script(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a file of docs/ as a stranger would: in a bare Python, without the house's packages."""
    command = [sys.executable, "-I", "-S", str(DOCS / name), *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@on_sqlite
def test_the_file_beside_a_pipeline_says_the_same(site: Site, clock: Clock) -> None:
    for words, status in (
        (("milk-volumes", "--before", "2027-02-02"), 1),
        (("milk-volumes", "--before", "2027-02-01"), 0),
        (("https://www.example.org/milk/volumes.xls", "--machine-breaking"), 1),
        (("wild-birds",), 0),
        (("nothing",), 2),
        (("wild-birds", "--before", "soon"), 2),
    ):
        said = script("check_series.py", site.url, *words)
        assert (words, said.returncode) == (words, status), said.stderr
        assert "Traceback" not in said.stderr
    said = script("check_series.py", site.url, "milk-volumes", "--before", "2027-02-02", "--json")
    found = json.loads(said.stdout)
    assert [each["reference"] for each in found["changes"]] == ["DEFRA-2026-007"]
    assert [each["reference"] for each in found["undated"]] == ["DEFRA-2026-008"]
    said = script("check_series.py", site.url, "nothing")
    assert said.stderr.startswith("It could not be checked: No series or dataset is called")
    assert script("check_series.py", "http://127.0.0.1:9", "wild-birds").returncode == 2
    clock.at("2027-02-01 10:31")
    site.world.drain()
    since = ("milk-volumes", "--machine-breaking", "--since")
    assert script("check_series.py", site.url, *since, "2027-02-01").returncode == 1
    assert script("check_series.py", site.url, *since, "2027-02-02").returncode == 0


class Strange(BaseHTTPRequestHandler):
    """Something else at the address: a portal, another program, a line that breaks."""

    bodies: ClassVar = {
        "portal": b"<!doctype html><title>Log in</title>",
        "empty": b"{}",
        "other": b'{"results": []}',
        "numbers": b"[1]",
        "rows": b'[{"reference": "X-1"}]',
        "words": b'"no"',
        "null": b"null",
        "short": b"[",
    }

    def do_GET(self) -> None:
        body = self.bodies[self.path.split("/")[1]]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + ("short" in self.path)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.parametrize("what", Strange.bodies)
def test_what_is_no_notifier_is_neither_0_nor_1(what: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Strange) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        said = script("check_series.py", f"http://127.0.0.1:{server.server_port}/{what}", "milk")
        server.shutdown()
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("It could not be checked: ")
    assert "Traceback" not in said.stderr


@on_sqlite
def test_the_lines_of_r_say_the_same(site: Site, tmp_path: Path) -> None:
    if RSCRIPT is None:
        pytest.skip("there is no R here; its lines in docs/data.md are not run")
    (lines,) = re.findall(r"^```r\n(.*?)^```", (DOCS / "data.md").read_text("utf-8"), re.M | re.S)
    for before, series, status in (
        ("2027-02-02", "milk-volumes", 1),
        ("2027-02-01", "milk-volumes", 0),
        ("2027-02-02", "nothing", 2),
    ):
        text = lines.replace("https://updates.example.org", site.url)
        text = text.replace("2027-03-01", before).replace("milk-volumes", series)
        path = tmp_path / "check.R"
        path.write_text(text, "utf-8")
        said = subprocess.run(
            [RSCRIPT, "--vanilla", path], check=False, capture_output=True, text=True
        )
        assert (before, series, said.returncode) == (before, series, status), said.stderr


@on_sqlite
def test_a_served_site_conforms_to_its_schema(site: Site) -> None:
    said = script("conformance.py", site.url)
    assert (said.returncode, said.stdout) == (0, "It conforms.\n"), said.stdout + said.stderr
    assert script("conformance.py", "http://127.0.0.1:9").returncode == 2
