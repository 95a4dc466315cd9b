"""Whether the words of a release mail leave by themselves, and how long it is until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.releases.models import Announcement, Release
from notifier.render import dates
from notifier.web.public.shapes import Tag
from notifier.web.staff.releases import words

EACH_SECOND = timedelta(hours=1)  # before it, the last hour, the page looks each second
SLOWLY = timedelta(days=2)


@dataclass(frozen=True)
class Armed:
    """``left`` is "2 h 14 min 9 s"; ``every`` how often the page looks again, "" for never."""

    tag: Tag
    sentence: str
    left: str
    at: str
    every: str


def armed(release: Release, written: Announcement | None, now: datetime) -> Armed:
    """Given the instant, never before it: what the worker will do, or why it does not."""
    at = dates.within(dates.moment(release.at)) if release.at is not None else ""
    if written is None:
        return Armed(Tag("No words yet", "neutral"), nothing(release, at), "", at, "")
    tag = words.WORDS_STATES[written.state]
    if written.state == "announced":
        return Armed(tag, "They left with the release.", "", at, "")
    if written.state == "withheld":
        since = dates.within(dates.moment(written.checked_at)) if written.checked_at else ""
        why = written.check_result.rstrip(".") or "its page is not live"
        said = f"Held back: {why}. Asked at {since}, and again each minute; nobody has mail yet."
        return Armed(tag, said, "", at, "5s")
    if written.state == "draft":
        late = release.at is not None and release.state == "confirmed"
        soon = late and release.at - now < timedelta(days=14)  # type: ignore[operator]
        said = "Nobody has approved them, so they do not go out as they stand."
        return Armed(Tag("Draft", "look" if soon else "neutral"), said, "", at, "")
    left = release.at - now if release.at is not None else None
    if left is None or release.state != "confirmed":
        return Armed(tag, "Approved; they leave when the release has a date again.", "", at, "")
    if left <= timedelta(0):
        return Armed(tag, "Its instant has come: it is being published.", "now", at, "1s")
    checks = ", when its page answers" if release.series.checks_landing else ""
    said = f"It is published and mailed at {at}{checks}. Nobody needs to press anything."
    return Armed(tag, said, countdown(left), at, every(left))


def nothing(release: Release, at: str) -> str:
    if release.state in ("cancelled", "withdrawn", "released"):
        return "No words were written for its mail."
    if release.state == "planned":
        return "Make the release public first; then its words can be written."
    return "Without words that somebody approved, its mail holds the facts alone."


def every(left: timedelta) -> str:
    if left <= EACH_SECOND:
        return "1s"
    return "30s" if left <= SLOWLY else ""


def countdown(left: timedelta) -> str:
    """ "14 days", "2 h 14 min", "9 min 5 s": finer the nearer it is."""
    seconds = int(left.total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days >= 2:
        return f"{dates.days(days)} {hours} h"
    if seconds >= 3600:
        return f"{days * 24 + hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s"
