"""People's words in letters stay words: no markup, no header, no slot, no template."""

from __future__ import annotations

import re

import pytest

from notifier.audience.rules import variant
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.render import slots
from notifier.render.notice_words import EVENTS
from notifier.render.release import STAGES
from notifier.store.db import session
from tests.edges.letter_house import (
    VALUES,
    about_change,
    about_release,
    filled,
    house,
    issue,
    loaded,
    moved,
    notice,
    overtaken,
)

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")

HOSTILE = [
    "<script>alert(1)</script>",
    "=?utf-8?q?hi=0D=0AX-Injected:_1?=",
    "\ue000unsubscribe_url\ue001",
    "{{ name }} {% include 'x' %} {0} {names} %(x)s",
    "\r\nBcc: dan@example.org",
    '" onmouseover="alert(1)',
    "</title></style><b>x",
    "\x00\x1b[31mx",
    "x" * 400,
]


def spoil(change: ChangeNotice, words: str) -> None:
    """Put ``words`` wherever people's words go."""
    for name in ("headline", "what", "why", "not_changing", "technical", "short_notice_reason"):
        setattr(change, name, f"A {words} Z")
    change.cy = {"headline": f"A {words} Z"}
    change.impact = {"known": "yes", "text": words, "unit": words}
    change.what_to_do = [{"action": words, "user_types": ["academic"]}]
    change.mapping = [{"old": words, "new": words}]
    change.evidence = [
        {"title": words, "url": "javascript:alert(1)"},
        {"title": words, "url": words},
        {"title": words, "url": "https://evidence.example/"},
    ]
    change.consultation = {"questions": [words]}
    change.series[0].name = change.series[0].team.name = words


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_of_a_notice_stay_inert(words: str) -> None:
    change = notice()
    before = about_change(change, "T-7")[0]
    with session.no_autoflush:  # not every database would take them
        spoil(change, words)
        written = about_change(change, "announce")
    for letter in written.values():
        text, html = filled(letter)
        assert len(letter.subject) <= 150
        assert re.search(r"[\x00-\x1f\ue000\ue001]", letter.subject) is None
        assert re.search(r"[\x00-\x08\x0b-\x1f\ue000\ue001]", text + html) is None
        assert not re.search(r"<(script|b)\b", html)
        assert not re.search(r"<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*\sonmouseover=", html)
        assert html.count("<title>") == html.count("</title>") == 1
        assert "javascript:" not in html
        assert re.findall(r"https://[a-z.]*", html).count("https://evidence.example") <= 1
        assert set(slots.split(letter.text)[1]) == set(slots.split(before.text)[1])
        assert set(slots.split(letter.html)[1]) == set(slots.split(before.html)[1])
        assert text.count(VALUES["unsubscribe_url"]) in (1, 2)  # 2: in both languages
    if words.startswith("{{"):
        assert words in written[0].text


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_reasons_stay_inert(words: str) -> None:
    change, other = notice(), notice("milk volumes")
    release = change.effect_release
    assert release is not None
    row = moved(release)
    overtaken(change, other, words="")
    with session.no_autoflush:
        spoil(change, words)
        spoil(other, words)
        overtaken(change, other, words=words)
        release.title = release.cy_title = row.reason = words
        written = [about_change(change, s, summary=words) for s in (*EVENTS, "after")]
        written += [about_release(release, s, change=row, notices=[change]) for s in STAGES]
    for letter in (each for nine in written for each in nine.values()):
        text, html = filled(letter)
        assert 0 < len(letter.subject) <= 150
        assert re.search(r"[\x00-\x1f\ue000\ue001]", letter.subject) is None
        assert re.search(r"[\x00-\x08\x0b-\x1f\ue000\ue001]", text + html) is None
        assert not re.search(r"<(script|b)\b", html)
        assert not re.search(r"<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*\sonmouseover=", html)
        assert html.count("<title>") == html.count("</title>") == 1
        assert text.count(VALUES["unsubscribe_url"]) in (1, 2)


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_of_a_newsletter_stay_inert(words: str) -> None:
    found = session.query(Newsletter).one()
    with session.no_autoflush:
        found.title = f"A {words} Z"
        found.body = f"A {words.replace('{{ name }}', '')} Z\n\n{{{{ upcoming_changes }}}}"
        written = issue()[1]
    letter = written[variant("detail", "en")]
    text, html = filled(letter)
    assert re.search(r"[\x00-\x1f\ue000\ue001]", letter.subject) is None
    assert not re.search(r"<(script|b)\b", html)
    assert not re.search(r"<[^>\"]*(?:\"[^\"]*\"[^>\"]*)*\sonmouseover=", html)
    assert text.count(VALUES["unsubscribe_url"]) == 1
