"""A question is remembered while a page only reads, and never longer."""

from __future__ import annotations

from notifier.store.once import once, reading


def test_an_answer_is_remembered_while_reading_and_no_longer() -> None:
    asked: list[tuple[int, ...]] = []

    @once
    def add(*numbers: int) -> int:
        asked.append(numbers)
        return sum(numbers)

    add(1, 2), add(1, 2)
    assert len(asked) == 2
    with reading():
        assert [add(1, 2), add(1, 2), add(3)] == [3, 3, 3]
        assert len(asked) == 4
    with reading():
        add(1, 2)
    assert len(asked) == 5
