"""Bad input in the notice editor: nothing runs, nothing is lost, one sentence says what to do."""

from __future__ import annotations

import re

import pytest

from notifier.accounts.models import Unsaved
from notifier.notices import queries
from notifier.store.db import session
from notifier.web.staff.notices.form import names_of_all
from tests.journeys.world import World
from tests.makers import Clock, on_sqlite
from tests.staff.desk import Desk, joins, says
from tests.staff.notice_forms import FAY, MINOR, NEW, edit_form, hidden, saved, the, unescaped

SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
CHOICES = {
    *("series", "type", "other_types", "materiality", "series_break", "machine_breaking", "cut"),
    *("class_is", "scope_user_types", "effect_kind", "effect_release", "decision"),
    *("impact_known", "impact_direction", "comparability_back_series"),
}
TYPED = {
    *("effect_date", "effect_from", "next_update_by", "consultation_opens", "consultation_closes"),
    *("consultation_response_due", "consultation_url", "impact_size_low", "impact_size_high"),
    *("impact_known_by", "contact", "todo_by", "alt_url", "ev_url", "id_url", "class_because"),
    *("effect_period", "consultation_questions", "consultation_reason", "id_scheme", "id_value"),
}


@pytest.fixture
def fay(world: World) -> Desk:
    desk = joins(world, FAY, "author", "--team", "fisheries")
    desk.sign_in(FAY)
    return desk


def inert(page: str) -> bool:
    """Whether the script stands nowhere but as text: no tag of it, no attribute that it closes."""
    return "<script>alert" not in page and "<img src=x" not in page


@on_sqlite
def test_a_script_in_every_field_stays_text_everywhere(world: World, fay: Desk) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    every = {name: SCRIPT for name in names_of_all() if not name.startswith("todo_types_")}
    assert inert(fay.post(f"{url}/typing", **every, version="x").text)
    refused = fay.post(f"{url}/edit", **{**edit_form(fay, reference), **every}, do="save")
    assert refused.status_code == 400
    assert inert(refused.text)
    words = {name: SCRIPT for name in every if name not in CHOICES | TYPED}
    form = {**edit_form(fay, reference), **words, "ev_url": "https://example.org/a"}
    form |= {"alt_url": "https://example.org/b", "headline": SCRIPT}
    kept = fay.post(f"{url}/edit", **form, do="save")
    assert kept.status_code == 303, says(kept)
    assert the(world, reference).headline == SCRIPT
    for page in ("", "/edit", "/publish", "/beside", "/approve"):
        shown = fay.get(url + page)
        assert inert(shown.text), page
    assert inert(fay.get("/staff/notices").text)
    version = hidden(fay.get(f"{url}/publish").text, "version")
    assert fay.post(f"{url}/publish", version=version).status_code == 303
    form = {**edit_form(fay, reference), "why": SCRIPT + "!"}
    assert inert(fay.follow(fay.post(f"{url}/edit", **form, do="save")).text)
    assert inert(fay.get(f"/changes/{reference}").text)


@on_sqlite
def test_long_words_emoji_and_right_to_left_are_kept_as_they_are(world: World, fay: Desk) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    long = {**edit_form(fay, reference), "headline": "x" * 10_000}
    answer = fay.post(f"{url}/edit", **long, do="save")
    assert answer.status_code == 400
    assert "The headline has 10000 characters; shorten it to 100" in says(answer)
    assert "x" * 10_000 in answer.text
    assert the(world, reference).headline == MINOR["headline"]
    words = {"headline": "🐟 الأسماك \u202eabc", "what": "a\r\n\r\n- 👩‍👩‍👧‍👦 b", "why": "שלום"}
    assert fay.post(f"{url}/edit", **{**edit_form(fay, reference), **words}).status_code == 303
    kept = the(world, reference)
    assert (kept.what, kept.why) == ("a\n\n- 👩‍👩‍👧‍👦 b", "שלום")
    page = fay.get(f"{url}/edit").text
    assert 'dir="auto"' in page
    much = {**edit_form(fay, reference), "what": "w" * 300_000}
    answer = fay.post(f"{url}/edit", **much, do="save")
    assert answer.status_code in (400, 413)
    assert the(world, reference).what == kept.what


