"""The look-up of a dataset's address: what it answers, and what the dataset's own answers say."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from notifier.catalogue import queries as catalogue
from notifier.notices import queries as notices
from notifier.notices.pause import hold
from notifier.store.db import unit
from tests import makers
from tests.doors.data_house import BASE, MILK_CSV, MILK_XLS, addressed, milk
from tests.makers import ALICE, Clock, on_sqlite

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
LOOK_UP = {"url": MILK_XLS}


@pytest.fixture
def client(house: Flask, clock: Clock) -> FlaskClient:
    with house.app_context():
        addressed()
        clock.at("2026-12-03 09:00")
    return house.test_client()


@pytest.fixture
def told(client: FlaskClient, house: Flask, clock: Clock) -> str:
    """The milk table's new layout is announced, for 1 February at 10:30."""
    with house.app_context():
        return milk(clock).reference


def test_it_carries_the_fields_that_the_dataset_should(client: FlaskClient, told: str) -> None:
    answer = client.get("/registry", query_string=LOOK_UP)
    assert answer.headers["Deprecation"] == f"@{int(makers.london('2026-12-03 09:00').timestamp())}"
    assert answer.headers["Sunset"] == "Mon, 01 Feb 2027 10:30:00 GMT"
    assert parsedate_to_datetime(answer.headers["Sunset"]) == makers.london("2027-02-01 10:30")
    links = answer.headers.getlist("Link")
    assert f'<{BASE}/changes/{told}>; rel="deprecation"; type="text/html"' in links
    assert f'<{BASE}/changes/{told}>; rel="sunset"; type="text/html"' in links
    assert f'<{MILK_CSV}>; rel="successor-version"' in links
    body = json.loads(answer.data)
    own = [
        f"{name}: {value}" for name, value in answer.headers if name in ("Deprecation", "Sunset")
    ]
    assert body["headers"][:2] == own
    assert (body["deprecation"], body["sunset"]) == ("2026-12-03T09:00:00Z", "2027-02-01T10:30:00Z")
    assert body["series"] == ["milk-utilisation"]
    assert [row["reference"] for row in body["notices"]] == [told]
    assert body["notices"][0]["headers"] == body["headers"]


def test_another_spelling_of_the_address_is_the_same_dataset(
    client: FlaskClient, told: str
) -> None:
    for url in (MILK_XLS.replace("https", "http"), f"{MILK_XLS}#prices", f"{MILK_XLS}/"):
        answer = client.get("/registry", query_string={"url": url})
        assert "Sunset" in answer.headers, url
    assert client.get("/registry", query_string={"url": f"{MILK_XLS}?v=1"}).status_code == 404


def test_the_page_of_a_series_stands_for_all_of_it(
    client: FlaskClient, house: Flask, told: str
) -> None:
    """Its landing page, and its page on this site while we know no other."""
    own = f"{BASE}/series/milk-utilisation"
    asked = "/registry?url={}"
    listed = json.loads(client.get("/registry").data)["datasets"]
    (row,) = [each for each in listed if each["scheme"] == "series" and "milk" in each["value"]]
    assert (row["url"], row["series"]) == (own, ["milk-utilisation"])
    for url in (own, f"{own}/", f"{own}#changes"):
        answer = client.get("/registry", query_string={"url": url})
        assert answer.headers["Sunset"] == "Mon, 01 Feb 2027 10:30:00 GMT"
        body = json.loads(answer.data)
        assert body["series"] == ["milk-utilisation"]
        assert [each["reference"] for each in body["notices"]] == [told]
    landing = "https://www.example.org/statistics/milk"
    with house.app_context(), unit():
        catalogue.series("milk-utilisation").landing_url = landing
    listed = json.loads(client.get("/registry").data)["datasets"]
    assert [e["url"] for e in listed if e["value"] == "milk-utilisation"] == [landing]
    for url in (landing, own):
        assert "Sunset" in client.get("/registry", query_string={"url": url}).headers
    birds = f"{BASE}/series/wild-birds"
    other = client.get("/registry", query_string={"url": birds})
    assert "Sunset" not in other.headers
    assert json.loads(other.data)["notices"] == []
    for path in ("/series/nothing", "/topics/food", "/"):
        assert client.get(asked.format(f"{BASE}{path}")).status_code == 404


