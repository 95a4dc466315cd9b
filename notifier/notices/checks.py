"""What stands against a notice before it goes out, each with the field to go to.

``stops``: submitting, approving or announcing would refuse it as it stands. ``look``: a person
decides. Nothing here asks the network; what links answered is kept with the notice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from notifier.audience.rules import variant_words
from notifier.catalogue.queries import both_languages, organisation
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices import consult_rules, figures, links, reading
from notifier.notices.approve import IN_WELSH
from notifier.notices.derive import judged
from notifier.notices.leadtime import lead_days
from notifier.notices.models import ChangeNotice
from notifier.notices.owed import UNPUBLISHED

NEXT = "the next update"
CLIPPED = 102_000  # bytes: the largest mail program cuts what is longer (STANDARDS.md section 1)
NEAR = 92_000
NAMES = {
    "headline": "the headline",
    "brief": "the short words",
    "what": "what is changing",
    "not_changing": "what stays the same",
    "why": "why",
    "driver": "what led to it",
    "technical": "the technical words",
}
READ = ("brief", "what", "not_changing", "why", "driver")  # who reads the technical words can
PICTURE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{1,500}\)|<img\b[^>]{0,500}>", re.I)
ALT = re.compile(r"\balt\s*=\s*[\"']?[^\"'\s>]", re.I)
NO_REPLY = re.compile(r"^(?:no|do|dont|donot)[-_.]?(?:not[-_.]?)?reply@", re.I)


@dataclass(frozen=True)
class Check:
    """``field`` is a key of the entry (write.py), ``go`` says where that is."""

    severity: Literal["stops", "look"]
    words: str
    field: str = ""
    go: str = ""


@dataclass(frozen=True)
class Letter:
    """What the checks know of one letter: its subject and the size of its HTML in bytes."""

    subject: str
    html: int


@dataclass(frozen=True)
class Given:
    notice: ChangeNotice
    letters: Mapping[int, Letter]
    now: datetime


@dataclass(frozen=True)
class Found:
    """The checks in their order, and the names of the groups in which nothing was found."""

    checks: list[Check]
    passed: list[str]

    @property
    def stops(self) -> int:
        return sum(1 for check in self.checks if check.severity == "stops")

    @property
    def looks(self) -> int:
        return len(self.checks) - self.stops


def stops(words: str, field: str, go: str = "") -> Check:
    return Check("stops", words, field, go or NAMES.get(field, ""))


def look(words: str, field: str, go: str = "") -> Check:
    return Check("look", words, field, go or NAMES.get(field, ""))


def missing(given: Given) -> Iterator[Check]:
    notice = given.notice
    asked = {"headline": "Write a headline.", "what": "Say what is changing.", "why": "Say why."}
    for name, words in asked.items():
        if not str(getattr(notice, name) or "").strip():
            yield stops(words, name)
    yield from asking(notice)
    unknown = notice.impact.get("known") == "no"
    if notice.next_update_by is None and (notice.effect_kind == "tbc" or unknown):
        what = "the size of the change" if unknown else "the day of the change"
        yield stops(
            f"Say by when you will tell more, for {what} is not known.", "next_update_by", NEXT
        )
    if notice.impact.get("known") == "partly" and not notice.impact.get("known_by"):
        yield look("Say when the size will be known.", "impact", "the size")
    compare = notice.comparability or {}
    if compare.get("back_series") == "later" and not compare.get("from"):
        yield look("Say when the back series comes out.", "comparability", "comparability")
    elif notice.series_break != "none" and not compare:
        words = "The series may break: say whether figures still compare over time."
        yield look(words, "comparability", "comparability")
    if notice.machine_breaking and not notice.what_to_do:
        yield look("Programs will break: say what people should do.", "what_to_do", "what to do")
    if notice.machine_breaking and not notice.mapping:
        yield look("Programs will break: list the old and the new codes.", "mapping", "the codes")


def asking(notice: ChangeNotice) -> Iterator[Check]:
    """A consultation that would be refused."""
    go = "the consultation"
    try:
        consult_rules.check(notice.consultation or {}, notice.class_)
    except Refused:
        words = "The days or questions of the consultation are not complete, or too short."
        yield stops(words, "consultation", go)
        return
    try:
        consult_rules.asked_or_why(notice, where="")
    except Refused:
        words = "Say from when to when people are asked, or why nobody is asked."
        yield stops(words, "consultation", go)


def timing(given: Given) -> Iterator[Check]:
    notice, now, today = given.notice, given.now, london_date(given.now)
    if notice.state not in UNPUBLISHED:
        return
    found, release = judged(notice, today), notice.effect_release
    if release is not None and release.state == "planned":
        yield stops("Make its release public first: nobody knows of that yet.", "effect", "the day")
    if found.effect_at is None or found.class_ == "I":
        return
    if found.effect_at <= now:
        yield stops("The day on which it takes effect is past.", "effect", "the day")
        return
    days = lead_days(today, london_date(found.effect_at))
    if days < found.minimum_days:
        words = (
            f"Today gives {days} days of notice, and {found.minimum_days} are promised: it will "
            "need a public reason, and the Head of Profession must agree."
        )
        yield look(words, "effect", "the day")


def asked_links(given: Given) -> Iterator[Check]:
    notice = given.notice
    every = links.named(notice)
    for each in every:
        if why := links.trouble(notice, each.url):
            name = each.label if len(each.label) <= 60 else f"{each.label[:59]}…"
            yield look(f"“{name}” does not answer: {why}.", each.field, "it")
    pages = [each for each in every if not each.url.startswith("mailto:")]
    unasked = [each for each in pages if not links.is_fresh(notice, each.url, given.now)]
    if unasked:
        words = "One link was" if len(unasked) == 1 else f"{len(unasked)} links were"
        yield look(f"{words} not tried within the last week.", "", "")


def pictures(given: Given) -> Iterator[Check]:
    for name, where in NAMES.items():
        for found in PICTURE.finditer(str(getattr(given.notice, name) or "")[:20_000]):
            alt = bool((found[1] or "").strip()) or bool(ALT.search(found[0]))
            if alt:
                words = f"A picture cannot stand in {where}; link to it under evidence."
            else:
                words = f"A picture in {where} has no words for people who cannot see it."
            yield look(words, name)


def ease(given: Given) -> Iterator[Check]:
    for name in READ:
        found = reading.measure(str(getattr(given.notice, name) or ""))
        said = []
        if found.its_words > reading.LONG_SENTENCE:
            opening = " ".join(found.longest.split()[:3])
            said.append(f"“{opening} …” is a sentence of {found.its_words} words.")
        if found.age is not None and found.age >= reading.HARD_AGE:
            said.append(f"Reading age {found.age}; aim for {reading.AIM_AGE}.")
        if said:
            yield look(" ".join(said), name)


def no_results(given: Given) -> Iterator[Check]:
    """Figures that look like results, before the release that will tell them."""
    notice = given.notice
    release = notice.effect_release
    if notice.state not in UNPUBLISHED or (release is not None and release.state == "released"):
        return
    if notice.type == "correction":
        return  # it says which figure was wrong
    for name in NAMES:
        for sentence in figures.results(str(getattr(notice, name) or ""))[:3]:
            short = sentence if len(sentence) <= 90 else f"{sentence[:89]}…"
            words = f"“{short}” looks like a result that is not out. If it is, take it out."
            yield look(words, name)


def size(given: Given) -> Iterator[Check]:
    largest = max((letter.html for letter in given.letters.values()), default=0)
    if largest > NEAR:
        over = "cut it off" if largest > CLIPPED else "soon cut it off"
        words = f"The mail has {largest // 1000:,} KB; mail programs {over} at 102."
        yield look(words, "technical")


def headers(given: Given) -> Iterator[Check]:
    alone = [
        letter for number, letter in given.letters.items() if variant_words(number)[1] != "both"
    ]
    if any(letter.subject.endswith("…") for letter in alone):
        words = "The subject is too long for one line and is cut; shorten the headline."
        yield look(words, "headline")


def welsh(given: Given) -> Iterator[Check]:
    notice, house = given.notice, organisation()
    absent = [n for n in IN_WELSH if getattr(notice, n) and not notice.cy.get(n)]
    if not absent or house is None:
        return
    said = ", ".join(NAMES[name] for name in absent)
    if both_languages("notice"):
        words = f"There is no Welsh for {said}; this house publishes both languages or neither."
        yield stops(words, "cy", "the Welsh words")
    elif "cy" in (house.languages or []):
        if len(absent) == len([n for n in IN_WELSH if getattr(notice, n)]):
            words = "No Welsh words yet. Welsh readers get an English text in a Welsh frame."
        else:
            words = f"There is no Welsh for {said}; Welsh readers get that in English."
        yield look(words, "cy", "the Welsh words")


def contact(given: Given) -> Iterator[Check]:
    who = links.answers(given.notice)
    if not who:
        yield look("Nobody is named who answers questions about it.", "contact", "the contact")
    elif NO_REPLY.search(who):
        words = f"{who} does not look like an address at which somebody answers."
        yield look(words, "contact", "the contact")


GROUPS: tuple[tuple[str, Callable[[Given], Iterator[Check]]], ...] = (
    ("", missing),
    ("", timing),
    ("links", asked_links),
    ("pictures", pictures),
    ("reading", ease),
    ("figures", no_results),
    ("size", size),
    ("headers", headers),
    ("Welsh", welsh),
    ("contact", contact),
)


def checks(notice: ChangeNotice, letters: Mapping[int, Letter], *, now: datetime) -> Found:
    """What stops first, then what is to be looked at, in the order of the form."""
    given = Given(notice, letters, now)
    found: list[Check] = []
    passed = []
    for name, group in GROUPS:
        here = list(group(given))
        found += here
        if name and not here:
            passed.append(name)
    return Found(sorted(found, key=lambda check: check.severity != "stops"), passed)
