"""What an entry says beside the words of a change: scope, alternatives, contact, chosen class."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from notifier.catalogue.document import check_keys
from notifier.catalogue.rules import ADDRESS, MAILBOX
from notifier.catalogue.shapes import plain
from notifier.errors import Refused
from notifier.notices.leadtime import PROMISES
from notifier.notices.models import ChangeNotice

# What a scope says: lists of plain names, and periods in the words of the series ("Q1 2027").
PARTS = ("geographies", "breakdowns")
PERIODS = ("reference_from", "history_from")
WELSH = ("headline", "what", "why", "not_changing", "technical", "brief", "driver", "follows")
OF_RELEASES = ("G", "H")


def details(
    notice: ChangeNotice, entry: Mapping[str, Any], where: str, types: Collection[str]
) -> None:
    """Take them into the notice. ``types`` are the slugs of the user types that there are.

    Raises Refused for an unknown key or user type, and for an address that is no http(s) URL.
    """
    notice.brief, notice.driver = text(entry.get("brief")), text(entry.get("driver"))
    notice.scope = scope(entry.get("scope") or {}, where, types)
    notice.alternatives = [alternative(item, where) for item in entry.get("alternatives") or []]
    notice.contact = contact(text(entry.get("contact")), where)
    notice.cy = welsh(entry.get("cy") or {}, where)


def text(value: object) -> str:
    return "" if value is None else str(value).strip()


def welsh(entry: Mapping[str, Any], where: str) -> dict[str, str]:
    """The Welsh words; a key that is misspelt would be lost in silence."""
    check_keys(f"{where}: cy", entry, set(), set(WELSH))
    return {key: str(words) for key, words in plain(entry).items() if text(words)}


def scope(entry: Mapping[str, Any], where: str, types: Collection[str]) -> dict[str, Any]:
    """Only what is said: {geographies, breakdowns: [name], identifiers: [{scheme, value, url?}],
    reference_from, history_from: words, user_types: [slug]}."""
    where = f"{where}: scope"
    check_keys(where, entry, set(), {*PARTS, *PERIODS, "identifiers", "user_types"})
    found: dict[str, Any] = {key: names(entry.get(key), f"{where}.{key}") for key in PARTS}
    found["identifiers"] = [identifier(i, where) for i in listed(entry.get("identifiers"), where)]
    found["user_types"] = names(entry.get("user_types"), f"{where}.user_types")
    for slug in found["user_types"]:
        if slug not in types:
            raise Refused(f"{where}: there is no user type {slug!r}.", field="scope.user_types")
    found |= {key: text(plain(entry.get(key))) for key in PERIODS}
    return {key: value for key, value in found.items() if value}


def listed(value: object, where: str) -> list[Any]:
    """A list, or one thing of it."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def names(value: object, where: str) -> list[str]:
    """Plain names without their doubles."""
    found = listed(value, where)
    if any(isinstance(name, dict | list) for name in found):
        raise Refused(f"{where} must be a list of names.")
    return list(dict.fromkeys(text(plain(name)) for name in found if text(name)))


def identifier(entry: object, where: str) -> dict[str, str]:
    """{scheme, value, url?}; a bare word is a value."""
    if not isinstance(entry, Mapping):
        return {"scheme": "", "value": text(entry)}
    check_keys(f"{where}.identifiers", entry, {"value"}, {"scheme", "url"})
    found = {"scheme": text(entry.get("scheme")), "value": text(entry["value"])}
    if not found["value"]:
        raise Refused(f"{where}.identifiers: give each its value.", field="scope.identifiers")
    url = address(entry.get("url"), f"{where}.identifiers", field="scope.identifiers")
    return {**found, **url}


def alternative(entry: object, where: str) -> dict[str, str]:
    """{title, url?} of what one can use instead; a bare text is a title."""
    where = f"{where}: alternatives"
    if isinstance(entry, str):
        entry = {"title": entry}
    checked = check_keys(where, entry, {"title"}, {"url"})
    if not text(checked["title"]):
        raise Refused(f"{where}: give each a title.", field="alternatives")
    url = address(checked.get("url"), where, field="alternatives")
    return {"title": text(checked["title"]), **url}


def address(value: object, where: str, *, field: str) -> dict[str, str]:
    url = text(value)
    if url and not ADDRESS.fullmatch(url):
        raise Refused(f"{where}: {url[:60]!r} is no address; write one with https://.", field=field)
    return {"url": url} if url else {}


def contact(given: str, where: str) -> str:
    """An address of mail or of a page that answers about this change; empty means the team's."""
    if given and not (ADDRESS.fullmatch(given) or MAILBOX.fullmatch(given)):
        raise Refused(
            f"{where}: contact {given[:60]!r} must be an email address or one with https://; "
            "leave it out for the team's own.",
            field="contact",
        )
    return given


def chosen_class(notice: ChangeNotice, entry: object, where: str) -> None:
    """A class against the table: ``{is: D, because: TEXT}``; the reason is public."""
    if entry is None:
        notice.override = notice.override_reason = ""
        return
    where = f"{where}: class"
    checked = check_keys(where, entry, {"is", "because"}, set())
    class_, because = text(checked["is"]), text(checked["because"])
    if class_ not in PROMISES or class_ in OF_RELEASES:
        allowed = ", ".join(c for c in PROMISES if c not in (*OF_RELEASES, "I"))
        raise Refused(f"{where}: is must be one of {allowed}, not {class_!r}.", field="class.is")
    if class_ == "I":
        raise Refused(
            f"{where}: a correction is not chosen; say type: correction.", field="class.is"
        )
    if not because:
        raise Refused(
            f"{where}: say because: why the table does not fit; users read it.",
            field="class.because",
        )
    notice.override, notice.override_reason = class_, because


def not_idle(notice: ChangeNotice, derived: str, where: str) -> None:
    """A chosen class that the table gives anyway would read as an exception that it is not."""
    if notice.override == derived:
        raise Refused(
            f"{where}: the table says {derived} already; leave class out.", field="class.is"
        )
