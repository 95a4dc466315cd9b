"""Reads the list that a team has: pasted from a mail program, or exported from one as CSV.

Written from what Outlook, Outlook on the web, Google Contacts and Thunderbird export, and from what
Outlook puts on the clipboard of a To line or a distribution list.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from notifier.audience.rules import address
from notifier.errors import Refused

LARGEST = 20_000_000  # bytes
MOST = 20_000  # people; each gets a mail of their own
LONGEST = 2_000  # characters of one entry
MALFORMED = "the email address is not in the correct format"
INTERNAL = "it is an address inside Exchange; export the list with SMTP addresses"

# Possessive: nothing in a hostile list makes them go back and try again.
ENTRY = re.compile(r'(?:"[^"\r\n]*+"|[^;\r\n"]++|")++')
GROUP = re.compile(r'^[^<>@:"]{1,200}+:(?!/)')
ANGLED = re.compile(r"(?P<name>[^<>]*+)<(?P<email>[^<>]*+)>")
ROUND = re.compile(r"(?P<name>[^()]*+)\((?P<email>[^()\s@]*+@[^()\s]*+)\)")
SCHEME = re.compile(r"^(?:mailto|smtp):", re.I)

ADDRESS_HEADS = (
    *("e-mail address", "email address", "e-mail", "email", "primary email", "e-mail 1 - value"),
    *("primary smtp address", "primarysmtpaddress", "smtp address", "mail", "cyfeiriad e-bost"),
    *("e-mail-adresse", "adresse de messagerie", "dirección de correo electrónico"),
    *("indirizzo posta elettronica", "e-mailadres", "e-postadress"),
)
NAME_HEADS = ("display name", "full name", "name", "enw", "anzeigename", "nom complet", "nombre")
FIRST_HEADS = ("first name", "given name", "enw cyntaf", "vorname", "prénom", "voornaam", "förnamn")
LAST_HEADS = ("last name", "family name", "cyfenw", "nachname", "nom", "apellidos", "achternaam")
COMPANY_HEADS = (
    *("company", "organisation", "organization", "organization name", "cwmni", "sefydliad"),
    *("firma", "société", "organización", "società", "bedrijf", "företag"),
)


class Brought(NamedTuple):
    """One person; ``number`` is the row of a CSV file, or the place in a pasted list."""

    number: int
    email: str
    name: str
    organisation: str


class List(NamedTuple):
    """Who was understood, and (number, reason) of what was not; a reason holds no address."""

    people: list[Brought]
    refused: list[tuple[int, str]]


def read(raw: bytes) -> List:
    """The people of a list. Raises Refused when it is too large, empty, or no list of people."""
    if len(raw) > LARGEST:
        raise Refused("The list is larger than 20 MB; bring it in parts.")
    text = decoded(raw)
    if not text.strip():
        raise Refused("The list is empty.")
    if "\0" in text:
        raise Refused("The list is not text; save it as “CSV UTF-8”, or paste the addresses.")
    found = List([], [])
    rows = from_csv(text)
    if rows is None:
        rows = pasted(text)
    if len(rows) > MOST:
        raise Refused("The list has more than 20,000 entries; bring it in parts.")
    for number, email, name, organisation in rows:
        if max(len(email), len(name), len(organisation)) > LONGEST:
            found.refused.append((number, "an entry is longer than 2,000 characters"))
        elif email.lower().startswith(("/o=", "ex:/o=")):
            found.refused.append((number, INTERNAL))
        else:
            keep(found, number, email, one_line(name), one_line(organisation))
    if not found.people and not found.refused:
        raise Refused("The list names nobody.")
    return found


def keep(found: List, number: int, email: str, name: str, organisation: str) -> None:
    try:
        kept = address(email)
    except Refused:
        found.refused.append((number, MALFORMED))
        return
    # Outlook repeats the address where it knows no name.
    found.people.append(Brought(number, kept, "" if "@" in name else name, organisation))


def decoded(raw: bytes) -> str:
    """Text by its mark, else UTF-8, else Windows-1252: Outlook for Windows writes that."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def from_csv(text: str) -> list[tuple[int, str, str, str]] | None:
    """(row, address, name, company) of each, or None when the first line names no such column."""
    lines = text.splitlines(keepends=True)
    first = lines[0]
    delimiter = max(",;\t", key=first.count)
    source = csv.reader(lines, delimiter=delimiter)
    try:
        heads = [head.strip().lower() for head in next(source, [])]
        places = [place(heads, wanted) for wanted in (ADDRESS_HEADS, NAME_HEADS, COMPANY_HEADS)]
        if places[0] is None:
            return None
        both = place(heads, FIRST_HEADS), place(heads, LAST_HEADS)
        return [
            (
                source.line_num,
                cell(row, places[0]),
                " ".join(filter(None, (cell(row, part) for part in both))) or cell(row, places[1]),
                cell(row, places[2]),
            )
            for row in source
            if any(row)
        ]
    except csv.Error as error:
        raise Refused(f"The list is not CSV ({error}).") from error


def place(heads: Sequence[str], wanted: Sequence[str]) -> int | None:
    """Where the column stands; the earlier of ``wanted`` goes before the later."""
    return next((heads.index(head) for head in wanted if head in heads), None)


def cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def pasted(text: str) -> list[tuple[int, str, str, str]]:
    """(place, address, name, "") of each entry: Ann Smith <ann@x.org>; "Smith, Bob" <bob@x.org>"""
    return [(number, *entry(each), "") for number, each in enumerate(entries(text), 1)]


def entries(text: str) -> Iterator[str]:
    """What stands between semicolons, line ends, and the commas of bare addresses."""
    for part in ENTRY.findall(text):
        # A distribution list: Air quality users: ann@x.org, bob@x.org
        named = GROUP.sub("", part.strip())
        angled = "<" in named
        if angled or named.count("@") > 1:
            found = re.split(r"(?<=>)\s*," if angled else ",", named)
        else:
            found = [named]
        yield from filter(None, (one.strip(" ,") for one in found))


def entry(text: str) -> tuple[str, str]:
    """(address, name) of one entry."""
    if len(text) > LONGEST:
        return text, ""
    found = ANGLED.fullmatch(text) or ROUND.fullmatch(text)
    email, name = (found["email"], found["name"]) if found else (text, "")
    email = SCHEME.sub("", email.strip()).strip("'\" ")
    return email, turned(name.strip().strip("'\"").strip())


def turned(name: str) -> str:
    """Smith, Bob is Bob Smith; Smith, Bob (Agency) stays as it is."""
    last, comma, first = name.partition(",")
    simple = comma and "," not in first and "(" not in name
    return f"{first.strip()} {last.strip()}" if simple else name


def one_line(text: str) -> str:
    return " ".join(text.split())
