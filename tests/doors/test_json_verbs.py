"""Programs at the command line: each verb answers --json with the thing as it is afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from flask import Flask

from notifier.cli import notifier as cli
from notifier.cli.door import Door
from notifier.errors import Refused
from tests.journeys.test_honest_record import MILK
from tests.journeys.world import World
from tests.makers import ALICE, BOB, HANA, Clock, on_sqlite

pytestmark = on_sqlite

PEOPLE = ("--by", ALICE, "--approved-by", HANA)
EDITION = {
    "series": "emissions-air-pollutants",
    "title": "A second look at emissions",
    "date": "2027-06-10 09:30",
    "certainty": "planned",
}
# They run the house or play a story; what they print is a log for people, not a thing.
WITHOUT = {
    ("migrate",): "brings a database to a schema",
    ("serve",): "runs until it is stopped",
    ("web",): "runs until it is stopped",
    ("worker",): "runs until it is stopped, or until all is sent",
    ("check",): "answers by its exit status",
    ("demo",): "plays a story",
}


def leaves(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from leaves(command, *above, name)
        else:
            yield (*above, name), command


def test_every_verb_takes_json(world: World) -> None:
    assert "notices" in world.done("--help")  # which hangs the commands into the group
    taking = {path for path, c in leaves(cli) if any("--json" in p.opts for p in c.params)}
    assert {path for path, _ in leaves(cli)} - taking == set(WITHOUT)


def file(world: World, entry: dict[str, Any]) -> str:
    path = Path(world.folder / "entry.yaml")
    path.write_text(yaml.safe_dump(entry), "utf-8")
    return str(path)


class Program:
    """Says one verb after the other about one thing, and compares each answer with ``show``."""

    def __init__(self, world: World, group: str) -> None:
        self.world, self.group, self.name = world, group, ""

    def says(self, verb: str, *more: str) -> dict[str, Any]:
        name = (self.name,) if self.name else ()
        said = self.world.cli(self.group, verb, *name, *more, "--json")
        assert (said.status, said.err) == (0, ""), said.err
        found: dict[str, Any] = said.json
        return found

    def does(self, verb: str, *more: str) -> dict[str, Any]:
        """The answer; but for the send that tells people, it is what ``show`` shows then."""
        answer = self.says(verb, *more)
        thing = {key: value for key, value in answer.items() if key != "send"}
        self.name = self.name or str(thing.get("reference", thing.get("id")))
        assert thing == self.says("show"), verb
        return answer


def test_the_life_of_a_notice(world: World) -> None:
    notice = Program(world, "notices")
    assert notice.does("new", "--from", file(world, MILK))["state"] == "draft"
    assert notice.name.startswith("DEFRA-2026-")
    assert notice.does("submit", "--by", ALICE)["state"] == "in_review"
    assert notice.does("approve", "--by", HANA)["state"] == "approved"
    why = ("--short-notice-reason", "Dairies closed.", "--approved-by", HANA)
    public = notice.does("publish", "--by", ALICE, *why)
    assert (public["state"], public["verdict"]) == ("announced", "met")
    wider = file(world, {**MILK, "what": "The panel shrinks by half."})
    revised = notice.does("revise", "--from", wider, "--summary", "How much.", "--by", ALICE, *why)
    assert (revised["revision"], revised["what"]) == (2, "The panel shrinks by half.")
    hold = ("--reason", "The pilot showed gaps.", "--next-update", "2027-01-11", "--by", ALICE)
    held = notice.does("hold", *hold)
    assert held["state"] == "on_hold"
    assert held["send"] in [row["id"] for row in world.sends(notice.name).values()]
    assert notice.does("resume", "--by", ALICE)["state"] == "announced"
    assert notice.does("early", "--reason", "Sooner.", "--by", ALICE)["state"] == "in_effect"
    ends = ("--outcome", "took_effect_early", "--text", "It is done.", "--by", ALICE)
    assert notice.does("close", *ends)["state"] == "closed"
    chain = world.cli("notices", "history", notice.name, "--json").json
    assert chain[-1]["action"] == "close"


def test_the_other_ends_of_a_notice(world: World) -> None:
    references = [world.announces(word) for word in ("milk volumes", "labelled as")]
    error = ("--reason", "It was an error.", *PEOPLE)
    for verb, reference in zip(("cancel", "retract"), references, strict=True):
        notice = Program(world, "notices")
        notice.name = reference
        answer = notice.does(verb, *error)
        assert answer["state"] == {"cancel": "cancelled", "retract": "retracted"}[verb]


def test_the_life_of_a_release(world: World) -> None:
    release = Program(world, "releases")
    added = release.does("add", "--from", file(world, EDITION))
    assert (release.name, added["state"]) == (str(added["id"]), "planned")
    assert release.does("pre-announce", "--by", ALICE)["state"] == "provisional"
    confirmed = release.does("confirm", "--at", "2027-06-10 09:30", "--by", ALICE)
    assert (confirmed["state"], confirmed["confirmed_lead_days"]) == ("confirmed", 199)
    words = file(world, {"detail": "- Ammonia rose by 1%."})
    assert release.says("announce", "--from", words, "--by", ALICE)["state"] == "draft"
    assert release.says("arm", "--by", BOB) == release.says("words")
    assert release.says("disarm", "--by", ALICE)["state"] == "draft"
    why = ("--reason", "A source is late.", *PEOPLE)
    moved = release.does("move", "--to", "2027-06-17 09:30", *why)
    assert moved["date"] == "2027-06-17 09:30"
    assert moved["moves"][-1]["reason"] == "A source is late."
    assert moved["send"] == world.sends(f"release:{release.name}")["moved"]["id"]
    postponed = release.does("postpone", "--next-update", "2027-05-01", *why)
    assert (postponed["state"], postponed["date"]) == ("postponed_tbc", None)
    assert release.does("cancel", *why)["state"] == "cancelled"


def test_what_a_team_states_of_a_series(world: World) -> None:
    series = ("fly-tipping", "--by", ALICE, "--json")
    stated = world.cli("series", "nothing-planned", *series).json
    assert (stated["slug"], stated["nothing_planned_on"]) == ("fly-tipping", "2026-11-23")
    assert world.cli("series", "check-landing", *series).json["checks_landing"] is True
    exempt = world.cli("series", "exempt", *series, "--time", "07:00", "--reason", "Markets.").json
    assert exempt["exemption"] == {"time": "07:00", "days_off": False, "reason": "Markets."}
    assert exempt["nothing_planned_on"] == "2026-11-23", "the whole series, not only what changed"


def test_topics_promises_and_staff(world: World) -> None:
    said = world.cli("topics", "merge", "water", "--into", "waste", "--by", HANA, "--json")
    assert said.status == 0, said.err
    row = said.json
    sent = row.pop("send")
    assert row in world.cli("topics", "list", "--json").json
    assert world.cli("sends", "show", str(sent), "--json").json["kind"] == "topic"
    longer = ("--minimum", "120", "--target", "200", "--from", "2027-01-01", "--reason", "Users.")
    promise = world.cli("policy", "set", "a", *longer, "--by", HANA, "--json").json
    assert (promise["class"], promise["minimum_days"], promise["since"]) == ("A", 120, "2027-01-01")
    assert promise in world.cli("policy", "list", "--json").json
    fay = world.cli("staff", "add", "fay@example.org", "--role", "author", "--json").json
    assert fay["link"].startswith("http")
    days = ("--from", "2026-12-01", "--until", "2026-12-04", "--by", HANA, "--json")
    away = world.cli("staff", "away", "fay@example.org", *days).json
    assert (away["roles"], away["away"]) == (["author"], ["2026-12-01 to 2026-12-04"])
    assert world.cli("staff", "back", "fay@example.org", "--by", HANA, "--json").json["away"] == []


def test_a_newsletter_and_its_readers(world: World) -> None:
    issue = Program(world, "newsletters")
    issue.name = "1"
    assert issue.does("submit", "--by", ALICE)["state"] == "in_review"
    assert issue.does("approve", "--by", BOB)["state"] == "approved"
    sent = issue.does("send", "--by", ALICE)["send"]
    assert world.cli("sends", "show", str(sent), "--json").json["about"] == "newsletter:1"
    people = world.folder / "people.csv"
    more = "public,water,2026-11-02"
    rows = ("email,user_type,topics,confirmed_at", f"ann@example.org,{more}", f"nobody,{more}")
    people.write_text("\n".join(rows), "utf-8")
    asked = ("--consent", "I agree to get mails.", "--json")
    counts = world.cli("subscribers", "import", str(people), *asked).json
    assert (counts["added"], counts["already"], counts["refused"]) == (1, 0, 1)
    assert Path(counts["report"]).is_file()
    forgotten = world.cli("subscribers", "forget", "ann@example.org", "--json")
    assert forgotten.json == {"erased": True}


def test_a_refusal_stays_one_sentence(world: World) -> None:
    before = world.cli("notices", "list", "--json").json
    for verb in (
        ("notices", "approve", before[0]["reference"], "--by", BOB),
        ("notices", "submit", "DEFRA-1999-001", "--by", ALICE),
        ("notices", "new", "--from", file(world, {"headline": "Nothing else"})),
        ("releases", "confirm", "2", "--at", "soon", "--by", ALICE),
        ("series", "exempt", "fly-tipping", "--reason", "Why not.", "--by", ALICE),
    ):
        said = world.cli(*verb, "--json")
        assert (said.status, said.out, said.err.count("\n")) == (1, "", 1), verb
    assert world.cli("notices", "list", "--json").json == before


def beaten(door: Door) -> None:
    with door.unit():
        door.done("It is done.", dict)
        raise Refused("Somebody else was faster.")


def test_nothing_is_answered_before_it_is_kept(
    app: Flask, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    door = Door(lambda *_, **__: app, clock)
    with pytest.raises(Refused):
        beaten(door)
    assert capsys.readouterr().out == ""
    with door.unit():
        door.done("It is done.", dict)
    assert capsys.readouterr().out == "It is done.\n"
