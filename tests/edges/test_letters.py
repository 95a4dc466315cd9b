"""Letters: each kind complete, the same links in both bodies, in every depth and language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from notifier.accounts.models import Staff
from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.releases.models import ReleaseDateChange
from notifier.render import letters
from notifier.render.environment import TEMPLATES
from notifier.render.letters import Words
from notifier.render.notice_words import EVENTS
from notifier.render.release import STAGES as STAGES_OF_RELEASES
from notifier.store.db import session
from tests.edges.letter_house import (
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

LARGEST = 102_000  # bytes: where Gmail clips
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
    return {href.removeprefix("mailto:") for href in re.findall(r'href="([^"]*)"', html)}


def test_every_kind_is_a_whole_folder() -> None:
    folders = {path.name for path in (TEMPLATES / "emails").iterdir() if path.is_dir()}
    assert folders == {*letters.AUDIENCE, *letters.ONE, *letters.ONE_STAFF}
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
    assert count == 6 * 9 + 9 * 9 + 14 * 9 + 5 * 9 + 9 + 2 * 9 + 3 * len(letters.ONE)


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


def test_a_proposal_asks_for_comments() -> None:
    proposal = notice("pocketbook")
    words = about_change(proposal)[variant("detail", "en")]
    assert words.subject.startswith("Proposed change: ")
    assert "Would take effect" in words.text
    assert "Have your say: Closes Thursday 14 January 2027. 56 days left" in words.text
    assert "* Do you use the printed booklet?" in words.text
    last = about_change(proposal, "close-7", now=NOW + timedelta(days=49))
    assert last[variant("headline", "en")].subject.startswith("7 days left to comment: ")


def test_an_unknown_stage_or_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="no words for the stage 'whenever'"):
        about_change(notice(), "whenever")
    with pytest.raises(KeyError):
        letters.write(send("nonsense", "x", receivers={}), site=SITE, now=NOW)
    staff = Staff(email="alice@example.org", created_at=NOW)
    with pytest.raises(TypeError):
        letters.write_one(send("welcome", "x"), site=SITE, now=NOW, person=staff)


def test_says_what_changed_since_the_last_message() -> None:
    change = notice()
    first = send("notice", change.reference, stage="announce", receivers={})
    assert "What is new" not in letters.write(first, site=SITE, now=NOW)[0].text
    first.frozen_at, first.audience = NOW, 3
    session.flush()
    quiet = about_change(change, "T-30", now=NOW + timedelta(days=60))[0]
    assert "Nothing has changed since 19 November 2026." in quiet.text
    session.add(
        NoticeRevision(
            notice_id=change.id,
            no=2,
            at=NOW + timedelta(days=9),
            summary="The size is known.",
            words={},
        )
    )
    assert change.effect_release is not None
    session.add(
        ReleaseDateChange(
            release_id=change.effect_release.id,
            from_date=date(2027, 2, 18),
            from_time=time(9, 30),
            from_precision="datetime",
            to_date=date(2027, 2, 25),
            to_time=time(9, 30),
            to_precision="datetime",
            direction="later",
            reason_code="quality_issue",
            reason="Checks need a week more.",
            decided_at=NOW,
            decided_by="Bob",
            approved_by="Hana",
            announced_at=NOW + timedelta(days=10),
        )
    )
    session.flush()
    session.expire_all()
    told = about_change(change, "T-7", now=NOW + timedelta(days=91))[0].text
    assert "The size is known." in told
    assert "It was: 9:30am, Thursday 18 February 2027." in told
    assert "Checks need a week more." in told
    assert "Nothing has changed" not in told


def test_short_notice_gives_its_reason() -> None:
    change = notice()
    change.lead_days, change.short_notice_reason = 40, "The survey came late."
    text = about_change(change)[variant("headline", "en")].text
    assert "Told 40 days ahead; 90 promised." in text
    assert "Short notice: The survey came late." in text
    assert "We aim for" not in text


def test_a_long_mapping_is_cut_and_says_so() -> None:
    change = notice("milk volumes")
    change.mapping = [{"old": f"Old {n}", "new": f"NEW_{n}"} for n in range(2000)]
    written = about_change(change)
    detail, technical = (written[variant(d, "en")] for d in ("detail", "technical"))
    assert "1995 more rows" in detail.text
    assert "1940 more rows" in technical.text
    assert len(technical.html.encode()) < LARGEST


def test_headline_readers_see_what_is_theirs_to_do() -> None:
    change = notice()
    change.what_to_do = [
        {"action": "Quote the new figures.", "user_types": ["media"], "by": "2027-02-26"},
        {"action": "Replace the series.", "user_types": ["academic"]},
    ]
    text = about_change(change)[variant("headline", "en")].text
    assert "Media:\n  Quote the new figures. By Friday 26 February 2027." in text
    assert "Replace the series." not in text
    assert "These readers have something to do: Academic or researcher; see the page" in text


def test_welcome_catches_up_with_what_was_announced_before() -> None:
    words = to_cleo("welcome", cleo("environment", "food"))
    order = [
        words.text.index(found)
        for found in ("Dry mixed recycling", "fine particles", "printed pocketbook")
    ]
    assert order == sorted(order)
    assert "milk volumes" not in words.text
    assert "First announced 19 November 2026. Told 98 days ahead; 90 promised." in words.text
    assert "You get this because you follow Environment and Food." in words.text
    assert words.frame["list_label"] == "updates"


def test_welcome_with_nothing_open_has_no_catch_up() -> None:
    words = to_cleo("welcome", cleo("water"))
    assert "Already announced" not in words.text
    assert "Already announced" not in words.html


def test_confirm_repeats_nothing_that_was_typed() -> None:
    person = cleo("air-quality")
    person.name = person.organisation = "Buy pills https://evil.example"
    words = to_cleo("confirm", person)
    assert "pills" not in words.text + words.html + words.subject
    assert "https://stats.example/confirm/c1" in words.text
    assert "The link works until 9am, Thursday 26 November 2026." in words.text
    assert words.frame["one_off"] is True
    assert words.frame["reply_to"] == "reply@example.org"


def test_newsletter_blocks_and_words() -> None:
    found = session.query(Newsletter).one()
    found.body = "Hello {{ name }} of {{ team }}\n\n" + found.body + "\n\n{{ recent }}\n"
    _, written = issue()
    text, html = filled(written[variant("detail", "en")])
    assert "Hello Cleo of People and Nature Survey" in text
    assert "9:30am, Friday 4 December 2026 (confirmed)" in text
    assert "The Children's Survey will no longer be labelled" in text
    assert "Tell us what you think: pans@example.org" in text
    assert "Visited a green space in the last 14 days            62%         60%" in text
    assert "<strong>25,000 adults</strong>" in html
    assert "Nothing came out in the last three months." in text
    welsh, _ = filled(written[variant("detail", "cy")])
    assert "Mae'r cylchlythyr hwn yn Saesneg." in welsh
    assert "Dywedwch eich barn wrthym: pans@example.org" in welsh
