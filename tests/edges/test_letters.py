"""Letters: each kind complete, the same links in both bodies, in every depth and language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.notices.models import ChangeNotice
from notifier.render import letters
from notifier.render.environment import TEMPLATES
from notifier.render.letters import Words
from notifier.render.notice_words import EVENTS
from notifier.render.release import STAGES as STAGES_OF_RELEASES
from notifier.store.db import session
from tests.edges.letter_house import (
    LARGEST,
    NOW,
    SITE,
    VALUES,
    about_change,
    about_release,
    about_topic,
    cleo,
    filled,
    house,
    issue,
    loaded,
    moved,
    notice,
    overtaken,
    send,
    to_cleo,
)

__all__ = ["house", "loaded"]


pytestmark = pytest.mark.usefixtures("house")


STAGES = ("announce", "T-90", "T-30", "T-7", "T-1", "T0", "T+14", "T+30", "midpoint", "close-7")


NEWS = ("updated", "resumed", "impact", "decision")  # after which reminders follow


REMINDERS = ("announce", "T-90", "T-30", "T-7", "T-1", "midpoint", "close-7", *NEWS)


def every_letter() -> Iterator[tuple[str, Words]]:
    for change in session.query(ChangeNotice).all():
        for number, words in about_change(change).items():
            yield f"{change.reference} {number}", words
    for stage in STAGES[1:]:
        for number, words in about_change(notice(), stage).items():
            yield f"{stage} {number}", words
    overtaken(notice(), notice("milk volumes"), words="A reason.")
    for stage in (*EVENTS, "after", "T+60"):  # after the effect now with an outcome
        for number, words in about_change(notice(), stage, summary="It is new.").items():
            yield f"{stage} {number}", words
    release = notice().effect_release
    assert release is not None
    row = moved(release)
    for stage in STAGES_OF_RELEASES:
        for number, words in about_release(release, stage, change=row, notices=[notice()]).items():
            yield f"release {stage} {number}", words
    for number, words in issue()[1].items():
        yield f"newsletter {number}", words
    for old, into in (("air-quality", "food"), ("waste", None)):
        for number, words in about_topic(old, into).items():
            yield f"topic {old} {number}", words
    for number, words in about_wrong_mail():
        yield f"correction {number}", words
    for language in LANGUAGES:
        person = cleo("environment", "food", language=language)
        for kind in letters.ONE:
            yield f"{kind} {language}", to_cleo(kind, person)
        person.email_key = f"{language}@example.org"
        session.flush()


def links_of_text(text: str) -> set[str]:
    addresses = set(re.findall(r"(?<!to )[\w.]+@example\.org", text))
    return addresses | set(re.findall(r"https?://[^\s)]+", text))


def links_of_html(html: str) -> set[str]:
    hrefs = (unescape(href) for href in re.findall(r'href="([^"]*)"', html))
    return {href.removeprefix("mailto:") for href in hrefs}


def about_wrong_mail() -> Iterator[tuple[int, Words]]:
    """Corrections of an announcement and of a release mail, in English and in both languages."""
    release = notice().effect_release
    assert release is not None
    wrong = [
        send("notice", notice().reference, frozen_at=NOW),
        send("released", f"release:{release.id}", frozen_at=NOW, context={"release": release.id}),
    ]
    for row, words in zip(wrong, ({"en": "A."}, {"en": "A.", "cy": "B."}), strict=True):
        context = {"corrects": row.id, "words": words}
        yield from letters.write(
            send("correction", row.about, receivers={}, context=context), site=SITE, now=NOW
        ).items()


def test_every_kind_is_a_whole_folder() -> None:
    folders = {path.name for path in (TEMPLATES / "emails").iterdir() if path.is_dir()}
    assert folders == {*letters.AUDIENCE, *letters.ONE, *letters.ONE_STAFF, "digest"}
    for folder in folders:
        found = {path.name for path in Path(TEMPLATES / "emails" / folder).iterdir()}
        assert found == {"subject.txt", "body.txt", "body.html"}


def test_every_letter_is_sound() -> None:
    count = 0
    for which, words in every_letter():
        text, html = filled(words)
        sent_to = re.escape(VALUES["address"])
        body = re.sub(sent_to, "", text)
        assert links_of_text(body) == links_of_html(html), which
        for shown in (words.subject, text, html):
            assert "{{" not in shown, which
            assert "{%" not in shown, which
            assert "None" not in shown, which
            assert "\ue000" not in shown, which
        assert "\n" not in words.subject, which
        assert 0 < len(words.subject) <= 150, which
        assert len(html.encode()) < LARGEST, which
        assert not re.search(r"<(script|form|img|iframe|link)\b|data:", html), which
        assert re.match(r'<!DOCTYPE html><html lang="(en|cy)">', html), which
        assert html.count("<style>") == 1, which
        assert "prefers-color-scheme" in html, which
        one_off = words.frame["one_off"]
        assert ("/u/abc" in html) == ("/u/abc" in text) == (not one_off), which
        assert ("/preferences/abc" in text) == (not one_off), which
        assert bool(words.frame["list_label"]) == (not one_off), which
        got_it = which.split()[0].startswith(("DEFRA", "notice_now", *REMINDERS))
        assert ("/got-it/abc" in text) == ("/got-it/abc" in html) == got_it, which
        count += 1
    assert count == 6 * 9 + 9 * 9 + 14 * 9 + 5 * 9 + 9 + 2 * 9 + 2 * 9 + 3 * len(letters.ONE)


def test_all_variants_and_the_same_twice() -> None:
    row = send("notice", notice().reference, stage="announce", receivers={})
    first = letters.write(row, site=SITE, now=NOW)
    assert set(first) == {variant(d, language) for d in DEPTHS for language in LANGUAGES}
    assert first == letters.write(row, site=SITE, now=NOW)


def test_depths_tell_more_and_more() -> None:
    written = about_change(notice())
    headline, detail, technical = (written[variant(d, "en")].text for d in DEPTHS)
    for text in (headline, detail, technical):
        assert "Takes effect: 9:30am, Thursday 25 February 2027 (98 days left)" in text
        assert "Told 98 days ahead; 90 promised. We aim for 180." in text
        assert "expected to fall by between 8% and 14%" in text
        assert f"https://stats.example/changes/{notice().reference}" in text
    assert "burning-in-homes survey" not in headline
    assert "These readers have something to do: Academic or researcher" in headline
    assert "burning-in-homes survey" in detail
    assert "do not splice" in detail
    assert "Everyone else:\n  Nothing." in detail
    assert "NFR19" not in detail
    assert "NFR19" in technical
    assert "naei-nfr19" in technical
    assert len(headline) < len(detail) < len(technical)


def test_languages() -> None:
    written = about_change(notice())
    english, welsh, both = (written[variant("detail", language)] for language in LANGUAGES)
    cy = "Caiff allyriadau gronynnau mân"
    en = "Emissions of fine particles from wood burning"
    assert en in english.text
    assert cy not in english.text
    assert cy in welsh.text
    assert en not in welsh.text
    assert "Bydd y fersiwn Gymraeg ar dudalen y newid hwn" in welsh.text
    assert re.search(r'<p lang="en"[^>]*>The activity data', welsh.html)
    assert '<html lang="cy">' in welsh.html
    assert both.text.index(cy) < both.text.index(en)
    assert both.text.count("The activity data") == 1
    assert '<div lang="cy">' in both.html
    assert cy[:20] in both.subject
    assert en[:20] in both.subject
    assert [w.frame["language"] for w in (english, welsh, both)] == ["en", "cy, en", "cy, en"]


def test_whole_welsh_needs_no_promise_of_more() -> None:
    change = notice()
    change.cy = {name: f"Geiriau {name}" for name in ("headline", "what", "why", "not_changing")}
    change.cy["technical"] = "Geiriau technical"
    welsh = about_change(change)[variant("technical", "cy")]
    assert "Bydd y fersiwn Gymraeg" not in welsh.text
    assert "Mae rhai o eiriau'r tîm yn Saesneg." in welsh.text, "the size and what to do"
    assert welsh.frame["language"] == "cy, en"
    change.impact, change.what_to_do, change.evidence = {"known": "no"}, [], []
    change.mapping, change.comparability = [], {}
    welsh = about_change(change, "T-90")[variant("technical", "cy")]
    assert welsh.frame["language"] == "cy", "names of teams and series do not count"
    assert "Saesneg" not in welsh.text
    assert "Geiriau what" in welsh.text


@pytest.mark.parametrize(
    ("stage", "now", "subject", "kicker"),
    [
        ("announce", NOW, "Change coming on 25 February 2027: ", "A change is coming"),
        ("T-90", NOW + timedelta(days=8), "In 90 days: ", "Reminder: 90 days left"),
        # Moved off a weekend, a reminder counts the days that are left, not those of its name.
        ("T-30", NOW + timedelta(days=67), "In 31 days: ", "Reminder: 31 days left"),
        ("T-1", NOW + timedelta(days=97), "Tomorrow: ", "Reminder: 1 day left"),
        ("T0", NOW + timedelta(days=98), "Now in effect: ", "Now in effect"),
        ("T+30", NOW + timedelta(days=128), "After the change: ", "After the change"),
    ],
)
def test_stages_say_which_they_are(stage: str, now: datetime, subject: str, kicker: str) -> None:
    words = about_change(notice(), stage, now=now)[variant("headline", "en")]
    assert words.subject.startswith(subject)
    assert f"\n{kicker}\n" in words.text
    assert ("Took effect: " in words.text) == stage.startswith(("T0", "T+"))
