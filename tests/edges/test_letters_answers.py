"""Letters about consultations: the mail to confirm by, a newsletter's block, our response."""

from __future__ import annotations

import pytest

from notifier.audience.rules import variant
from notifier.newsletters.models import Newsletter
from notifier.store.db import session
from tests.edges.letter_house import (
    about_change,
    cleo,
    filled,
    house,
    issue,
    loaded,
    notice,
    to_cleo,
)

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")


@pytest.mark.parametrize("language", ["en", "cy", "both"])
def test_the_mail_about_an_answer_repeats_none_of_its_words(language: str) -> None:
    words = to_cleo("answer_confirm", cleo("food", language=language))
    assert "pills" not in words.text + words.html + words.subject
    for text in (words.text, words.html):
        assert "https://stats.example/confirm/answer/a" in text
        assert text.count("fine particles") == (0 if language == "cy" else 1)  # its Welsh is there
    assert words.frame["one_off"] is True
    if language != "cy":
        assert "The link works until 9am, Thursday 26 November 2026." in words.text
        assert "It does not sign you up for anything." in words.text
    if language != "en":
        assert "Cadarnhau fy ateb" in words.text


def test_a_newsletter_links_to_what_is_asked() -> None:
    found = session.query(Newsletter).one()
    found.body = "Hello\n\n{{ feedback }}\n"
    found.audience = {"topics": ["food"]}
    _, written = issue()
    link = f"https://stats.example/changes/{notice('pocketbook').reference}#consultation"
    text, html = filled(written[variant("detail", "en")])
    assert "We ask for your views\n=====================\n" in text
    assert f"  Open until Thursday 14 January 2027 (56 days left)\n  {link}\n" in text
    assert f'href="{link}"' in html
    assert "Tell us what you think" not in text + html
    welsh, _ = filled(written[variant("detail", "cy")])
    assert "Rydym yn gofyn am eich barn" in welsh
    assert "Ar agor tan: " in welsh


def test_without_an_open_one_it_gives_the_teams_address() -> None:
    found = session.query(Newsletter).one()
    found.body = "Hello\n\n{{ feedback }}\n"
    found.audience = {"topics": ["food"]}
    notice("pocketbook").decision = "decided"
    text, html = filled(issue()[1][variant("detail", "en")])
    assert "Tell us what you think: pans@example.org" in text
    assert 'href="mailto:pans@example.org"' in html


def test_the_response_is_the_teams_words_once() -> None:
    change = notice("pocketbook")
    change.decision = "decided"
    change.consultation = {**change.consultation, "response": "Soil first.\n\nThen water."}
    words = about_change(change, "response", summary="We have answered. Soil first.")
    letter = words[variant("detail", "en")]
    assert letter.subject.startswith("Our response: ")
    assert "what we do about it.\n\nSoil first.\n\nThen water.\n" in letter.text
    assert letter.text.count("Soil first.") == 1
