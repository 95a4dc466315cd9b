"""The names of what people follow, for letters and pages: topics, series, changes, releases."""

from __future__ import annotations

from collections.abc import Iterable

from notifier.audience.models import Signup, Subscription
from notifier.catalogue.models import Series, Topic
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render.passages import Passage, in_language
from notifier.store.db import session

Row = Topic | Series | ChangeNotice | Release
KINDS: dict[type[Row], str] = {
    Topic: "topic",
    Series: "series",
    ChangeNotice: "notice",
    Release: "release",
}


def followed(subscription: Subscription) -> Row | None:
    """What a subscription is to."""
    if subscription.topic_id is not None:
        return session.get(Topic, subscription.topic_id)
    if subscription.series_id is not None:
        return session.get(Series, subscription.series_id)
    if subscription.notice_id is not None:
        return session.get(ChangeNotice, subscription.notice_id)
    return session.get(Release, subscription.release_id or 0)


def live(subscriptions: Iterable[Subscription]) -> list[Row]:
    """What those of the subscriptions are to that are in force."""
    rows = (followed(s) for s in subscriptions if s.ended_at is None)
    return [row for row in rows if row is not None]


def asked_for(signup: Signup) -> list[Row]:
    """What somebody asked for on the sign-up page, as far as it is still there."""
    rows: list[Row | None] = [
        *(session.get(Topic, key) for key in signup.topics),
        *(session.get(Series, key) for key in signup.series),
        *(session.get(ChangeNotice, key) for key in signup.notices or ()),
        *(session.get(Release, key) for key in signup.releases or ()),
    ]
    return [row for row in rows if row is not None]


def name(row: Row, lang: str = "en") -> Passage:
    """Its name in ``lang``: a notice's is its headline, a release's its title."""
    if isinstance(row, ChangeNotice):
        return in_language(row.headline, row.cy.get("headline"), lang)
    if isinstance(row, Release):
        return in_language(row.title, row.cy_title, lang)
    return in_language(row.name, row.cy, lang)


def reasons(rows: Iterable[Row]) -> tuple[tuple[str, str, str], ...]:
    """(kind, name, Welsh name or nothing) as ``render.reasons`` takes them."""
    return tuple((KINDS[type(row)], name(row).text, welsh(row)) for row in rows)


def welsh(row: Row) -> str:
    found = name(row, "cy")
    return found.text if found.lang == "cy" else ""
