"""What the desk says of releases: refusals without commands, checks of words, rules in words."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from notifier.errors import Refused
from notifier.releases import regular
from notifier.web.staff.releases import armed, letter_checks
from notifier.web.staff.releases.repeating import words_of
from notifier.web.staff.releases.shared import clock, plain, written


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "2027-03-27 is a weekend or bank holiday; choose a working day, or record an exemption"
            ": bin/notifier series exempt fly-tipping --days-off --reason TEXT.",
            "2027-03-27 is a weekend or bank holiday; choose a working day, or record an exemption",
        ),
        (
            "D-2026-001 is on hold; let it go on (bin/notifier notices resume), or give it another "
            "effect, before this release comes out.",
            "D-2026-001 is on hold; let it go on, or give it another effect, before this release "
            "comes out",
        ),
        (
            "This organisation asks for a second person who confirms a date; ask bob@example.org, "
            "and name them with --approved-by.",
            "This organisation asks for a second person who confirms a date; ask bob@example.org",
        ),
        (
            "bob@example.org may not approve this; add one with: bin/notifier staff add EMAIL "
            "--role approver.",
            "bob@example.org may not approve this; add one",
        ),
        (
            "Say why it contains no change after all (--reason); it is kept.",
            "Say why it contains no change after all; it is kept",
        ),
        ("That is the date that stands already.", "That is the date that stands already"),
    ],
)
def test_a_refusal_has_no_command_on_a_page(said: str, shown: str) -> None:
    assert plain(Refused(said)) == shown


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-25", date(2027, 3, 25)),
        ("25 March 2027", date(2027, 3, 25)),
        ("Thursday 25th Mar 2027", date(2027, 3, 25)),
        ("25/03/2027", date(2027, 3, 25)),
        ("31 February 2027", None),
        ("25 Smarch 2027", None),
        ("<script>", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_day_as_people_write_it(text: str, day: date | None) -> None:
    assert written(text) == day


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("09:30", time(9, 30)),
        ("9.30am", time(9, 30)),
        ("2:15 pm", time(14, 15)),
        ("12:00am", time(0, 0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_as_people_write_it(text: str, wall: time) -> None:
    assert clock(text, "time") == wall


@pytest.mark.parametrize("text", ["", "noon", "24:00", "9", "13:00pm", "-1:30", "09:60"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Enter a time of day") as refused:
        clock(text, "time")
    assert refused.value.field == "time"


@pytest.mark.parametrize("every", regular.EVERY)
@pytest.mark.parametrize("which", regular.WHICH)
@pytest.mark.parametrize("day", regular.DAYS)
def test_a_rule_made_by_choices_is_read_as_the_same_choices(
    every: str, which: str, day: str
) -> None:
    made = regular.Choice(every, which, day, date(2027, 3, 1), time(9, 30))
    assert regular.chosen(made.rule()) == made


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "FREQ=MONTHLY",
        "DTSTART:20270301T093000;FREQ=WEEKLY;BYDAY=TH",
        "x" * 10_000,
        "DTSTART:20271399T093000;FREQ=MONTHLY;BYDAY=2TH",
        "DTSTART:20270301T993000;FREQ=MONTHLY;BYDAY=2TH",
    ],
)
def test_a_rule_of_another_kind_has_no_choices(rule: str) -> None:
    assert regular.chosen(rule) is None


def test_a_rule_in_words() -> None:
    assert words_of("") == "By hand"
    assert words_of("DTSTART:20260115T093000;FREQ=MONTHLY;BYDAY=3TH") == (
        "Each month on the third Thursday at 9:30am"
    )
    assert words_of("DTSTART:20260311T093000;FREQ=MONTHLY;INTERVAL=3;BYDAY=-1WE") == (
        "Each quarter on the last Wednesday at 9:30am, beginning with March"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- Up 4%.", ""),
        ("![x](https://e.org/p.png)", "has a picture"),
        ("<b>Up</b>", "marks of HTML"),
        ("See [here](https://e.org).", "a link says “here”"),
        ("See [tables](ftp://e.org).", "is no address"),
        ("See https://e.org/tables today.", "a bare address"),
        (" ".join(["word"] * 31) + ".", "a sentence of more than 30 words"),
        (" ".join(["word."] * 1300), "is long"),
    ],
)
def test_checks_of_a_text(text: str, words: str) -> None:
    found = [check.words for check in letter_checks.of_text(text, "en", "detail")]
    assert found == [] if not words else any(words in said for said in found), found


def test_hostile_words_are_checked_in_a_moment() -> None:
    """No expression goes back and tries again: 400 kB would take minutes."""
    for text in ("[" * 20_000, "](" * 20_000, "<" * 20_000, "https://" * 5_000, "a." * 10_000):
        list(letter_checks.of_text(text, "en", "technical"))


@pytest.mark.parametrize(
    ("left", "words", "every"),
    [
        (timedelta(days=14, hours=3), "14 days 3 h", ""),
        (timedelta(days=2), "2 days 0 h", "30s"),
        (timedelta(hours=26, minutes=5), "26 h 5 min", "30s"),
        (timedelta(hours=1), "1 h 0 min", "1s"),
        (timedelta(minutes=9, seconds=5), "9 min 5 s", "1s"),
        (timedelta(seconds=1), "0 min 1 s", "1s"),
    ],
)
def test_the_countdown_is_finer_the_nearer_it_is(left: timedelta, words: str, every: str) -> None:
    assert (armed.countdown(left), armed.every(left)) == (words, every)
