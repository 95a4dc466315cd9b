"""The look-up by a dataset's address: what is announced of it, and what its answers should say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound
from notifier.feeds import data_pages, deprecation, identifiers
from notifier.feeds.addresses import page
from notifier.feeds.data_filters import Asked, Unknown, unknown
from notifier.feeds.data_notices import notices
from notifier.feeds.data_values import harmless, instant, licence
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN

MOST = 500  # changes of one dataset


class NotKnown(Unknown, NotFound):
    """Nothing has the address; ``known`` are those that there are."""


@dataclass(frozen=True)
class Dataset:
    """``body`` is the answer in JSON, ``fields`` the header fields, ``nginx`` the same to paste."""

    body: dict[str, Any]
    fields: deprecation.Fields
    nginx: str
    changed: datetime


def look_up(url: str, *, now: datetime, base_url: str) -> Dataset:
    """What is announced of the dataset at ``url``, or of the series of which it is the page. Raises
    NotKnown (404) for another address."""
    text = called(url, base_url)
    ids = identifiers.concerned(text) if text else None
    if ids is None:
        known = [str(each["url"]) for each in directory(base_url)]
        raise NotKnown(str(unknown("Nothing of ours has this address", known)), known)
    found = coming(frozenset(ids), now=now)
    fields = deprecation.fields(found, base_url=base_url)
    nginx = deprecation.nginx(found, url=url, base_url=base_url)
    body = {
        "url": url,
        "series": [series.slug for series in identifiers.series_called(text)],
        **dates(found),
        "headers": [f"{name}: {value}" for name, value in fields],
        "nginx": nginx,
        "notices": notices(found, base_url=base_url),
        "licence": licence(),
    }
    return Dataset(harmless(body), fields, nginx, data_pages.last_change())


def called(url: str, base_url: str) -> str:
    """What we know by that address: a series by its page on this site, all else by itself; "" where
    it is no address."""
    if "://" not in url:
        return ""
    for series in catalogue.all_series():
        if identifiers.same_address(url, page(base_url, "series", series.slug)):
            return series.slug
    return url


def coming(ids: frozenset[int], *, now: datetime) -> list[ChangeNotice]:
    """The open changes among them, the first to take effect first, undated ones last."""
    found, _ = data_pages.page(Asked(notice_ids=ids, states=OPEN, limit=MOST), now=now)
    return sorted(found, key=lambda n: (n.effect_at is None, n.effect_at or now, n.id))


def dates(found: list[ChangeNotice]) -> dict[str, str | None]:
    """The instants of Deprecation and Sunset in words of the rest of the data."""
    breaking = [each for each in found if deprecation.breaks(each)]
    effects = [each.effect_at for each in breaking if each.effect_at is not None]
    told = [each.first_public_at for each in breaking if each.first_public_at is not None]
    return {
        "deprecation": instant(min([*told, *effects], default=None)),
        "sunset": instant(min(effects, default=None)),
    }


def directory(base_url: str) -> list[dict[str, Any]]:
    """Everything that has an address: {url, scheme, value, series, registry}. A series has that of
    its landing page, and while we know none that of its page on this site."""
    found: dict[str, dict[str, Any]] = {}
    for series in catalogue.all_series():
        whole = {"scheme": "series", "value": series.slug}
        url = series.landing_url or page(base_url, "series", series.slug)
        found.setdefault(url, entry(whole, url, [series.slug], base_url))
        for each in identifiers.named(series.identifiers):
            if url := str(each.get("url") or ""):
                found.setdefault(url, entry(each, url, [series.slug], base_url))
    for _, scope, _ in identifiers.candidates(()):
        for each in identifiers.named((scope or {}).get("identifiers")):
            if url := str(each.get("url") or ""):
                found.setdefault(url, entry(each, url, [], base_url))
    return [harmless(each) for each in found.values()]


def entry(name: Any, url: str, series: list[str], base_url: str) -> dict[str, Any]:
    return {
        "url": url,
        "scheme": str(name.get("scheme") or ""),
        "value": str(name.get("value") or ""),
        "series": series,
        "registry": f"{page(base_url, 'registry')}?url={quote(url, safe='')}",
    }
