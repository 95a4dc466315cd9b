"""Words that are not public yet are changed and given back, at the command line and by mail."""

from __future__ import annotations

import re
import shlex
from typing import Any

import yaml

from tests.journeys.world import World, html_of, text_of
from tests.makers import ALICE, BOB, CLEO, HANA

ENTRY: dict[str, Any] = {
    "series": "fly-tipping",
    "type": "questionnaire",
    "headline": "Councils will report fly-tipping by a new form",
    "what": "The form asks for the size of each incident.",
    "why": "Sizes were guessed before.",
    "effect": {"date": "2027-03-01"},
    "impact": {"known": "yes", "text": "Counts rise by 2%."},
}


def file(world: World, **changes: Any) -> str:
    path = world.folder / "entry.yaml"
    path.write_text(yaml.safe_dump({**ENTRY, **changes}), "utf-8")
    return str(path)


def shown(world: World, about: str) -> dict[str, Any]:
    found: dict[str, Any] = world.cli("notices", "show", about, "--json").json
    return found


def test_sent_back_edited_and_agreed_to_again(world: World) -> None:
    world.begin()
    about = world.done("notices", "new", "--from", file(world)).strip()
    world.done("notices", "submit", about, "--by", ALICE)
    said = world.done("notices", "return", about, "--reason", "Name the form.", "--by", HANA)
    assert said == f"{about} is a draft again.\n"
    world.drain()
    mail = world.last_mail(ALICE, "Sent back")
    words = text_of(mail)
    assert f"Sent back by: {HANA}" in words
    assert "Why: Name the form." in words
    assert "Name the form." in html_of(mail)
    lines = [shlex.split(line) for line in re.findall(r"bin/notifier (notices .*)", words)]
    assert [line[1] for line in lines] == ["edit", "submit"]
    better = file(world, what="Form FT-2 asks for the size of each incident.")
    world.done(*[better if word == "FILE.yaml" else word for word in lines[0]])
    world.done(*lines[1])
    world.done("notices", "approve", about, "--by", HANA)
    assert shown(world, about)["what"].startswith("Form FT-2")

    # Edited after the approval: void, and nothing is announced with it.
    said = world.done("notices", "edit", about, "--from", file(world), "--by", BOB)
    assert said == f"{about} is changed. It is a draft again; submit it for approval.\n"
    refused = world.cli("notices", "publish", about, "--by", ALICE)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "is a draft, so it cannot be announced" in refused.err
    world.done("notices", "submit", about, "--by", ALICE)
    refused = world.cli("notices", "approve", about, "--by", BOB)
    assert f"{BOB} edited {about}; ask an approver who did not" in refused.err
    world.done("notices", "approve", about, "--by", HANA)
    world.joins(CLEO, topics=["waste"], user_type="government")
    world.done("notices", "publish", about, "--by", ALICE)
    world.drain()
    assert "The form asks for the size" in text_of(world.last_mail(CLEO, "Councils will report"))
    steps = [row["action"] for row in world.cli("notices", "history", about, "--json").json]
    assert steps == [
        *("new", "submit", "return", "rewrite", "submit", "approve"),
        *("rewrite", "return", "submit", "approve", "announce"),
    ]
    refused = world.cli("notices", "edit", about, "--from", better, "--by", ALICE)
    assert "what was public once is not edited" in refused.err


def test_a_draft_that_was_edited_is_on_no_page(world: World) -> None:
    world.begin()
    about = world.done("notices", "new", "--from", file(world)).strip()
    changed = file(world, headline="Councils will report by form FT-2")
    world.done("notices", "edit", about, "--from", changed, "--by", ALICE)
    assert shown(world, about)["headline"] == "Councils will report by form FT-2"
    assert world.get(f"/changes/{about}").status_code == 404
    for path in ("/changes", "/notices.json", "/feeds/all.atom"):
        assert "FT-2" not in world.get(path).get_data(as_text=True)
    refused = world.cli("notices", "edit", about, "--from", changed, "--by", ALICE)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    assert "says all this already" in refused.err
