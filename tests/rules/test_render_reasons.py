"""Why one gets a letter: every subscription is named, in the reader's language."""

from __future__ import annotations

from notifier.render import reasons

BOTH = (("series", "Emissions of air pollutants in the UK"), ("topic", "Air quality"))


def test_names_each_reason() -> None:
    assert reasons.text(BOTH[::-1]) == (
        "You get this because you follow Air quality and Emissions of air pollutants in the UK."
    )
    three = (("topic", "Food"), ("topic", "Water"), ("newsletter", "Farming statistics"))
    assert reasons.text(three) == (
        "You get this because you follow Food and Water and you take the newsletter of "
        "Farming statistics."
    )


def test_welsh_and_both() -> None:
    welsh = reasons.text(BOTH[::-1], "cy")
    assert welsh.startswith("Rydych yn cael hwn am eich bod yn dilyn Air quality ac Emissions")
    assert reasons.text(BOTH, "both") == f"{reasons.text(BOTH, 'cy')} {reasons.text(BOTH)}"
    assert '<span lang="cy">' in reasons.html(BOTH, "both")


def test_names_are_words_and_never_markup() -> None:
    hostile = (("topic", "<b>Air</b> {names} {0} \ue000name\ue001"),)
    assert "{names} {0} name" in reasons.text(hostile)
    assert "&lt;b&gt;Air&lt;/b&gt;" in reasons.html(hostile)
    assert "\ue000" not in reasons.html(hostile)


def test_without_reasons_there_is_still_a_sentence() -> None:
    assert reasons.text(()) == "You get this because you asked for updates."


def test_who_got_it_by_a_segment_alone_is_told_so() -> None:
    by = (("segment", "people in local government who follow Waste"),)
    assert reasons.text(by) == (
        "You get this because you asked for updates, and this went to people in local government "
        "who follow Waste."
    )
    assert '<strong lang="en">people in local government' in reasons.html(by, "cy")