def test_what_breaks_no_program_is_told_without_the_fields(
    client: FlaskClient, house: Flask, clock: Clock
) -> None:
    with house.app_context():
        milk(clock, machine_breaking="no", materiality="minor")
        milk(clock, decision="proposed")
    answer = client.get("/registry", query_string=LOOK_UP)
    assert not {"Deprecation", "Sunset"} & set(answer.headers.keys())
    body = json.loads(answer.data)
    assert len(body["notices"]) == 2
    assert (body["headers"], body["sunset"]) == ([], None)
    text = client.get("/registry", query_string={**LOOK_UP, "format": "nginx"}).text
    assert text == f"# No announced change breaks programs that read {MILK_XLS}\n"


def test_with_several_the_first_day_counts(client: FlaskClient, house: Flask, clock: Clock) -> None:
    with house.app_context():
        milk(clock)
        clock.forward(days=1)
        milk(clock, effect={"date": "2027-02-15"})
        milk(clock, effect={"tbc": True}, next_update_by="2027-01-11")
    answer = client.get("/registry", query_string=LOOK_UP)
    assert answer.headers["Deprecation"] == f"@{int(makers.london('2026-12-03 09:00').timestamp())}"
    assert answer.headers.getlist("Sunset") == ["Mon, 01 Feb 2027 10:30:00 GMT"]
    effects = [row["effect"] for row in json.loads(answer.data)["notices"]]
    assert effects == ["2027-02-01T10:30:00Z", "2027-02-15T10:30:00Z", None]


def test_what_is_not_known_is_404_with_what_is(client: FlaskClient, told: str) -> None:
    for url in ("https://www.example.org/other", "javascript:alert(1)", "x" * 9000, "http://["):
        answer = client.get("/registry", query_string={"url": url})
        assert (url[:20], answer.status_code) == (url[:20], 404)
        assert MILK_XLS in json.loads(answer.data)["known"]
    every = json.loads(client.get("/registry").data)["datasets"]
    assert [each["value"] for each in every if each["scheme"] != "series"] == [
        "milk-volumes",
        "milk-prices",
    ]
    assert len({each["url"] for each in every}) == len(every) == 23 + 2
    for each in every:
        assert client.get(each["registry"].removeprefix(BASE)).status_code == 200
    for query in ("format=apache", "uri=x", f"url={MILK_XLS}&format=x"):
        assert client.get(f"/registry?{query}").status_code == 400


def test_the_fields_go_when_it_is_over(
    client: FlaskClient, house: Flask, clock: Clock, told: str
) -> None:
    clock.forward(days=3)
    with house.app_context(), unit():
        notice, by = notices.notice(told), makers.acting(ALICE)
        hold(notice, reason="Not ready.", next_update=date(2027, 1, 11), by=by, now=clock())
    assert "Sunset" in client.get("/registry", query_string=LOOK_UP).headers
    with house.app_context(), unit():
        notices.notice(told).state = "in_effect"
    answer = client.get("/registry", query_string=LOOK_UP)
    assert not {"Deprecation", "Sunset"} & set(answer.headers.keys())


@on_sqlite
def test_nginx_takes_the_lines_and_says_them(
    client: FlaskClient, house: Flask, clock: Clock, tmp_path: Path
) -> None:
    """Also with an address that nginx would take for a variable or the end of a quote."""
    odd = "https://www.example.org/a'b$c\"d"
    with house.app_context():
        milk(clock, alternatives=[{"title": "Odd", "url": odd}])
    answer = client.get("/registry", query_string={**LOOK_UP, "format": "nginx"})
    assert answer.content_type == "text/plain; charset=utf-8"
    lines = [line for line in answer.text.splitlines() if not line.startswith("#")]
    assert all(line.startswith("add_header ") and line.endswith("' always;") for line in lines)
    assert "add_header Sunset 'Mon, 01 Feb 2027 10:30:00 GMT' always;" in lines
    assert "<https://www.example.org/a%27b%24c%22d>" in answer.text
    if NGINX is None:
        pytest.skip("there is no nginx here; what it would say is not asked")
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off;"
        f"server {{ listen 127.0.0.1:8099; location / {{\n{answer.text}\nreturn 200; }} }} }}"
    )
    said = subprocess.run(
        [NGINX, "-t", "-c", str(conf)], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
