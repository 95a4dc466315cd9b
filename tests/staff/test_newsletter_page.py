"""The newsletter's page: what is typed is saved, kept, checked and sent, and never overwritten."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, update
from werkzeug.datastructures import FileStorage

from notifier.accounts import unsaved
from notifier.catalogue.models import Organisation
from notifier.newsletters import queries, templates
from notifier.newsletters.models import Picture
from notifier.newsletters.rules import NEWSLETTER
from notifier.store.db import session, unit
from notifier.store.history import of
from notifier.store.moves import move
from tests.journeys.world import World, text_of
from tests.makers import HANA, Clock, acting, london, member, on_sqlite
from tests.staff.desk import Desk, enters, joins, says
from tests.staff.test_staff_at_once import at_once
from tests.staff.writing import fills, form, png, the, written

NIA, OLGA, BOB = "nia@example.org", "olga@example.org", "bert@example.org"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def nia(world: World) -> Desk:
    """An author of People and nature, at her desk."""
    return author(world, NIA)


def author(world: World, email: str, team: str = "people-nature") -> Desk:
    desk = joins(world, email, "author", "--team", team)
    desk.sign_in(email)
    return desk


@pytest.fixture
def slug(world: World) -> str:
    return written(world, "people-nature", topics=("people-and-nature",))


def history(world: World, slug: str) -> list[str]:
    with world.build(now=world.clock).app_context():
        return [row.action for row in of(f"newsletter:{queries.issue(slug).id}")]


def agreed(world: World, slug: str) -> None:
    world.done("newsletters", "approve", slug, "--by", "bob@example.org")


def test_from_a_template_to_a_mail_and_an_archive_page(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    world.joins("cleo@example.org", topics=["people-and-nature"], user_type="academic")
    world.joins("dan@example.org", topics=["people-and-nature"], user_type="public")
    nia.get(f"/staff/newsletters/{slug}")
    nia.follow(nia.post(f"/staff/newsletters/{slug}/template", template=" Each  quarter "))
    begun = nia.get("/staff/newsletters/new")
    assert "Template: Each quarter" in says(begun)
    start = begun.text.partition('value="t')[2].partition('"')[0]
    asked = {"title": "Spring", "team": "people-nature", "start": f"t{start}"}
    made = nia.post("/staff/newsletters/new", **asked)
    assert made.headers["Location"] == "/staff/newsletters/spring"
    page = nia.follow(made)
    assert form(page)["body"] == "Hello.\r\n"
    body = "Hello {{ name }}.\n\n:::for academic\nFor you.\n:::\n\n{{ upcoming_releases }}"
    body = body.replace("\n", "\r\n")
    asks = fills(nia, "spring", "/submit", title="Spring is here", body=body)
    assert "waits for bob@example.org to approve it" in says(nia.follow(asks))
    assert world.get("/newsletters/spring").status_code == 404
    agreed(world, "spring")
    page = nia.get("/staff/newsletters/spring")
    assert "Send to 2 people in five minutes" in says(page)
    sent = fills(nia, "spring", "/send")
    assert "You can call it back until then." in says(nia.follow(sent))
    assert the(world, "spring").published_at == clock() + timedelta(minutes=5)
    for path in ("/newsletters/spring", "/newsletters", "/feeds/newsletters.json"):
        assert "Spring is here" not in world.get(path).text
    clock.forward(minutes=5)
    world.drain()
    cleo = text_of(world.last_mail("cleo@example.org", "Spring is here"))
    dan = text_of(world.last_mail("dan@example.org", "Spring is here"))
    assert "For you." in cleo
    assert "For you." not in dan
    assert "July to September 2026" in dan
    archive = says(world.get("/newsletters/spring"))
    assert "For Academic or researcher For you." in archive
    assert ":::" not in archive
    assert ":::" not in world.get("/feeds/newsletters.json").text
    page = nia.get("/staff/newsletters/spring")
    assert "Send a correction to exactly those who got it" in says(page)
    assert 'id="write"' not in page.text
    late = nia.post("/staff/newsletters/spring", title="Other", body="Other")
    assert late.status_code == 400
    assert the(world, "spring").title == "Spring is here"
    assert history(world, "spring") == ["create", "edit", "submit", "approve", "send"]


def test_a_change_ends_the_approval_and_takes_it_off_the_calendar(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, "/submit", day="2026-11-25", at="10:30"))
    assert the(world, slug).send_at == london("2026-11-25 10:30")
    agreed(world, slug)
    changed = fills(nia, slug, "/send", body="Other.")
    assert changed.status_code == 400
    assert "You changed it since it was approved, so it was not sent" in says(changed)
    assert "Other." in changed.text
    assert the(world, slug).state == "approved"
    nia.follow(fills(nia, slug, "/send"))
    page = nia.get(f"/staff/newsletters/{slug}")
    assert "Wednesday 25 November 2026 at 10:30" in says(page)
    assert "Saving a change takes it off the calendar and ends the approval." in says(page)
    assert "On the calendar" in says(nia.get("/staff/newsletters"))
    nia.follow(fills(nia, slug, body="Better."))
    row = the(world, slug)
    assert (row.state, row.approver_id, row.published_at) == ("draft", None, None)
    clock.forward(days=3)
    world.drain()
    assert world.mails("", "Food this quarter") == []
    assert history(world, slug)[-2:] == ["call_back", "edit"]


def test_it_is_called_back_and_sent_again(world: World, clock: Clock, nia: Desk, slug: str) -> None:
    world.joins("cleo@example.org", topics=["people-and-nature"], user_type="academic")
    nia.follow(fills(nia, slug, "/submit"))
    agreed(world, slug)
    nia.follow(fills(nia, slug, "/send"))
    clock.forward(minutes=4)
    back = nia.follow(nia.post(f"/staff/newsletters/{slug}/call-back"))
    assert "nobody got it" in says(back)
    assert nia.post(f"/staff/newsletters/{slug}/call-back").status_code == 303
    clock.forward(minutes=10)
    world.drain()
    assert world.mails("cleo@example.org", "Food this quarter") == []
    nia.follow(fills(nia, slug, "/send"))
    clock.forward(minutes=5)
    world.drain()
    assert len(world.mails("cleo@example.org", "Food this quarter")) == 1
    late = nia.post(f"/staff/newsletters/{slug}/call-back")
    assert late.status_code == 400
    assert "going out already, so it cannot be called back" in says(late)


def test_a_button_pressed_twice_does_it_once(world: World, nia: Desk, slug: str) -> None:
    for act in ("", "/submit"):
        fields = form(nia.get(f"/staff/newsletters/{slug}"))
        fields["body"] = f"Words{act}."
        for _ in range(2):
            assert nia.post(f"/staff/newsletters/{slug}{act}", **fields).status_code == 303
    agreed(world, slug)
    fields = form(nia.get(f"/staff/newsletters/{slug}"))
    for _ in range(2):
        assert nia.post(f"/staff/newsletters/{slug}/send", **fields).status_code == 303
    assert history(world, slug) == ["edit", "edit", "submit", "approve", "send"]
    assert list(world.sends(f"newsletter:{the(world, slug).id}")) == ["issue"]


def test_who_comes_second_is_shown_both_texts(world: World, nia: Desk, slug: str) -> None:
    olga = author(world, OLGA)
    first = form(nia.get(f"/staff/newsletters/{slug}"))
    second = form(olga.get(f"/staff/newsletters/{slug}"))
    nia.follow(nia.post(f"/staff/newsletters/{slug}", **{**first, "body": "Nia's words."}))
    told = olga.post(f"/staff/newsletters/{slug}", **{**second, "body": "Olga's words."})
    assert told.status_code == 409
    assert "nia@example.org saved it at" in says(told)
    assert "Saved: Nia&#39;s words." in told.text.replace("</span>", "")
    assert form(told)["body"] == "Olga's words."
    assert the(world, slug).body == "Nia's words."
    olga.follow(olga.post(f"/staff/newsletters/{slug}", **form(told)))
    assert the(world, slug).body == "Olga's words."


def test_two_who_save_at_the_same_moment(world: World, nia: Desk, slug: str) -> None:
    desks = [nia, author(world, OLGA)]
    forms = [form(desk.get(f"/staff/newsletters/{slug}")) for desk in desks]

    def saves(desk: Desk, fields: dict[str, object], words: str):  # type: ignore[no-untyped-def]
        data = {**fields, "body": words}
        return lambda: desk.post(f"/staff/newsletters/{slug}", **data).status_code

    acts = [saves(d, f, f"Words {n}.") for n, (d, f) in enumerate(zip(desks, forms, strict=True))]
    assert at_once(acts) == [303, 409]


def test_what_is_typed_outlives_the_browser_and_the_session(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    fields = form(nia.get(f"/staff/newsletters/{slug}"))
    typed = {**fields, "body": "Half a sen"}
    kept = nia.post(f"/staff/newsletters/{slug}/keep", **typed)
    assert "Kept for you at" in kept.text
    assert the(world, slug).body == "Hello.\n"
    again = nia.get(f"/staff/newsletters/{slug}")
    assert "This is what you typed and did not save." in says(again)
    assert form(again)["body"] == "Half a sen"
    assert form(nia.get(f"/staff/newsletters/{slug}?saved=1"))["body"] == "Hello.\r\n"
    olga = author(world, OLGA)
    assert "nia@example.org is also here" in says(olga.get(f"/staff/newsletters/{slug}"))
    nia.post("/staff/sign-out")
    lost = nia.client.post(f"/staff/newsletters/{slug}", data={**typed, "csrf_token": nia.token})
    assert lost.status_code in (401, 404)
    nia.sign_in(NIA)
    assert form(nia.get(f"/staff/newsletters/{slug}"))["body"] == "Half a sen"
    nia.follow(nia.post(f"/staff/newsletters/{slug}/forget"))
    assert form(nia.get(f"/staff/newsletters/{slug}"))["body"] == "Hello.\r\n"
    with world.build(now=clock).app_context():
        assert unsaved.kept(member(NIA), f"newsletter:{queries.issue(slug).id}") is None


def test_a_session_that_ends_while_one_types_loses_nothing(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    fields = {**form(nia.get(f"/staff/newsletters/{slug}")), "body": "All my words."}
    clock.forward(days=2)
    lost = nia.post(f"/staff/newsletters/{slug}", **fields)
    assert lost.status_code == 401
    assert "All my words." in lost.text
    assert the(world, slug).body == "Hello.\n"


@pytest.mark.parametrize(
    ("typed", "says_"),
    [
        ({"title": "x" * 10_000}, "The subject has 10,000 characters; shorten it to 150"),
        ({"title": " "}, "Give it a subject"),
        ({"body": "{{ nobody }}"}, "There is no field {{ nobody }}; the fields are"),
        ({"body": ":::expert\nx\n:::"}, "There is no section :::expert"),
        ({"body": ":::for nobody\nx\n:::"}, "There is no kind of user &#39;nobody&#39;"),
        ({"body": "![](/pictures/" + "a" * 22 + "/3x2.png)"}, "A picture has no words"),
        ({"body": "![x](/pictures/" + "a" * 22 + "/3x2.png)"}, "is not stored here"),
        ({"body": "x" * 40_001}, "shorten it to 40,000"),
        ({"topics": ["nowhere"]}, "There is no topic"),
        ({"user_types": ["nobody"]}, "There is no user type"),
        ({"segment": "none"}, "There is no segment"),
        ({"day": "2026-02-30"}, "Enter a real date and time"),
        ({"day": "2026-11-22"}, "That time is past"),
        ({"day": "2026-11-25", "at": "25:99"}, "Enter a real date and time"),
        ({"day": "2999-01-01"}, "Choose a day within a year"),
        ({"pasted": "<div>" * 1000 + "</div>"}, "nested too deeply"),
    ],
)
@on_sqlite
def test_bad_input_is_said_in_a_sentence_and_stays(
    world: World, nia: Desk, slug: str, typed: dict[str, object], says_: str
) -> None:
    answer = fills(nia, slug, **{"title": "Kept", **typed})
    assert answer.status_code == 400
    assert says_ in answer.text
    assert 'class="govuk-error-summary"' in answer.text
    for name, value in typed.items():
        if isinstance(value, str) and name != "segment":
            assert form(answer)[name].replace("\r\n", "\n").rstrip() == value.rstrip()
    assert (the(world, slug).title, the(world, slug).body) == ("Food this quarter", "Hello.\n")


@on_sqlite
def test_script_in_every_field_stays_words(world: World, nia: Desk, slug: str) -> None:
    rtl = "\u202eمرحبا 🙂 ŵ"
    answer = fills(nia, slug, title=f"{SCRIPT} {rtl}", body=f"{SCRIPT}\n\n## {SCRIPT} {rtl}\n\n"
                   "[x](javascript:alert(1)) <img src=x onerror=alert(1)>")  # fmt: skip
    page = nia.follow(answer)
    assert "<script>alert" not in page.text
    assert "<img src=x" not in page.text
    assert "javascript:alert(1)</a>" not in page.text
    assert 'href="javascript' not in page.text
    for path in ("/mail", "/mail?as=text"):
        mail = nia.get(f"/staff/newsletters/{slug}{path}")
        assert mail.mimetype == "text/plain" or "<script>alert" not in mail.text
        assert "sandbox" in mail.headers["Content-Security-Policy"] or path.endswith("text")
    nia.follow(nia.post(f"/staff/newsletters/{slug}/template", template=SCRIPT))
    assert "<script>alert" not in nia.get("/staff/newsletters/new").text
    assert "<script>alert" not in nia.get("/staff/newsletters").text
    said = nia.post(f"/staff/newsletters/{slug}/paste", html=f"<p>{SCRIPT}x</p>")
    assert (said.mimetype, said.text) == ("text/plain", "x\n")


def uploaded(data: bytes, name: str = "chart.png") -> FileStorage:
    return FileStorage(io.BytesIO(data), name)


def test_a_picture_is_stored_shown_and_kept_for_ever(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    added = fills(nia, slug, "/picture", picture=uploaded(png(30, 20, b"GPS\0here")), alt="A [b] c")
    body = form(added)["body"]
    assert "![A \\[b\\] c](/pictures/" in body
    assert the(world, slug).body == "Hello.\n"
    nia.follow(fills(nia, slug, body=body))
    path = body.partition("](")[2].partition(")")[0]
    picture = world.get(path)
    assert (picture.status_code, picture.mimetype, picture.data) == (200, "image/png", png(30, 20))
    assert picture.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert world.get(path.replace("30x20", "31x20")).status_code == 404
    assert world.get(path.replace(".png", ".jpg")).status_code == 404
    assert world.get(f"/pictures/{'a' * 22}/30x20.png").status_code == 404
    html = nia.get(f"/staff/newsletters/{slug}/mail").text
    assert f'src="http://127.0.0.1:8000{path}"' in html
    assert 'alt="A [b] c"' in html
    assert "[Picture: A [b] c]" in nia.get(f"/staff/newsletters/{slug}/mail?as=text").text


@pytest.mark.parametrize(
    ("data", "alt", "says_"),
    [
        (b"no picture at all", "x", "This file is no PNG or JPEG picture"),
        (b"GIF89a", "x", "This file is no PNG or JPEG picture"),
        (b"<svg onload='alert(1)'/>", "x", "This file is no PNG or JPEG picture"),
        (png() + b"\0" * 20_000_000, "x", "The picture is larger than 2 MB"),
        (png(5000, 1), "x", "The picture is 5000 by 1 pixels"),
        (png(), " ", "Say what the picture shows"),
    ],
)
@on_sqlite
def test_what_is_no_picture_is_refused_and_the_words_stay(
    world: World, nia: Desk, slug: str, data: bytes, alt: str, says_: str
) -> None:
    answer = fills(nia, slug, "/picture", picture=uploaded(data), alt=alt, body="My words.")
    assert answer.status_code == 400
    assert says_ in says(answer)
    assert form(answer)["body"] == "My words."
    with world.build(now=world.clock).app_context():
        assert session.query(Picture).count() == 0


@on_sqlite
def test_where_nobody_else_is_asked_its_writer_sends_it(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    with world.build(now=clock).app_context(), unit():
        session.execute(update(Organisation).values(second_person={"newsletter": False}))
    page = nia.get(f"/staff/newsletters/{slug}")
    assert "Ask " not in says(page)
    sent = fills(nia, slug, "/send", body="At once.")
    assert "You can call it back until then." in says(nia.follow(sent))
    assert history(world, slug) == ["edit", "submit", "approve", "send"]


@on_sqlite
def test_a_test_mail_reaches_who_asks_and_nobody_else(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    world.joins("cleo@example.org", topics=["people-and-nature"], user_type="academic")
    body = "Hello {{ name }}.\n\n:::technical\nDeep.\n:::"
    sent = fills(nia, slug, "/test", body=body, see_depth="technical")
    assert "It is on its way to nia@example.org" in says(nia.follow(sent))
    world.drain()
    mail = world.last_mail(NIA, "Test: Food this quarter")
    assert "Deep." in text_of(mail)
    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert world.mails("cleo@example.org", "Food this quarter") == []
    fields = form(nia.get(f"/staff/newsletters/{slug}"))
    nia.follow(nia.post(f"/staff/newsletters/{slug}/submit", **fields))
    agreed(world, slug)
    refused = fills(nia, slug, "/test", body="Other.")
    assert refused.status_code == 400
    assert "Save your change first; it ends the approval." in says(refused)
    assert the(world, slug).state == "approved"


@on_sqlite
def test_an_approver_who_changed_it_does_not_approve_it(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    bert, _ = enters(world, clock, BOB, "approver", "--team", "people-nature")
    nia.follow(fills(nia, slug, "/submit"))
    bert.follow(fills(bert, slug, body="Bert's words."))
    bert.follow(fills(bert, slug, "/submit"))
    said = world.cli("newsletters", "approve", slug, "--by", BOB)
    assert (said.status, said.err) == (
        1,
        f"{BOB} wrote this newsletter; ask an approver to approve it.\n",
    )


@on_sqlite
def test_the_command_line_writes_history_and_gives_up(world: World, clock: Clock) -> None:
    file = world.folder / "n.yaml"
    file.write_text("team: food\ntitle: T\nbody: B\naudience: {topics: [food]}\n")
    number = world.done("newsletters", "new", "--from", str(file)).strip()
    assert history(world, number) == ["create"]
    world.done("newsletters", "submit", number, "--by", "alice@example.org")
    world.done("newsletters", "approve", number, "--by", "bob@example.org")
    world.done("newsletters", "send", number, "--by", "alice@example.org")
    clock.forward(seconds=-1)
    why = ("--by", "alice@example.org", "--reason", "Wrong figures")
    world.done("newsletters", "cancel", number, *why)
    assert history(world, number)[-2:] == ["call_back", "cancel"]
    assert the(world, number).state == "cancelled"
    assert world.cli("newsletters", "cancel", number, *why).status == 1
    file.write_text("team: food\ntitle: T\nbody: ':::for nobody'\naudience: {topics: [food]}\n")
    assert world.cli("newsletters", "new", "--from", str(file)).status == 1


@contextmanager
def counted(found: list[str]) -> Iterator[None]:
    def hear(*given: object) -> None:
        found.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", hear)
    yield
    event.remove(Engine, "before_cursor_execute", hear)


@on_sqlite
def test_the_pages_ask_no_more_of_the_database_when_there_is_more(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, body="{{ upcoming_releases }}\n\n{{ recent }}"))
    numbers = []
    for more in (3, 30):
        for place in range(more):
            title = f"Issue {more} {place}"
            written(world, "people-nature", title=title, topics=("people-and-nature",))
        for path in ("/staff/newsletters", f"/staff/newsletters/{slug}"):
            nia.get(path)
            asked: list[str] = []
            with counted(asked):
                assert nia.get(path).status_code == 200
            numbers.append(len(asked))
    assert numbers[:2] == numbers[2:]
    assert max(numbers) < 80


@on_sqlite
def test_the_back_button_after_it_was_sent_changes_nothing(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, "/submit"))
    agreed(world, slug)
    before = form(nia.get(f"/staff/newsletters/{slug}"))
    clock.forward(seconds=1)
    nia.follow(nia.post(f"/staff/newsletters/{slug}/send", **before))
    again = nia.post(f"/staff/newsletters/{slug}/send", **before)
    assert again.status_code == 303
    other = nia.post(f"/staff/newsletters/{slug}/send", **{**before, "body": "Other."})
    assert other.status_code == 409
    assert (the(world, slug).state, the(world, slug).body) == ("sent", "Hello.\n")


@on_sqlite
def test_one_whose_send_is_cancelled_never_becomes_public(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, "/submit"))
    agreed(world, slug)
    nia.follow(fills(nia, slug, "/send"))
    number = world.sends(f"newsletter:{the(world, slug).id}")["issue"]["id"]
    nia.get(f"/staff/sends/{number}/cancel")
    nia.post(f"/staff/sends/{number}/cancel", reason="Wrong figures")
    clock.forward(days=1)
    assert world.get(f"/newsletters/{slug}").status_code == 404
    assert the(world, slug).state == "approved"


@on_sqlite
def test_typing_keeps_the_session_alive(world: World, clock: Clock, nia: Desk, slug: str) -> None:
    fields = form(nia.get(f"/staff/newsletters/{slug}"))
    for _ in range(30):
        clock.forward(minutes=20)
        kept = nia.client.post(
            f"/staff/newsletters/{slug}/keep",
            data={**fields, "csrf_token": nia.token},
            headers={**nia.given, "HX-Request": "true"},
            environ_base=nia.environ,
        )
        assert kept.status_code == 200
    assert nia.get(f"/staff/newsletters/{slug}").status_code == 200


@on_sqlite
def test_a_copy_a_template_and_what_belongs_to_another_team(
    world: World, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, day="2026-11-25"))
    copy = nia.post(f"/staff/newsletters/{slug}/duplicate")
    made = the(world, copy.headers["Location"].rpartition("/")[2])
    assert made.slug != slug
    assert (made.title, made.state, made.send_at) == (the(world, slug).title, "draft", None)
    assert made.audience == the(world, slug).audience
    nia.follow(nia.post(f"/staff/newsletters/{slug}/template", template="Ours"))
    nia.follow(nia.post(f"/staff/newsletters/{slug}/template", template="Ours"))
    with world.build(now=world.clock).app_context():
        kept = [row.id for row in templates.of_teams(None)]
    assert len(kept) == 1
    too_long = nia.post(f"/staff/newsletters/{slug}/template", template="x" * 81)
    assert "Give the template a name of at most 80 characters" in says(too_long)
    fay = author(world, "fay@example.org", "food")
    assert "Ours" not in fay.get("/staff/newsletters/new").text
    for start in (f"t{kept[0]}", f"n{made.id}", "t999", "x1", "t" * 50):
        given = {"title": "Mine", "team": "food", "start": start}
        refused = fay.post("/staff/newsletters/new", **given)
        assert "is not there any more" in says(refused)
    other = fay.post("/staff/newsletters/new", title="Mine", team="people-nature", start="")
    assert "Choose the team whose newsletter it is" in says(other)
    assert fay.post(f"/staff/newsletters/templates/{kept[0]}/drop").status_code == 404
    assert slug not in fay.get("/staff/newsletters").text
    gone = nia.follow(nia.post(f"/staff/newsletters/templates/{kept[0]}/drop"))
    assert "The template “Ours” is removed." in says(gone)


@on_sqlite
def test_one_without_readers_is_not_sent(world: World, nia: Desk, slug: str) -> None:
    asked = fills(nia, slug, "/submit", topics=[])
    assert asked.status_code == 400
    assert "Choose who gets it first: a topic, or a segment" in says(asked)
    saved = nia.follow(fills(nia, slug, topics=[]))
    assert "Nobody is chosen yet" in says(saved)


@on_sqlite
def test_why_it_was_returned_stands_above_it(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    nia.follow(fills(nia, slug, "/submit"))
    with world.build(now=clock).app_context(), unit():
        why = f"Say which wave. {SCRIPT}"
        move(queries.issue(slug), "return", NEWSLETTER, by=acting(HANA), now=clock(), why=why)
    page = nia.get(f"/staff/newsletters/{slug}")
    assert "hana@example.org returned it: Say which wave." in says(page)
    assert SCRIPT not in page.text
    assert "returned it" not in says(nia.follow(fills(nia, slug, body="The July wave.")))


@on_sqlite
def test_a_mail_that_would_be_cut_off_is_not_asked_for(world: World, nia: Desk, slug: str) -> None:
    refused = fills(nia, slug, "/submit", body="a\n\n" * 3000)
    assert refused.status_code == 400
    assert "mail programs cut off what is beyond 102 KB" in says(refused)
    assert the(world, slug).state == "draft"


def test_a_correction_reaches_exactly_those_who_got_it(
    world: World, clock: Clock, nia: Desk, slug: str
) -> None:
    """Also where readers had different letters; the send's page knows which words each got."""
    world.joins("cleo@example.org", topics=["people-and-nature"], user_type="academic")
    world.joins("dan@example.org", topics=["people-and-nature"], user_type="public")
    nia.follow(fills(nia, slug, "/submit", body="All.\n\n:::for academic\nSome.\n:::"))
    agreed(world, slug)
    nia.follow(fills(nia, slug, "/send"))
    clock.forward(minutes=5)
    world.drain()
    world.joins("eve@example.org", topics=["people-and-nature"], user_type="academic")
    number = world.sends(f"newsletter:{the(world, slug).id}")["issue"]["id"]
    nia.get(f"/staff/sends/{number}")
    for email in ("cleo@example.org", "dan@example.org"):
        found = says(nia.post(f"/staff/sends/{number}/look", address=email))
        assert "accepted" in found.lower()
    nia.get(f"/staff/sends/{number}/correct")
    nia.follow(nia.post(f"/staff/sends/{number}/correct", text="It is 63%.", welsh=""))
    bert, _ = enters(world, clock, BOB, "approver", "--team", "people-nature")
    page = bert.get(f"/staff/sends/{number}")
    read = page.text.partition('name="read" value="')[2].partition('"')[0]
    bert.follow(bert.post(f"/staff/sends/{number}/correct/approve", read=read))
    world.drain()
    told = {str(mail["To"]) for mail in world.mails("", "It is 63%.")}
    assert told == {"cleo@example.org", "dan@example.org"}


@on_sqlite
def test_a_heading_of_ten_thousand_characters_is_shown_and_mailed(
    world: World, nia: Desk, slug: str
) -> None:
    body = f"## {'Long heading ' * 800}\n\n## {'x' * 10_000}"
    page = nia.follow(fills(nia, slug, body=body))
    assert "It is saved." in says(page)
    mail = nia.get(f"/staff/newsletters/{slug}/mail?as=text")
    assert max(len(line) for line in mail.text.split("\n") if set(line) <= {"=", "-"}) <= 150
