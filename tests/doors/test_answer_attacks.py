"""Hostile answers to a consultation: nothing runs, nothing is told, nothing counts by stealth."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from notifier.app import create_app
from notifier.audience.models import Subscriber
from notifier.notices.consult import question_id
from notifier.notices.models import Answer
from notifier.sends.models import Send
from notifier.store.db import session
from tests.conftest import close
from tests.journeys.world import World, hidden, html_of, path_in, text_of
from tests.makers import DAN, Clock, on_sqlite

pytestmark = on_sqlite

USED, LOST = "Do you use the printed booklet?", "What would you lose if it stopped?"
SCRIPT = "\"'><script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(2)>"
Post = Callable[..., TestResponse]


@pytest.fixture
def reference(world: World) -> str:
    return world.announces("pocketbook")


@pytest.fixture
def post(world: World, reference: str, clock: Clock) -> Post:
    """Fills in the form with these fields, twenty seconds after it was opened."""

    def given(*, wait: float = 20, to: str = reference, **fields: object) -> TestResponse:
        browser = world.browser()
        form = opened(browser, reference)
        clock.forward(seconds=wait)
        said = {question_id(USED): "Yes.", "user_type": "media", "email": DAN}
        answer = browser.post(f"/changes/{to}", data={**form, **said, **fields})
        world.close()
        return answer

    return given


def opened(browser: FlaskClient, reference: str) -> dict[str, str]:
    page = browser.get(f"/changes/{reference}").get_data(as_text=True)
    return {name: hidden(page, name) for name in ("csrf_token", "t")}


def kept(world: World) -> tuple[int, int, int]:
    """How many answers, people and mails there are."""
    app = create_app(now=world.clock)
    with app.app_context():
        counts = [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Answer, Subscriber)
        ]
        mails = select(func.count(Send.id)).where(Send.kind == "answer_confirm")
        found = (*counts, session.scalar(mails) or 0)
        close()
    return found[0], found[1], found[2]


def summary_of(page: str) -> list[tuple[str, str]]:
    """(field, sentence) of each line of the error summary."""
    box = page.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    return re.findall(r'<a href="#([^"]+)">([^<]+)</a>', box)


def test_script_in_every_field_is_text(world: World, post: Post, reference: str) -> None:
    answer = post(**{question_id(USED): SCRIPT, "organisation": SCRIPT, "email": SCRIPT})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert page.count("&lt;script&gt;alert(1)") == 3
    assert [field for field, _ in summary_of(page)] == ["email"]
    assert post(**{question_id(USED): SCRIPT, "organisation": SCRIPT}).status_code == 200
    world.drain()
    mail = world.last_mail(DAN)
    assert "alert" not in text_of(mail) + html_of(mail) + str(mail["Subject"])
    link = path_in(mail, "/confirm/answer/")
    shown = world.get(link).get_data(as_text=True) + world.presses(link).get_data(as_text=True)
    assert shown.count("&lt;script&gt;alert(1)") == 2
    for each in (page, shown, world.get(f"/changes/{reference}").get_data(as_text=True)):
        assert "<script>" not in each
        assert "<img src=x" not in each
        assert "49" not in re.sub(r"[\w-]{30,}|&#\d+;", "", each)


@pytest.mark.parametrize(
    "email",
    ["dan@example.org\r\nBcc: all@example.org", "dan@example.org\nX: y", "<dan@example.org>"],
)
def test_no_header_is_injected_by_an_address(world: World, post: Post, email: str) -> None:
    answer = post(email=email)
    assert answer.status_code == 400
    assert kept(world) == (0, 0, 0)


def test_everything_typed_is_kept_and_every_problem_named(post: Post) -> None:
    answer = post(
        **{question_id(USED): "x" * 10_000, question_id(LOST): "The maps.\nAll of them."},
        organisation="Leeds & Co",
        email="dan@",
        user_type="",
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "<title>Error: Have your say" in page
    assert summary_of(page) == [
        (question_id(USED), "Your answer has 10,000 characters; shorten it to 5,000"),
        ("user_type", "Select what describes you best"),
        ("email", "Enter an email address in the correct format, like name@example.com"),
    ]
    for field, _ in summary_of(page):
        assert f'id="{field}"' in page
    assert "x" * 10_000 in page
    assert "The maps.\nAll of them.</textarea>" in page
    assert 'value="Leeds &amp; Co"' in page


def test_another_notices_questions_are_no_way_in(world: World, post: Post) -> None:
    strange = question_id("Which bank are you with?")
    answer = post(**{strange: "None of <i>yours</i>."})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "The questions have changed since you opened the page" in page
    assert "None of &lt;i&gt;yours&lt;/i&gt;." in page  # given back, not lost
    assert kept(world) == (0, 0, 0)


def test_what_asks_nothing_takes_no_answer(world: World, post: Post) -> None:
    other = world.announces("milk volumes")
    answer = post(to=other)
    assert answer.status_code == 400
    assert "does not ask for answers" in answer.get_data(as_text=True)
    draft = world.cli("notices", "list", "--state", "draft", "--json").json[0]["reference"]
    for reference in (draft, "DEFRA-1999-001"):
        assert post(to=reference).status_code == 404
    assert kept(world) == (0, 0, 0)


def test_a_program_is_answered_like_a_person_and_kept_nowhere(world: World, post: Post) -> None:
    honest = post(email="eve@example.org").get_data(as_text=True)
    before = kept(world)
    for fields in ({"wait": 1}, {"website": "https://pills.example"}, {"t": "forged"}):
        answer = post(**{**fields, question_id(USED): f"Buy. {fields}"})  # type: ignore[arg-type]
        assert (answer.status_code, answer.get_data(as_text=True)) == (200, honest)
    assert kept(world) == before


def test_who_left_the_page_open_is_asked_again_with_their_words(post: Post) -> None:
    answer = post(wait=3700, **{question_id(USED): "It took me an hour to write this."})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "open for over an hour; press the button again" in page
    assert "It took me an hour to write this." in page


def test_the_answer_is_the_same_whatever_the_address_is(world: World, post: Post) -> None:
    world.joins("cleo@example.org", topics=["food"], user_type="media")
    pages = {post(email=email).get_data(as_text=True) for email in ("cleo@example.org", DAN)}
    pages |= {post(**{question_id(USED): f"Again {n}"}).get_data(as_text=True) for n in range(4)}
    assert len(pages) == 1
    world.drain()
    assert len(world.mails(DAN)) == 3  # and not a fifth


def test_without_the_forms_token_nothing_is_taken(world: World, reference: str) -> None:
    said = {question_id(USED): "Yes.", "user_type": "media", "email": DAN}
    assert world.post(f"/changes/{reference}", said).status_code == 400
    assert kept(world) == (0, 0, 0)


def test_a_forged_or_foreign_link_counts_nothing(world: World, post: Post, reference: str) -> None:
    world.signs_up("eve@example.org", topics=["water"], user_type="business")
    assert post().status_code == 200
    world.drain()
    link = path_in(world.last_mail(DAN), "/confirm/answer/")
    token = link.rpartition("/")[2]
    sign_up = path_in(world.last_mail("eve@example.org"), "/confirm/").rpartition("/")[2]
    forged = [token[:-2] + ("aa" if token[-2:] != "aa" else "bb"), sign_up, "x", "." * 300]
    for path in (*(f"/confirm/answer/{each}" for each in forged), f"/confirm/{token}"):
        assert world.get(path).status_code == 404, path
        browser = world.browser()
        csrf = hidden(browser.get("/subscribe").get_data(as_text=True), "csrf_token")
        assert browser.post(path, data={"csrf_token": csrf}).status_code == 404
        world.close()
    assert world.browser().head(link).status_code == 200
    world.close()
    whole = json.loads(world.done("notices", "answers", reference, "--json"))
    assert whole["answers"] == []
    assert world.post(link, {}).status_code == 400  # no token of the form: not from our page
