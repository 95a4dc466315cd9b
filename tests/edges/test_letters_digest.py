"""The letters of a digest: what they say, in which order and language, and how long they get."""

from __future__ import annotations

import re
from datetime import timedelta

from notifier.audience.rules import variant
from notifier.catalogue.rules import DEPTHS, LANGUAGES
from notifier.delivery.digests import Group
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Announcement, Release
from notifier.render.digest import write
from notifier.render.digest_entries import excerpt, opening
from notifier.render.markdown import parse
from notifier.render.typeset import Words
from notifier.sends.models import Send
from notifier.store.db import session
from tests import makers
from tests.edges.letter_house import NOW, SITE, filled, house, loaded, notice, send

__all__ = ["house", "loaded"]

POINTS = "- Fine particles fell by **4%**.\n- Ammonia rose.\n\n[The tables](https://example.org/t)"


def about(change: ChangeNotice, stage: str = "announce", **context: object) -> Send:
    more = {"notice": change.id, **context}
    return send("notice", change.reference, stage=stage, receivers={}, context=more)


def newsletter() -> Send:
    issue = session.query(Newsletter).one()
    issue.state, issue.published_at = "sent", NOW
    return send("newsletter", f"newsletter:{issue.id}", receivers={})


def release() -> Send:
    makers.staff(now=NOW)
    found = session.query(Release).filter(Release.state == "confirmed").first()
    assert found is not None
    found.state, found.published_at = "released", NOW - timedelta(hours=1)
    author = makers.member(makers.ALICE).id
    words = {"en": {"detail": POINTS}}
    known = {"created_at": NOW, "changed_at": NOW, "author_id": author}
    row = Announcement(release_id=found.id, state="announced", words=words, **known)
    session.add(row)
    context = {"release": found.id, "notices": []}
    return send("released", f"release:{found.id}", receivers={}, context=context)


def letter(*told: Send, reads: tuple[str, str] = ("detail", "en"), weekly: bool = False) -> Words:
    group = Group(tuple(each.id for each in told), variant(*reads), weekly)
    return write([group], site=SITE, now=NOW)[group]


def test_changes_come_before_releases_and_newsletters(house: None) -> None:
    words = letter(newsletter(), release(), about(notice("milk volumes")), about(notice()))
    text, _ = filled(words)
    places = [text.index(f"\n{name}\n---") for name in ("Changes", "What came out", "Newsletters")]
    assert places == sorted(places)
    assert words.subject.startswith("4 updates: Emissions of fine particles")  # the soonest
    assert (words.frame["list_label"], words.frame["language"]) == ("daily", "en")


def test_every_digest_is_sound_in_each_depth_and_language(house: None) -> None:
    told = [newsletter(), release(), *map(about, session.query(ChangeNotice))]
    for depth in DEPTHS:
        for language in LANGUAGES:
            words = letter(*told, reads=(depth, language), weekly=True)
            text, html = filled(words)
            links = set(re.findall(r"https?://[^\s()\"<>]+", text))
            hrefs = set(re.findall(r'href="(https?://[^"]+)"', html))
            assert links == {each.replace("&amp;", "&") for each in hrefs}, (depth, language)
            assert "\ue000" not in text + html
            assert words.frame["list_phrase"].startswith("Weekly digest from ")
            expected = {"en": "en", "cy": "cy, en", "both": "cy, en"}
            assert words.frame["language"] == expected[language]


def test_several_messages_about_one_change_are_one_entry(house: None) -> None:
    milk = notice("milk volumes")
    updated = about(milk, "updated", summary="The codes stay for a year.")
    text, _ = filled(letter(about(milk), updated))
    assert text.count(f"/changes/{milk.reference}") == 1
    assert "a change is coming" in text  # one has not heard of it: it is announced as it stands
    text, _ = filled(letter(updated))
    assert "The codes stay for a year." in text
    milk.state = "cancelled"
    ended = about(milk, "cancelled", summary="No longer needed.")
    text, _ = filled(letter(about(milk, "T-30"), ended))
    assert "This change will not happen" in text
    assert "days left" not in text


def test_a_long_digest_is_not_clipped_by_mail_programs(house: None) -> None:
    milk = notice("milk volumes")
    milk.what = "A sentence that goes on for a while about the panel of dairies. " * 60
    context = {"notice": milk.id}
    sends = [
        send("notice", f"N-{number}", stage="announce", receivers={}, context=context)
        for number in range(40)
    ]
    text, html = filled(letter(*sends))
    assert len(html.encode()) < 102_000
    assert text.count("Read the full notice") == 40
    assert text.count("A sentence that goes on") == 10 * 7


def test_only_whole_sentences_and_whole_blocks_are_shown() -> None:
    assert excerpt("One. Two three. Four.", 16) == "One. Two three."
    assert excerpt("One.\n\nTwo.", 100) == "One."
    assert excerpt("A long sentence without an end", 12) == "A long…"
    tokens = parse("First paragraph.\n\n- a\n- b\n\nLast paragraph.")
    assert opening(tokens, 30)[-1].type == "bullet_list_close"
    assert len([t for t in opening(tokens, 1) if t.type == "inline"]) == 1


def test_the_subject_says_which_message_it_is(house: None) -> None:
    """The headline of what is called off still says that it comes."""
    milk, booklet = notice("milk volumes"), notice("printed pocketbook")
    announced = about(milk)
    assert letter(announced).subject.startswith("Change coming on 19 March 2027: The milk")
    assert letter(about(milk, "T-30")).subject.startswith("In 120 days: The milk")
    held = about(milk, "held", summary="A trial goes on.")
    assert letter(held).subject.startswith("On hold: The milk volumes table moves")
    assert letter(release()).subject.startswith("Out now: ")
    booklet.state = "cancelled"
    ended = about(booklet, "cancelled", summary="Schools use it.")
    words = letter(ended, announced)
    assert words.subject.startswith("2 updates: The milk volumes")  # the soonest, announced
    text, html = filled(words)
    contents = text[text.index("In this email") : text.index("Changes\n---")]
    assert "* Cancelled: We propose to stop" in " ".join(contents.split())
    assert "Cancelled: " in html
    assert "Tell us what you think" not in text


def test_before_the_weekly_day_a_digest_says_why_it_comes(house: None) -> None:
    told = about(notice("milk volumes"))
    group = Group((told.id,), variant("detail", "both"), weekly=True)
    daily = group._replace(weekly=False)
    letters = write([group, daily], site=SITE, now=NOW, early=True)
    text, _ = filled(letters[group])
    assert "Before your weekly digest, " in text
    assert "Cyn eich crynodeb wythnosol, " in text
    assert "once a week" not in text
    assert letters[group].frame["list_label"] == "weekly"
    assert "Daily digest, " in filled(letters[daily])[0]
    assert "once a week" in filled(letter(told, weekly=True))[0]
