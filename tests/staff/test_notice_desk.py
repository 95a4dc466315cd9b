"""A notice at the desk from the first word to the outcome, as its author goes through it."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from notifier.audience.models import Subscriber
from notifier.catalogue import queries as catalogue
from notifier.notices import queries
from notifier.notices.models import Answer, ChangeNotice
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import BOB, HANA, Clock
from tests.staff.desk import Desk, enters, joins, says

FAY, GIL = "fay@example.org", "gil@example.org"
NEW = "/staff/notices/new"
MINOR = {
    "series": ["monthly-landings"],
    "type": "format_or_layout",
    "materiality": "minor",
    "effect_kind": "date",
    "effect_date": "20 January 2027",
    "headline": "Landings tables get a column for revisions",
    "what": "A column is added at the right.",
    "why": "Users asked to see the size of revisions.",
    "impact_known": "not_applicable",
}


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "fisheries")
    desk.sign_in(FAY)
    return desk


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def saved(desk: Desk, **more: object) -> str:
    """A notice that the desk has saved; its reference."""
    page = desk.get(f"{NEW}?series=monthly-landings&type=format_or_layout&materiality=minor")
    answer = desk.post(NEW, urn=hidden(page.text, "urn"), **{**MINOR, **more})
    assert answer.status_code == 303, says(answer)
    return answer.headers["Location"].split("/")[3]


def the(world: World, reference: str) -> ChangeNotice:
    with world.build(now=world.clock).app_context():
        notice = queries.notice(reference)
        session.expunge(notice)
        return notice


def edit_form(desk: Desk, reference: str) -> dict[str, object]:
    """What the editor would send as it stands."""
    page = desk.get(f"/staff/notices/{reference}/edit").text
    form = page[page.index('id="notice"') :]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[: form.index("</form>")]):
        name = re.search(r'name="([^"]+)"', tag)
        kind = re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        ticked = "checked" in tag or (kind and kind[1] in ("text", "hidden"))
        if name and ticked:
            found.setdefault(name[1], []).append(unescaped(value[1] if value else ""))
    form = form[: form.index("</form>")]
    for name, words in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        found.setdefault(name, []).append(unescaped(words))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return dict(found)


def unescaped(text: str) -> str:
    return html.unescape(text)


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
    assert "It is public. The first message goes out now." in says(answer)
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


def says_all(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


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


def test_a_change_is_cancelled_when_a_second_person_agrees(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    hana, _ = enters(world, clock, HANA, "hop")
    form = fay.get(f"{url}/cancel")
    given = {"version": hidden(form.text, "version"), "reason": "It is <b>too dear</b>."}
    asked = says(fay.follow(fay.post(f"{url}/cancel", **given)))
    assert "is asked to agree. Nothing happens before." in asked
    assert the(world, reference).state == "announced"
    mine = fay.get(url)
    assert "you asked for it" in says(mine)
    number = hidden(mine.text, "request")
    own = fay.post(f"{url}/agree", request=number)
    assert own.status_code == 400
    assert the(world, reference).state == "announced"
    page = hana.get(url)
    assert "&lt;b&gt;too dear" in page.text
    done = says(hana.follow(hana.post(f"{url}/agree", request=number)))
    assert "It is done." in done
    assert the(world, reference).state == "cancelled"
    twice = hana.post(f"{url}/agree", request=number)
    assert twice.status_code == 400
    with world.build(now=clock).app_context():
        rows = of(f"notice:{queries.notice(reference).id}")
        assert [(r.action, r.by["name"]) for r in rows][-3:] == [
            ("ask", FAY),
            ("agree", HANA),
            ("cancel", FAY),
        ]


def test_less_notice_is_asked_for_before_it_is_announced(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay, effect_date="3 December 2026")
    url = f"/staff/notices/{reference}"
    hana, _ = enters(world, clock, HANA, "hop")
    form = fay.get(f"{url}/publish")
    assert "It gives 10 days of notice; a minor change of presentation needs 14." in says(form)
    asked = fay.follow(fay.post(f"{url}/publish", version=hidden(form.text, "version")))
    assert "is asked to agree to less notice. Then you can announce it." in says(asked)
    assert the(world, reference).state == "approved"
    assert "Landings tables get a column" in says(hana.get("/staff/approvals"))
    page = hana.get(f"{url}/approve")
    answer = {"version": hidden(page.text, "version"), "answer": "agree", "reason": "A new law."}
    assert hana.post(f"{url}/approve", **answer).status_code == 303
    form = fay.get(f"{url}/publish")
    assert "It gives 10 days" not in says(form)
    done = fay.follow(fay.post(f"{url}/publish", version=hidden(form.text, "version")))
    assert "It is public." in says(done)
    made = the(world, reference)
    assert (made.verdict, made.short_notice_reason) == ("short", "A new law.")


def test_a_request_ends_with_any_change_of_the_notice(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    hana, _ = enters(world, clock, HANA, "hop")
    version = hidden(fay.get(f"{url}/retract").text, "version")
    clock.forward(minutes=1)
    fay.post(f"{url}/retract", version=version, reason="A slip.")
    page = hana.get(url)
    number = hidden(page.text, "request")
    assert "To take the notice back, asked for by" in says(hana.get("/staff/approvals"))
    clock.forward(minutes=1)
    held = {"reason": "We look again.", "next_update": "8 January 2027"}
    fay.post(f"{url}/hold", version=hidden(fay.get(f"{url}/hold").text, "version"), **held)
    late = hana.post(f"{url}/agree", request=number)
    assert late.status_code == 400
    assert "The notice was changed since; ask again if it still stands" in says(late)
    assert the(world, reference).state == "on_hold"
    assert 'name="request"' not in hana.get(url).text
    world.drain()
    letter = world.last_mail(BOB, "Your agreement is asked")
    assert "to take this notice back" in letter.get_body().get_content()


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


def test_what_people_said_is_read_before_it_is_decided(world: World, clock: Clock) -> None:
    reference = world.announces("pocketbook")
    olga = joins(world, "olga@example.org", "author", "--team", "food")
    olga.sign_in("olga@example.org")
    url = f"/staff/notices/{reference}"
    assert "Nobody has answered." in says(olga.get(f"{url}/answers"))
    with world.build(now=clock).app_context(), unit():
        notice, kind = queries.notice(reference), catalogue.user_type("media")
        for number, words in enumerate(('=HYPERLINK("x")', "<script>alert(1)</script>")):
            person = Subscriber(
                email=f"m{number}@example.org",
                email_key=f"m{number}@example.org",
                state="active",
                user_type_id=kind.id,
                created_at=clock(),
            )
            session.add(person)
            session.flush()
            given = [{"question": "Do you use it?", "answer": words}]
            row = Answer(notice_id=notice.id, subscriber_id=person.id, user_type_id=kind.id)
            row.organisation, row.answers, row.created_at = "Daily", given, clock()
            row.confirmed_at = clock()
            session.add(row)
    page = olga.get(f"{url}/answers")
    assert "2 people have answered. It is open until" in says(page)
    assert "&lt;script&gt;alert" in page.text
    assert "m0@example.org" not in page.text
    lines = olga.get(f"{url}/answers.csv").get_data(as_text=True)
    assert "'=HYPERLINK" in lines
    assert "What people said" in says(olga.get(url))
    assert olga.get("/staff/notices/DEFRA-2026-002/answers").status_code == 404
    clock.forward(days=60)
    olga.sign_in("olga@example.org")
    decide = olga.get(f"{url}/decide")
    given = {"version": hidden(decide.text, "version"), "summary": "Half use it; it goes on."}
    done = olga.follow(olga.post(f"{url}/decide", **given))
    assert "The decision is public." in says(done), says(done)
    assert the(world, reference).decision == "decided"


def test_a_version_with_less_notice_waits_for_the_head_of_profession(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    hana, _ = enters(world, clock, HANA, "hop")
    clock.forward(minutes=1)
    form = {**edit_form(fay, reference), "effect_date": "30 November 2026"}
    page = fay.follow(fay.post(f"{url}/edit", **form, do="save"))
    given = {name: hidden(page.text, name) for name in ("version", "read")}
    given |= {"summary": "A week ahead.", "meaning": "yes"}
    short = fay.post(f"{url}/revise", **given)
    assert "Give a public reason, and the Head of Profession is asked" in says(short)
    asked = fay.follow(fay.post(f"{url}/revise", **given, reason="The system moves sooner."))
    assert "is asked to agree. Nothing changes before." in says(asked)
    assert the(world, reference).revision == 1
    number = hidden(hana.get(url).text, "request")
    assert "The system moves sooner." in says(hana.get(url))
    assert "It is done." in says(hana.follow(hana.post(f"{url}/agree", request=number)))
    made = the(world, reference)
    assert (made.revision, made.verdict) == (2, "short")
    assert made.short_notice_reason == "The system moves sooner."


def test_another_teams_draft_cannot_be_found_by_naming_it(world: World, fay: Desk) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    version = hidden(fay.get(f"{url}/supersede").text, "version")
    said = {}
    for successor in ("DEFRA-2026-002", "DEFRA-2026-900"):
        answer = fay.post(f"{url}/supersede", version=version, successor=successor)
        said[successor] = says(answer).replace(successor, "X")
    assert said["DEFRA-2026-002"] == said["DEFRA-2026-900"]
    assert "There is no change notice X" in said["DEFRA-2026-002"]
