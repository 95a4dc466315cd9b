"""A proposal asks its users, on its page and by mail, and is decided with what they said."""

from __future__ import annotations

import csv
import json
import re
from email.message import EmailMessage
from html import unescape

import pytest

from notifier.mail import outbox
from notifier.notices.consult import ANYTHING, question_id
from tests.journeys.world import World, hidden, html_of, path_in, text_of
from tests.makers import ALICE, BOB, CLEO, DAN, HANA

USED, LOST = "Do you use the printed booklet?", "What would you lose if it stopped?"
EVE = "eve@example.org"


@pytest.fixture
def reference(world: World) -> str:
    """The pocketbook's notice, open for answers until 18 January 2027."""
    world.begin()
    return world.announces("pocketbook")


def answers(
    world: World, reference: str, email: str, words: str, *, user_type: str = "academic"
) -> str:
    """Fills in the form of the page and presses its button; the page that follows."""
    browser = world.browser()
    page = browser.get(f"/changes/{reference}").get_data(as_text=True)
    form = {name: hidden(page, name) for name in ("csrf_token", "t")}
    world.clock.forward(seconds=20)
    form |= {question_id(USED): words, "user_type": user_type, "email": email}
    answer = browser.post(f"/changes/{reference}", data=form)
    world.close()
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def confirms(world: World, email: str) -> None:
    """Opens the link of the newest mail and presses the button there."""
    world.drain()
    link = path_in(world.last_mail(email, "/confirm/answer/"), "/confirm/answer/")
    assert world.presses(link).status_code == 200


def letter_of(mail: EmailMessage) -> str:
    return text_of(mail).replace("\r\n", "\n")


def page_of(world: World, reference: str) -> str:
    """The words of the change's page, one space between any two."""
    html = re.sub("</?time[^>]*>", "", world.get(f"/changes/{reference}").get_data(as_text=True))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_from_the_first_answer_to_the_response(world: World, reference: str) -> None:
    world.joins(CLEO, topics=["food"], user_type="media")
    page = page_of(world, reference)
    assert "56 days left, until the end of Monday 18 January 2027" in page
    assert USED in page
    assert "0 answers count so far; fewer than 10 people follow this change by email." in page
    done = answers(world, reference, DAN, "Yes, at <b>every</b> fair.\n\nIt sells well.")
    assert "Check your email" in done
    assert DAN not in done
    world.drain()
    mail = world.last_mail(DAN)
    assert (mail["Subject"], mail["Auto-Submitted"]) == ("Confirm your answer", "auto-generated")
    assert mail["List-Unsubscribe"] is None
    assert "no-reply@" in str(mail["From"])
    for words in (text_of(mail), html_of(mail)):
        assert "We propose to stop the printed pocketbook" in words
        assert "fair" not in words
    link = path_in(mail, "/confirm/answer/")
    for _ in range(2):  # a scanner opens it, and again
        assert "Yes, at &lt;b&gt;every&lt;/b&gt; fair." in world.get(link).get_data(as_text=True)
    assert "0 answers count so far" in page_of(world, reference)
    assert "Your answer counts" in world.presses(link).get_data(as_text=True)
    page = page_of(world, reference)
    assert "1 answer counts so far; fewer than 10 people follow this change by email." in page
    assert "Media Follow this change" not in page, "one person is not shown"
    few = "Follow this change: fewer than 10 Answered: 1"
    assert f"Academic or researcher {few}" in page
    assert "It sells well" not in page  # words are for the team
    refused = world.cli("notices", "decide", reference, "--summary", "So.", "--by", ALICE)
    assert refused.status == 1
    assert "open until 2027-01-18; decide after it has closed" in refused.err

    world.clock.at("2027-01-19 09:00")
    page = page_of(world, reference)
    assert "It closed on 18 January 2027. The response stands here when it is out." in page
    assert "Being decided It closed for answers on 18 January 2027" in page
    assert "Send my answer" not in page
    summary = "One answer, against.\n\nWe keep the booklet for two more years."
    world.done("notices", "decide", reference, "--summary", summary, "--by", ALICE)
    world.drain()
    page = page_of(world, reference)
    assert "Decided After a consultation, on Tuesday 19 January 2027" in page
    assert "What you told us, and what we do" in page
    assert "We keep the booklet for two more years." in page
    assert "1 answer counts; fewer than 10 people followed this change by email" in page
    assert "We keep the booklet" in text_of(world.last_mail(CLEO, "Decided"))
    assert world.mails(DAN, "We keep the booklet") == []  # who only answered gets nothing more


def test_the_teams_view_has_words_and_counts_but_no_address(world: World, reference: str) -> None:
    answers(world, reference, DAN, "=HYPERLINK(1)\nand more")
    confirms(world, DAN)
    answers(world, reference, EVE, "Never confirmed.", user_type="business")
    said = world.done("notices", "answers", reference)
    assert f"{reference}: 2026-11-23 to 2027-01-18, open." in said
    assert re.search(r"^academic +0 +1 +no$", said, re.M)
    assert "    =HYPERLINK(1)\n    and more" in said
    whole = json.loads(world.done("notices", "answers", reference, "--json"))
    (one,) = whole["answers"]
    assert (one["user_type"], one["answers"][0]["question"]) == ("academic", USED)
    assert {row["user_type"]: row["answers"] for row in whole["by_user_type"]}["academic"] == 1
    file = world.folder / "answers.csv"
    assert "1 answers written" in world.done("notices", "answers", reference, "--csv", str(file))
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines(keepends=True)))
    assert rows[0][USED] == "'=HYPERLINK(1)\nand more"
    for text in (said, json.dumps(whole), file.read_text("utf-8")):
        assert "example.org" not in text
        assert "Never confirmed" not in text
    refused = world.cli("notices", "answers", reference, "--csv", str(world.folder / "no" / "a"))
    assert (refused.status, refused.out) == (1, "")
    assert "cannot be written" in refused.err
    nothing = world.cli("notices", "answers", world.announces("fine particles"))
    assert nothing.status == 1
    assert "has no consultation, so nobody could answer." in nothing.err


