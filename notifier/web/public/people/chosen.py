"""Single things that the sign-up form is opened for: one change, one release, one publication."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from werkzeug.datastructures import MultiDict

from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series, Topic
from notifier.errors import NotFound
from notifier.notices import queries as notices
from notifier.notices.followers import ENDED, OUT
from notifier.notices.models import ChangeNotice
from notifier.releases import queries as releases
from notifier.releases.models import Release
from notifier.render import followed
from notifier.store.db import session
from notifier.web.language import gettext as _
from notifier.web.language import language

MOST = 20  # of each kind in one address
BIGGEST = 2**31 - 1  # what a key of the database can be


@dataclass
class Chosen:
    """What an address or a form names besides topics, as far as one can follow it now.

    ``topics`` are ticked for it: those that were named, and those of what is over. ``notes`` say
    in a sentence why something named cannot be followed.
    """

    notices: list[ChangeNotice] = field(default_factory=list)
    releases: list[Release] = field(default_factory=list)
    series: list[Series] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.notices or self.releases or self.series)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """(field, value, name, page) of each, as the form carries it on."""
        return [
            *(("notice", n.reference, said(n), f"/changes/{n.reference}") for n in self.notices),
            *(("release", str(r.id), said(r), f"/releases/{r.id}") for r in self.releases),
            *(("series", s.slug, said(s), f"/series/{s.slug}") for s in self.series),
        ]

    def instead(self, series: list[Series], note: str, now: datetime) -> None:
        """Offer the topics of what is over."""
        of = (topic for one in series for topic in one.topics)
        self.topics += [t for t in merge.current(of, now=now) if t not in self.topics]
        self.notes.append(note)


def said(row: ChangeNotice | Release | Series) -> str:
    """Its name in the language of the page, as far as it has one there."""
    return followed.name(row, language()).text


def chosen(given: MultiDict[str, str], now: datetime) -> Chosen:
    """Read ``notice``, ``release``, ``series`` and ``topic``; what is not there is passed over."""
    found = Chosen()
    known = {topic.slug: topic for topic in catalogue.topics()}
    named = [known[slug] for slug in given.getlist("topic")[:MOST] if slug in known]
    found.topics = merge.current(named, now=now)
    for reference in dict.fromkeys(given.getlist("notice")[:MOST]):
        change(found, reference, now)
    for number in dict.fromkeys(given.getlist("release")[:MOST]):
        edition(found, number, now)
    series = {one.slug: one for one in catalogue.all_series()}
    slugs = dict.fromkeys(given.getlist("series")[:MOST])
    found.series = [series[slug] for slug in slugs if slug in series]
    return found


def change(found: Chosen, reference: str, now: datetime) -> None:
    """A change, or the one that took its place."""
    try:
        notice: ChangeNotice | None = notices.public_notice(reference)
    except NotFound:
        return
    while notice is not None and notice.state == "superseded":
        notice = session.get(ChangeNotice, notice.superseded_by_id or 0)
    if notice is None or notice in found.notices:
        return
    if notice.state not in ENDED:
        found.notices.append(notice)
        return
    note = _(
        "Nothing more is sent about “%(name)s”: it is over. The topic it belongs to is ticked "
        "below.",
        name=said(notice),
    )
    found.instead(notice.series, note, now)


def edition(found: Chosen, number: str, now: datetime) -> None:
    """A release that is still to come."""
    if not (number.isascii() and number.isdigit() and 0 < int(number[:11]) <= BIGGEST):
        return
    try:
        release = releases.release(int(number[:11]))
    except NotFound:
        return
    if release.state not in OUT:
        found.releases.append(release)
        return
    found.instead([release.series], over(release), now)


def over(release: Release) -> str:
    """Why nothing more is sent about a release."""
    if release.state == "released":
        return _(
            "Nothing more is sent about “%(name)s”: it is out. The topic it belongs to is ticked "
            "below.",
            name=said(release),
        )
    return _(
        "Nothing more is sent about “%(name)s”: it will not come out. The topic it belongs to is "
        "ticked below.",
        name=said(release),
    )
