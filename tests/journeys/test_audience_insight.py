"""A team learns who follows what, whom it misses and what for; the public page says it rounded."""

from __future__ import annotations

from notifier.audience.rules import TAKES_PART
from tests.journeys.world import World

ALICE, HANA = "alice@example.org", "hana@example.org"


def test_a_team_finds_a_gap_and_closes_it(world: World) -> None:
    world.begin()
    world.done("topics", "intended", "waste", "local-government", "media", "--by", ALICE)
    world.joins("mia@example.org", topics=["waste"], user_type="media")
    gaps = world.cli("insight", "gaps", "--json").json
    name = "No Local government subscribers on Waste and recycling, an intended audience."
    assert gaps == [name]
    assert name in world.done("insight", "gaps", "--topic", "waste")
    world.joins("lee@example.org", topics=["environment"], user_type="local-government")
    assert "Every intended audience" in world.done("insight", "gaps")
    rows = world.cli("insight", "reach", "--topic", "waste", "--json").json
    assert {(r["user_type"], r["now"], r["year_ago"], r["intended"]) for r in rows} == {
        ("local-government", 1, 0, True),
        ("media", 1, 0, True),
    }
    page = world.get("/topics/waste").get_data(as_text=True)
    assert "Who uses these statistics" not in page  # nothing to say that is not small
    world.done("topics", "uses", "waste", "--text", "Councils plan <rounds>.", "--by", ALICE)
    page = world.get("/topics/waste").get_data(as_text=True)
    assert "Councils plan &lt;rounds&gt;." in page


def test_who_answered_is_beside_who_was_meant(world: World) -> None:
    world.begin()
    reference = world.announces("printed pocketbook")
    rows = world.cli("notices", "answers", reference, "--json").json["by_user_type"]
    assert not any(row["intended"] for row in rows)
    world.done("topics", "intended", "food", "charity", "--by", ALICE)
    rows = world.cli("notices", "answers", reference, "--json").json["by_user_type"]
    assert [row["user_type"] for row in rows if row["intended"]] == ["charity"]


def test_the_organisation_chooses_the_hour_of_digests(world: World) -> None:
    world.begin()
    said = world.cli(
        "organisation", "set", "--digest-time", "11:15", "--digest-day", "tuesday",
        "--welsh-for", "notice=both_or_neither", "--by", HANA, "--json",
    )  # fmt: skip
    assert said.status == 0, said.err
    shown = world.cli("organisation", "show", "--json").json
    assert shown == said.json
    assert (shown["digest_time"], shown["digest_day"]) == ("11:15", "tuesday")
    assert shown["welsh_for"] == {"notice": "both_or_neither"}
    for wrong in (
        ("--digest-time", "25:00"),
        ("--digest-day", "someday"),
        ("--welsh-for", "mail=frame"),
        ("--off-days", "never"),
        (),
    ):
        refused = world.cli("organisation", "set", *wrong, "--by", HANA)
        assert refused.status == 1, wrong
        assert len(refused.err.splitlines()) == 1
    assert world.cli("organisation", "set", "--welsh", "frame", "--by", ALICE).status == 1
    assert world.cli("organisation", "show", "--json").json == shown


def test_the_ways_to_take_part_have_stable_bits() -> None:
    """They stand in rows as numbers: a new one goes to the end."""
    assert TAKES_PART[:4] == ("user_group", "survey_panel", "workshop", "training")
