"""What stands beside a notice says what the record will say, and shows what readers will get; it is
for the members of its team alone.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from notifier.accounts.models import Staff
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import queries
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.render.preview import NOBODY
from notifier.sends.queries import calendar
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.web.staff.beside_meter import TAGS, meter
from tests import makers
from tests.edges.web_server import serving
from tests.journeys.world import World, html_of, text_of
from tests.makers import ALICE, HANA, Clock, acting, member, on_sqlite
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.following import crowd
from tests.staff.test_desk_page import counted

FAY, OLGA, CLEO = "fay@example.org", "olga@example.org", "cleo@example.org"
FINE = "fine particles"


def reference(world: World, word: str = FINE) -> str:
    rows = world.cli("notices", "list", "--json").json
    return str(next(row["reference"] for row in rows if word in row["headline"]))


@pytest.fixture
def fay(world: World) -> Desk:
    """An author of the air quality team."""
    desk = joins(world, FAY, "author", "--team", "air-quality")
    desk.sign_in(FAY)
    return desk


@pytest.fixture
def base(world: World) -> str:
    return f"/staff/notices/{reference(world)}"


# The meter


def names() -> dict[int, str]:
    return {person.id: person.name for person in session.query(Staff)}


@pytest.mark.parametrize(
    ("days", "word"),
    [(60, "met"), (90, "on_time"), (89, "met"), (42, "met"), (41, "short"), (1, "short")],
)
def test_the_meter_says_what_the_record_will_say(
    room: Flask, clock: Clock, days: int, word: str
) -> None:
    """Class D: 42 and 90 days. At each edge, and until London's midnight."""
    notice = makers.draft(now=clock(), effect={"date": "2027-04-28"})
    effect = london_date(notice.effect_at) if notice.effect_at else None
    assert effect is not None
    for wall in ("00:01", "23:59"):
        clock.at(f"{effect - timedelta(days=days)} {wall}")
        found = meter(notice, names=names(), now=clock())
        assert (found.days, found.tag) == (days, TAGS[word])
        assert (found.lead.startswith("Publish by")) == (word != "short")
        assert bool(found.mend) == (word == "short")
    makers.approved(notice, now=clock())
    with unit():
        late = {"short_notice_reason": "Late.", "approved_by": member(HANA)}
        publish(notice, by=acting(ALICE), now=clock(), **(late if word == "short" else {}))
    assert (notice.lead_days, notice.verdict) == (days, word)
    after = meter(notice, names=names(), now=clock())
    assert (after.days, after.tag) == (days, TAGS[word])
    assert f"It gave <strong>{days} day" in after.lead


def test_the_meter_of_what_has_no_day_and_of_a_correction(room: Flask, clock: Clock) -> None:
    vague = makers.draft(now=clock(), effect={"tbc": True}, next_update_by="+30d")
    found = meter(vague, names={}, now=clock())
    assert (found.bar, found.tag.word) == (None, "No day yet")
    wrong = makers.draft(now=clock(), type="correction", effect={"date": "2026-11-20"})
    found = meter(wrong, names={}, now=clock())
    assert (found.bar, found.tag.word) == (None, "At once")
    assert "publish it today" in found.lead


def test_the_meter_says_why_who_and_what_mends_it(world: World, clock: Clock, fay: Desk) -> None:
    enters(world, clock, HANA, "hop")
    clock.at("2026-12-08 09:00")
    fay.sign_in(FAY)
    page = says(fay.get(f"/staff/notices/{reference(world)}/beside"))
    assert "It should have been public by 1 December to give 90 days. Today gives 83 ." in page
    assert "Why 90 It is a major change of method. From published practice" in page
    assert f"Approver {HANA}, Head of Profession, on duty" in page
    assert "Move the release to 8 March 2027 or later." in page
    assert f"Or publish it with a public reason; {HANA} must agree." in page
    assert "the public record will say “short”" in page
    assert "class A" not in page


def test_a_release_that_moved_moves_the_meter(world: World, clock: Clock, fay: Desk) -> None:
    """The draft holds the day of its writing; the meter asks the release."""
    with world.build(now=clock).app_context(), unit():
        release = queries.notice(reference(world)).effect_release
        assert release is not None
        release.day, release.at = release.day, makers.london("2027-03-08 09:30")
    page = says(fay.get(f"/staff/notices/{reference(world)}/beside"))
    assert "Today gives 105 ." in page


# Previews


