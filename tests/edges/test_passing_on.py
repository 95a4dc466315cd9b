"""A message that encloses what a person wrote: whole, safe for any server, closed to injection."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.mail.dsn import parse
from notifier.mail.passing import Passing, compose, writer

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEAM = Passing("Defra Statistics", "no-reply@n.example", "pans@example.org", "n.example")
HEAD = b"From: Cleo <cleo@example.org>\nSubject: Re: ammonia\n"
NAMES = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Notifier-Passed-On",
    "MIME-Version",
    "Content-Type",
]


def made(raw: bytes) -> EmailMessage:
    """The message, of which every server can take each line."""
    octets = compose(raw, TEAM, date=NOON)
    assert octets.isascii()
    assert not re.search(rb"\0|\r(?!\n)|(?<!\r)\n", octets)
    assert max(map(len, octets.split(b"\r\n"))) <= 998
    found = message_from_bytes(octets, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def enclosed(raw: bytes) -> tuple[str, bytes]:
    """How it is enclosed, and its octets."""
    part = list(made(raw).iter_parts())[1]
    if part.get_content_type() == "message/rfc822":
        return "message", part.get_content().as_bytes()
    return "file", part.get_payload(decode=True)  # type: ignore[return-value]


def test_a_plain_letter_is_enclosed_as_a_message() -> None:
    how, octets = enclosed(HEAD + b"\nWhen?\n")
    assert (how, octets.replace(b"\r\n", b"\n")) == ("message", HEAD + b"\nWhen?\n")
    mail = made(HEAD + b"\nWhen?\n")
    assert mail.keys() == NAMES
    assert mail["Reply-To"] == "cleo@example.org"
    assert "cleo@example.org answered one of our emails" in str(
        mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    )


def test_welsh_in_eight_bits_is_brought_into_seven() -> None:
    type_ = b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    how, octets = enclosed(HEAD + type_ + "Tŷ bach, diolch yn fawr ŵ\n".encode())
    inner = message_from_bytes(octets, policy=policy.default)
    assert (how, inner.get_content()) == ("message", "Tŷ bach, diolch yn fawr ŵ\n")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "odd",
    [
        b"nul \0 in it",
        b"l" * 5000,
        b"\xff\xfe no charset",
        b"Content-Type: text/plain; charset=x-evil\n\n\xff",
    ],
)
def test_what_no_message_may_hold_is_a_file_with_every_octet(odd: bytes) -> None:
    raw = HEAD + b"\n" + odd
    how, octets = enclosed(raw)
    if how == "file":
        assert octets == raw
    else:
        assert odd.isascii() or b"base64" in octets or b"quoted-printable" in octets


@pytest.mark.parametrize(
    "subject",
    [
        b"=?utf-8?q?hi=0D=0ABcc:_dan=40example.org?=",
        b"hi\r\n Bcc: dan@example.org",
        b"=?utf-8?q?=3D=3Futf-8=3Fq=3Fhi=3D0D=3D0ABcc:_x=3F=3D?=",
        b"=?x-evil?q?=ff?= =?utf-8?b?!!!?=",
        b"\xff\xfe",
        b"=?utf-8?q?" + b"=ED=A0=80" * 300 + b"?=",
        b"x" * 5000,
    ],
)
def test_a_subject_stays_on_its_line(subject: bytes) -> None:
    mail = made(b"From: cleo@example.org\nSubject: " + subject + b"\n\nhello")
    assert mail.keys() == NAMES


@pytest.mark.parametrize(
    ("head", "to"),
    [
        (b"From: Cleo <cleo@example.org>", "cleo@example.org"),
        (b"Reply-To: dan@example.org\nFrom: cleo@example.org", "dan@example.org"),
        (b"Reply-To: undisclosed\nFrom: cleo@example.org", "cleo@example.org"),
        (b"From: cleo@example.org\r\n dan@example.org", "cleo@example.org"),
        (b"From: \xff\xfe@example.org", ""),
        (b"From: nobody", ""),
        (b"Subject: none", ""),
    ],
)
def test_an_answer_goes_to_who_wrote_it_or_to_nobody(head: bytes, to: str) -> None:
    raw = head + b"\n\nhello"
    assert writer(raw) == to
    assert (made(raw)["Reply-To"] or "") == to


@given(st.binary(max_size=3000))
def test_random_octets_are_enclosed(octets: bytes) -> None:
    made(HEAD + octets)
    made(octets)


def test_bombs_are_enclosed_unread() -> None:
    deep = b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(50))
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(9000)
    )
    started = time.perf_counter()
    for bomb in (deep, nested + b"\xff", b"\n" + b"\n\n--a\n" * 150_000 + b"\xff"):
        made(HEAD + bomb)
        assert parse(HEAD + bomb)[0].by_person
    assert time.perf_counter() - started < 10


def test_the_message_id_is_the_same_each_time() -> None:
    first, again, other = made(HEAD), made(HEAD), made(HEAD + b"x: y\n")
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
