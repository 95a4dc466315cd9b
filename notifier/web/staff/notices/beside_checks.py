"""The checks beside a notice, and the button that asks its links."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email

from notifier.fetch import Unreachable, fetch
from notifier.notices import links
from notifier.notices.checks import Check, Found, Letter, checks
from notifier.notices.models import ChangeNotice
from notifier.render.typeset import Words
from notifier.web.guard import settings

AT_A_TIME, SECONDS, LARGEST = 5, 4.0, 2_000_000
GONE = {404: "there is no such page", 410: "the page was taken away"}
SHUT = (401, 403, 405, 407, 429)  # it answers, and does not speak with programs


@dataclass(frozen=True)
class Line:
    """``href`` leads to the field, "" where there is none."""

    stops: bool
    words: str
    field: str
    go: str


@dataclass(frozen=True)
class Shown:
    lines: list[Line]
    stops: int
    looks: int
    passed: str
    links: int
    brief: str


def shown(notice: ChangeNotice, written: Mapping[int, Words], *, now: datetime) -> Shown:
    """``written`` are the letters of its announcement, by variant."""
    found = checks(notice, letters(written), now=now)
    return Shown(
        lines=[line(check) for check in found.checks],
        stops=found.stops,
        looks=found.looks,
        passed=passed(found.passed),
        links=len(links.named(notice)),
        brief=brief(found),
    )


def letters(written: Mapping[int, Words]) -> dict[int, Letter]:
    """Subject and size of each letter."""
    return {
        number: Letter(words.subject, len(words.html.encode())) for number, words in written.items()
    }


def line(check: Check) -> Line:
    go = check.go if not check.field or check.go else check.field.replace("_", " ")
    return Line(check.severity == "stops", check.words, check.field, go)


def passed(names: Iterable[str]) -> str:
    """ "Links, size, pictures, headers and figures passed."."""
    found = list(names)
    if not found:
        return ""
    listed = " and ".join(filter(None, [", ".join(found[:-1]), found[-1]]))
    return f"{listed[:1].upper()}{listed[1:]} passed."


def brief(found: Found) -> str:
    """ "1 stops you, 2 to look at"."""
    parts = []
    if found.stops:
        parts.append(f"{found.stops} {'stops' if found.stops == 1 else 'stop'} you")
    if found.looks:
        parts.append(f"{found.looks} to look at")
    return ", ".join(parts) or "Nothing found"


def ask(notice: ChangeNotice, *, now: datetime) -> dict[str, str]:
    """What each address says, "" where it answers: a few at a time, those first that were not asked
    lately, each within seconds. Outside of any transaction: other people's servers are slow."""
    every = sorted(links.named(notice), key=lambda each: links.is_fresh(notice, each.url, now))
    urls = [each.url for each in every][: links.MOST]
    allow = settings().fetch_allow
    with ThreadPoolExecutor(AT_A_TIME) as hands:
        return dict(zip(urls, hands.map(lambda url: trouble(url, allow), urls), strict=True))


def trouble(url: str, allow: Iterable[str]) -> str:
    if url.startswith("mailto:"):
        return of_mailbox(url.removeprefix("mailto:"))
    try:
        answer = fetch(url, allow=allow, seconds=SECONDS, most=LARGEST)
    except Unreachable as error:
        # A long page answers all the same.
        return "" if str(error).startswith("it is longer than") else str(error)
    if answer.status < 400 or answer.status in SHUT:
        return ""
    return GONE.get(answer.status, f"it says {answer.status}")


def of_mailbox(address: str) -> str:
    """Whether its domain takes mail, as far as the name servers say; nothing is sent."""
    try:
        validate_email(address, check_deliverability=True, test_environment=True, timeout=4)
    except EmailNotValidError:
        return "its domain takes no mail"
    except (OSError, socket.gaierror):
        return ""
    return ""