def plain(mail: str) -> str:
    """A letter without what is one person's own."""
    found = re.sub(r"/(?:u|preferences|got-it)/[\w.~-]+", "/preferences", mail)
    return found.replace(CLEO, NOBODY).replace("\r\n", "\n").strip()


def fenced(answer: TestResponse) -> str:
    found = re.search(r'<pre class="preview__text"[^>]*>(.*?)</pre>', answer.text, re.S)
    assert found is not None
    return unescaped(found[1])


def unescaped(text: str) -> str:
    import html

    return html.unescape(text)


def test_the_preview_is_what_arrives(world: World, clock: Clock, fay: Desk, base: str) -> None:
    """Text and HTML of the draft's preview, and of the mail after it is announced."""
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    asked = "depth=technical&language=en"
    text = fenced(fay.get(f"{base}/preview?where=plain&{asked}"))
    html = fay.get(f"{base}/preview/frame?where=mail&{asked}").text
    page = fay.get(f"{base}/preview/frame?where=page").text
    feed = says(fay.get(f"{base}/preview/frame?where=feed&depth=detail"))
    event = says(fay.get(f"{base}/preview?where=calendar"))
    subject = says(fay.get(f"{base}/preview?{asked}"))
    notice = world.announces(FINE)
    world.drain()
    mail = world.last_mail(CLEO, FINE)
    assert plain(text_of(mail)) == text.strip()
    assert str(mail["Subject"]) in subject
    sent = plain(html_of(mail)).replace(
        "(prefers-color-scheme: dark)", "(prefers-color-scheme: no-preference)"
    )
    assert sent == html.replace("\r\n", "\n").strip()

    public = words(world.get(f"/changes/{notice}").text)
    assert words(page).partition("History")[0] == public.partition("History")[0].replace(
        "the Head of Profession for Statistics", "an approver of the team"
    )
    entry = world.get("/feeds/changes.json").json["items"][0]
    assert entry["title"] in feed
    assert entry["summary"] in feed
    assert words(f"<body>{entry['content_html']}") in feed
    ics = world.get("/calendar.ics").text.replace("\r\n ", "")
    assert f"SUMMARY:Takes effect: {headline(mail)}" in ics
    assert f"Title Takes effect: {headline(mail)}" in event


def headline(mail: Any) -> str:
    return str(mail["Subject"]).partition(": ")[2]


def words(page: str) -> str:
    text = re.sub(r"<script.*?</script>", " ", page.partition("<body")[2], flags=re.S)
    return " ".join(unescaped(re.sub(r"<[^>]+>", " ", ">" + text)).split()).lstrip("> ")


@pytest.mark.parametrize("language", ["en", "cy", "both"])
@pytest.mark.parametrize("where", ["mail", "phone", "dark", "plain", "page", "feed", "calendar"])
def test_each_preview_is_there_and_changes_nothing(
    world: World, clock: Clock, fay: Desk, base: str, where: str, language: str
) -> None:
    def state() -> tuple[Any, ...]:
        with world.build(now=clock).app_context():
            notice = queries.notice(reference(world))
            return notice.state, notice.first_public_at, notice.class_, notice.changed_at

    before = state()
    for depth in ("headline", "technical"):
        query = f"where={where}&depth={depth}&language={language}"
        assert fay.get(f"{base}/preview?{query}").status_code == 200
        assert fay.get(f"{base}/preview/frame?{query}").status_code == 200
    assert state() == before


