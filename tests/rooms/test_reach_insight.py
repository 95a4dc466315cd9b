"""Who follows what is counted truly, gaps are named, and nothing small gets out."""

from __future__ import annotations

import pytest
from flask import Flask

from notifier.audience.forget import forget
from notifier.audience.leave import leave_everything
from notifier.audience.prefer import prefer
from notifier.audience.suppress import suppress
from notifier.catalogue import purpose
from notifier.catalogue import queries as catalogue
from notifier.errors import Refused
from notifier.insight import reach
from notifier.store.db import unit
from notifier.store.history import PERSON
from tests.makers import ALICE, Clock, acting, joins, pepper, topics


def cell(topic: str, user_type: str, clock: Clock) -> reach.Cell:
    (row,) = reach.matrix(now=clock(), topics=[catalogue.topic(topic)])
    return next(each for each in row.cells if each.user_type == user_type)


def test_a_person_counts_where_something_of_the_topic_reaches_them(
    room: Flask, clock: Clock
) -> None:
    """Above, below and a single series count; twice in a topic is one person."""
    with unit():
        joins("above@example.org", now=clock(), follows=["environment"], user_type="academic")
        joins("itself@example.org", now=clock(), follows=["air-quality"], user_type="academic")
        joins(
            "both@example.org",
            now=clock(),
            follows=["environment", "air-quality"],
            user_type="academic",
        )
        joins(
            "single@example.org", now=clock(), follows=[], series=["wild-birds"], user_type="media"
        )
    assert cell("air-quality", "academic", clock).now == 3
    assert cell("environment", "academic", clock).now == 3
    assert cell("waste", "academic", clock).now == 2
    assert cell(catalogue.series("wild-birds").topics[0].slug, "media", clock).now == 1
    assert cell("environment", "media", clock).now == 0


def test_the_change_over_a_year_counts_who_left_and_who_came(room: Flask, clock: Clock) -> None:
    with unit():
        left = joins("left@example.org", now=clock(), follows=["waste"], user_type="media")
        gone = joins("gone@example.org", now=clock(), follows=["waste"], user_type="media")
        joins("stays@example.org", now=clock(), follows=["waste"], user_type="media")
        dead = joins("dead@example.org", now=clock(), follows=["waste"], user_type="media")
    clock.forward(days=100)
    with unit():
        suppress(dead, reason="hard_bounce", now=clock(), pepper=pepper())
    clock.forward(days=100)
    with unit():
        leave_everything(left, now=clock())
        forget(gone, by=PERSON, now=clock(), pepper=pepper())
    clock.forward(days=300)
    with unit():
        joins("new@example.org", now=clock(), follows=["waste"], user_type="charity")
    found = cell("waste", "media", clock)
    assert (found.now, found.year_ago, found.change) == (1, 3, -2)
    found = cell("waste", "charity", clock)
    assert (found.now, found.year_ago) == (1, 0)


def test_gaps_name_whom_a_topic_is_meant_for_and_who_is_not_there(
    room: Flask, clock: Clock
) -> None:
    joins("m@example.org", now=clock(), follows=["waste"], user_type="media")
    meant = [catalogue.user_type("local-government"), catalogue.user_type("media")]
    with unit():
        purpose.intend(catalogue.topic("waste"), meant, by=acting(ALICE), now=clock())
    rows = reach.matrix(now=clock(), topics=topics("waste"))
    assert reach.gaps(rows) == [
        "No Local government subscribers on Waste and recycling, an intended audience."
    ]


def test_uses_are_the_words_of_those_who_follow_and_without_names(
    room: Flask, clock: Clock
) -> None:
    with unit():
        one = joins("u@example.org", now=clock(), follows=["waste"], user_type="academic")
        other = joins("v@example.org", now=clock(), follows=["food"], user_type="academic")
        one.uses, other.uses = "A model of litter", "Prices"
    name = catalogue.user_type("academic").name
    assert reach.uses(catalogue.topic("waste")) == [(name, "A model of litter")]


@pytest.mark.parametrize(
    ("people", "shown"), [(0, None), (9, None), (10, 10), (14, 10), (15, 20), (104, 100)]
)
def test_public_counts_are_rounded_and_small_ones_are_not_there(
    people: int, shown: int | None
) -> None:
    assert reach.rounded(people) == shown


def test_the_page_counts_ten_and_hides_nine(room: Flask, clock: Clock) -> None:
    waste = topics("waste")
    with unit():
        for number in range(10):
            joins(f"a{number}@example.org", now=clock(), follows=["waste"], user_type="academic")
        for number in range(9):
            joins(f"m{number}@example.org", now=clock(), follows=["waste"], user_type="media")
        purpose.summarise_uses(waste[0], "Councils plan with it.", by=acting(ALICE), now=clock())
    page = room.test_client().get("/topics/waste").get_data(as_text=True)
    assert "Councils plan with it." in page
    academic, media = (catalogue.user_type(u).name for u in ("academic", "media"))
    assert f">{academic}</th>" in page
    assert f">{media}</th>" not in page


def test_a_summary_in_welsh_alone_or_without_end_is_refused(room: Flask, clock: Clock) -> None:
    waste = catalogue.topic("waste")
    for text, welsh in (("", "Cynghorau"), ("x" * 2001, "")):
        with pytest.raises(Refused):
            purpose.summarise_uses(waste, text, welsh=welsh, by=acting(ALICE), now=clock())
    assert (waste.uses, waste.cy_uses) == ("", "")


def test_preferences_do_not_lose_what_was_said(room: Flask, clock: Clock) -> None:
    """The uses stay when something else is changed."""
    with unit():
        one = joins("u@example.org", now=clock(), follows=["waste"], user_type="academic")
        one.uses = "A model of litter"
        prefer(
            one,
            topics=topics("waste"),
            user_type=one.user_type,
            depth=None,
            language="en",
            now=clock(),
        )
    assert one.uses == "A model of litter"
