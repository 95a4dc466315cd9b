"""How a change ends for people who joined late, paused, or follow only its release."""

from __future__ import annotations

import pytest

from tests.journeys.test_people_over_time import EMISSIONS, chosen, follows, release_id
from tests.journeys.world import World, path_in, text_of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA

REVISED = "Emissions, revised edition"
WHY = "The pilot failed."


def ends(world: World, verb: str, reference: str) -> None:
    world.done("notices", verb, reference, "--reason", WHY, "--by", ALICE, "--approved-by", BOB)


@pytest.mark.parametrize("verb", ["cancel", "retract"])
def test_who_knows_it_from_their_welcome_alone_hears_that_it_ends(world: World, verb: str) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    world.drain()
    world.clock.forward(days=2)
    world.joins(DAN, topics=["air-quality"], user_type="media")
    assert len(world.mails(DAN, reference)) == 1, "the list in the welcome"
    ends(world, verb, reference)
    world.drain()
    for email, why in ((CLEO, "you follow Air quality"), (DAN, "you follow Air quality")):
        last = text_of(world.last_mail(email, reference))
        assert WHY in last
        assert why in last
    stage = {"cancel": "cancelled", "retract": "retracted"}[verb]
    assert world.sends(reference)[stage]["accepted"] == 2


def test_what_nobody_was_mailed_about_ends_in_silence(world: World) -> None:
    """It was public for a minute, before the worker looked: only its page says that it was."""
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    ends(world, "retract", reference)
    world.drain()
    assert not world.mails(CLEO, reference)
    assert WHY in world.get(f"/changes/{reference}").text


def test_what_waited_for_a_digest_ends_in_silence_too(world: World) -> None:
    """A minor change is announced by digest: until then nobody has heard of it."""
    world.clock.at("2026-11-17 15:00")
    world.begin()
    world.joins(CLEO, topics=["fisheries"], user_type="academic")
    reference = world.announces("Monthly landings")
    world.drain()
    ends(world, "cancel", reference)
    for day in (18, 23):
        world.clock.at(f"2026-11-{day} 11:00")
        world.drain()
    assert not world.mails(CLEO, reference)
    told = world.sends(reference)["announce"]
    assert (told["state"], told["skipped"], told["pending"]) == ("done", 1, 0)


def test_who_paused_hears_what_was_called_off_of_what_they_were_told(world: World) -> None:
    world.joins(CLEO, topics=["air-quality", "farming"], user_type="academic")
    told = world.announces("fine particles")
    world.drain()
    world.joins(DAN, topics=["air-quality", "farming"], user_type="media")  # knows it by the list
    for email in (CLEO, DAN):
        pauses(world, email)
    world.clock.forward(hours=1)
    unknown = world.announces("milk volumes")
    world.drain()
    for reference in (told, unknown):
        ends(world, "cancel", reference)
    world.drain()
    assert not world.mails(CLEO, WHY)
    world.clock.at("2026-12-14 09:00")
    world.drain()
    for email in (CLEO, DAN):
        back = text_of(world.last_mail(email, "started again"))
        assert "What will not happen as announced" in back
        assert f"Will not happen: {WHY}" in back
        assert f"/changes/{told}" in back
        assert unknown not in back, "they never heard of it"
        assert "No new change" not in back


def test_what_one_was_told_oneself_is_not_said_again_after_a_pause(world: World) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    reference = world.announces("fine particles")
    world.drain()
    ends(world, "cancel", reference)
    world.drain()
    assert WHY in text_of(world.last_mail(CLEO))
    pauses(world, CLEO)
    world.clock.at("2026-12-14 09:00")
    world.drain()
    back = text_of(world.last_mail(CLEO, "started again"))
    assert "What will not happen" not in back
    assert "No new change" in back


def pauses(world: World, email: str) -> None:
    path = path_in(world.last_mail(email), "/preferences/")
    until = {"until-day": "14", "until-month": "12", "until-year": "2026"}
    assert "Nothing comes until" in world.presses(path, to=f"{path}/pause", **until).text


def test_who_follows_only_a_cancelled_release_goes_on_with_the_one_that_carries_its_change(
    world: World,
) -> None:
    number = release_id(world, EMISSIONS)
    reference = world.announces("fine particles")
    follows(world, CLEO, f"release={number}")
    entry = world.folder / "release.yaml"
    entry.write_text(
        "series: emissions-air-pollutants\n"
        f"title: {REVISED}\n"
        'date: "2027-05-13 09:30"\n'
        "certainty: provisional\n",
        encoding="utf-8",
    )
    world.done("releases", "add", "--from", str(entry))
    other = release_id(world, REVISED)
    agreed = ("--reason", "It is merged.", "--by", ALICE, "--approved-by", HANA)
    world.done("releases", "cancel", str(number), "--notice", f"{reference}={other}", *agreed)
    world.drain()
    assert "It is merged." in text_of(world.last_mail(CLEO))
    shown = world.cli("subscribers", "show", CLEO, "--json").json
    assert (shown["status"], shown["releases"]) == ("active", [EMISSIONS, REVISED])
    moved = ("--reason-code", "data_late", "--reason", "Data came late.", "--by", ALICE)
    world.done(
        "releases", "move", str(other), "--to", "2027-05-20 09:30", *moved, "--approved-by", HANA
    )
    world.drain()
    last = text_of(world.last_mail(CLEO))
    assert "Data came late." in last
    assert f"you follow this release: {REVISED}" in last


def test_who_heard_of_it_with_its_release_hears_that_it_ends(world: World) -> None:
    """One merged message was all that Dan got of it, and he follows something else since."""
    number = release_id(world, EMISSIONS)
    reference = world.announces("fine particles")
    world.drain()
    follows(world, DAN, f"release={number}&series=wild-birds")
    moved = ("--reason-code", "data_late", "--reason", "Data came late.", "--by", ALICE)
    world.done(
        "releases", "move", str(number), "--to", "2027-04-15 09:30", *moved, "--approved-by", HANA
    )
    world.drain()
    last = world.last_mail(DAN, "Data came late.")
    path = path_in(last, "/preferences/")
    ticks = chosen(world.get(path).text)
    kept = {name: ticks[name] for name in ("user_type", "depth", "language", "series")}
    assert "Saved." in world.presses(path, **kept).text
    assert world.cli("subscribers", "show", DAN, "--json").json["releases"] == []
    ends(world, "cancel", reference)
    world.drain()
    told = text_of(world.last_mail(DAN))
    assert WHY in told
    assert "you had an earlier message about this" in told