def test_a_preview_holds_no_address_of_a_person(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    for where in ("mail", "plain", "feed", "page"):
        for path in ("preview", "preview/frame"):
            text = fay.get(f"{base}/{path}?where={where}").text.partition('id="preview"')[2]
            assert CLEO not in text
    assert NOBODY in fay.get(f"{base}/preview?where=plain").text


def test_a_draft_is_for_its_team_alone(world: World, clock: Clock, fay: Desk, base: str) -> None:
    olga = joins(world, OLGA, "author", "--team", "food")
    olga.sign_in(OLGA)
    olga.get("/staff/account")
    for path in ("beside", "preview", "preview/frame?where=page", "preview/frame", "plan/T-30"):
        assert fay.get(f"{base}/{path}").status_code == 200
        assert olga.get(f"{base}/{path}").status_code == 404
        assert world.browser().get(f"{base}/{path}").status_code == 404
    for path in ("mail-to-me", "links", "plan/T-30", "plan/T-30/put-back"):
        assert olga.post(f"{base}/{path}", day="2027-01-28").status_code == 404
    world.drain()
    assert world.mails(OLGA, "Preview") == []
    assert world.get(f"/changes/{reference(world)}").status_code == 404


def test_frames_run_nothing_and_only_we_may_show_them(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    for where in ("mail", "page", "feed"):
        answer = fay.get(f"{base}/preview/frame?where={where}")
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'self'" in policy
        assert "sandbox" in policy
        assert "script" not in policy.replace("javascript", "")
        assert answer.headers["Cache-Control"] == "no-store"


EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg onload=alert(3)>"


class Marks(HTMLParser):
    """What could run in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and given.get("type") != "application/ld+json" and "src" not in given:
            self.found.append(tag)
        self.found += [name for name in given if name.startswith("on")]
        self.found += [v for v in given.values() if v and v.lower().startswith("javascript:")]
        if tag in ("img", "svg") and given.get("src") == "x":
            self.found.append(tag)


def test_script_in_every_field_is_inert_everywhere(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    spoil(world, clock)
    views = [f"{base}/beside"]
    for where in ("mail", "dark", "plain", "page", "feed", "calendar"):
        for language in ("en", "both"):
            query = f"where={where}&depth=technical&language={language}"
            views += [f"{base}/preview?{query}", f"{base}/preview/frame?{query}"]
    for path in views:
        answer = fay.get(path)
        assert answer.status_code == 200, path
        marks = Marks()
        marks.feed(answer.text)
        assert marks.found == [], path
        if "frame" not in path and "plain" in path:
            assert "&lt;script&gt;alert(1)" in answer.text


def spoil(world: World, clock: Clock) -> None:
    """Script in every field that a person can fill in."""
    with world.build(now=clock).app_context(), unit():
        notice: ChangeNotice = queries.notice(reference(world))
        for name in ("headline", "what", "why", "not_changing", "technical", "brief", "driver"):
            setattr(notice, name, EVIL)
        notice.cy = {"headline": EVIL, "what": EVIL, "why": EVIL}
        notice.impact = {**notice.impact, "text": EVIL, "unit": EVIL}
        notice.comparability = {"back_series": "later", "reason": EVIL}
        notice.what_to_do = [{"action": EVIL, "user_types": []}]
        notice.mapping = [{"old": EVIL, "new": EVIL, "what": EVIL}]
        notice.evidence = [{"title": EVIL, "url": "javascript:alert(4)"}]
        notice.alternatives = [{"title": EVIL, "url": "javascript:alert(5)"}]
        notice.scope = {"geographies": [EVIL], "identifiers": [{"scheme": EVIL, "value": EVIL}]}
        notice.contact = "javascript:alert(6)"


# Mail to me


def test_one_preview_comes_by_mail_to_whoever_asks(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    world.joins(CLEO, topics=["air-quality"], user_type="academic")
    fay.get(f"{base}/preview")
    done = fay.follow(fay.post(f"{base}/mail-to-me", depth="technical", language="en"))
    assert f"A preview is on its way to {FAY}, and to nobody else." in says(done)
    world.drain()
    (mail,) = world.mails("", "Preview: ")
    assert mail["To"] == FAY
    assert str(mail["Subject"]).startswith("Preview: Change coming on 1 March 2027")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    assert "NFR19 category 1A4bi" in text_of(mail)
    assert "Only you got this." in html_of(mail)
    with world.build(now=clock).app_context():
        notice = queries.notice(reference(world))
        assert notice.state == "draft"
        assert [s for s in calendar(about=notice.reference) if s.kind == "notice"] == []


def test_an_eleventh_preview_within_an_hour_is_refused(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    fay.get(f"{base}/preview")
    for _ in range(10):
        assert fay.post(f"{base}/mail-to-me", depth="detail", language="cy").status_code == 303
    answer = fay.post(f"{base}/mail-to-me", depth="detail", language="cy")
    assert answer.status_code == 400
    assert "You had 10 previews by mail within the last hour" in says(answer)
    assert 'language=cy#preview" ' in answer.text
    clock.forward(hours=1, minutes=1)
    assert fay.post(f"{base}/mail-to-me", depth="detail", language="cy").status_code == 303
    world.drain()
    assert len(world.mails(FAY, "Preview: ")) == 1  # the others had lapsed


# Links


@on_sqlite
def test_links_are_asked_on_request_and_what_they_say_is_kept(
    world: World, clock: Clock, fay: Desk, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFIER_FETCH_ALLOW", "127.0.0.1/32")
    with serving() as office:
        office.pages["/there"] = (200, {}, b"yes")
        with world.build(now=clock).app_context(), unit():
            notice = queries.notice(reference(world))
            notice.evidence = [
                {"title": "There", "url": f"{office.url}/there"},
                {"title": "Gone", "url": f"{office.url}/gone"},
                {"title": "Inside", "url": "https://[::1]/secret"},
            ]
        desk = Desk(world.browser())
        desk.sign_in(FAY)
        assert "3 links were not tried" in says(desk.get(f"{base}/beside"))
        assert office.asked == []  # looking asks nobody
        page = says(desk.follow(desk.post(f"{base}/links")))
        assert sorted(office.asked) == ["/gone", "/there"]
    assert "2 of 4 do not answer." in page
    assert "“Gone” does not answer: there is no such page. " in page
    assert "“Inside” does not answer: it leads into a private network." in page
    assert "“There”" not in page


# The plan


def test_a_message_is_moved_at_the_desk_and_put_back(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    assert "Fri 29 Jan 2027, 10:30 A month to go (30 January is a Saturday)" in says(
        fay.get(f"{base}/beside")
    )
    form = says(fay.get(f"{base}/plan/T-30"))
    assert "It goes on Friday 29 January 2027. That is where its rule puts it." in form
    page = says(fay.follow(fay.post(f"{base}/plan/T-30", day="2027-01-27")))
    assert "“A month to go” goes on Wednesday 27 January 2027." in page
    assert "Wed 27 Jan 2027, 10:30 33 days to go (moved 2 days earlier by staff)" in page
    fay.get(f"{base}/plan/T-30")
    page = says(fay.follow(fay.post(f"{base}/plan/T-30/put-back")))
    assert "Fri 29 Jan 2027, 10:30 A month to go (30 January" in page


def test_pressing_twice_moves_it_once(world: World, clock: Clock, fay: Desk, base: str) -> None:
    fay.get(f"{base}/plan/T-30")
    for _ in range(2):
        assert fay.post(f"{base}/plan/T-30", day="2027-01-27").status_code == 303
    for _ in range(2):
        assert fay.post(f"{base}/plan/T-30/put-back").status_code == 303
    with world.build(now=clock).app_context():
        rows = of(f"notice:{queries.notice(reference(world)).id}")
        assert [row.action for row in rows] == ["adjust_stage", "put_back_stage"]


@pytest.mark.parametrize("day", ["", "soon", "2027-01-31", "2029-01-01", "2027-13-01"])
def test_a_wrong_day_is_one_sentence_and_changes_nothing(
    world: World, clock: Clock, fay: Desk, base: str, day: str
) -> None:
    fay.get(f"{base}/plan/T-30")
    answer = fay.post(f"{base}/plan/T-30", day=day)
    assert answer.status_code == 400
    assert 'href="#day"' in answer.text
    assert "Fri 29 Jan 2027" in says(fay.get(f"{base}/beside"))


def test_what_cannot_be_moved_says_so(world: World, clock: Clock, fay: Desk, base: str) -> None:
    for stage in ("T0", "announce", "nothing", "T-x", "T+999"):
        page = fay.get(f"{base}/plan/{stage}")
        assert page.status_code == 200
        assert "This message is not" in says(page)
        assert fay.post(f"{base}/plan/{stage}", day="2027-01-28").status_code == 400


def test_the_public_page_says_the_true_days_of_a_moved_message(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    fay.get(f"{base}/plan/T-90")
    assert fay.post(f"{base}/plan/T-90", day="2026-12-04").status_code == 303
    notice = world.announces(FINE)
    page = words(world.get(f"/changes/{notice}").text)
    assert re.findall("Next message[^.]*", page) == [
        "Next message: Friday 4 December 2026 , 87 days before"
    ]


# Speed


@on_sqlite
def test_it_asks_no_more_when_there_are_more_people(
    world: World, clock: Clock, fay: Desk, base: str
) -> None:
    numbers = []
    for more in (50, 2000):
        with world.build(now=clock).app_context():
            crowd(more, now=clock(), first=100_000 * more)
        clock.forward(minutes=11)
        found: list[str] = []
        with counted(found):
            assert fay.get(f"{base}/beside").status_code == 200
        numbers.append(len(found))
    assert numbers[0] == numbers[1]
    assert numbers[1] < 120


def test_a_wrong_depth_is_refused_by_the_room(room: Flask, clock: Clock) -> None:
    from notifier.notices.mail_to_me import mail_to_me

    notice = makers.draft(now=clock())
    person = member(ALICE)
    with pytest.raises(Refused, match="Choose a depth"):
        mail_to_me(notice, depth="x", language="en", person=person, by=acting(ALICE), now=clock())
