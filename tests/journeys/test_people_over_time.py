"""People over time, through doors: one thing followed, a break, coming back, a topic that ends."""

from __future__ import annotations

import re
from typing import Any

from tests.journeys.world import World, hidden, one_click, path_in, text_of
from tests.makers import ALICE, CLEO, DAN, HANA

EMISSIONS = "Emissions of air pollutants in the UK, 1970 to 2025"


def asks(world: World, email: str, query: str, **data: Any) -> int:
    """Opens the sign-up form at an address and sends it as it stands; the answer's status."""
    browser = world.browser()
    page = browser.get(f"/subscribe?{query}").get_data(as_text=True)
    names = ("csrf_token", "t", "notice", "release", "series")
    fields = {name: value for name in names if (value := hidden(page, name))}
    world.clock.forward(seconds=20)
    answer = browser.post(
        "/subscribe", data={**fields, "email": email, "user_type": "academic", **data}
    )
    world.close()
    return answer.status_code


def follows(world: World, email: str, query: str, **data: Any) -> None:
    """Signs up at that address and confirms; the welcome is there."""
    assert asks(world, email, query, **data) == 200
    world.drain()
    link = path_in(world.last_mail(email, "/confirm/"), "/confirm/")
    assert world.presses(link).status_code == 200
    world.drain()


def shown(world: World, email: str) -> dict[str, Any]:
    return dict(world.cli("subscribers", "show", email, "--json").json)


def release_id(world: World, title: str = EMISSIONS) -> int:
    rows = world.cli("releases", "list", "--json").json
    return int(next(row["id"] for row in rows if row["title"] == title))


def settings_page(world: World, email: str) -> tuple[str, str]:
    """The path of a person's settings, from their last mail, and the page."""
    path = path_in(world.last_mail(email), "/preferences/")
    return path, world.get(path).get_data(as_text=True)


