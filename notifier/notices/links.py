"""The addresses that a notice names, and what they answered when they were last asked.

They are asked on request only, never while somebody looks at a page, and outside of any
transaction; what they answered is kept with the notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from notifier.catalogue.rules import MAILBOX
from notifier.notices.models import ChangeNotice
from notifier.store.db import session
from notifier.store.history import By, record

MOST = 20  # addresses that are asked at a time
STALE = timedelta(days=7)
IN_WORDS = re.compile(r"https?://[^\s<>\"')\]]{1,500}")
WORDS = ("what", "not_changing", "why", "driver", "technical", "brief")


class Named(NamedTuple):
    """An address, what it is called, and the field of the form in which it stands."""

    url: str
    label: str
    field: str


def named(notice: ChangeNotice) -> list[Named]:
    """Each once, pages and the mailbox that answers about the change."""
    found = [Named(str(e["url"]), str(e["title"]), "evidence") for e in pairs(notice.evidence)]
    instead = pairs(notice.alternatives)
    found += [Named(str(e["url"]), str(e["title"]), "alternatives") for e in instead]
    if url := (notice.consultation or {}).get("url"):
        found.append(Named(str(url), "the page of the consultation", "consultation"))
    for each in (notice.scope or {}).get("identifiers", []):
        if each.get("url"):
            found.append(Named(str(each["url"]), str(each["value"]), "scope"))
    for name in WORDS:
        for url in IN_WORDS.findall(str(getattr(notice, name) or "")[:20_000]):
            found.append(Named(url.rstrip(".,;:"), url.rstrip(".,;:"), name))
    if who := answers(notice):
        url = f"mailto:{who}" if MAILBOX.fullmatch(who) else who
        found.append(Named(url, who, "contact"))
    once: dict[str, Named] = {}
    for each in found:
        once.setdefault(each.url, each)
    return list(once.values())


def pairs(listed: list[Any] | None) -> list[Mapping[str, Any]]:
    return [each for each in listed or [] if isinstance(each, Mapping) and each.get("url")]


def answers(notice: ChangeNotice) -> str:
    """Who answers about it: its own contact, else that of its first team."""
    own = str(notice.contact or "").strip()
    team = notice.series[0].team.contact if notice.series else ""
    return own or str(team or "").strip()


def keep(notice: ChangeNotice, troubles: Mapping[str, str], *, by: By, now: datetime) -> None:
    """What each address said: "" where it answers, else why it does not. Others are forgotten."""
    here = {each.url for each in named(notice)}
    fresh = {url: {"at": now.isoformat(), "trouble": why} for url, why in troubles.items()}
    kept = {**(notice.link_checks or {}), **fresh}
    notice.link_checks = {url: found for url, found in kept.items() if url in here}
    session.flush()
    bad = sum(1 for why in troubles.values() if why)
    record(f"notice:{notice.id}", "check_links", by=by, now=now, asked=len(troubles), bad=bad)


def is_fresh(notice: ChangeNotice, url: str, now: datetime) -> bool:
    """Whether it was asked within the last week."""
    kept = (notice.link_checks or {}).get(url)
    return kept is not None and now - datetime.fromisoformat(kept["at"]) < STALE


def trouble(notice: ChangeNotice, url: str) -> str:
    return str((notice.link_checks or {}).get(url, {}).get("trouble", ""))
