"""The judge of the faults sees what is wrong: a harness that finds nothing would prove nothing."""

from __future__ import annotations

from tests.faults.check import differing, unexplained
from tests.faults.server import Taken


def copies(*taken: tuple[float, bool, str]) -> dict[str, list[Taken]]:
    return {"p1@example.org": [Taken(*one) for one in taken]}


def test_a_second_copy_needs_a_reason() -> None:
    twice = copies((10.0, True, "<1>"), (14.0, True, "<1>"))
    assert unexplained(twice, [], 8) == ["p1@example.org has two copies for no reason"]
    assert unexplained(twice, [8.0], 8) != []  # killed before the first copy
    assert unexplained(twice, [15.0], 8) != []  # and after the second
    assert unexplained(twice, [12.0], 8) == []
    assert unexplained(twice, [9.5], 8) == []  # what had been written to the server


def test_a_lost_reply_is_a_reason() -> None:
    assert unexplained(copies((10.0, False, "<1>"), (14.0, True, "<1>")), [], 8) == []
    thrice = copies((10.0, False, "<1>"), (14.0, True, "<1>"), (18.0, True, "<1>"))
    assert len(unexplained(thrice, [], 8)) == 1


def test_a_kill_is_a_reason_for_as_many_as_were_in_flight() -> None:
    two = [Taken(10.0, True, "<1>"), Taken(14.0, True, "<1>")]
    many = {f"p{number}@example.org": two for number in range(9)}
    assert unexplained(many, [12.0], 8) == ["9 doubled by 1 kills"]
    assert unexplained(many, [12.0], 9) == []
    assert unexplained(many, [12.0, 12.1], 8) == []
    assert unexplained(many, [12.0, 10.2], 8) == ["9 doubled by 1 kills"]


def test_long_before_the_kill_it_was_in_the_journal() -> None:
    assert unexplained(copies((10.0, True, "<1>"), (20.0, True, "<1>")), [19.0], 8) != []


def test_a_copy_is_the_same_message() -> None:
    assert differing(copies((10.0, True, "<1>"), (14.0, True, "<2>"))) == ["p1@example.org"]
    assert differing(copies((10.0, True, "<1>"), (14.0, True, "<1>"))) == []
