"""In a Welsh reader's letter English words carry their language: a screen reader says them so."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from notifier.audience.rules import variant
from notifier.newsletters.models import Newsletter
from notifier.store.db import session
from tests.edges.letter_house import filled, house, issue, loaded, notice
from tests.edges.test_letters_digest import about, letter, newsletter, release

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

VOID = {"meta", "br", "img", "hr", "link", "input"}


class Spoken(HTMLParser):
    """Each run of text of a letter's body with the language that it is read in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = []
        self.runs: list[tuple[str, str]] = []
        # What stands before the article is the preview of a list of mails; it is never shown.
        self.feed("<div role" + html.partition("<div role")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            here = dict(attrs).get("lang") or (self.open[-1][1] if self.open else "")
            self.open.append((tag, here))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.runs.append((" ".join(data.split()), self.open[-1][1] if self.open else ""))

    def langs(self, words: str) -> set[str]:
        """The languages in which runs that hold the words are read."""
        return {lang for text, lang in self.runs if words in text}


def test_a_newsletter_in_a_welsh_frame() -> None:
    found, written = issue()
    spoken = Spoken(filled(written[variant("detail", "cy")])[1])
    english = (
        found.title,
        "25,000 adults",
        "Visited a green space",
        "The Children's Survey will no longer be labelled",
    )
    for words in english:
        assert spoken.langs(words) == {"en"}, words
    for words in ("Mae'r cylchlythyr hwn yn Saesneg.", "Dywedwch eich barn wrthym"):
        assert spoken.langs(words) == {"cy"}, words


def test_a_digest_in_a_welsh_frame() -> None:
    words = letter(newsletter(), release(), about(notice("milk")), reads=("detail", "cy"))
    spoken = Spoken(filled(words)[1])
    found = session.query(Newsletter).one()
    english = (found.title, "Fine particles fell by", "Ammonia rose", notice("milk").headline)
    for each in english:
        assert spoken.langs(each) == {"en"}, each
    for each in ("Newidiadau", "Cylchlythyrau"):
        assert "cy" in spoken.langs(each), each


def test_the_english_letter_has_no_other_language() -> None:
    _, written = issue()
    spoken = Spoken(filled(written[variant("detail", "en")])[1])
    assert {lang for _, lang in spoken.runs if lang} == {"en"}
