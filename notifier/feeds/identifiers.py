"""Which series and changes somebody means by what they call a dataset: a slug, a code, an address.

Programs know a table by its own name, not by ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import String, cast, or_, select

from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Series
from notifier.feeds.characters import uri
from notifier.notices.models import ChangeNotice, notice_series
from notifier.notices.rules import PUBLIC
from notifier.store.db import session

Names = list[Mapping[str, Any]]  # [{scheme, value, url?}]


def series_called(text: str) -> list[Series]:
    """The series whose slug, landing page or one of whose identifiers is ``text``."""
    return [
        series
        for series in catalogue.all_series()
        if is_whole(text, series) or any(same(text, each) for each in named(series.identifiers))
    ]


def is_whole(text: str, series: Series) -> bool:
    """Whether ``text`` names the series itself and not one of its datasets."""
    return text.casefold() == series.slug.casefold() or same_address(text, series.landing_url)


def same(text: str, name: Mapping[str, Any]) -> bool:
    """Whether ``text`` is the value, "scheme:value" or the address of a dataset."""
    scheme, value = str(name.get("scheme") or ""), str(name.get("value") or "")
    said = {value.casefold(), f"{scheme}:{value}".casefold()}
    return (bool(value) and text.casefold() in said) or same_address(text, name.get("url"))


def same_address(one: str, other: object) -> bool:
    return bool(one and other) and "://" in one and address(one) == address(str(other))


def address(url: str) -> tuple[str, str]:
    """What two spellings of an address have in common: http and https, a slash or a fragment at
    the end, the default port and the case of the host make no difference (RFC 3986 section 6)."""
    try:
        parts = urlsplit(uri(url))
        host = (parts.hostname or "") + (
            f":{parts.port}" if parts.port not in (None, 80, 443) else ""
        )
    except ValueError:
        return "", url
    return host, f"{parts.path.rstrip('/')}?{parts.query}"


def named(names: Iterable[Any] | None) -> Names:
    """The identifiers among what a catalogue holds; a bare word is a value."""
    found = (each if isinstance(each, Mapping) else {"value": each} for each in names or [])
    return [each for each in found if each.get("value") or each.get("url")]


def concerned(text: str) -> list[int] | None:
    """Ids of the public notices that concern what ``text`` names; None when nothing has that name.

    A change that names datasets concerns those. Where all that it names are others of the same
    series it is left out; a name that we do not know may be another name of the same dataset.
    """
    series = {each.id: each for each in series_called(text)}
    known, found = bool(series), []
    for id_, scope, theirs in candidates(series):
        names = named((scope or {}).get("identifiers"))
        if any(same(text, each) for each in names):
            known = True
            found.append(id_)
        elif theirs and not elsewhere(text, names, [series[one] for one in theirs]):
            found.append(id_)
    return found if known else None


def elsewhere(text: str, names: Names, series: Iterable[Series]) -> bool:
    """Whether all that a change names are other datasets of the series that ``text`` names."""
    series = list(series)
    if not names or any(is_whole(text, one) for one in series):
        return False
    theirs = [pair(each) for one in series for each in named(one.identifiers)]
    return all(pair(each) in theirs for each in names)


def pair(name: Mapping[str, Any]) -> tuple[str, str]:
    return str(name.get("scheme") or ""), str(name.get("value") or "")


def candidates(series_ids: Iterable[int]) -> list[tuple[int, dict[str, Any] | None, list[int]]]:
    """(id, scope, those of the series that it is about) of the public notices that are about one
    of these series, or name datasets."""
    about: dict[int, list[int]] = {}
    pairs = select(notice_series).where(notice_series.c.series_id.in_(list(series_ids)))
    for notice_id, series_id in session.execute(pairs):
        about.setdefault(notice_id, []).append(series_id)
    # Few name any; without this each look-up would read the scope of ten years of changes.
    names_some = cast(ChangeNotice.scope, String).contains('"identifiers"')
    theirs = ChangeNotice.id.in_(
        select(notice_series.c.notice_id).where(notice_series.c.series_id.in_(list(series_ids)))
    )
    query = select(ChangeNotice.id, ChangeNotice.scope).where(
        ChangeNotice.state.in_(PUBLIC), or_(theirs, names_some)
    )
    return [(id_, scope, about.get(id_, [])) for id_, scope in session.execute(query)]


def everything_named() -> list[str]:
    """What datasets and series are called, for who asked for another name: slugs, identifiers."""
    found = [series.slug for series in catalogue.all_series()]
    found += [
        str(n["value"])
        for s in catalogue.all_series()
        for n in named(s.identifiers)
        if n.get("value")
    ]
    for _, scope, _ in candidates(()):
        names = named((scope or {}).get("identifiers"))
        found += [str(each["value"]) for each in names if each.get("value")]
    return list(dict.fromkeys(found))
