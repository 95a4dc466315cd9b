"""A notice at the desk from the first word to the outcome, as its author goes through it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from notifier.notices import queries
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import Clock
from tests.staff.desk import Desk, joins, says
from tests.staff.notice_forms import FAY, GIL, MINOR, NEW, edit_form, hidden, saved, the, unescaped


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "fisheries")
    desk.sign_in(FAY)
    return desk


def says_all(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_a_minor_notice_is_written_announced_and_ended(
    world: World, clock: Clock, fay: Desk
) -> None:
    assert "What will change?" in says(fay.get(NEW))
    reference = saved(fay)
    page = says(fay.get(f"/staff/notices/{reference}"))
    assert (
        "Draft A minor change of presentation. It takes effect on Wednesday 20 January 2027" in page
    )
    with world.build(now=clock).app_context():
        first = of(f"notice:{queries.notice(reference).id}")
        assert [(row.action, row.by["name"], row.by["basis"]) for row in first] == [
            ("new", FAY, "signed_in")
        ]
    shown = fay.get(f"/staff/notices/{reference}/publish")
    assert "Announce it now" in says(shown)
    given = {"version": hidden(shown.text, "version")}
    answer = fay.follow(fay.post(f"/staff/notices/{reference}/publish", **given))
    assert "It is public. People read of it in their next digest." in says(answer)
    again = fay.follow(fay.post(f"/staff/notices/{reference}/publish", **given))
    assert "It is public already; nothing was sent twice." in says(again)
    assert "takes effect" in says(fay.get("/staff/notices?show=public")).lower()
    for page in ("impact", "decide", "hold", "resume", "early", "close", "supersede", "cancel"):
        assert fay.get(f"/staff/notices/{reference}/{page}").status_code in (200, 303)
    form = fay.get(f"/staff/notices/{reference}/hold")
    version = hidden(form.text, "version")
    bad = fay.post(f"/staff/notices/{reference}/hold", version=version, reason="", next_update="x")
    assert bad.status_code == 400
    assert "Say why; users read it" in says(bad)
    held = {"version": version, "reason": "The system is late.", "next_update": "8 January 2027"}
    assert "It is on hold." in says(
        fay.follow(fay.post(f"/staff/notices/{reference}/hold", **held))
    )
    twice = says(fay.follow(fay.post(f"/staff/notices/{reference}/hold", **held)))
    assert "on hold already" in twice


def test_a_double_press_makes_one_notice(world: World, fay: Desk) -> None:
    page = fay.get(f"{NEW}?series=monthly-landings&type=format_or_layout&materiality=minor")
    urn = hidden(page.text, "urn")
    first = fay.post(NEW, urn=urn, **MINOR)
    second = fay.post(NEW, urn=urn, **MINOR)
    assert first.headers["Location"] == second.headers["Location"]
    assert "This was saved already" in says(fay.follow(second))


def test_two_editors_lose_nothing(world: World, clock: Clock, fay: Desk) -> None:
    reference = saved(fay)
    gil = joins(world, GIL, "author", "--team", "fisheries")
    gil.sign_in(GIL)
    mine, theirs = edit_form(fay, reference), edit_form(gil, reference)
    url = f"/staff/notices/{reference}"
    gil.post(f"{url}/typing", **{**theirs, "why": "Because."})
    seen = fay.post(f"{url}/typing", **{**mine, "what": "My column."})
    assert "gil@example.org is also typing here" in says_all(seen.text)
    theirs |= {"what": "Their column.", "why": "Their reason."}
    clock.forward(seconds=20)
    assert gil.post(f"{url}/edit", **theirs, do="save").status_code == 303
    clock.forward(seconds=20)
    mine |= {"what": "My column.", "headline": "My headline"}
    clash = fay.post(f"{url}/edit", **mine, do="save")
    assert clash.status_code == 409
    words = says(clash)
    assert "gil@example.org saved this notice" in words
    assert "column" in words
    assert 'name="take-what"' in clash.text
    assert 'name="take-why"' not in clash.text
    assert 'name="take-headline"' not in clash.text
    assert the(world, reference).what == "Their column."
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', clash.text)
    fields: dict[str, list[str]] = {}
    for name, value in found:
        fields.setdefault(name, []).append(unescaped(value))
    fields.pop("csrf_token")
    missing = fay.post(f"{url}/settle", **fields)
    assert "Choose one text of each part" in says(missing)
    done = fay.follow(fay.post(f"{url}/settle", **fields, **{"take-what": "mine"}))
    assert "Both texts are brought together" in says(done)
    assert "My headline" in done.text
    assert "Their reason." in done.text
    assert the(world, reference).headline != "My headline"


def test_what_is_typed_and_not_saved_comes_back(world: World, clock: Clock, fay: Desk) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    form = edit_form(fay, reference)
    kept = fay.post(f"{url}/typing", **{**form, "why": "Half a sen"})
    assert "Your typing is kept, 10:00" in says_all(kept.text)
    clock.forward(minutes=30)
    page = fay.get(f"{url}/edit")
    assert "You typed this at 10:00 and did not save it. Go on with it Drop it" in says(page)
    assert "Half a sen" in fay.get(f"{url}/edit?kept=1").text
    assert "You typed something at 10:00" in says(fay.get(url))
    gone = fay.follow(fay.post(f"{url}/drop"))
    assert "What you had typed is gone." in says(gone)
    assert "Half a sen" not in fay.get(f"{url}/edit?kept=1").text


def test_a_public_notice_is_changed_as_a_version_and_the_question_is_asked(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    assert the(world, reference).state == "announced"
    form = {**edit_form(fay, reference), "why": "Users asked to see how large revisions are."}
    clock.forward(minutes=5)
    page = fay.follow(fay.post(f"{url}/edit", **form, do="save"))
    words = says(page)
    assert "1 part is different from what is public. Nothing has gone yet." in words
    assert "<del>" in page.text
    given = {name: hidden(page.text, name) for name in ("version", "read")}
    bad = fay.post(f"{url}/revise", **given)
    assert "Say whether the meaning changes for a user" in says(bad)
    assert "Say in a sentence what changed" in says(bad)
    good = {**given, "summary": "Clearer words.", "meaning": "no"}
    answer = says(fay.follow(fay.post(f"{url}/revise", **good)))
    assert "Version 1 is public." in answer
    assert "Clearer words." in answer
    assert "public already; nothing was sent twice" in says(
        fay.follow(fay.post(f"{url}/revise", **good))
    )
    form = {**edit_form(fay, reference), "effect_date": "27 January 2027"}
    page = fay.follow(fay.post(f"{url}/edit", **form, do="save"))
    assert "You changed when it takes effect." in says(page)
    given = {name: hidden(page.text, name) for name in ("version", "read")}
    bad = fay.post(f"{url}/revise", **given, summary="Later.", meaning="no")
    assert "This changes the meaning" in says(bad)
    assert "so everybody has to be told: answer yes" in says(bad)
    answer = fay.follow(fay.post(f"{url}/revise", **given, summary="Later.", meaning="yes"))
    assert "Version 2 is public. Everybody who was told hears it." in says(answer)


def test_the_list_asks_no_more_for_more_notices(world: World, fay: Desk) -> None:
    def asked() -> int:
        seen: list[str] = []

        def note(*given: object) -> None:
            seen.append(str(given[2]))

        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert fay.get("/staff/notices?show=writing").status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    saved(fay)
    few = asked()
    for number in range(12):
        saved(fay, headline=f"Notice {number}")
    assert asked() == few


def test_a_notice_from_the_command_line_begins_its_history_too(world: World, clock: Clock) -> None:
    file = world.folder / "notice.yaml"
    words = {**MINOR, "series": "monthly-landings", "effect": "{date: +60d}"}
    words["impact"] = "{known: not_applicable}"
    for name in ("effect_kind", "effect_date", "impact_known"):
        del words[name]
    file.write_text("".join(f"{key}: {value}\n" for key, value in words.items()), "utf-8")
    said = world.done("notices", "new", "--from", str(file))
    with world.build(now=clock).app_context():
        (row,) = of(f"notice:{queries.notice(said.split()[0].strip('.')).id}")
        assert (row.action, row.by["basis"], row.by["staff"]) == ("new", "asserted", None)


def test_boxes_that_a_form_sends_in_another_order_are_no_change_of_meaning(
    world: World, clock: Clock
) -> None:
    reference = world.announces("Emissions of fine")
    desk = joins(world, "ann@example.org", "author", "--team", "air-quality")
    desk.sign_in("ann@example.org")
    url = f"/staff/notices/{reference}"
    form = edit_form(desk, reference)
    assert form["todo_types_0"] == ["government", "academic", "data-reuser"]
    assert the(world, reference).what_to_do[0]["user_types"] != form["todo_types_0"]
    same = desk.follow(desk.post(f"{url}/edit", **form, do="save"))
    assert "Nothing is different from what is public." in says(same)
    page = desk.follow(desk.post(f"{url}/edit", **{**form, "why": "Fewer homes burn it."}))
    assert "You changed" not in says(page)
    given = {name: hidden(page.text, name) for name in ("version", "read")}
    done = desk.follow(desk.post(f"{url}/revise", **given, summary="Shorter.", meaning="no"))
    assert "Version 1 is public." in says(done)
