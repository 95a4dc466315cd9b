"""A person's letter is told from a machine's, whatever it is called and however odd it is."""

from __future__ import annotations

import time

import pytest

from notifier.mail.dsn import LARGEST, WHOLE, parse
from tests.edges.test_dsn_reports import FIXTURES, MESSAGE_ID, TOKEN

CLEO = "cleo@example.org"
TO = f"Return-Path: <{CLEO}>\nTo: {TOKEN}@n.example\nFrom: Cleo <{CLEO}>\n".encode()
NO_PATH = TO.partition(b"\n")[2]


@pytest.mark.parametrize("head", [TO, NO_PATH])
@pytest.mark.parametrize(
    "subject",
    [
        b"Re: Out of office: method change",
        b"Re: Vacation statistics: a new method",
        b"I have a new email address",
        b"Undelivered Mail Returned to Sender",
        b"Mail delivery failed: returning message to sender",
        b"On leave from work: how will you count it?",
        b"",
        b"=?x-evil?b?!!!?=",
        b"nul \0 here",
    ],
)
def test_what_a_person_may_have_written_is_theirs(head: bytes, subject: bytes) -> None:
    quoted = b"<cleo@example.org>: host mx said: 550 5.1.1 user unknown\n"
    (report,) = parse(head + b"Subject: " + subject + b"\n\n" + quoted)
    assert (report.by_person, report.sender_token) == (True, TOKEN)
    assert report.kind in ("not_a_report", "autoreply")


@pytest.mark.parametrize("head", [TO, NO_PATH])
def test_a_bounce_that_a_person_quotes_is_no_bounce(head: bytes) -> None:
    """Also without a Return-Path, which a pipe or a mail service may have dropped."""
    quoted = FIXTURES["qmail"].partition(b"\n\n")[2]
    (report,) = parse(head + b"Subject: what is this?\n\n" + quoted)
    assert (report.kind, report.by_person) == ("not_a_report", True)


@pytest.mark.parametrize(
    "mark",
    [
        b"Auto-Submitted: auto-replied",
        b"Auto-Submitted: auto-generated; owner-email=x",
        b"Precedence: list",
        b"X-Autoreply: yes",
        b"Subject: Automatic reply: change",
        b"Subject: Automatische Antwort: x\nAuto-Submitted: auto-generated",
        b"Subject: =?utf-8?q?Allan_o=E2=80=99r_swyddfa?=",
        b"Subject: AUTO: Cleo is away",
        b"Content-Type: multipart/report; report-type=disposition-notification; boundary=a",
        b"Content-Type: multipart/report; report-type=tlsrpt; boundary=a",
    ],
)
def test_what_owns_up_to_be_a_machine_is_one(mark: bytes) -> None:
    (report,) = parse(TO + mark + b"\n\nhello")
    assert not report.by_person
    assert report.kind in ("not_a_report", "autoreply")


def test_the_fixtures_of_people_and_machines() -> None:
    assert parse(FIXTURES["a-person-replies"])[0].by_person
    for name in ("out-of-office", "out-of-office-welsh", "read-receipt", "challenge-response"):
        assert not parse(FIXTURES[name])[0].by_person, name


def test_a_bounce_that_nobody_understands_waits_for_a_person() -> None:
    (report,) = parse(b"Return-Path: <>\nFrom: MAILER-DAEMON@x.example\nSubject: oh\n\nno words")
    assert (report.kind, report.by_person) == ("malformed", False)
    assert parse(b"Subject: from nobody\n\nhello")[0].kind == "malformed"


def test_a_complaint_with_blacked_out_headers_names_its_delivery() -> None:
    """RFC 5965 3.2: providers that redact the letter may leave the envelope sender."""
    (report,) = parse(
        b"From: fbl@mail.example\nTo: abuse@n.example\n"
        b"Content-Type: multipart/report; report-type=feedback-report; boundary=B\n\n"
        b"--B\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
        b"Original-Mail-From: <" + TOKEN.encode() + b"@n.example>\n\n"
        b"--B\nContent-Type: text/rfc822-headers\n\nSubject: x\n--B--\n"
    )
    assert (report.kind, report.sender_token) == ("complaint", TOKEN)


def test_a_long_thread_is_still_a_persons() -> None:
    """Over each of the limits that keep the parser safe: told by its headers alone."""
    odd = (
        b"\n\n" * 6000,
        b"\n-- \nCleo" * 1200,
        b'boundary="x"\n' * 30,
        b"x" * LARGEST,
        b"\nContent-Type: message/rfc822\n\n" * 6000,
    )
    for body in odd:
        (report,) = parse(TO + b"In-Reply-To: " + MESSAGE_ID.encode() + b"\n\n" + body)
        assert (report.kind, report.by_person) == ("not_a_report", True)
        assert (report.sender_token, report.message_id) == (TOKEN, MESSAGE_ID)
    assert parse(TO + b"\n" + b"x" * WHOLE)[0].kind == "malformed", "larger than a letter may be"


@pytest.mark.parametrize("depth", [50, 400, 3000])
def test_messages_in_messages_are_read_soon(depth: int) -> None:
    inner = b"Content-Type: message/rfc822\n\n" * depth + FIXTURES["postfix-unknown"]
    started = time.perf_counter()
    (report,) = parse(b"From: MAILER-DAEMON@x.example\n" + inner)
    assert time.perf_counter() - started < 3
    assert report.kind in ("bounce", "malformed")
    assert report.sender_token == "", "a proof that is buried is none"


def test_a_report_in_an_unknown_charset_with_nuls_is_read() -> None:
    raw = FIXTURES["postfix-unknown"].replace(b"us-ascii", b"x-evil").replace(b"utf-8", b"x-evil")
    raw = raw.replace(b"550 5.1.1", b"550 5.1.1 \0\xff")
    (report,) = parse(raw)
    assert (report.kind, report.verdict) == ("bounce", "hard")
    assert "\0" not in report.diagnostic