def test_a_page_that_was_open_when_it_closed_is_answered_with_a_sentence(
    world: World, reference: str
) -> None:
    world.clock.at("2027-01-18 23:58")
    browser = world.browser()
    page = browser.get(f"/changes/{reference}").get_data(as_text=True)
    form = {name: hidden(page, name) for name in ("csrf_token", "t")}
    form |= {question_id(USED): "Yes, a lot.", "user_type": "media", "email": DAN}
    world.clock.at("2027-01-19 00:01")
    answer = browser.post(f"/changes/{reference}", data=form)
    shown = answer.get_data(as_text=True)
    world.close()
    assert answer.status_code == 400
    assert "closed on 18 January 2027, so no more answers can be taken." in shown
    assert "Yes, a lot." in shown  # given back, with an address to send it to
    assert "mailto:" in shown
    world.drain()
    assert world.mails(DAN) == []


def test_who_only_answered_is_forgotten_after_seven_days(world: World, reference: str) -> None:
    answers(world, reference, DAN, "Keep it.")
    confirms(world, DAN)
    answers(world, reference, EVE, "Nobody confirms this.")
    world.drain()
    lost = path_in(world.last_mail(EVE), "/confirm/answer/")
    world.clock.forward(days=7, hours=1)
    world.drain()
    outbox.forget(world.folder / "instance" / "outbox", DAN)
    assert world.get(lost).status_code == 404
    for email in (DAN, EVE):
        assert world.cli("subscribers", "show", email).status == 1
    whole = json.loads(world.done("notices", "answers", reference, "--json"))
    assert [one["answers"][0]["answer"] for one in whole["answers"]] == ["Keep it."]


def test_a_mere_consultation_asks_freely_and_ends_with_its_response(world: World) -> None:
    world.begin()
    world.joins(CLEO, topics=["livestock"], user_type="media")
    file = world.folder / "asking.yaml"
    file.write_text(
        "series: [milk-utilisation]\n"
        "type: consultation\n"
        "headline: Which dairy figures should come first?\n"
        "what: We ask before we plan the next year.\n"
        "why: The old plan ends.\n"
        "decision: consulting\n"
        "consultation: {opens: '+1d', closes: '+45d', response_due: '+80d'}\n"
        "effect: {date: '+45d'}\n"
        "impact: {known: 'yes', text: Nothing changes yet.}\n",
        "utf-8",
    )
    reference = world.done("notices", "new", "--from", str(file)).strip()
    world.announces("Which dairy figures")
    page = page_of(world, reference)
    assert "You can answer here from Tuesday 24 November 2026" in page
    assert "Send my answer" not in page
    world.clock.forward(days=1)
    assert ANYTHING in page_of(world, reference)
    world.clock.at("2027-01-12 09:00")
    world.drain()
    words = ("--summary", "Butter first.", "--by", HANA)
    world.done("notices", "decide", reference, *words)
    world.drain()
    assert world.sends(reference)["response"]["accepted"] == 1
    letter = world.last_mail(CLEO, "Our response")
    assert "This is what was said, and what we do about it.\n\nButter first." in letter_of(letter)


def test_a_newsletter_asks_for_views_while_somebody_does(world: World, reference: str) -> None:
    world.joins(CLEO, topics=["food"], user_type="academic")
    file = world.folder / "issue.yaml"
    file.write_text(
        "team: people-nature\n"  # which has no consultation of its own
        "title: Food news\n"
        "body: |\n  Hello.\n\n  {{ feedback }}\n"
        "audience: {topics: [food]}\n",
        "utf-8",
    )
    issue = world.done("newsletters", "new", "--from", str(file)).split()[0]
    for verb, by in (("submit", ALICE), ("approve", BOB), ("send", ALICE)):
        world.done("newsletters", verb, issue, "--by", by)
    world.drain()
    letter = world.last_mail(CLEO, "Food news")
    link = f"/changes/{reference}#consultation"
    assert "We ask for your views\n" in letter_of(letter)
    assert "Open until Monday 18 January 2027 (56 days left)\n" in letter_of(letter)
    assert f"{link}\n" in letter_of(letter)
    assert f'{link}"' in html_of(letter)
    assert "Tell us what you think" not in letter_of(letter)
    page = f"/newsletters/{world.cli('newsletters', 'show', issue, '--json').json['slug']}"
    assert f'href="{link}"' in world.get(page).get_data(as_text=True)
    world.clock.at("2027-01-19 09:00")
    later = world.get(page).get_data(as_text=True)
    assert link not in later
    assert 'Tell us what you think: <a href="mailto:' in later
