"""The answer to a complaint: staff's words as they wrote them, and no word of the complaint."""

from __future__ import annotations

import pytest

from notifier.audience.models import Complaint
from notifier.audience.reply import Correspondent
from notifier.errors import NotFound
from notifier.render import letters
from notifier.render.letters import Words
from notifier.sends.models import Send
from notifier.store.db import session
from tests.edges.letter_house import NOW, SITE, house, loaded

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

ANSWER = "We are <b>sorry</b>.\nIt was our fault.\n\n\ue000name\ue001 {{ name }} https://x.example/"


def answered(language: str, answer: str = ANSWER) -> Words:
    row = Complaint(words="You wrote to me.", contact="dan@example.org", at=NOW, answer=answer)
    session.add(row)
    session.flush()
    send = Send(
        kind="complaint_answer",
        about=f"complaint:{row.id}",
        stage="answer",
        due_at=NOW,
        created_at=NOW,
        context={"complaint": row.id},
    )
    whom = Correspondent(0, "dan@example.org", language)
    return letters.write_one(send, site=SITE, now=NOW, person=whom)


def test_it_holds_staffs_words_and_not_the_complaint() -> None:
    words = answered("en")
    assert words.subject == "Our answer to your complaint"
    assert "We are <b>sorry</b>.\nIt was our fault.\n\nname {{ name }}" in words.text
    assert "We are &lt;b&gt;sorry&lt;/b&gt;.<br>" in words.html
    assert "You told us on 19 November 2026" in words.text
    assert "You wrote to me" not in words.text + words.html
    assert words.frame["one_off"] is True
    assert words.frame["language"] == "en"


def test_in_welsh_the_frame_is_welsh_and_says_that_the_words_are_english() -> None:
    words = answered("cy")
    assert words.subject == "Ein hateb i'ch cwyn"
    assert words.frame["language"] == "cy, en"
    assert 'lang="en"' in words.html
    assert answered("both").subject == "Ein hateb i'ch cwyn"


def test_without_the_complaint_there_is_no_letter() -> None:
    send = Send(kind="complaint_answer", about="x", stage="answer", context={"complaint": 9999})
    with pytest.raises(NotFound):
        letters.write_one(send, site=SITE, now=NOW, person=Correspondent(0, "x@x.org", "en"))
