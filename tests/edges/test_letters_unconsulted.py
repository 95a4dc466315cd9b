"""A statistic stops and nobody was asked: the letter that first tells it says why."""

from __future__ import annotations

import pytest

from notifier.audience.rules import variant
from notifier.notices.models import ChangeNotice
from tests.edges.letter_house import about_change, house, loaded, notice

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

WHY = "The law that asked for it was repealed."


def stops(**more: object) -> ChangeNotice:
    change = notice()
    change.class_, change.decision = "B", "decided"
    change.consultation = {"reason": WHY, **more}
    return change


@pytest.mark.parametrize("depth", ["headline", "detail", "technical"])
@pytest.mark.parametrize("decision", ["decided", "proposed"])
def test_the_reason_is_said_at_every_depth(depth: str, decision: str) -> None:
    change = stops()
    change.decision = decision
    letter = about_change(change)[variant(depth, "en")]
    assert f"No consultation was held: {WHY}" in letter.text
    assert f"No consultation was held: {WHY}" in letter.html


def test_the_reason_says_its_language_in_a_welsh_letter() -> None:
    found = about_change(stops())
    assert f"Ni chynhaliwyd ymgynghoriad: {WHY}" in found[variant("detail", "cy")].text
    assert f'<span lang="en">{WHY}</span>' in found[variant("detail", "cy")].html
    both = found[variant("detail", "both")].text
    assert both.count(WHY) == 1, "in the English part"


@pytest.mark.parametrize("stage", ["T-90", "T0"])
def test_it_is_said_once(stage: str) -> None:
    assert WHY not in about_change(stops(), stage)[variant("detail", "en")].text


@pytest.mark.parametrize(
    ("class_", "asked"), [("B", {"opens": "2026-11-20", "closes": "2027-01-12"}), ("A", {})]
)
def test_nothing_is_said_where_people_are_asked_or_need_not_be(
    class_: str, asked: dict[str, str]
) -> None:
    change = stops(**asked)
    change.class_ = class_
    assert "No consultation" not in about_change(change)[variant("detail", "en")].text
