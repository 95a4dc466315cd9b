"""Compiled letters decode to what was written, for every person, however odd their words."""

from __future__ import annotations

import re
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parseaddr

import css_inline
import pytest
from hypothesis import given, settings

from notifier.mail import headers
from notifier.mail.compose import Frame, Letter, NotCompilable, Person, compile, naive
from notifier.render import slots
from notifier.render.slots import slot
from tests.edges.odd_letters import DATE, FRAME, LETTER, ONE_OFF, PEOPLE, STATIC, TEXTS, WORDS, cleo

INJECTION = "=?utf-8?q?hi=0D=0AX-Injected:_1?="


def parse(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def bodies(raw: bytes) -> list[tuple[str, str]]:
    parts = parse(raw).iter_parts()
    return [(p.get_content_type(), p.get_content().replace("\r\n", "\n")) for p in parts]


def decoded_headers(raw: bytes) -> list[tuple[str, str]]:
    found = [(n.lower(), str(v)) for n, v in parse(raw).items()]
    return sorted((n, v) for n, v in found if n != "content-type")


def lines(raw: bytes) -> list[bytes]:
    assert raw.endswith(b"\r\n")
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", raw)
    return raw.split(b"\r\n")


@settings(max_examples=100, deadline=None)
@given(subject=STATIC, text=WORDS, html=WORDS, person=PEOPLE)
def test_splice_decodes_to_what_naive_says_and_to_what_was_meant(
    subject: str, text: str, html: str, person: Person
) -> None:
    letter = Letter(subject, text, html)
    spliced = compile(letter, FRAME).splice(person)
    reference = naive(letter, FRAME, person)
    assert decoded_headers(spliced) == decoded_headers(reference)
    values = {
        **person.values,
        "address": person.address,
        "unsubscribe_url": person.unsubscribe_url or "",
    }
    meant = [
        ("text/plain", slots.fill(_ended(text), values)),
        ("text/html", slots.fill(_ended(html), values, slots.as_html)),
    ]
    assert bodies(spliced) == bodies(reference) == meant
    assert parse(spliced)["Subject"] == headers.clean(subject)
    for line in lines(spliced):
        assert len(line) <= 998
        assert not line.startswith(b".")
    for line in lines(spliced.partition(b"\r\n\r\n")[2]):
        assert len(line) <= 76
    if person.address.isascii():
        assert spliced.isascii()


def _ended(words: str) -> str:
    return words if words.endswith("\n") else words + "\n"


@given(TEXTS)
def test_a_subject_of_any_letters_survives_in_short_words(subject: str) -> None:
    raw = compile(Letter(subject, "t", "h"), FRAME).splice(cleo())
    assert parse(raw)["Subject"] == headers.clean(subject)
    for word in re.findall(rb"=\?[^?]+\?[bq]\?[^?]*\?=", raw):
        assert len(word) <= 75


@given(TEXTS, TEXTS)
def test_names_and_list_phrases_survive(name: str, phrase: str) -> None:
    frame = Frame(
        "statistics@notifier.example", name, DATE, list_id="a.example", list_id_phrase=phrase
    )
    raw = compile(LETTER, frame).splice(cleo())
    # The older decoder: 3.11's address parser puts a space between adjacent encoded words.
    message = BytesParser(policy=policy.compat32).parsebytes(raw)
    for header, text, address in (
        ("From", name, "statistics@notifier.example"),
        ("List-Id", phrase, "a.example"),
    ):
        read, found = parseaddr(message[header])
        assert found == address
        assert str(make_header(decode_header(read))) == headers.clean(text)


def test_subscription_mail_carries_the_list_headers_once() -> None:
    message = parse(compile(LETTER, FRAME).splice(cleo()))
    assert message.get_all("List-Unsubscribe") == ["<https://notifier.example/u/00ff>"]
    assert message.get_all("List-Unsubscribe-Post") == ["List-Unsubscribe=One-Click"]
    assert message["List-Id"] == (
        "Emissions of air pollutants <emissions-air-pollutants.notifier.example>"
    )
    for name in ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version", "Content-Type"):
        assert len(message.get_all(name, [])) == 1
    assert message["Auto-Submitted"] is None
    assert message["Reply-To"] == "air@defra.example"
    assert message["Content-Language"] == "en"
    assert message.get_content_type() == "multipart/alternative"


def test_one_off_mail_is_marked_and_has_no_list_header() -> None:
    person = Person("cleo@example.org", "<m.1@n.example>", None, {})
    letter = Letter("Confirm", "Press", "<p>Press</p>")
    for raw in (compile(letter, ONE_OFF).splice(person), naive(letter, ONE_OFF, person)):
        message = parse(raw)
        assert message["Auto-Submitted"] == "auto-generated"
        assert not [name for name in message if name.lower().startswith("list-")]


@pytest.mark.parametrize("where", ["subject", "from_name", "phrase", "extra", "value"])
def test_an_encoded_word_adds_no_header(where: str) -> None:
    text = f"News {INJECTION}" if where != "value" else slot("name")
    frame = Frame(
        "statistics@notifier.example",
        text,
        DATE,
        list_id="a.example",
        list_id_phrase=text,
        extra=(("X-Team", text),),
    )
    raw = naive(Letter(text, "t", "h"), frame, cleo(name=INJECTION))
    again = BytesParser(policy=policy.SMTP).parsebytes(raw).as_bytes()
    for read in (parse(raw), parse(again)):
        assert "X-Injected" not in read
        assert "=?" not in read["Subject"]
    if where != "value":
        assert parse(compile(Letter(text, "t", "h"), frame).splice(cleo()))["X-Injected"] is None


@pytest.mark.parametrize(
    "address",
    [
        "cleo@example.org\r\nBcc: dan@example.org",
        "cleo@example.org, dan@example.org",
        "=?utf-8?q?hi=0D=0AX-Injected=3A_1?=@example.org",
        "cleo",
        "",
        "<cleo@example.org>",
    ],
)
def test_an_address_that_is_not_one_address_is_refused(address: str) -> None:
    compiled = compile(LETTER, FRAME)
    with pytest.raises(ValueError, match=r"address|safely"):
        compiled.splice(cleo(address=address))
    with pytest.raises(ValueError, match=r"address|safely"):
        naive(LETTER, FRAME, cleo(address=address))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a/ b", "https://a/>", "", "https://ŵ/"]
)
def test_a_link_that_is_not_url_safe_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="link slot"):
        compile(LETTER, FRAME).splice(cleo(unsubscribe_url=url))


