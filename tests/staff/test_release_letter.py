"""The words of a release mail at the desk: typed, kept, saved by two, read early, embargoed."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from notifier.releases.models import Announcement
from notifier.store.db import session, unit
from notifier.store.history import By, record
from tests.edges.web_server import serving
from tests.journeys.world import World, html_of
from tests.makers import ALICE, BOB, HANA, Clock
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.test_release_desk import FAY, FLY, GIL, IVAN, number_of, shown

SECRET = "1.2 million incidents"
WORDS = {
    "en-headline": "- Fly-tipping rose by **4%**.",
    "en-detail": f"- There were {SECRET}, up 4%.\n- See [the tables](https://example.org/t).",
    "en-technical": "",
    "cy-headline": "",
    "cy-detail": "",
    "cy-technical": "",
}


def base(page: str) -> str:
    found = re.search(r'name="base" value="([^"]*)"', page)
    assert found is not None
    return found[1].replace("&#43;", "+")


def path(number: int, more: str = "") -> str:
    return f"/staff/releases/{number}/announcement{more}"


def saves(desk: Desk, number: int, **other: str) -> TestResponse:
    form = desk.get(path(number))
    return desk.post(path(number), **{**WORDS, "base": base(form.text), **other})


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "waste")
    desk.sign_in(FAY)
    return desk


@pytest.fixture
def number(world: World) -> int:
    return number_of(world, FLY)


def state(world: World, number: int) -> str:
    return str(world.cli("releases", "words", str(number), "--json").json["state"])


def test_words_are_written_armed_changed_and_disarmed(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    empty = saves(fay, number, **{"en-detail": " "})
    assert (empty.status_code, "Write the main points" in says(empty)) == (400, True)
    assert "Fly-tipping rose by" in empty.text, "what was typed is kept"
    braces = saves(fay, number, **{"en-technical": "{{ name }}"})
    assert "take out the curly brackets" in says(braces)
    done = fay.follow(saves(fay, number))
    assert "Saved." in says(done)
    assert "They can be approved as they stand." in says(done)
    same = fay.follow(saves(fay, number))
    assert "Nothing was changed." in says(same)
    world.done("releases", "arm", str(number), "--by", BOB)
    page = fay.get(path(number))
    assert "until it goes out" in says(page)
    assert "Saving a change takes the approval away" in says(page)
    assert saves(fay, number).status_code == 303
    assert state(world, number) == "armed", "the same words again void nothing"
    saves(fay, number, **{"en-headline": "- It rose."})
    assert state(world, number) == "draft"
    world.done("releases", "arm", str(number), "--by", BOB)
    fay.get(path(number))
    gone = fay.follow(fay.post(path(number, "/disarm")))
    assert "It is not armed any more" in says(gone)
    assert state(world, number) == "draft"


def test_the_countdown_is_looked_at_each_second_in_the_last_hour(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    saves(fay, number)
    world.done("releases", "arm", str(number), "--by", BOB)
    far = fay.get(f"/staff/releases/{number}/armed").text
    assert "36 days" in far
    assert "data-hx-trigger" not in far
    clock.at("2026-12-30 09:10")
    fay.sign_in(FAY)
    near = fay.get(f"/staff/releases/{number}/armed").text
    assert "20 min 0 s" in near
    assert "every 1s" in near
    assert SECRET not in near
    clock.at("2026-12-30 09:30")
    world.drain()
    over = fay.get(f"/staff/releases/{number}/armed").text
    assert "They left with the release." in over
    assert "data-hx-trigger" not in over


def test_the_second_who_saves_is_shown_both_and_nothing_is_lost(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    ivan = joins(world, IVAN, "author", "--team", "waste")
    ivan.sign_in(IVAN)
    saves(fay, number)
    old = base(ivan.get(path(number)).text)
    kept = ivan.post(path(number, "/keep"), **{**WORDS, "base": old, "en-headline": "- Mine."})
    assert "Kept as you typed it" in kept.text
    assert "ivan@example.org is also here" in says(fay.get(path(number)))
    clock.forward(minutes=1)
    saves(fay, number, **{"en-headline": "- Hers."})
    second = ivan.post(path(number), **{**WORDS, "base": old, "en-headline": "- Mine."})
    assert second.status_code == 400
    assert "Somebody else saved these words while you typed" in says(second)
    assert "- Hers." in second.text
    assert "- Mine." in second.text
    words = world.cli("releases", "words", str(number), "--json").json["words"]
    assert words["en"]["headline"] == "- Hers."
    third = ivan.post(
        path(number), **{**WORDS, "base": base(second.text), "en-headline": "- Both."}
    )
    assert third.status_code == 303
    words = world.cli("releases", "words", str(number), "--json").json["words"]
    assert words["en"]["headline"] == "- Both."


def test_what_was_typed_and_not_saved_is_offered_again(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    form = fay.get(path(number))
    fay.post(path(number, "/keep"), **{**WORDS, "base": base(form.text)})
    clock.forward(hours=3)
    back = fay.get(path(number))
    assert "You typed something at 10:00 and did not save it." in says(back)
    assert SECRET not in back.text.partition("Main points")[2].partition("As a reader")[0]
    going_on = fay.get(path(number, "?typed=kept"))
    assert SECRET in going_on.text
    fay.post(path(number, "/drop"))
    assert "did not save it" not in says(fay.get(path(number)))
    expired = fay.get(path(number))
    clock.forward(hours=20)
    out = fay.post(path(number), **{**WORDS, "base": base(expired.text)})
    assert out.status_code == 401
    assert SECRET in out.text, "the page of those who were signed out keeps what they typed"


def test_named_readers_read_it_each_time_is_kept_and_can_be_taken_off(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    saves(fay, number)
    fay.get(path(number))
    wrong = fay.post(path(number, "/readers"), email="nobody", name="x")
    assert wrong.status_code == 400
    fay.post(path(number, "/readers"), email="jo@example.org", name="Jo Reed")
    page = fay.get(path(number))
    assert "Has not read it." in says(page)
    link = re.search(r'value="http[^"]*(/early/[^"]+)"', page.text)
    assert link is not None
    assert SECRET not in world.get(link[1]).text, "a scanner that opens the link reads nothing"
    assert SECRET in world.presses(link[1]).text
    assert "Read it: Mon 23 Nov 10:00" in says(fay.get(path(number)))
    end = re.search(r'action="([^"]+/readers/\d+/end)"', page.text)
    assert end is not None
    fay.post(end[1])
    assert world.get(link[1]).status_code == 404
    after = fay.get(path(number))
    assert "Taken off since." in says(after)
    assert "Read it: Mon 23 Nov 10:00" in says(after), "what was read stays on record"
    fay.post(path(number, "/readers"), email="jo@example.org", name="Jo Reed")
    assert world.get(link[1]).status_code == 200, "named again, the same link leads on"


def test_before_the_instant_nobody_else_sees_a_word(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    """Another team's author, an administrator, a stranger; not in lists, not in search."""
    saves(fay, number)
    world.done("releases", "arm", str(number), "--by", BOB)
    ada, _ = enters(world, clock, "ada@example.org", "admin")
    olga = joins(world, "olga@example.org", "author", "--team", "food")
    olga.sign_in("olga@example.org")
    stranger = Desk(world.browser())
    for more in ("", "/preview", "/mail"):
        for desk in (ada, olga, stranger):
            assert desk.get(path(number, more)).status_code == 404
    for where in (f"/staff/releases/{number}", "/staff/releases", "/staff/search?q=incidents"):
        for desk in (ada, olga, fay):
            assert SECRET not in desk.get(where).text, where
    for where in (f"/releases/{number}", "/feeds/all.atom", "/releases.json", "/calendar.ics"):
        assert SECRET not in world.get(where).text, where
    gil, _ = enters(world, clock, GIL, "approver", "--team", "waste")
    hana, _ = enters(world, clock, HANA, "hop")
    assert SECRET in gil.get(path(number)).text
    gil.get(path(number))
    assert SECRET in hana.get(path(number)).text
    log = says(fay.get(path(number)))
    assert log.count(f"Words opened by {GIL}") == 1, "a page that is reloaded is one reading"
    assert f"Words opened by {HANA}" in log
    clock.forward(hours=2)
    gil.get(path(number))
    assert says(fay.get(path(number))).count(f"Words opened by {GIL}") == 2


