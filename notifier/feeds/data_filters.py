"""What a program asks of the data by ``?series=…``: read and checked, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import living
from notifier.catalogue.models import Series
from notifier.clock import LONDON, at_london
from notifier.errors import NotFound, Refused
from notifier.feeds import identifiers, scopes
from notifier.notices.rules import PUBLIC as NOTICE_STATES
from notifier.releases.queries import PUBLIC as RELEASE_STATES

Given = Mapping[str, Sequence[str]]
MOST = 500  # rows on a page
USUAL = 100
SHOWN = 40  # names in a refusal
MIDNIGHT = time(0)
YEARS = range(1970, 2200)
YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
SHARED = ("series", "identifier", "topic", "state", "updated_since", "after", "limit", "lang")
OF_NOTICES = ("effective_before", "effective_from", "machine_breaking")


class Unknown(Refused):
    """A filter or value that there is not; ``known`` are those that there are."""

    def __init__(self, sentence: str, known: Collection[str]) -> None:
        super().__init__(sentence)
        self.known = list(known)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """``series_ids`` and ``notice_ids`` None: no limit; several words of one filter are all let
    in, several filters narrow each other. Instants are aware; ``after`` is a page's last row."""

    series_ids: frozenset[int] | None = None
    notice_ids: frozenset[int] | None = None
    states: tuple[str, ...] = ()
    machine_breaking: bool | None = None
    updated_since: datetime | None = None
    effective_before: datetime | None = None
    effective_from: datetime | None = None
    after: str = ""
    limit: int = USUAL


def of_notices(given: Given, *, now: datetime) -> Asked:
    """Raises Unknown (Refused) for a filter or value that there is not."""
    check_names(given, (*SHARED, *OF_NOTICES))
    return Asked(
        series_ids=both(of_series(given), of_topics(given, now)),
        notice_ids=of_identifiers(given),
        states=chosen(given, "state", NOTICE_STATES),
        machine_breaking=yes_no(given, "machine_breaking"),
        updated_since=moment(given, "updated_since"),
        effective_before=moment(given, "effective_before"),
        effective_from=moment(given, "effective_from"),
        after=last(given, "after"),
        limit=number(given, "limit"),
    )


def of_releases(given: Given, *, now: datetime) -> Asked:
    """As ``of_notices``; an identifier stands for its series here."""
    check_names(given, SHARED)
    named: frozenset[int] | None = None
    if words := several(given, "identifier"):
        named = frozenset(s.id for text in words for s in must_be_called(text))
    return Asked(
        series_ids=both(both(of_series(given), of_topics(given, now)), named),
        states=chosen(given, "state", RELEASE_STATES),
        updated_since=moment(given, "updated_since"),
        after=last(given, "after"),
        limit=number(given, "limit"),
    )


def check_names(given: Given, allowed: Collection[str]) -> None:
    for name in given:
        if name not in allowed:
            known = [each for each in allowed if each != "lang"]
            raise unknown(f"There is no filter {shown(name)}", known)


def of_series(given: Given) -> frozenset[int] | None:
    words = several(given, "series")
    have = {each.slug: each.id for each in catalogue.all_series()} if words else {}
    for slug in words:
        if slug not in have:
            raise unknown(f"There is no series {shown(slug)}", have)
    return frozenset(have[slug] for slug in words) if words else None


def of_topics(given: Given, now: datetime) -> frozenset[int] | None:
    """A topic stands for its series and those of all topics below it."""
    words = several(given, "topic")
    found: set[int] = set()
    for slug in words:
        try:
            found |= scopes.of_topic(slug).series_ids or frozenset()
        except NotFound:
            raise unknown(
                f"There is no topic {shown(slug)}", [t.slug for t in living(now)]
            ) from None
    return frozenset(found) if words else None


def of_identifiers(given: Given) -> frozenset[int] | None:
    words = several(given, "identifier")
    found: set[int] = set()
    for text in words:
        ids = identifiers.concerned(text)
        if ids is None:
            raise not_called(text)
        found |= set(ids)
    return frozenset(found) if words else None


def must_be_called(text: str) -> list[Series]:
    if found := identifiers.series_called(text):
        return found
    raise not_called(text)


def not_called(text: str) -> Unknown:
    known = identifiers.everything_named()
    return unknown(f"No series or dataset is called {shown(text)}", known)


def chosen(given: Given, name: str, allowed: Collection[str]) -> tuple[str, ...]:
    words = several(given, name)
    for word in words:
        if word not in allowed:
            raise unknown(f"There is no {name} {shown(word)}", allowed)
    return words


def yes_no(given: Given, name: str) -> bool | None:
    if not (word := last(given, name)):
        return None
    if word.lower() not in YES:
        raise Unknown(f"{name} is yes or no, not {shown(word)}.", ("yes", "no"))
    return YES[word.lower()]


def moment(given: Given, name: str) -> datetime | None:
    """A day (its first instant in London) or an instant; one without a zone is London's."""
    word = last(given, name)
    if not word:
        return None
    try:
        if len(word) == 10:
            found = at_london(in_range(date.fromisoformat(word)), MIDNIGHT)
        else:
            # A plus sign that was not encoded arrives as a space.
            read = datetime.fromisoformat(word.replace(" ", "+", 1) if word[10] == "T" else word)
            in_range(read.date())
            found = read if read.tzinfo else read.replace(tzinfo=LONDON)
    except (ValueError, IndexError):
        forms = ("2027-03-01", "2027-03-01T09:30:00Z")
        raise Unknown(
            f"{name} is a day or an instant, like {forms[0]} or {forms[1]}, not {shown(word)}.",
            forms,
        ) from None
    return found


def in_range(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError("out of range")
    return day


def number(given: Given, name: str) -> int:
    word = last(given, name)
    if not word:
        return USUAL
    if not (word.isascii() and word.isdigit() and len(word) < 8 and 1 <= int(word) <= MOST):
        raise Unknown(f"{name} is a number from 1 to {MOST}, not {shown(word)}.", ())
    return int(word)


def several(given: Given, name: str) -> tuple[str, ...]:
    """Each word once; a filter without a word asks for nothing."""
    return tuple(dict.fromkeys(word for word in given.get(name, ()) if word))


def last(given: Given, name: str) -> str:
    words = several(given, name)
    return words[-1] if words else ""


def both(one: frozenset[int] | None, other: frozenset[int] | None) -> frozenset[int] | None:
    if one is None or other is None:
        return one if other is None else other
    return one & other


def unknown(sentence: str, known: Collection[str]) -> Unknown:
    names = list(known)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Unknown(f"{sentence}; there are: {', '.join(names[:SHOWN]) or 'none yet'}{more}.", names)


def shown(word: str) -> str:
    return repr(word if len(word) <= SHOWN else f"{word[:SHOWN]}…")
