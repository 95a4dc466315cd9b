"""A letter about a date to come has it as a file for calendars; one about what is over has none."""

from __future__ import annotations

import re

import pytest

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS
from notifier.releases.models import Release
from notifier.render.letters import Words
from notifier.store.db import session
from tests.edges.letter_house import (
    about_change,
    about_release,
    house,
    loaded,
    moved,
    notice,
    overtaken,
)

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

CHANGE = "https://stats.example/changes/DEFRA-2026-001.ics"
ICS = re.compile(r"https://stats\.example/[\w/-]+\.ics(?:\?lang=cy)?")


def files(words: Words) -> list[list[str]]:
    """The calendar files that the text and the HTML link to."""
    return [ICS.findall(words.text), ICS.findall(words.html)]


@pytest.mark.parametrize("stage", ["announce", "T-30", "T-1", "updated", "moved", "resumed"])
def test_a_day_to_come_is_there_in_text_and_html(stage: str) -> None:
    written = about_change(notice(), stage)
    for depth in DEPTHS:
        assert files(written[variant(depth, "en")]) == [[CHANGE], [CHANGE]], depth
        assert files(written[variant(depth, "cy")]) == [[f"{CHANGE}?lang=cy"]] * 2, depth
        both = files(written[variant(depth, "both")])
        assert [set(found) for found in both] == [{CHANGE, f"{CHANGE}?lang=cy"}] * 2, depth
    assert "Add this date to your calendar:\n" + CHANGE in written[variant("detail", "en")].text


@pytest.mark.parametrize("stage", ["T0", "outcome", "cancelled", "superseded", "retracted"])
def test_what_is_over_has_none(stage: str) -> None:
    change = notice()
    overtaken(change, notice("milk volumes"), words="It is done.")
    if stage in ("cancelled", "superseded", "retracted"):
        change.state = stage
    for words in about_change(change, stage).values():
        assert files(words) == [[], []]


def test_a_change_without_a_day_has_none() -> None:
    change = notice("milk volumes")
    change.effect_date = change.effect_at = None
    for words in about_change(change, "updated").values():
        assert files(words) == [[], []]


def test_a_moved_release_is_one_file_and_a_postponed_one_none() -> None:
    release = session.query(Release).filter(Release.title.startswith("Fly-tipping")).one()
    link = f"https://stats.example/releases/{release.id}.ics"
    later = moved(release)
    found = about_release(release, "moved", change=later)
    assert files(found[variant("detail", "en")]) == [[link], [link]]
    assert files(found[variant("detail", "cy")]) == [[f"{link}?lang=cy"]] * 2
    gone = moved(release, days=None)
    for words in about_release(release, "postponed", change=gone).values():
        assert files(words) == [[], []]
