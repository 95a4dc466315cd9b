"""A segment from the command line to the footer of a mail, and what is refused on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.journeys.world import World, html_of, one_click, text_of
from tests.makers import ALICE, BOB, CLEO, DAN

EVE = "eve@example.org"
LOCAL_WASTE = {
    "and": [
        {"user_type": "local-government"},
        {"topic": "waste"},
        {"exclude": {"series": "fly-tipping"}},
    ]
}
SAID = (
    "people in local government who follow Waste and recycling, except those who follow the series "
    "Fly-tipping statistics for England"
)


def file(world: World, entry: object) -> str:
    path = Path(world.folder / "entry.yaml")
    path.write_text(yaml.safe_dump(entry), "utf-8")
    return str(path)


def a_house(world: World) -> None:
    world.joins(CLEO, topics=["waste"], user_type="local-government")
    world.joins(DAN, topics=["waste", "food"], user_type="media")
    world.joins(EVE, topics=["food"], user_type="local-government")
    saved = world.done(
        "segments", "save", "local", "--from", file(world, LOCAL_WASTE), "--by", ALICE
    )
    assert saved == f"Segment local: {SAID}. 1 now.\n"


def sends_issue(world: World, audience: dict[str, object]) -> None:
    entry = {"team": "waste", "title": "For councils", "body": "Bins.", "audience": audience}
    shown = world.cli("newsletters", "new", "--from", file(world, entry), "--json")
    assert shown.status == 0, shown.err
    number = str(shown.json["id"])
    for verb, who in (("submit", ALICE), ("approve", BOB), ("send", ALICE)):
        world.done("newsletters", verb, number, "--by", who)


def test_a_newsletter_to_a_segment_says_so_honestly(world: World) -> None:
    a_house(world)
    sends_issue(world, {"segment": "local"})
    wider = ("--filter", '{"everyone": true}', "--by", ALICE)
    world.done("segments", "save", "local", *wider)  # what was promised keeps its filter
    world.drain()
    assert [str(mail["To"]) for mail in world.mails(about="For councils")] == [CLEO]
    mail = world.last_mail(CLEO, "For councils")
    why = f"You get this because you asked for updates, and this went to {SAID}."
    assert why in " ".join(text_of(mail).split())
    assert SAID in " ".join(html_of(mail).split())
    told = world.cli("subscribers", "show", CLEO, "--json").json["sends"]
    assert [each["why"] for each in told if each["kind"] == "newsletter"] == [f"it went to {SAID}"]
    assert world.get("/newsletters/for-councils").status_code == 200

    assert world.post(one_click(mail), {"List-Unsubscribe": "One-Click"}).status_code == 200
    sends_issue(world, {"segment": "local"})
    world.drain()
    assert len(world.mails(CLEO, "For councils")) == 1, "that team's newsletters have stopped"
    assert len(world.mails(about="For councils")) == 3, "everyone else is in it by now"


def test_seen_before_it_is_sent(world: World) -> None:
    a_house(world)
    listed = world.cli("segments", "list", "--json").json
    assert [(row["slug"], row["people"], row["means"]) for row in listed] == [("local", 1, SAID)]
    assert world.cli("segments", "show", "local", "--json").json["filter"] == LOCAL_WASTE
    asked = ("segments", "preview", "--filter", '{"user_type": "local-government"}')
    seen = world.cli(*asked, "--json").json
    assert (seen["people"], seen["user_types"]) == (2, {"Local government": 2})
    assert seen["topics"] == {"Food": 1, "Waste and recycling": 1}
    assert (seen["languages"], len(seen["sample"])) == ({"en": 2}, 2)
    page = world.done(*asked)
    assert page.startswith("People in local government: 2\n")
    assert not any(address in page for address in (CLEO, DAN, EVE))
    assert "c…@example.org" in page
    world.done("segments", "save", "media", "--filter", '{"topic": "waste"}', "--by", ALICE)
    shared = world.cli("segments", "overlap", "local", "media", "--json").json
    assert (shared["both"], shared["only_first"], shared["only_second"]) == (1, 0, 1)
    assert world.done("segments", "delete", "media", "--by", ALICE) == "Segment media is dropped.\n"
    assert len(world.cli("segments", "list", "--json").json) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("save", "x", "--by", ALICE), "Give the filter with --from FILE.yaml or with --filter"),
        (("save", "x", "--filter", "{", "--by", ALICE), "The filter is not valid JSON"),
        (("save", "x", "--filter", '{"topic":"wste"}', "--by", ALICE), "There is no topic 'wste'"),
        (("save", "x", "--filter", '{"topc":"food"}', "--by", ALICE), "did you mean 'topic'?"),
        (("save", "x", "--filter", "[" * 50_000, "--by", ALICE), "The filter is not valid JSON"),
        (("save", "x", "--filter", f'{{"topic": "{"w" * 70_000}"}}', "--by", ALICE), "64 kB"),
        (("save", "x", "--filter", '{"topic":"food"}', "--by", "no@example.org"), "not a member"),
        (("preview", "y"), "There is no segment 'y'"),
        (("preview", "y", "--filter", "{}"), "not both"),
        (("overlap", "y", "z"), "There is no segment 'y'"),
        (("delete", "y", "--by", ALICE), "There is no segment 'y'"),
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(
    world: World, arguments: tuple[str, ...], sentence: str
) -> None:
    said = world.cli("segments", *arguments)
    assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), said
    assert sentence in said.err
    assert world.cli("segments", "list", "--json").json == []
