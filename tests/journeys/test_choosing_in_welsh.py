"""The same in Welsh: sign-up, consent, settings by a Welsh reader's link, refusals, dates."""

from __future__ import annotations

import json

from tests.journeys.test_choosing import fresh_link, letters_link, text
from tests.journeys.world import World, hidden, path_in, text_of

CARYS = "carys@example.org"


def signs_up(world: World, **changes: object) -> str:
    browser = world.browser()
    page = browser.get("/subscribe?lang=cy").get_data(as_text=True)
    assert '<html lang="cy">' in page
    assert "Bydd ei geiriau" not in page, "it claims to be Welsh, so nothing excuses it"
    given = {name: hidden(page, name) for name in ("csrf_token", "t", "lang")}
    world.clock.forward(seconds=20)
    typed = {"email": CARYS, "topics": ["water"], "user_type": "media", **changes}
    answer = browser.post("/subscribe", data={**given, **typed})
    world.close()
    return answer.get_data(as_text=True)


def test_from_sign_up_to_erasure_in_welsh(world: World) -> None:
    world.begin()
    announced = world.announces("fine particles")
    wrong = signs_up(world, email="carys@", user_type="")
    assert "Rhowch gyfeiriad e-bost yn y fformat cywir" in text(wrong)
    assert "<title>Gwall: " in wrong
    done = signs_up(world, topics=["air-quality"])
    assert "Edrychwch ar eich e-bost" in done
    assert "from=passed-on&amp;lang=cy" in done
    world.drain()
    letter = world.last_mail(CARYS, "/confirm/")
    assert "Cadarnhewch" in str(letter["Subject"])
    confirm = path_in(letter, "/confirm/")
    assert "Cadarnhewch eich cyfeiriad e-bost" in world.get(confirm).text, "the sign-up was Welsh"
    assert "Ansawdd aer" in world.get(confirm).text
    confirmed = text(world.presses(confirm).text)
    assert "Cyhoeddwyd 1 newid sy'n berthnasol i chi eisoes." in confirmed
    assert "9:30yb, dydd Llun 1 Mawrth 2027" in confirmed
    world.drain()
    link = letters_link(world, CARYS)
    settings = world.get(link)
    assert '<html lang="cy">' in settings.text
    assert "Eich gosodiadau" in settings.text
    assert '<html lang="en">' in world.get(f"{link}?lang=en").text
    assert f'href="{link}?lang=en"' in settings.text
    kept = {"user_type": "media", "depth": "headline", "language": "cy"}
    refused = world.presses(link, **kept)
    assert "Dewiswch o leiaf un pwnc, neu defnyddiwch “Gadael popeth”" in text(refused.text)
    paused = {"until-day": "1", "until-month": "1", "until-year": "2020"}
    late = world.presses(link, to=f"{link}/pause", **paused)
    assert "Rhaid i'r diwrnod" in text(late.text)
    fresh = fresh_link(world, CARYS)
    facts = json.loads(world.get(f"{fresh}/data.json").text)
    assert facts["person"]["language"] == "cy"
    (consent,) = facts["consents"]
    assert (consent["language"], consent["wording"][:16]) == ("cy", "Drwy bwyso'r bot")
    assert "23 Tachwedd 2026" in text(world.get(f"{fresh}/data").text)
    erased = world.presses(f"{fresh}/erase")
    assert "Rydych wedi'ch dileu" in text(erased.text)
    assert world.get(f"/changes/{announced}?lang=cy").status_code == 200


def test_leaving_and_errors_speak_the_readers_language(world: World) -> None:
    world.begin()
    signs_up(world)
    world.drain()
    world.presses(path_in(world.last_mail(CARYS, "/confirm/"), "/confirm/"))
    world.drain()
    welcome = world.last_mail(CARYS)
    unsubscribe = path_in(welcome, "/u/")
    assert "Dad-danysgrifio" in world.get(unsubscribe).text
    left = world.post(unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert "Rydych wedi dad-danysgrifio" in text(left.text)
    assert "Rhannwch hyn: " in text_of(welcome)
    assert "Nid oes tudalen o'r fath" in text(world.get("/nowhere?lang=cy").text)
    assert "Nid yw'r ddolen hon yn gweithio" in text(world.get("/confirm/forged?lang=cy").text)
    for path, words in (("privacy", "Yr hyn a gadwn"), ("accessibility", "Sut rydym yn gwirio")):
        page = world.get(f"/{path}?lang=cy").text
        assert words in text(page)
        assert f'href="/{path}"' in page, "the English is one link away"