def test_the_preview_is_the_letter_that_is_sent(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    world.joins("cleo@example.org", topics=["waste"], user_type="government")
    page = ("--landing-url", "https://example.org/f", "--by", ALICE)
    world.done("releases", "describe", str(number), *page)
    saves(fay, number)
    world.done("releases", "arm", str(number), "--by", BOB)
    framed = fay.get(path(number, "/mail?depth=detail&where=mail"))
    policy = framed.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script" not in policy
    dark = fay.get(path(number, "/mail?where=dark")).text
    assert "@media all" in dark
    clock.at("2026-12-30 09:30")
    world.drain()
    sent = html_of(world.last_mail("cleo@example.org", "Out now"))

    def middle(html: str) -> str:
        return re.sub(r"\s+", " ", html.partition('class="inside"')[2].partition('class="foot"')[0])

    assert SECRET in middle(sent)
    assert middle(sent) == middle(framed.text)


def test_script_in_the_words_is_inert_everywhere(world: World, fay: Desk, number: int) -> None:
    script = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    saves(fay, number, **dict.fromkeys(WORDS, script))
    for more in ("", "/mail", "/mail?depth=technical&language=both", "/preview?where=plain"):
        page = fay.get(path(number, more)).text
        assert "<script>alert" not in page, more
        assert "<img src=x" not in page, more
        assert 'href="javascript' not in page, more
    page = fay.get(path(number))
    assert "marks of HTML" in says(page)
    assert "is no address; begin it with https://" in says(page)


def test_links_are_asked_only_when_one_presses(
    world: World, fay: Desk, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_FETCH_ALLOW", "127.0.0.0/8")
    with serving() as site:
        desk = Desk(world.browser())
        desk.sign_in(FAY)
        text = f"- See [tables]({site.url}/ok) and [none](http://10.0.0.1/x)."
        form = desk.get(path(number))
        given = {**WORDS, "en-detail": text, "base": base(form.text)}
        found = desk.post(path(number, "/links"), **given)
        assert found.status_code == 200
        assert "answers" in says(found)
        assert "10.0.0.1" in says(found)
    assert shown(world, number)["state"] == "confirmed"
    assert world.cli("releases", "words", str(number)).status == 1, "nothing was saved"


def test_why_words_were_sent_back_stands_above_them_until_they_change(
    world: World, clock: Clock, fay: Desk, number: int
) -> None:
    saves(fay, number)
    with world.build(now=world.clock).app_context(), unit():
        found = session.query(Announcement).one()
        by = By("signed_in", name=BOB)
        about = f"announcement:{found.id}"
        record(about, "return", by=by, now=clock(), why="Say which year <b>it</b> is.")
        record(about, "open", by=by, now=clock())
    page = fay.get(path(number))
    assert f"Sent back by {BOB}" in says(page)
    assert "Say which year &lt;b&gt;it" in page.text
    saves(fay, number, **{"en-headline": "- In 2026 it rose."})
    assert 'class="because"' not in fay.get(path(number)).text