def test_names_are_escaped_in_html_only() -> None:
    (_, text), (_, html) = bodies(compile(LETTER, FRAME).splice(cleo(name="<b>O'Neil & co</b>")))
    assert "Dear <b>O'Neil & co</b>," in text
    assert "Dear &lt;b&gt;O&#x27;Neil &amp; co&lt;/b&gt;<" in html
    assert "<p>You chose Air.</p>" in html


def test_international_domains_are_written_as_a_labels() -> None:
    raw = compile(LETTER, FRAME).splice(cleo(address="cleo@ffermŵyr.example"))
    assert b"To: cleo@xn--ffermyr-fvb.example\r\n" in raw


def test_a_slot_in_the_subject_needs_naive() -> None:
    letter = Letter(f"For {slot('name')}", "t", "h")
    with pytest.raises(NotCompilable):
        compile(letter, FRAME)
    assert parse(naive(letter, FRAME, cleo(name="Siân")))["Subject"] == "For Siân"


def test_subscription_mail_without_a_way_out_is_refused() -> None:
    person = Person("cleo@example.org", "<m.1@n.example>", None, {})
    letter = Letter("s", "t", "h")
    with pytest.raises(ValueError, match="unsubscribe"):
        compile(letter, FRAME).splice(person)


@pytest.mark.parametrize("name", ["Subject", "X-A\r\nB", "", "X A"])
def test_an_extra_header_with_a_bad_or_taken_name_is_refused(name: str) -> None:
    frame = Frame("a@n.example", "A", DATE, one_off=True, extra=((name, "1"),))
    with pytest.raises(ValueError, match="header"):
        compile(Letter("s", "t", "h"), frame)


def test_a_wrong_slot_or_a_missing_value_is_an_error() -> None:
    with pytest.raises(ValueError, match="no slot"):
        slot("surname")
    with pytest.raises(ValueError, match="no slot"):
        compile(Letter("s", "\ue000surname\ue001", "h"), FRAME)
    with pytest.raises(ValueError, match="HTML part only"):
        compile(Letter("s", slot("reasons_html"), "h"), FRAME)
    person = Person("a@n.example", "<m.1@n.example>", "https://n.example/u/1", {})
    with pytest.raises(KeyError):
        compile(Letter("s", slot("name"), "h"), FRAME).splice(person)


def test_sentinels_survive_the_css_inliner() -> None:
    page = f'<a href="{slot("unsubscribe_url")}" title="{slot("name")}">{slot("name")}</a>'
    inlined = css_inline.inline(f"<html><head></head><body>{page}</body></html>")
    assert slots.split(inlined)[1] == ["unsubscribe_url", "name", "name"]


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compile(LETTER, FRAME).splice(cleo()) == compile(LETTER, FRAME).splice(cleo())
