"""Two versions side by side: what went and what came is marked, also of long texts soon."""

from __future__ import annotations

import random
import re
from time import process_time

from hypothesis import given
from hypothesis import strategies as st

from notifier.render.compare import Part, Piece, flat, part, parts, side_by_side

WORDS = st.lists(st.sampled_from(["the", "of", "8%", "12%", ".", "\n", "\n\n", "PM2.5"]))


def marked(pieces: tuple[Piece, ...] | list[Piece], mark: str) -> list[str]:
    return [piece.words for piece in pieces if piece.mark == mark]


def joined(pieces: tuple[Piece, ...] | list[Piece]) -> str:
    return "".join(piece.words for piece in pieces)


def test_one_figure_is_one_word() -> None:
    before, now = side_by_side("between 8% and 12%.", "between 8% and 14.5%.")
    assert before == [Piece("between 8% and "), Piece("12%", "del"), Piece(".")]
    assert now == [Piece("between 8% and "), Piece("14.5%", "ins"), Piece(".")]


def test_a_new_sentence_is_one_mark_and_the_old_words_stay() -> None:
    before, now = side_by_side("It moves.", "It moves. All years from 1990 are recalculated.")
    assert before == [Piece("It moves.")]
    assert now == [Piece("It moves. "), Piece("All years from 1990 are recalculated.", "ins")]


def test_a_word_that_stayed_by_chance_does_not_break_a_sentence_written_anew() -> None:
    _, now = side_by_side("alpha beta gamma the delta eta", "one two three the four five six")
    assert marked(now, "ins") == ["one two three the four five six"]


def test_what_only_one_version_has_is_marked_whole() -> None:
    (same, gone, came) = sorted(
        parts({"A": "x", "B": "old"}, {"C": "new", "A": "x"}, tags={"C": ("New", "way")}),
        key=lambda part: part.name,
    )
    assert (same.changed, same.tag) == (False, None)
    assert (marked(gone.before, "del"), gone.now) == (["old"], ())
    assert (came.before, marked(came.now, "ins"), came.tag) == ((), ["new"], ("New", "way"))


def test_a_paragraph_that_ends_elsewhere_is_seen_and_two_spaces_are_said() -> None:
    found = part("Why", "one two", "one\n\ntwo")
    assert marked(found.now, "ins") == ["\n\n"]
    assert part("Why", "one  two", "one two").spaces
    assert not part("Why", " one two\n", "one two").changed


@given(before=WORDS, now=WORDS)
def test_both_sides_are_whole_and_what_is_unmarked_is_the_same(
    before: list[str], now: list[str]
) -> None:
    texts = " ".join(before).strip(), " ".join(now).strip()
    was, then = side_by_side(*texts)
    for text, pieces in zip(texts, (was, then), strict=True):
        assert re.sub(r"\s+", " ", joined(pieces)) == re.sub(r"\s+", " ", text)
    kept = [re.sub(r"\s+", "", "".join(marked(side, ""))) for side in (was, then)]
    assert kept[0] == kept[1]
    if texts[0] == texts[1]:
        assert not marked(was, "del")
        assert not marked(then, "ins")


def hostile(size: int) -> list[tuple[str, str]]:
    """Pairs of about ``size`` characters that make a careless comparison slow."""
    chance = random.Random(7)
    few = [" ".join(chance.choices(["the", "of", "and"], k=size // 4)) for _ in range(2)]
    mixed = [str(number) for number in range(size // 6)]
    shuffled = chance.sample(mixed, len(mixed))
    return [
        ("a " * (size // 2), "a b " * (size // 4)),
        (few[0], few[1]),
        (" ".join(mixed), " ".join(shuffled)),
        ("." * size, ".," * (size // 2)),
        (" " * size + "a", " \n" * (size // 2) + "b"),
        ("a-" * (size // 2), "a-" * (size // 2) + "b"),
        ("x" * size, "x" * size + "y"),
    ]


def spent(size: int) -> float:
    started = process_time()
    for before, now in hostile(size):
        side_by_side(before, now)
    return process_time() - started


def test_a_long_text_takes_a_time_that_grows_with_its_length() -> None:
    """Eight times the length; a quadratic comparison would take 64 times as long."""
    small, large = spent(12_500), spent(100_000)
    assert large < 5
    assert large < 24 * max(small, 0.02)


def test_lists_and_mappings_are_lines_for_people() -> None:
    assert flat({"size_low": 8, "known": True, "text": "", "by": None}) == "Size low: 8\nKnown: Yes"
    assert flat(["a", {"old": "x"}, []]) == "a\nOld: x"


def test_script_stays_words() -> None:
    found: Part = part("Why", "", "<script>alert(1)</script>")
    assert joined(found.now) == "<script>alert(1)</script>"
