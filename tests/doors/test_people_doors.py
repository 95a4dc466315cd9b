"""What each door of the sign-up owes a person: privacy one link away, no stranger's words in their
mail, and their own language."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.catalogue import purpose
from notifier.catalogue import queries as catalogue
from notifier.mail import outbox
from notifier.store.db import unit
from tests.doors.attacking import TYPED, form
from tests.doors.conftest import PUBLIC
from tests.journeys.world import World, hidden, html_of, text_of
from tests.makers import ALICE, CLEO, Clock, acting, joins, on_sqlite

pytestmark = on_sqlite

SPAM = "buy-pills-at-evil-example"


@pytest.mark.parametrize("lang", ["", "lang=cy"])
def test_privacy_and_accessibility_are_one_link_away_everywhere(house: Flask, lang: str) -> None:
    client = house.test_client()
    end = f"?{lang}" if lang else ""
    for path in (*PUBLIC, "/complain", "/nowhere", "/confirm/forged", "/changes/DEFRA-1999-001"):
        page = client.get(path, query_string=lang if "?" not in path else None).text
        if "?" not in path:
            assert f'href="/privacy{end}"' in page, path
            assert f'href="/accessibility{end}"' in page, path


def test_a_strangers_words_are_not_in_the_confirm_mail(world: World) -> None:
    """Whoever signs a victim up chooses topics, and nothing else that the victim reads."""
    browser = world.browser()
    page = browser.get(f"/subscribe?from={SPAM}").text
    given = {name: hidden(page, name) for name in ("csrf_token", "t")}
    world.clock.forward(seconds=20)
    more = dict.fromkeys(("name", "organisation", "uses", "q", "subject", "wording", "reply"), SPAM)
    data = {**given, **TYPED, **more, "email": CLEO, "from": SPAM}
    headers = {"X-Forwarded-Host": f"{SPAM}.org", "User-Agent": SPAM}
    answer = browser.post("/subscribe", data=data, headers=headers)
    assert answer.status_code == 200
    assert outbox.entries(world.instance / "outbox") == [], "a request promises, and sends nothing"
    world.drain()
    mail = world.last_mail(CLEO)
    for words in (str(mail), text_of(mail), html_of(mail)):
        assert SPAM not in words


@pytest.mark.parametrize(
    ("query", "words"), [("", "more than a form may hold"), ("?lang=cy", "yn fwy nag y gall")]
)
def test_a_megabyte_in_a_field_gets_a_sentence(
    house: Flask, clock: Clock, query: str, words: str
) -> None:
    client = house.test_client()
    data = {**form(client, clock), **TYPED, "email": "a" * 1_000_000 + "@example.org"}
    answer = client.post(f"/subscribe{query}", data=data)
    assert answer.status_code == 413
    assert words in answer.text


def test_who_uses_a_topic_is_told_in_the_readers_language(house: Flask, clock: Clock) -> None:
    with house.app_context():
        for number in range(12):
            joins(f"a{number}@example.org", now=clock(), follows=["waste"], user_type="charity")
    sums_up(house, clock, "Charities plan with it.")
    client = house.test_client()
    english, half = client.get("/topics/waste").text, client.get("/topics/waste?lang=cy").text
    assert '<section class="section" aria-labelledby="uses" lang="en">' in english
    assert "Charity or community group</th>" in english
    assert '<section class="section" aria-labelledby="uses" lang="cy">' in half
    assert "ystadegau hyn, ac at beth</h2>" in half
    assert "Elusen neu grŵp cymunedol</th>" in half
    assert '<p class="used-by__words" lang="en">Charities plan with it.</p>' in half
    sums_up(house, clock, "Charities plan with it.", welsh="Cynllunio elusennau.")
    whole = client.get("/topics/waste?lang=cy").text
    assert '<p class="used-by__words" lang="cy">Cynllunio elusennau.</p>' in whole
    assert "Charities plan" not in whole


def sums_up(house: Flask, clock: Clock, words: str, *, welsh: str = "") -> None:
    with house.app_context(), unit():
        waste, by = catalogue.topic("waste"), acting(ALICE)
        purpose.summarise_uses(waste, words, welsh=welsh, by=by, now=clock())