@on_sqlite
def test_a_session_that_ends_in_mid_edit_loses_nothing(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    form = {**edit_form(fay, reference), "why": "Typed before the break."}
    clock.forward(days=2)
    answer = fay.post(f"{url}/edit", **form, do="save")
    assert answer.status_code == 401
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text):
        found.setdefault(name, []).append(unescaped(value))
    assert found["why"] == ["Typed before the break."]
    assert found["series"] == ["monthly-landings"]
    fay.sign_in(FAY)
    found.pop("csrf_token")
    again = fay.post(f"{url}/edit", **found)
    assert again.status_code == 303
    assert the(world, reference).why == "Typed before the break."
    clock.forward(days=2)
    typing = fay.post(f"{url}/typing", **found)
    assert typing.status_code == 401


@on_sqlite
def test_a_form_that_was_open_while_it_was_announced_says_so_and_keeps_the_words(
    world: World, clock: Clock, fay: Desk
) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    form = {**edit_form(fay, reference), "why": "Typed meanwhile."}
    version = hidden(fay.get(f"{url}/publish").text, "version")
    clock.forward(minutes=1)
    fay.post(f"{url}/publish", version=version)
    clock.forward(minutes=1)
    answer = fay.post(f"{url}/edit", **form, do="save")
    assert answer.status_code == 409
    assert "Nothing of either is lost" in says(answer)
    assert the(world, reference).why == MINOR["why"]
    assert "Typed meanwhile." in fay.get(f"{url}/edit?kept=1").text
    with world.build(now=clock).app_context():
        row = session.query(Unsaved).one()
        assert row.fields["why"] == ["Typed meanwhile."]


@on_sqlite
def test_an_edit_of_what_is_over_is_refused_and_kept(world: World, clock: Clock, fay: Desk) -> None:
    reference = saved(fay)
    url = f"/staff/notices/{reference}"
    fay.post(f"{url}/publish", version=hidden(fay.get(f"{url}/publish").text, "version"))
    form = edit_form(fay, reference)
    version = hidden(fay.get(f"{url}/early").text, "version")
    fay.post(f"{url}/early", version=version, reason="It came early.")
    answer = fay.follow(fay.post(f"{url}/edit", **{**form, "why": "x y"}, do="save"))
    assert "Nothing was saved" in says(answer)
    assert "You typed something at" in says(answer)


@on_sqlite
@pytest.mark.parametrize(
    "given",
    [
        {"series": "milk-utilisation", "type": "methodology", "materiality": "major"},
        {"series": "no-such", "type": "methodology", "materiality": "major"},
        {"series": "monthly-landings", "type": "nonsense", "materiality": "major"},
        {"series": "monthly-landings", "type": "methodology", "materiality": "<b>"},
    ],
)
def test_a_form_for_another_team_or_of_nonsense_is_not_begun(
    fay: Desk, given: dict[str, str]
) -> None:
    assert fay.client.get(NEW, query_string=given, headers=fay.given).status_code == 400


@on_sqlite
def test_nobody_writes_about_another_teams_publication(world: World, fay: Desk) -> None:
    urn = hidden(
        fay.get(f"{NEW}?series=monthly-landings&type=methodology&materiality=minor").text, "urn"
    )
    answer = fay.post(NEW, urn=urn, **{**MINOR, "series": ["monthly-landings", "milk-utilisation"]})
    assert answer.status_code == 400
    assert "Choose publications of your own teams" in says(answer)
    reference = saved(fay)
    form = {**edit_form(fay, reference), "series": ["milk-utilisation"]}
    answer = fay.post(f"/staff/notices/{reference}/edit", **form)
    assert answer.status_code == 400
    with world.build(now=world.clock).app_context():
        assert [s.slug for s in queries.notice(reference).series] == ["monthly-landings"]


@on_sqlite
def test_a_forged_form_makes_no_name_and_no_fields_of_its_own(world: World, fay: Desk) -> None:
    """The name of a new notice is a UUID or it is chosen here; state and author are no fields."""
    forged = {"urn": "urn:evil", "state": "announced", "author_id": "1", "reference": "X-2020-001"}
    fay.get(f"{NEW}?series=monthly-landings&type=methodology&materiality=minor")
    answer = fay.post(NEW, **MINOR, **forged)
    assert answer.status_code == 303
    made = the(world, answer.headers["Location"].split("/")[3])
    assert made.urn.startswith("urn:uuid:")
    assert made.state == "draft"
    assert made.reference.startswith("DEFRA-2026-")
