"""What Outlook and others paste and export is understood; what is no address is refused."""

from __future__ import annotations

import contextlib
import time

import pytest

from notifier.audience.outlook import INTERNAL, MALFORMED, Brought, read
from notifier.errors import Refused


def people(raw: str | bytes) -> list[tuple[str, str, str]]:
    found = read(raw.encode() if isinstance(raw, str) else raw)
    return [(each.email, each.name, each.organisation) for each in found.people]


@pytest.mark.parametrize(
    ("entry", "email", "name"),
    [
        ("ann@x.org", "ann@x.org", ""),
        ("Ann Smith <ann@x.org>", "ann@x.org", "Ann Smith"),
        ('"Smith, Ann" <ann@x.org>', "ann@x.org", "Ann Smith"),
        ("Smith, Ann <ann@x.org>", "ann@x.org", "Ann Smith"),
        ("Smith, Ann (Defra) <ann@x.org>", "ann@x.org", "Smith, Ann (Defra)"),
        ("'ann@x.org' <ann@x.org>", "ann@x.org", ""),
        ("'ann@x.org'", "ann@x.org", ""),
        ("Ann Smith (ann@x.org)", "ann@x.org", "Ann Smith"),
        ("Ann <mailto:ann@x.org>", "ann@x.org", "Ann"),
        ("SMTP:ann@x.org", "ann@x.org", ""),
        ('"Ann; of the shop" <ann@x.org>', "ann@x.org", "Ann; of the shop"),
    ],
)
def test_one_entry(entry: str, email: str, name: str) -> None:
    assert people(entry) == [(email, name, "")]


def test_many_entries_on_lines_with_semicolons_and_as_a_distribution_list() -> None:
    text = "Ann <a@x.org>; Bob <b@x.org>\r\nc@x.org\n\nUsers: d@x.org, e@x.org; f@x.org, g@x.org"
    assert [email[0] for email, *_ in people(text)] == list("abcdefg")
    assert [email for email, *_ in people("Lee, A <a@x.org>, Lee, B <b@x.org>")] == [
        "a@x.org",
        "b@x.org",
    ]


OUTLOOK = '"Title","First Name","Last Name","Company","E-mail Address","E-mail 2 Address"\r\n'


@pytest.mark.parametrize(
    ("raw", "found"),
    [
        (f'{OUTLOOK}"","Ann","Smith","X Ltd","a@x.org","b@x.org"\r\n', ("Ann Smith", "X Ltd")),
        ("Display Name\tEmail\nAnn Smith\ta@x.org\n", ("Ann Smith", "")),
        ("Name,Given Name,E-mail 1 - Value\nAnn S,,a@x.org\n", ("Ann S", "")),
        (
            "Vorname;Nachname;Firma;E-Mail-Adresse\nJürgen;Groß;Amt;a@x.org\n",
            ("Jürgen Groß", "Amt"),
        ),
        ("Enw;Cyfeiriad e-bost\nSiân;a@x.org\n".encode("cp1252"), ("Siân", "")),
        ("\ufeffName,Email\nŵyr,a@x.org\n".encode(), ("ŵyr", "")),
        ("Name\tEmail\nŵyr\ta@x.org\n".encode("utf-16"), ("ŵyr", "")),
        ('Name,Email\n"Ann\r\n Smith",a@x.org\n', ("Ann Smith", "")),
    ],
)
def test_an_export(raw: str | bytes, found: tuple[str, str]) -> None:
    assert people(raw) == [("a@x.org", *found)]


def test_what_is_refused_is_named_by_its_place_only() -> None:
    found = read(f"{OUTLOOK},,,,/o=Exch/cn=ann,\n,,,,ann@,\n,,,,{'x' * 3000}@x.org,\n".encode())
    assert [reason for _, reason in found.refused][:2] == [INTERNAL, MALFORMED]
    assert [number for number, _ in found.refused] == [2, 3, 4]
    assert read(b"nobody; a@x.org").people == [Brought(2, "a@x.org", "", "")]


@pytest.mark.parametrize(
    "hostile", ['"' * 19_000_000, "(@" * 60_000, ", " * 60_000, "<" * 130_000, ":" * 130_000]
)
def test_a_hostile_list_takes_no_time(hostile: str) -> None:
    started = time.process_time()
    with contextlib.suppress(Refused):
        read(hostile.encode())
    assert time.process_time() - started < 5
