"""What servers and people send back is told apart, and nothing that arrives can stop the reader."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.mail.dsn import LARGEST, Report, classify, parse

FOLDER = Path(__file__).parent.parent / "data" / "dsn"
FIXTURES = {file.stem: file.read_bytes() for file in sorted(FOLDER.glob("*.eml"))}
TOKEN = "b+" + "0a" * 26
MESSAGE_ID = f"<m.{'0a' * 26}@notifier.example>"


def one(name: str) -> Report:
    (report,) = parse(FIXTURES[name])
    return report


@pytest.mark.parametrize(
    ("name", "verdict", "action", "status", "code"),
    [
        ("postfix-unknown", "hard", "failed", "5.1.1", 550),
        ("postfix-given-up", "soft", "failed", "4.4.1", 0),
        ("postfix-delayed", "delayed", "delayed", "4.4.1", 0),
        ("postfix-bare-550", "hard_after_2", "failed", "5.0.0", 550),
        ("exchange-not-found", "hard", "failed", "5.1.10", 550),
        ("exchange-policy", "sender_fault", "failed", "5.7.1", 550),
        ("gmail-full", "soft", "failed", "5.2.2", 552),
        ("qmail", "hard", "failed", "5.1.1", 0),
        ("exim", "hard", "failed", "5.1.1", 550),
    ],
)
def test_a_bounce_names_its_recipient_and_why(
    name: str, verdict: str, action: str, status: str, code: int
) -> None:
    report = one(name)
    assert report.kind == "bounce"
    assert report.final_recipient == "cleo@example.org"
    assert (report.verdict, report.action, report.status) == (verdict, action, status)
    assert report.code == code
    assert (report.sender_token, report.message_id) == (TOKEN, MESSAGE_ID)


def test_one_report_may_speak_of_several_recipients() -> None:
    reports = parse(FIXTURES["three-recipients"])
    assert [(r.final_recipient, r.verdict) for r in reports] == [
        ("cleo@example.org", "hard"),
        ("dan@example.org", "soft"),
        ("hana@example.org", "delivered"),
    ]
    assert {r.message_id for r in reports} == {MESSAGE_ID}


def test_a_complaint_is_matched_by_the_mail_it_is_about() -> None:
    report = one("arf-abuse")
    assert report.kind == "complaint"
    assert report.original_recipient == "cleo@example.org"
    assert (report.sender_token, report.message_id) == (TOKEN, MESSAGE_ID)
    assert one("arf-not-spam").kind == "not_a_report"


@pytest.mark.parametrize(
    "name",
    [
        "out-of-office",
        "out-of-office-welsh",
        "address-change",
        "challenge-response",
        "read-receipt",
    ],
)
def test_an_automatic_reply_is_not_a_bounce(name: str) -> None:
    assert one(name).kind == "autoreply"
    assert one(name).sender_token == TOKEN


def test_what_a_person_wrote_is_not_a_report() -> None:
    assert one("a-person-replies").kind == "not_a_report"


def test_a_report_that_names_nobody_is_malformed() -> None:
    assert one("report-without-recipients").kind == "malformed"


def test_a_bounce_forwarded_as_an_attachment_is_not_ours() -> None:
    carried = b"Return-Path: <cleo@example.org>\r\nFrom: cleo@example.org\r\nSubject: see\r\n"
    carried += b"Content-Type: message/rfc822\r\n\r\n"
    (report,) = parse(carried + FIXTURES["postfix-unknown"])
    assert report.kind == "not_a_report"


@pytest.mark.parametrize(
    "sender", ["系统退信 <postmaster@mx.example.org>".encode("gbk"), b"", b"@"]
)
def test_a_bounce_from_an_unreadable_sender_is_understood(sender: bytes) -> None:
    raw = FIXTURES["qmail"].replace(b"From: MAILER-DAEMON@mx.example.org", b"From: " + sender, 1)
    (report,) = parse(raw)
    assert (report.kind, report.final_recipient) == ("bounce", "cleo@example.org")


def test_upper_case_on_the_way_does_not_lose_the_token() -> None:
    raw = FIXTURES["postfix-unknown"].replace(TOKEN.encode(), TOKEN.upper().encode())
    assert parse(raw)[0].sender_token == TOKEN


@pytest.mark.parametrize(
    ("code", "status", "action", "verdict"),
    [
        (550, "5.1.1", None, "hard"),
        (0, "5.1.2", "failed", "hard"),
        (553, "5.1.3", None, "hard"),
        (556, "5.1.10", None, "hard"),
        (550, "5.2.1", None, "hard_after_2"),
        (452, "4.2.2", None, "soft"),
        (552, "5.2.2", None, "soft"),
        (421, "", None, "soft"),
        (450, "5.1.1", None, "soft"),
        (0, "4.4.7", "failed", "soft"),
        (0, "4.4.7", "Delayed", "delayed"),
        (554, "5.7.1", None, "sender_fault"),
        (550, "5.7.26", None, "sender_fault"),
        (554, "5.6.0", None, "sender_fault"),
        (553, "5.6.7", None, "sender_fault"),
        (552, "5.3.4", None, "sender_fault"),
        (550, "5.1.8", None, "sender_fault"),
        (554, "", None, "sender_fault"),
        (503, "5.5.1", None, "sender_fault"),
        (530, "", None, "sender_fault"),
        (550, "", None, "hard_after_2"),
        (550, "5.5.0", None, "hard_after_2"),
        (550, "5.4.1", "failed", "hard_after_2"),
        (0, "5.4.6", "failed", "soft"),
        (0, "5.3.2", "failed", "soft"),
        (0, "5.0.0", "failed", "hard_after_2"),
        (0, "", "failed", "soft"),
        (250, "2.0.0", None, "delivered"),
        (250, "", None, "delivered"),
        (0, "2.1.5", "relayed", "delivered"),
        (0, "", "expanded", "delivered"),
        (0, "", None, "soft"),
    ],
)
def test_one_rule_for_replies_and_reports(
    code: int, status: str, action: str | None, verdict: str
) -> None:
    assert classify(code, status, action) == verdict


HEAD = b"From: MAILER-DAEMON@x.example\nSubject: failure\n"
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=a\n"
STATUS = HEAD + REPORT + b"\n--a\nContent-Type: message/delivery-status\n\n"
BOMBS = {
    "nothing": b"",
    "blank": b"\r\n\r\n",
    "huge": HEAD + b"\n" + b"x" * LARGEST,
    "no headers": b"\xff" * 1000,
    "endless header": b"From: " + b"a" * 900_000,
    "many headers": b"a: b\n" * 200_000,
    "nested multiparts": HEAD
    + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(9000)
    ),
    "nested messages": b"Content-Type: message/rfc822\n\n" * 30_000,
    "flat parts": HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 150_000,
    "flat parts, other line ends": HEAD
    + b"Content-Type: multipart/mixed; boundary=a\r\r"
    + b"--a\r\r" * 150_000,
    "many blocks": STATUS + b"\n\n" * 400_000,
    "many recipients": STATUS + b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 4000,
    "fields in one block": STATUS + b"Action: failed\n" * 60_000,
    "unknown charset": HEAD + b"Content-Type: text/plain; charset=x-evil\n\nhello",
    "bad base64": HEAD + b"Content-Transfer-Encoding: base64\n\n=====\xff",
    "bad encoded word": b"Subject: =?utf-8?b?!!!?= =?x?q?=ff?=\nFrom: a@b.example\n\nx",
    "no parts": STATUS[:-40],
    "long words": HEAD + b"\n" + b"<" * 500_000 + b"@" * 400_000,
    "long numbers": HEAD + b"\n" + b"5.1." * 250_000,
    "spaces in the subject": b"From: a@b.example\nSubject: " + b"auto " * 25_000 + b"\n\n",
    "folded subject": b"From: a@b.example\nSubject: x" + b"\n " * 60_000 + b"\n\n",
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_mail_is_read_soon_and_without_an_error(name: str) -> None:
    started = time.perf_counter()
    reports = parse(BOMBS[name])
    assert time.perf_counter() - started < 3
    assert 1 <= len(reports) <= 500
    if name in ("nothing", "blank", "huge", "nested multiparts", "many blocks", "flat parts"):
        assert [r.kind for r in reports] == ["malformed"]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_random_octets_are_read(raw: bytes) -> None:
    assert parse(raw)
    assert parse(HEAD + REPORT + b"\n" + raw)
    assert parse(STATUS + raw)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FIXTURES)), st.data())
def test_damaged_reports_are_read(name: str, data: st.DataObject) -> None:
    raw = FIXTURES[name]
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 200)))
    assert parse(raw[:start] + data.draw(st.binary(max_size=30)) + raw[end:])
