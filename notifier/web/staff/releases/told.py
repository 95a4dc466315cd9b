"""Who would be told, before it happens: how many people, by user type, and what becomes of changes
that hang on the release.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from notifier.audience.headcount import by_user_type
from notifier.audience.receivers import Audience
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.notices import follow, out, release_acts
from notifier.notices.models import ChangeNotice
from notifier.releases import guards
from notifier.releases.models import Release
from notifier.render import dates
from notifier.web.staff import ways
from notifier.web.staff.security import now


@dataclass(frozen=True)
class Told:
    """``kinds`` are (user type, people, percent of the most), the most first; no total: nobody gets
    mail."""

    total: int
    kinds: list[tuple[str, int, int]]
    mail: bool


@dataclass(frozen=True)
class Follows:
    """A change that hangs on the release: what becomes of it."""

    reference: str
    headline: str
    url: str
    words: str
    short: bool


def told(release: Release, act: str) -> Told:
    audience = release_acts.told(release, act)
    if audience is None:
        return Told(0, [], mail=False)
    counts = counted(audience, now())
    most = max([*counts.values(), 1])
    kinds = [
        (kind.name, counts[kind.id], max(round(100 * counts[kind.id] / most), 1))
        for kind in catalogue.user_types()
        if counts.get(kind.id)
    ]
    kinds.sort(key=lambda kind: -kind[1])
    return Told(sum(counts.values()), kinds, mail=True)


KEPT, MOST = timedelta(minutes=10), 500


def counted(audience: Audience, moment: datetime) -> dict[int, int]:
    """People by id of their user type, kept for ten minutes by one process: of 100,000 a count
    takes 100 ms, and a page that asks is opened again and again."""
    kept: dict[str, tuple[datetime, dict[int, int]]]
    kept = current_app.extensions.setdefault("notifier.told", {})
    key = json.dumps(audience.as_dict(), sort_keys=True)
    if key not in kept or moment - kept[key][0] >= KEPT:
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = (moment, by_user_type(audience))
    return kept[key][1]


def follows(release: Release, act: str, given: release_acts.Given, now: datetime) -> list[Follows]:
    """What becomes of each public change that comes with it. ``given`` may lack what is not typed
    yet."""
    notices = out.anchored(release)
    at = None
    if act in ("move", "confirm") and given.get("day"):
        at = release_acts.dated(given).earliest(guards.standard_time())
    short = follow.becomes_short(notices, at) if at is not None else []
    return [one(notice, act, given, at, notice in short, now) for notice in notices]


def one(
    notice: ChangeNotice,
    act: str,
    given: release_acts.Given,
    at: datetime | None,
    short: bool,
    now: datetime,
) -> Follows:
    url = ways.notice(notice.reference, public=True)
    words = {
        "postpone": "It waits on hold until the release has a date; readers are told so.",
        "cancel": chosen(given.get("choices", {}).get(notice.reference, "hold")),
        "withdraw": "It stays as it is.",
        "publish": "It takes effect with the release, and the same mail says so.",
    }.get(act, "It takes effect with the release, on the day that you give.")
    if at is not None and notice.first_public_at is not None:
        day = london_date(at)
        lead = (day - london_date(notice.first_public_at)).days
        words = f"It takes effect on {dates.past(day)}: {dates.days(lead)} of notice"
        words += f", {notice.minimum_days} are promised."
        if short:
            words += " A Head of Profession must agree, and your reason becomes public for it."
    return Follows(notice.reference, notice.headline, url, words, short)


def chosen(word: str) -> str:
    if word == "hold":
        return "It waits on hold, with news within four weeks."
    return "It is cancelled too." if word == "cancel" else f"Release {word} carries it from now on."
