"""A change as schema.org's Article, for search engines and assistants that read pages."""

from __future__ import annotations

from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from notifier.catalogue.models import Series
from notifier.catalogue.queries import organisation
from notifier.feeds import changed
from notifier.feeds.addresses import page
from notifier.feeds.data_values import harmless, instant, licence
from notifier.feeds.identifiers import named
from notifier.feeds.notice_prose import will_not_happen
from notifier.notices.models import ChangeNotice

SCHEMA = "https://schema.org"


def write(notice: ChangeNotice, *, base_url: str) -> Markup:
    """JSON-LD whose ``<``, ``>``, ``&`` and quotes are escaped: no headline can end the script."""
    return htmlsafe_json_dumps(harmless(article(notice, base_url=base_url)))


def article(notice: ChangeNotice, *, base_url: str) -> dict[str, Any]:
    """What was told, when, of which datasets, and the day on which it takes effect."""
    house, terms = organisation(), licence()
    updated = changed.notices([notice])[notice.id]
    found = {
        "@context": SCHEMA,
        "@type": "Article",
        "@id": page(base_url, "changes", notice.reference),
        "identifier": [notice.reference, notice.urn],
        "url": page(base_url, "changes", notice.reference),
        "headline": notice.headline,
        "abstract": notice.brief or notice.what,
        "encoding": {
            "@type": "MediaObject",
            "encodingFormat": "application/json",
            "contentUrl": page(base_url, "notices", f"{notice.reference}.json"),
        },
        "datePublished": instant(notice.first_public_at),
        "dateModified": instant(updated),
        "mentions": effect(notice, base_url),
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "license": terms["url"] if terms else None,
        "publisher": publisher(house.name, base_url) if house else None,
        "about": [dataset(series, base_url) for series in notice.series],
    }
    return {key: value for key, value in found.items() if value}


def publisher(name: str, base_url: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name, "url": f"{base_url}/"}


def dataset(series: Series, base_url: str) -> dict[str, Any]:
    """A series, by what its tables are called elsewhere as well."""
    found = {
        "@type": "Dataset",
        "name": series.name,
        "url": page(base_url, "series", series.slug),
        "identifier": [
            str(each["value"]) for each in named(series.identifiers) if each.get("value")
        ],
        "sameAs": series.landing_url,
    }
    return {key: value for key, value in found.items() if value}


def effect(notice: ChangeNotice, base_url: str) -> dict[str, Any] | None:
    """The day of the effect as an event; None while there is none."""
    if notice.effect_at is None:
        return None
    url = page(base_url, "changes", notice.reference)
    cancelled = will_not_happen(notice)
    return {
        "@type": "Event",
        "name": notice.headline,
        "startDate": instant(notice.took_effect_at or notice.effect_at),
        "eventStatus": f"{SCHEMA}/{'EventCancelled' if cancelled else 'EventScheduled'}",
        "eventAttendanceMode": f"{SCHEMA}/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": url},
        "url": url,
    }
