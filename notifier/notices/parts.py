"""What an entry lists of a change: its size, what compares, what to do, codes, evidence. A slip in
a key or word is refused, for what nobody reads would be lost in silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from notifier.catalogue.document import check_keys, on_working_day, when
from notifier.catalogue.shapes import plain
from notifier.errors import Refused
from notifier.notices.fields import address, text

KNOWN = ("yes", "no", "partly", "not_applicable")
NEEDS_NO_IMPACT = {"format_or_layout", "designation", "frequency_or_timing", "access_or_api"}
DIRECTIONS = ("up", "down")
BACK_SERIES = ("yes", "later", "no")
SIZES = ("size_low", "size_high")


def impact(entry: object, type_: str, where: str, today: date) -> dict[str, Any]:
    """How big it is: {known, direction, size_low, size_high, unit, text, known_by}.

    Raises Refused for another key, a size that is no number, and ``not_applicable`` for a change
    of more than format, label, timing or access (DOMAIN.md section 4).
    """
    place = f"{where}: impact"
    check_keys(place, entry, set(), {"known", "direction", *SIZES, "unit", "text", "known_by"})
    found = dated(entry, ("known_by",), place, today)
    found["known"] = yes_no(found.get("known"))
    if found["known"] not in KNOWN:
        raise Refused(
            f"{where}: impact.known must be one of {', '.join(KNOWN)}.", field="impact.known"
        )
    if found["known"] == "not_applicable" and type_ not in NEEDS_NO_IMPACT:
        raise Refused(
            f"{where}: only formats, labels and timing may have no impact; "
            "say yes, partly or no under impact.known.",
            field="impact.known",
        )
    among(found, "direction", DIRECTIONS, place)
    sizes(found, place)
    return found


def sizes(found: Mapping[str, Any], where: str) -> None:
    for key in SIZES:
        size = found.get(key)
        if size is not None and (isinstance(size, bool) or not isinstance(size, int | float)):
            raise Refused(
                f"{where}.{key} must be a number, not {str(size)[:40]!r}; see unit.",
                field=f"impact.{key}",
            )
    low, high = (found.get(key) for key in SIZES)
    if low is not None and high is not None and low > high:
        raise Refused(
            f"{where}: size_low, {low}, is more than size_high, {high}; change them.",
            field="impact.size_high",
        )


def comparability(entry: object, where: str) -> dict[str, Any]:
    """Whether figures before and after compare: {back_series, from, reason}."""
    where = f"{where}: comparability"
    found: dict[str, Any] = plain(
        check_keys(where, entry, set(), {"back_series", "from", "reason"})
    )
    if "back_series" in found:
        found["back_series"] = yes_no(found["back_series"])
    among(found, "back_series", BACK_SERIES, where)
    return found


def to_do(entry: object, types: Collection[str], where: str, today: date) -> dict[str, Any]:
    """One thing that users must do: {action, by, user_types: [slug]}, none of these: everybody."""
    place = f"{where}: what_to_do"
    given = check_keys(place, entry, {"action"}, {"by", "user_types"})
    if not text(given["action"]):
        raise Refused(f"{place}: say under action what users must do.", field="what_to_do")
    found = dated({k: v for k, v in given.items() if v is not None}, ("by",), place, today)
    named = found.get("user_types") or []
    found["user_types"] = [str(slug) for slug in (named if isinstance(named, list) else [named])]
    for slug in found["user_types"]:
        if slug not in types:
            raise Refused(
                f"{where}: there is no user type {slug!r} for what to do.", field="what_to_do"
            )
    return found


def code(entry: object, where: str) -> dict[str, Any]:
    """One row of old and new codes: {old, new, what}; a code that is new or goes has one only."""
    where = f"{where}: mapping"
    found: dict[str, Any] = plain(check_keys(where, entry, set(), {"old", "new", "what"}))
    if not text(found.get("old")) and not text(found.get("new")):
        raise Refused(f"{where}: each row has an old or a new code.", field="mapping")
    return found


def evidence(entry: object, where: str) -> dict[str, str]:
    """{title, url} of what supports it; a bare address is its own title."""
    where = f"{where}: evidence"
    if isinstance(entry, str):
        entry = {"title": entry, "url": entry}
    checked = check_keys(where, entry, {"title", "url"}, set())
    if not text(checked["title"]) or not text(checked["url"]):
        raise Refused(f"{where}: give each a title and a url.", field="evidence")
    return {"title": text(checked["title"]), **address(checked["url"], where, field="evidence")}


def among(found: Mapping[str, Any], key: str, allowed: Collection[str], where: str) -> None:
    if key in found and found[key] not in allowed:
        said = str(found[key])[:40]
        raise Refused(
            f"{where}.{key} must be one of {', '.join(allowed)}, not {said!r}; or leave it out."
        )


def yes_no(value: object) -> str:
    """YAML 1.1 reads a bare yes as true; both spellings mean the same here."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def dated(entry: object, keys: tuple[str, ...], where: str, today: date) -> dict[str, Any]:
    """The mapping with the dates under ``keys`` as ISO text; a day that is promised as an offset is
    a working day, only a consultation opens on any."""
    if not isinstance(entry, Mapping):
        raise Refused(f"{where}: {entry!r} must be a mapping of keys to values.")
    found: dict[str, Any] = plain(entry)
    for key in keys:
        if key in found:
            read = when if key == "opens" else on_working_day
            found[key] = read(where, found[key], today)[0].isoformat()
    return found
