"""What each kind of letter says: its stage, what changed, the reason, what is open, the blocks."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from notifier.accounts.models import Staff
from notifier.audience.rules import variant
from notifier.newsletters.models import Newsletter
from notifier.notices.models import NoticeRevision
from notifier.releases.models import ReleaseDateChange
from notifier.render import letters
from notifier.store.db import session
from tests.edges.letter_house import (
    LARGEST,
    NOW,
    SITE,
    about_change,
    cleo,
    filled,
    house,
    issue,
    loaded,
    notice,
    send,
    to_cleo,
)

__all__ = ["house", "loaded"]
pytestmark = pytest.mark.usefixtures("house")


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