def chosen(page: str) -> dict[str, list[str]]:
    """What is ticked on a page of settings, by field."""
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]* checked[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name is not None
        assert value is not None
        found.setdefault(name[1], []).append(value[1])
    return found


def test_one_change_is_followed_from_its_page_until_it_is_over(world: World) -> None:
    reference = world.announces("fine particles")
    page = world.get(f"/changes/{reference}").get_data(as_text=True)
    assert f'href="/subscribe?notice={reference}"' in page
    form = world.get(f"/subscribe?notice={reference}").get_data(as_text=True)
    assert "You will be told what happens to" in form
    assert "You do not have to select any" in form
    follows(world, CLEO, f"notice={reference}")
    confirm, welcome = world.mails(CLEO)
    assert "fine particles" in text_of(confirm)
    assert reference in text_of(welcome), "the catch-up shows it"
    assert "because you follow this change: " in text_of(welcome)
    assert shown(world, CLEO)["changes"] == [reference]
    world.clock.at("2026-12-10 11:00")
    world.drain()
    reminder = world.last_mail(CLEO)
    assert "days" in str(reminder["Subject"])
    assert "You get this because you follow this change: " in text_of(reminder)
    options = ("--reason", "The pilot failed.", "--by", ALICE, "--approved-by", HANA)
    world.done("notices", "cancel", reference, *options)
    world.drain()
    assert "The pilot failed." in text_of(world.last_mail(CLEO))
    world.clock.forward(hours=2)
    world.drain()
    assert shown(world, CLEO)["status"] == "left"
    over = world.get(f"/subscribe?notice={reference}").get_data(as_text=True)
    assert "it is over" in over
    assert re.search(r'value="air-quality" checked', over), "its topic is offered instead"


def test_one_release_is_followed_until_it_is_out(world: World) -> None:
    number = release_id(world)
    assert f'href="/subscribe?release={number}"' in world.get(f"/releases/{number}").text
    follows(world, CLEO, f"release={number}")
    reference = world.announces("fine particles")
    world.drain()
    assert reference in text_of(world.last_mail(CLEO)), "the change in it is told to them"
    options = ("--reason-code", "data_late", "--reason", "Data came late.", "--by", ALICE)
    world.done(
        "releases", "move", str(number), "--to", "2027-04-15 09:30", *options,
        "--approved-by", HANA,
    )  # fmt: skip
    world.drain()
    moved = world.last_mail(CLEO)
    assert "Data came late." in text_of(moved)
    assert f"you follow this release: {EMISSIONS}" in text_of(moved)
    assert world.post(one_click(moved), {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert shown(world, CLEO)["releases"] == []
    assert shown(world, CLEO)["status"] == "left"


def test_single_things_are_dropped_on_the_settings_page(world: World) -> None:
    reference = world.announces("fine particles")
    follows(world, CLEO, f"notice={reference}&series=wild-birds", topics=["food"])
    path, page = settings_page(world, CLEO)
    ticks = chosen(page)
    assert ticks["topics"] == ["food"]
    assert len(ticks["notice"]) == len(ticks["series"]) == 1
    kept = {name: ticks[name] for name in ("topics", "series", "user_type", "depth", "language")}
    saved = world.presses(path, **kept, week_ahead="1")
    assert "Saved." in saved.text
    person = shown(world, CLEO)
    assert (person["changes"], person["series"], person["week_ahead"]) == ([], ["wild-birds"], True)


def test_a_break_and_its_end(world: World) -> None:
    world.joins(CLEO, topics=["air-quality", "farming"], user_type="academic")
    told = world.announces("fine particles")
    world.drain()
    path, _ = settings_page(world, CLEO)
    wrong = world.presses(path, to=f"{path}/pause", **until(31, 2, 2027))
    assert (wrong.status_code, "Enter a real date" in wrong.text) == (400, True)
    past = world.presses(path, to=f"{path}/pause", **until(23, 11, 2026))
    assert (past.status_code, "must be in the future" in past.text) == (400, True)
    done = world.presses(path, to=f"{path}/pause", **until(14, 12, 2026))
    assert "Nothing comes until" in done.text
    assert "Monday 14 December 2026" in done.text
    count = len(world.mails(CLEO))
    missed = world.announces("milk volumes")
    world.clock.at("2026-12-11 12:00")  # after T-90 of what they know
    world.drain()
    assert len(world.mails(CLEO)) == count, "nothing comes"
    world.clock.at("2026-12-14 00:30")
    world.drain()
    assert len(world.mails(CLEO)) == count
    assert shown(world, CLEO)["status"] == "active"
    world.clock.at("2026-12-14 09:00")
    world.drain()
    back = text_of(world.last_mail(CLEO, "started again"))
    assert len(world.mails(CLEO)) == count + 1, "nothing is replayed"
    assert missed in back
    assert told not in back, "they were told of it before"


def until(day: int, month: int, year: int) -> dict[str, str]:
    return {"until-day": str(day), "until-month": str(month), "until-year": str(year)}


def test_a_break_is_ended_at_once(world: World) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    path, _ = settings_page(world, CLEO)
    world.presses(path, to=f"{path}/pause", **until(1, 3, 2027))
    reference = world.announces("fine particles")
    world.drain()
    assert not world.mails(CLEO, reference)
    assert "Emails come again" in world.presses(path, to=f"{path}/resume").text
    world.drain()
    assert "started again" in str(world.last_mail(CLEO, reference)["Subject"])
    count = len(world.mails(CLEO))
    world.presses(path, to=f"{path}/resume")
    world.drain()
    assert len(world.mails(CLEO)) == count


def test_who_joins_within_a_week_of_the_effect_is_told_at_once_and_once(world: World) -> None:
    reference = world.announces("fine particles")
    world.clock.at("2027-02-24 12:00")  # the effect is on 1 March 2027
    world.drain()
    world.joins(DAN, topics=["air-quality"], user_type="media")
    subjects = [str(mail["Subject"]) for mail in world.mails(DAN, reference)]
    assert len(subjects) == 2, "the welcome with its list, and the change in a mail of its own"
    now = world.last_mail(DAN, "before you joined. It takes effect so soon")
    assert "5 days left" in text_of(now)
    assert "You get this because you follow Air quality." in text_of(now)
    assert f"/changes/{reference}" in text_of(now)
    assert world.presses(path_in(now, "/got-it/")).status_code == 200
    left = world.post(one_click(now), {"List-Unsubscribe": "One-Click"})
    assert "You are unsubscribed" in left.text
    world.clock.forward(hours=1)
    world.joins(DAN, topics=["air-quality"], user_type="media")
    assert len(world.mails(DAN, "It takes effect so soon")) == 1, "never twice"
    cancel = ("--reason", "It failed.", "--by", ALICE, "--approved-by", HANA)
    world.done("notices", "cancel", reference, *cancel)
    world.drain()
    assert "It failed." in text_of(world.last_mail(DAN)), "who was told is told"


def test_who_comes_back_within_four_weeks_is_not_told_again(world: World) -> None:
    world.joins(CLEO, topics=["air-quality", "farming"], user_type="academic")
    known, changed = world.announces("fine particles"), world.announces("milk volumes")
    world.drain()
    world.post(f"{one_click(world.last_mail(CLEO))}?all=1", {})
    world.clock.forward(days=2)
    world.done(
        "notices", "hold", changed, "--reason", "A check.", "--next-update", "2026-12-20",
        "--by", ALICE,
    )  # fmt: skip
    world.drain()
    world.clock.forward(days=10)
    world.joins(CLEO, topics=["air-quality", "farming"], user_type="academic")
    welcome = text_of(world.last_mail(CLEO, "You now get updates"))
    assert changed in welcome, "it changed since"
    assert known not in welcome
    assert "You were told of 1 other change before you left" in welcome
    assert "/changes\r\n" in welcome
    world.post(f"{one_click(world.last_mail(CLEO))}?all=1", {})
    world.clock.forward(days=29)
    world.joins(CLEO, topics=["air-quality", "farming"], user_type="academic")
    welcome = text_of(world.last_mail(CLEO, "You now get updates"))
    assert known in welcome, "after four weeks everything is told again"
    assert "before you left" not in welcome


def test_one_message_for_all_reasons_and_each_is_named(world: World) -> None:
    reference = world.announces("fine particles")
    query = f"notice={reference}&release={release_id(world)}&series=emissions-air-pollutants"
    follows(world, CLEO, query, topics=["environment", "air-quality"])
    world.clock.at("2026-12-10 11:00")
    world.drain()
    reminders = [m for m in world.mails(CLEO, reference) if "days" in str(m["Subject"])]
    assert len(reminders) == 1
    why = re.sub(r"\s+", " ", text_of(reminders[0]).partition("You get this because")[2])
    for name in ("Air quality", "Environment", "Emissions of air pollutants in the UK", EMISSIONS):
        assert name in why
    assert "you follow this change: " in why
    world.post(one_click(reminders[0]), {"List-Unsubscribe": "One-Click"})
    assert shown(world, CLEO)["status"] == "left", "one click ends all that it came through"
