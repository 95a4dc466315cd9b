"""What happens to a change: cancelled, early, in effect, got it, revised, held, told late."""

from __future__ import annotations

from tests.journeys.acts import entry_of, moves, notice, release
from tests.journeys.world import World, path_in, text_of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA

EVE = "eve@example.org"


def test_a_cancelled_change_tells_who_was_told(world: World, told: str) -> None:
    world.joins(EVE, topics=["air-quality"], user_type="media")  # got the welcome only
    world.done(
        *("notices", "cancel", told, "--reason", "The survey showed no difference."),
        *("--by", ALICE, "--approved-by", BOB),
    )
    world.drain()
    assert "The survey showed no difference." in text_of(world.mails(CLEO)[-1])
    assert world.mails(EVE, "no difference"), "she knew it from the list in her welcome"
    assert not world.mails(DAN, "no difference"), "who follows something else hears nothing"
    page = world.get(f"/changes/{told}")
    assert page.status_code == 200, "a tombstone stays"
    assert "will not happen" in page.get_data(as_text=True).lower()
    world.clock.forward(days=200)
    world.drain()
    assert {s["state"] for s in world.sends(told).values()} <= {"done", "cancelled"}


def test_early_effect(world: World, told: str) -> None:
    world.clock.forward(days=60)
    world.drain()
    world.done("notices", "early", told, "--reason", "Published by mistake.", "--by", ALICE)
    row = notice(world, told)
    assert (row["state"], row["verdict"]) == ("in_effect", "short")
    world.drain()
    assert "Published by mistake." in text_of(world.mails(CLEO)[-1])
    mails = len(world.mails(CLEO))
    world.clock.forward(days=100)
    world.drain()
    assert len(world.mails(CLEO)) == mails, "the remaining stages are stopped"


def test_effect_waits_for_the_release_and_then_the_outcome(world: World, told: str) -> None:
    number = str(release(world)["id"])
    day = release(world)["date"][:10]
    world.clock.at(f"{day} 12:00")
    world.drain()
    assert world.sends(told)["T0"]["state"] == "planned", "it is late, so T0 waits"
    assert notice(world, told)["state"] == "announced"
    world.done("releases", "publish", number, "--by", ALICE)
    world.drain()
    assert notice(world, told)["state"] == "in_effect"
    assert world.sends(told)["T0"]["accepted"] == 1
    refused = world.cli(
        "notices", "close", told, "--outcome", "fine", "--text", "Well.", "--by", ALICE
    )
    assert refused.status == 1
    world.done(
        *("notices", "close", told, "--outcome", "implemented_as_announced"),
        *("--text", "Total emissions fell by 11%.", "--by", ALICE),
    )
    world.drain()
    assert "fell by 11%" in text_of(world.mails(CLEO)[-1])
    assert notice(world, told)["state"] == "closed"


def test_got_it_stops_reminders_only(world: World, told: str) -> None:
    world.joins(EVE, topics=["air-quality"], user_type="media")
    world.clock.at("2026-12-10 11:00")
    world.drain()
    link = path_in(world.last_mail(EVE, "/got-it/"), "/got-it/")
    assert world.presses(link).status_code == 200
    count = len(world.mails(EVE))
    world.clock.at("2027-02-01 11:00")  # past T-30
    world.drain()
    assert len(world.mails(EVE)) == count
    assert world.sends(told)["T-30"]["accepted"] == 1, "Cleo only"
    assert moves(world, "2027-04-15 09:30").status == 0
    world.drain()
    assert len(world.mails(EVE)) == count + 1, "moved is never suppressed"


def test_wording_and_meaning(world: World, told: str) -> None:
    """Editorial edits tell nobody; a change of meaning tells everybody who was told."""
    file = entry_of(world, "fine particles", why="Fewer homes burn wood than was assumed.")
    revise = ("notices", "revise", told, "--from", str(file), "--by", ALICE)
    world.done(*revise, "--summary", "“Why” is shorter.", "--editorial")
    world.drain()
    assert len(world.mails(CLEO, told)) == 1
    assert "“Why” is shorter." in world.get(f"/changes/{told}").get_data(as_text=True)

    file = entry_of(world, "fine particles", series_break="yes")
    refused = world.cli(*revise, "--summary", "A break.", "--editorial")
    assert refused.status == 1
    world.done(*revise, "--summary", "There is a break in the series after all.")
    world.drain()
    assert notice(world, told)["revision"] == 2
    assert "There is a break in the series after all." in text_of(world.mails(CLEO)[-1])


def test_held_and_resumed(world: World, told: str) -> None:
    hold = ("notices", "hold", told, "--reason", "The survey is checked again.", "--by", ALICE)
    world.done(*hold, "--next-update", "2027-01-11")
    world.drain()
    assert "The survey is checked again." in text_of(world.mails(CLEO)[-1])
    world.done("notices", "resume", told, "--by", ALICE)
    world.drain()
    assert notice(world, told)["state"] == "announced"
    world.done(*hold, "--next-update", "2027-01-12")  # it may happen again
    world.drain()
    assert len(world.mails(CLEO, "checked again")) == 2


def test_recorded_late(world: World) -> None:
    """A change that took effect unannounced counts: verdict after, with reason and HoP."""
    world.begin()
    world.joins(CLEO, topics=["fisheries"], user_type="business")
    rows = world.cli("notices", "list", "--json").json
    reference = next(r["reference"] for r in rows if "Monthly landings" in r["headline"])
    world.done("notices", "submit", reference, "--by", ALICE)
    world.done("notices", "approve", reference, "--by", BOB)
    late = ("--took-effect", "2026-11-20", "--reason", "The table was published too soon.")
    world.done("notices", "record-late", reference, *late, "--by", ALICE, "--approved-by", HANA)
    row = notice(world, reference)
    assert (row["state"], row["verdict"], row["lead_days"]) == ("in_effect", "after", -3)
    world.drain()
    assert "published too soon" in text_of(world.mails(CLEO)[-1])
