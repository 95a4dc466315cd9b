"""The honest record through doors: promises, chosen classes, splits, widening, late recording."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tests.journeys.world import World, text_of

CLEO, DAN = "cleo@example.org", "dan@example.org"
ALICE, BOB, HANA = "alice@example.org", "bob@example.org", "hana@example.org"
MILK: dict[str, Any] = {
    "series": ["milk-utilisation"],
    "type": "methodology",
    "materiality": "moderate",
    "headline": "Milk will be estimated from a smaller panel",
    "what": "The panel shrinks.",
    "why": "Dairies closed.",
    "effect": {"date": "2027-01-22"},
    "impact": {"known": "yes", "text": "About 1%."},
}


def file(world: World, **changes: Any) -> str:
    path = Path(world.folder / "entry.yaml")
    path.write_text(yaml.safe_dump({**MILK, **changes}), "utf-8")
    return str(path)


def drafted(world: World, **changes: Any) -> str:
    """A draft that Alice submits and Hana approves; its reference."""
    reference = world.done("notices", "new", "--from", file(world, **changes)).strip()
    world.done("notices", "submit", reference, "--by", ALICE)
    world.done("notices", "approve", reference, "--by", HANA)
    return reference


def published(world: World, **changes: Any) -> str:
    reference = drafted(world, **changes)
    world.done("notices", "publish", reference, "--by", ALICE)
    return reference


def shown(world: World, reference: str) -> dict[str, Any]:
    return dict(world.cli("notices", "show", reference, "--json").json)


def page(world: World, path: str) -> str:
    answer = world.get(path)
    assert answer.status_code == 200
    return " ".join(answer.get_data(as_text=True).split())


def test_a_promise_that_is_lengthened_is_kept_and_public(world: World) -> None:
    world.begin()
    before = published(world, headline="Before")
    late = drafted(world)
    rule = ("policy", "set", "D", "--minimum", "90", "--target", "120", "--from", "2026-11-23")
    why = ("--reason", "Our users asked for a quarter.")
    refused = world.cli(*rule, *why, "--by", BOB)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    world.done(*rule, *why, "--by", HANA)
    refused = world.cli("notices", "publish", late, "--by", ALICE)
    assert refused.err == (
        "Publishing today gives 60 days; a moderate change of method or classification (class D) "
        "needs 90. It should have been public by 24 October 2026. Give a public reason "
        "(--short-notice-reason) and ask the Head of Profession (--approved-by), or move the "
        "effect to 21 February 2027.\n"
    )
    assert shown(world, late)["state"] == "approved"
    assert shown(world, before)["minimum_days"] == 42, "it keeps the promise of its day"
    rows = {row["class"]: row for row in world.cli("policy", "list", "--json").json}
    assert (rows["D"]["minimum_days"], rows["D"]["rule"]) == (90, "our own promise")
    policy = page(world, "/policy")
    assert "Our users asked for a quarter." in policy
    assert "Lengthened" in policy
    assert "We have not shortened any promise." in policy
    assert ALICE not in policy
    assert HANA not in policy, "names of staff are not published"
    assert '<a href="/policy">' in page(world, "/notice-given")
    assert '<a href="/policy">' in page(world, f"/changes/{before}")


def test_a_shortened_promise_needs_two_and_shows(world: World) -> None:
    world.begin()
    world.done("staff", "add", "ada@example.org", "--role", "admin")
    rule = ("policy", "set", "d", "--minimum", "30", "--target", "60", "--from", "2026-11-23")
    why = ("--reason", "The survey is monthly now.", "--by", "ada@example.org")
    refused = world.cli(*rule, *why)
    assert "30 days for class D are fewer than the 42 promised." in refused.err
    assert world.cli(*rule, *why, "--approved-by", BOB).status == 1
    world.done(*rule, *why, "--approved-by", HANA)
    policy = page(world, "/policy")
    assert "Shortened" in policy
    assert "from 42 days" in policy
    assert "The survey is monthly now." in policy
    assert "agreed by a Head of Profession" in policy


def test_a_class_against_the_table_is_said_wherever_it_counts(world: World) -> None:
    world.begin()
    chosen = {"is": "D", "because": "Three dairies."}
    reference = published(world, materiality="major", **{"class": chosen})
    said = (
        "Judged as a moderate change of method or classification (class D), although the table "
        "says a major change of method, definition or source (class A), because it is a major "
        "change of method. The reason given: Three dairies."
    )
    for path in (f"/changes/{reference}", "/notice-given", "/policy"):
        assert said in page(world, path), path
    data = world.get(f"/notices/{reference}.json").json or {}
    assert (data["class"], data["class_by_table"]) == ("D", "A")
    row = shown(world, reference)
    assert row["class_reasons"] == ["A: it is a major change of method", "D: it is a major change"]


def test_where_the_class_comes_from_is_printed(world: World) -> None:
    world.begin()
    reference = published(world, machine_breaking=True, effect={"date": "2027-03-22"})
    why = page(world, f"/changes/{reference}")
    assert "Why 60 days?" in why
    assert (
        "This is a change that breaks programs which read the data (class E), because programs "
        "that read the data will break. It is also a moderate change of method or classification "
        "(class D), because it is a moderate change. Of several promises the longest counts. "
        "We promise 60 days and aim for 90. The 60 days rest on our own promise." in why
    )


def test_widening_the_scope_is_judged_from_now(world: World) -> None:
    world.begin()
    narrow = {"scope": {"geographies": ["England"]}, "effect": {"date": "2027-03-22"}}
    reference = published(world, **narrow)
    world.clock.at("2027-02-15 10:00")
    wide = file(world, scope={"geographies": ["England", "Wales"]}, effect={"date": "2027-03-22"})
    revise = ("notices", "revise", reference, "--from", wide, "--summary", "Wales, too.")
    refused = world.cli(*revise, "--editorial", "--by", ALICE)
    assert "changes the meaning (scope)" in refused.err
    refused = world.cli(*revise, "--by", ALICE)
    assert "This leaves 35 days; 42 are promised." in refused.err
    assert "move the effect to 29 March 2027" in refused.err
    assert shown(world, reference)["revision"] == 1
    reason = ("--short-notice-reason", "Wales joined last week.", "--approved-by", HANA)
    world.done(*revise, "--by", ALICE, *reason)
    row = shown(world, reference)
    assert (row["lead_days"], row["verdict"], row["revision"]) == (35, "short", 2)
    assert row["first_public_at"].startswith("2026-11-23")
    assert "Wales joined last week." in page(world, "/notice-given")


def test_a_part_is_split_off_and_one_message_names_both(world: World) -> None:
    world.begin()
    both = ["milk-utilisation", "monthly-landings"]
    world.joins(CLEO, topics=["farming"], user_type="academic")
    world.joins(DAN, topics=["fisheries"], user_type="business")
    whole = published(world, series=both, effect={"date": "2027-02-22"})
    world.drain()
    world.clock.at("2026-12-14 10:00")
    counts = [len(world.mails(CLEO)), len(world.mails(DAN))]
    part = file(
        world,
        series=["monthly-landings"],
        headline="Landings will be estimated from fewer ports",
        effect={"date": "2027-03-22"},
    )
    split = ("notices", "split", whole, "--from", part, "--summary", "Landings come later.")
    refused = world.cli(*split, "--by", ALICE, "--approved-by", ALICE)
    assert (refused.status, refused.err.count("\n")) == (1, 1)
    out = world.done(*split, "--by", ALICE, "--approved-by", BOB)
    reference = out.split()[0]
    row = shown(world, reference)
    assert (row["state"], row["lead_days"], row["verdict"]) == ("announced", 119, "on_time")
    world.drain()
    assert [len(world.mails(CLEO)), len(world.mails(DAN))] == [n + 1 for n in counts]
    for person in (CLEO, DAN):
        mail = text_of(world.last_mail(person))
        assert whole in mail
        assert f"/changes/{reference}" in mail
    assert "Split from it: " in page(world, f"/changes/{whole}")
    assert "Approved as a notice of its own" not in page(world, f"/changes/{whole}")
    assert "Approved as a notice of its own by an approver" in page(world, f"/changes/{reference}")
    assert "Split from: " in page(world, f"/changes/{reference}")
    sends = world.sends(reference)
    assert sends["announce"]["state"] == "skipped"
    cancel = ("notices", "cancel", reference, "--reason", "The ports stay.")
    world.done(*cancel, "--by", ALICE, "--approved-by", BOB)
    world.drain()
    assert "The ports stay." in text_of(world.last_mail(DAN)), "he was told of it with the whole"


def test_the_history_tells_what_was_asserted_and_in_which_office(world: World) -> None:
    world.begin()
    late = ("--short-notice-reason", "The panel shrank at once.", "--approved-by", HANA)
    reference = drafted(world, effect={"date": "2026-12-14"})
    world.done("notices", "publish", reference, "--by", ALICE, *late)
    lines = world.done("notices", "history", reference).splitlines()
    assert [line.split()[2].strip(",") for line in lines] == [
        *("new", "submit", "approve", "announce")
    ]
    assert f"approve, by {HANA}, asserted at the command line by " in lines[2]
    rows = world.cli("notices", "history", reference, "--json").json
    assert [row["basis"] for row in rows] == ["asserted"] * 4
    assert rows[2]["data"]["role"] == "hop"
    story = page(world, f"/changes/{reference}")
    assert "Approved by the " in story
    assert "The short notice was agreed by the " in story
    assert story.count("asserted at the command line") == 2
    assert HANA not in story


def test_what_nobody_announced_is_recorded_late_and_counts(world: World) -> None:
    world.begin()
    later = {"effect": {"tbc": True}, "next_update_by": "2026-12-18"}
    reference = drafted(world, **later)
    record = ("notices", "record-late", reference, "--took-effect", "2026-11-10")
    why = ("--reason", "Nobody saw that it was a change.", "--by", ALICE)
    assert world.cli(*record, *why, "--approved-by", BOB).status == 1
    world.done(*record, *why, "--approved-by", HANA)
    row = shown(world, reference)
    assert (row["state"], row["verdict"], row["lead_days"]) == ("in_effect", "after", -13)
    assert "Nobody saw that it was a change." in page(world, "/notice-given")
    assert "The late record was agreed by the " in page(world, f"/changes/{reference}")


def test_what_is_held_and_goes_on_before_the_worker_looked_is_told_as_it_was(
    world: World,
) -> None:
    world.begin()
    world.joins(CLEO, topics=["farming"], user_type="academic")
    reference = published(world, effect={"date": "2027-03-22"})
    world.drain()
    hold = ("notices", "hold", reference, "--reason", "A check failed.")
    world.done(*hold, "--next-update", "2027-01-11", "--by", ALICE)
    world.done("notices", "resume", reference, "--by", ALICE)
    world.drain()
    (held,) = world.mails(CLEO, "A check failed.")
    assert "Next update by Monday 11 January 2027" in text_of(held)
    assert "goes ahead again" in text_of(world.last_mail(CLEO))
    story = page(world, f"/changes/{reference}")
    assert "Put on hold. A check failed." in story
    assert story.count("1 of 1 by email; page, feed and calendar") == 3, "announced, held, resumed"


def test_every_field_of_a_notice_reaches_its_page(world: World) -> None:
    world.begin()
    fields = {
        "brief": "Expect a little less milk.",
        "driver": "A review of 2026.",
        "scope": {
            "geographies": ["England"],
            "identifiers": [{"scheme": "table", "value": "M1", "url": "https://x.example/m1"}],
            "user_types": ["media"],
        },
        "alternatives": [{"title": "The old panel", "url": "https://x.example/old"}],
        "contact": "https://x.example/ask",
        "effect": {"reference_period": "Q1 2027", "from": "2027-03-22"},
    }
    reference = published(world, **fields)
    story = page(world, f"/changes/{reference}")
    for words in (
        "What led to it.</strong> A review of 2026.",
        "<strong>Places:</strong> England",
        '<a href="https://x.example/m1">table <code>M1</code></a>',
        '<a href="https://x.example/old">The old panel</a>',
        '<a href="https://x.example/ask">',
        "With data for Q1 2027",
    ):
        assert words in story, words
    plain = published(world, headline="A plain one", effect={"date": "2027-03-22"})
    bare = page(world, f"/changes/{plain}")
    for heading in ("What it covers", "What to use instead", "What led to it", "Judged against"):
        assert heading in story or heading == "Judged against"
        assert heading not in bare, "no empty heading"
    data = world.get(f"/notices/{reference}.json").json or {}
    assert data["scope"]["reference_from"] == "Q1 2027"
    assert (data["brief"], data["contact"]) == ("Expect a little less milk.", fields["contact"])
