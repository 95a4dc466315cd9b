"""What one person asks to do to a notice, and a second one agrees to; answers before a decision."""

from __future__ import annotations

import pytest

from notifier.audience.models import Subscriber
from notifier.catalogue import queries as catalogue
from notifier.notices import queries
from notifier.notices.models import Answer
from notifier.store.db import session, unit
from notifier.store.history import of
from tests.journeys.world import World
from tests.makers import BOB, HANA, Clock
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.notice_forms import FAY, edit_form, hidden, saved, the


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "fisheries")
    desk.sign_in(FAY)
    return desk


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
