"""Words that were wrong when four months of the catalogue were played and every mail was read."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from notifier.audience.rules import variant
from notifier.catalogue import queries as catalogue
from notifier.catalogue.rules import DEPTHS
from notifier.notices.followers import named
from notifier.notices.models import ChangeNotice, NoticeRevision
from notifier.releases.models import Announcement
from notifier.render import letters, reasons
from notifier.render.letters import Words
from notifier.render.particles import in_html
from notifier.sends.models import Send
from notifier.store.db import session
from tests.edges.letter_house import (
    NOW,
    SITE,
    about_change,
    about_release,
    about_topic,
    house,
    issue,
    loaded,
    moved,
    notice,
    send,
)

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")


def one(
    change: ChangeNotice, stage: str, *, days: int = 0, depth: str = "detail", summary: str = ""
) -> Words:
    """An English letter so many days after NOW; each call is a message of its own."""
    revision = len(session.query(Send).all()) + 1
    context = {"notice": change.id, **({"summary": summary} if summary else {})}
    more: dict[str, Any] = {"receivers": {}, "revision": revision, "context": context}
    row = send("notice", change.reference, stage=stage, **more)
    return letters.write(row, site=SITE, now=NOW + timedelta(days=days))[variant(depth, "en")]


def released(change: ChangeNotice, depth: str, language: str) -> Words:
    release = change.effect_release
    assert release is not None
    context = {"release": release.id, "notices": [change.id]}
    row = send("released", f"release:{release.id}", stage=depth + language, context=context)
    release.published_at = release.at or NOW
    return letters.write(row, site=SITE, now=release.published_at)[variant(depth, language)]


def public_as(change: ChangeNotice, no: int, at: datetime, **words: Any) -> None:
    row = NoticeRevision(notice_id=change.id, no=no, at=at, summary=f"No. {no}.", words=words)
    session.add(row)
    session.flush()


def decided(change: ChangeNotice) -> ChangeNotice:
    change.decision = "decided"
    change.consultation = {**change.consultation, "decided_at": "2027-01-20T11:00:00+00:00"}
    return change


@pytest.mark.parametrize(
    ("stage", "days", "words"),
    [
        ("T-30", 64, "More will be known by Friday 22 January 2027."),
        ("T-30", 65, "More was to be known by 22 January 2027; it is late."),
        ("T0", 98, ""),
        ("T+30", 128, ""),
        ("outcome", 128, ""),
    ],
)
def test_a_promise_to_know_more_grows_late(stage: str, days: int, words: str) -> None:
    change = notice()
    change.impact = {"known": "partly", "text": "They fall.", "known_by": "2027-01-22"}
    text = one(change, stage, days=days).text
    assert words in text
    assert ("be known by" in text) == bool(words)


def test_after_a_decision_nothing_is_still_proposed() -> None:
    change = decided(notice("pocketbook"))
    told = one(change, "decision", days=62)
    assert told.subject == f"Decision on: {change.headline}"
    assert "\nDecision on\n" in told.text
    assert "\nDecided on 20 January 2027\n" in told.text
    reminder = one(change, "T-90", days=100).text
    assert reminder.count("Decided on 20 January 2027") == 1
    assert reminder.index("Decided on 20 January") < reminder.index("Takes effect")
    assert "\nDecided\n" in one(notice(), "announce").text, "of an unknown day, without a label"


@pytest.mark.parametrize("depth", DEPTHS)
def test_who_is_asked_has_something_to_do(depth: str) -> None:
    change = notice("pocketbook")
    text = one(change, "announce", depth=depth).text
    assert "Tell us what you think by Thursday 14 January 2027, on the page of this change." in text
    assert "do not need to do anything" not in text
    assert "Nothing." not in text
    over = one(change, "T-90", days=80, depth=depth).text
    assert "You do not need to do anything." in over
    assert "Tell us" not in over
    change.consultation = {**change.consultation, "opens": "2026-12-01"}
    soon = one(change, "announce", depth=depth).text
    assert "do not need to do anything" not in soon
    assert "Tell us what" not in soon


@pytest.mark.parametrize(("impact", "figures"), [("not_applicable", False), ("yes", True)])
def test_what_is_in_the_figures_is_only_said_of_figures(impact: str, figures: bool) -> None:
    change = notice()
    change.impact = {"known": impact, "text": "They fall."}
    text = one(change, "T0", days=98).text
    assert ("in the published figures" in text) == figures
    change = notice("previous month's revision")
    assert change.effect_release is None
    change.impact = {"known": impact, "text": "They fall."}
    assert "This change is now in effect.\n" in one(change, "T0", days=98).text


@pytest.mark.parametrize(("stage", "words"), [("held", "On hold"), ("retracted", "Taken back")])
def test_what_became_of_it_stands_once(stage: str, words: str) -> None:
    change = notice()
    change.next_update_by = NOW.date() + timedelta(days=30)
    letter = one(change, stage, summary="A review.")
    assert letter.text.splitlines().count(words) == 1
    assert letter.html.count(f">{words}</p>") == 1
    change.next_update_by = change.effect_at = change.effect_date = None
    change.effect_release = None
    assert f">{words}</p>" in one(change, stage, summary="A review.").html


def test_a_day_that_is_past_has_no_weekday_in_any_letter() -> None:
    change = notice()
    for stage, days in (("T0", 98), ("T+30", 128), ("outcome", 128)):
        assert "Took effect: 25 February 2027\n" in one(change, stage, days=days).text
    change.took_effect_at = change.effect_at
    assert "Took effect: 25 February 2027\n" in one(change, "early", days=98).text


def test_got_it_is_offered_where_reminders_follow() -> None:
    change = notice()
    for stage in ("impact", "resumed", "decision", "updated"):
        assert "Got it: " in one(change, stage, summary="New.").text
    change.state = "in_effect"
    assert "Got it" not in one(change, "impact", summary="New.").html


def test_an_update_says_what_the_day_was() -> None:
    change = notice("Dry mixed")
    assert change.effect_date is not None
    before = change.effect_date
    public_as(change, 1, NOW, effect=before.isoformat())
    change.effect_date, change.revision = date(2027, 3, 10), 2
    public_as(change, 2, NOW, effect="2027-03-10")
    day = f"{before:%A} {before.day} {before:%B %Y}"
    assert f"\nWas: {day}\n" in one(change, "updated", summary="Later.").text
    assert f"\nWas: {day}\n" not in one(change, "T-30").text
    change.revision = 3
    public_as(change, 3, NOW, effect="2027-03-10")
    assert "\nWas: " not in one(change, "updated", summary="Words.").text


def test_a_release_that_got_a_date_again() -> None:
    release = notice().effect_release
    assert release is not None
    moved(release, days=None)
    release.day = date(2027, 4, 8)
    release.precision = "datetime"
    row = moved(release, days=0, reason="")
    row.from_date, row.from_precision, row.from_time = None, "tbc", None
    row.direction = "firmer"
    session.flush()
    english, welsh = (
        about_release(release, stage, change=row)[variant("detail", language)].text
        for stage, language in (("moved", "en"), ("no-release", "cy"))
    )
    assert "This release has a date again." in english
    assert "Was: 9:30am, Thursday 25 February 2027" in english
    assert "Why" not in english
    assert "confirmed" not in english, "that there was no date is no date"
    assert "Saesneg" not in welsh


def test_list_id_stays_when_a_series_joins() -> None:
    change = notice("Dry mixed")
    first = change.series[0]
    public_as(change, 1, NOW, series=[first.slug])
    other = min(catalogue.all_series(), key=lambda series: series.id)
    assert other.id < first.id
    change.series = [other, first]
    session.flush()
    session.expire(change, ["series"])
    assert change.series[0] is other
    frame = one(change, "updated", summary="Another series, too.").frame
    assert (frame["list_label"], frame["from_name"]) == (first.slug, first.team.name)
    change.series = [other]
    frame = one(change, "T-30").frame
    assert (frame["list_label"], frame["from_name"]) == (first.slug, other.team.name)


def test_technical_readers_read_what_changed_and_when_it_was_said() -> None:
    change = notice()
    text = released(change, "technical", "en").text
    what, detail = text.index("The activity data"), text.index("NFR19")
    assert text.index("As announced on 19 November 2026:") < what < detail
    assert "NFR19" not in released(change, "detail", "en").text


def test_both_languages_tell_what_changed() -> None:
    welsh, english = released(notice(), "detail", "both").text.split("* * *")
    assert "Beth sydd wedi newid yn y rhifyn hwn" in welsh
    assert "Caiff allyriadau gronynnau mân" in welsh
    assert "The activity data" not in welsh
    assert "The activity data" in english


def test_welsh_main_points_are_not_called_english() -> None:
    release = notice().effect_release
    assert release is not None
    english = {"headline": "Down.", "detail": "Down by 9%."}
    words = {"en": english, "cy": {"headline": "I lawr."}}
    at: dict[str, Any] = {"created_at": NOW, "changed_at": NOW}
    session.add(Announcement(release_id=release.id, state="announced", words=words, **at))
    release.state = "released"
    session.flush()
    row_of = send("released", f"release:{release.id}", context={"release": release.id})
    written = letters.write(row_of, site=SITE, now=NOW)
    headline, detail = (written[variant(depth, "cy")] for depth in ("headline", "detail"))
    assert "I lawr." in headline.text
    assert "Saesneg" not in headline.text
    assert "Mae geiriau'r tîm yn Saesneg." in detail.text
    assert detail.frame["language"] == "cy, en"


def test_content_language_names_what_a_depth_shows() -> None:
    change = notice()
    change.cy = {"headline": "Pennawd", "brief": "Byr", "what": "Beth"}
    change.brief, change.impact, change.what_to_do = "Brief", {"known": "no"}, []
    written = about_change(change)
    headline, detail = (written[variant(depth, "cy")] for depth in ("headline", "detail"))
    assert headline.frame["language"] == "cy"
    assert "Saesneg" not in headline.text
    assert detail.frame["language"] == "cy, en"
    assert "Mae'r manylion yn Saesneg" in detail.text


def test_reasons_are_in_the_language_of_their_sentence() -> None:
    air = catalogue.topic("air-quality")
    assert air.cy
    welsh = named({1: (("topic", air.name), ("earlier", ""))})[1]
    assert reasons.text(welsh, "cy").startswith(f"Rydych yn cael hwn am eich bod yn dilyn {air.cy}")
    assert f"you follow {air.name}" in reasons.text(welsh, "both")
    assert f'<strong lang="cy">{air.cy}</strong>' in reasons.html(welsh, "cy")
    assert f'<strong lang="en">{air.name}</strong>' in reasons.html(welsh, "en")
    change = notice()
    assert change.cy["headline"] in reasons.text(named({1: (("notice", str(change.id)),)})[1], "cy")


def test_who_follows_a_topic_that_ends_is_told_so() -> None:
    parent = about_topic("air-quality", "food")[0].text
    assert "If you follow Air quality, you follow Food" in parent
    old, into = catalogue.topic("waste"), catalogue.topic("environment")
    row = send("topic", "topic:1", stage="merged", receivers={"topics": [old.id]})
    row.context = {"topic": old.id, "into": into.id, "on": "2026-12-07"}
    text = letters.write(row, site=SITE, now=NOW)[0].text
    assert "You follow Waste and recycling. On Monday 7 December 2026 it becomes part of" in text
    assert "If you follow" not in text


def test_releases_of_a_newsletter_lead_to_their_pages() -> None:
    _, written = issue()
    block = written[variant("detail", "en")].html.split("What comes out next")[1]
    assert re.search(r'href="https://stats\.example/releases/\d+"', block.split("<h2")[0])


def test_particles_stand_below_the_line_in_letters() -> None:
    letter = one(notice(), "announce")
    assert "Total PM<sub" in letter.html
    assert "Total PM2.5" in letter.text
    kept = '<title>PM2.5</title><p title="PM10"><code>PM10</code><a href="/PM2.5">x</a></p>'
    assert in_html(kept) == kept
    assert in_html("<p>PM10, PM100</p>") == "<p>PM<sub>10</sub>, PM100</p>"
