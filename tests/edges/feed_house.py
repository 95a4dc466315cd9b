"""What tests of feeds and calendars look at: entries, events, and things that are out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import icalendar

from notifier.catalogue import queries as catalogue
from notifier.feeds import collect, data, ics, schedule, scopes
from notifier.feeds.items import Item
from notifier.newsletters import queries as newsletters
from notifier.newsletters import send as newsletter
from notifier.newsletters.models import Newsletter
from notifier.notices import queries as notices
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.store.db import session, unit
from tests import makers
from tests.makers import Clock

SITE = "https://updates.example.org"


def items(path: str, clock: Clock) -> list[Item]:
    return collect.items(scopes.read(path), now=clock(), base_url=SITE)


def titles(path: str, clock: Clock) -> list[str]:
    return [item.title for item in items(path, clock)]


def events(path: str, clock: Clock) -> dict[str, icalendar.Event]:
    drawn = schedule.draw(scopes.read(path), now=clock(), base_url=SITE)
    body = ics.render(drawn.calendar, stamp=drawn.changed)
    return {str(e["uid"]).split("@")[0]: e for e in icalendar.Calendar.from_ical(body).events}


def everything(clock: Clock) -> str:
    """Every surface that machines read, as one text."""
    now = clock()
    found = [
        repr(items(path, clock))
        for path in ("all", "for/academic", "topics/environment", "series/wild-birds")
    ]
    found.append(repr(collect.calendar(scopes.read("all"), now=now, base_url=SITE)))
    found.append(data.notices(now=now, base_url=SITE).body.decode())
    found.append(data.releases(now=now, base_url=SITE).body.decode())
    return "\n".join(found)


def release(title: str) -> Release:
    return session.query(Release).filter(Release.title.startswith(title)).one()


def out(number: int, at: datetime, **changes: Any) -> Release:
    """An edition of the monthly landings that came out at ``at``."""
    values: dict[str, Any] = {
        "series_id": catalogue.series("monthly-landings").id,
        "title": f"Landings {number}",
        "state": "released",
        "day": at.date(),
        "wall_time": at.time(),
        "precision": "datetime",
        "at": at,
        "published_at": at,
        "created_at": at,
        "changed_at": at,
        **changes,
    }
    return Release(**values)


def milk() -> ChangeNotice:
    return next(n for n in notices.every() if "milk volumes table" in n.headline)


def sent(clock: Clock) -> Newsletter:
    """The catalogue's newsletter, approved and promised for tomorrow at 10:30."""
    (issue,) = newsletters.every()
    alice, bob = makers.member(makers.ALICE), makers.member(makers.BOB)
    with unit():
        newsletter.submit(issue, author=alice, by=makers.acting(makers.ALICE), now=clock())
        newsletter.approve(issue, approver=bob, by=makers.acting(makers.BOB), now=clock())
        newsletter.send(issue, by=makers.acting(makers.BOB), now=clock())
    return issue
