"""A release as the command line shows it, and dates as it reads them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from notifier.catalogue.document import when
from notifier.cli.door import Door, instant
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.releases.flags import flags
from notifier.releases.models import Release
from notifier.sends.models import Send


def row(release: Release, *, now: datetime) -> dict[str, Any]:
    """The contract's JSON shape of a release, with what follows from its dates."""
    return {
        "id": release.id,
        "series": release.series.slug,
        "title": release.title,
        "date": shown_date(release),
        "precision": release.precision,
        "certainty": release.certainty,
        "state": release.state,
        "contains_change": release.contains_change,
        "notices": notices.references_of(release.id),
        "at": instant(release.at),
        "period": release.period,
        "contact": release.contact or release.series.team.contact,
        "landing_url": release.landing_url or release.series.landing_url,
        "published_at": instant(release.published_at),
        **flags(release, now),
        "confirmed_lead_days": release.confirmed_lead_days,
        "next_update_by": release.next_update_by.isoformat() if release.next_update_by else None,
        "moves": [
            {
                "from": moved.from_date.isoformat() if moved.from_date else None,
                "to": moved.to_date.isoformat() if moved.to_date else None,
                "direction": moved.direction,
                "reason_code": moved.reason_code,
                "reason": moved.reason,
                "decided_at": instant(moved.decided_at),
                "announced_at": instant(moved.announced_at),
                "told": moved.send.accepted if moved.send else None,
            }
            for moved in release.date_changes
        ],
    }


def done(door: Door, release: Release, sentence: str, *, send: Send | None = None) -> None:
    """Finish a verb: the sentence and who is told by which send, or the release as it is now."""
    told = {"send": send.id} if send else {}
    if send:
        about = f"{send.about} {send.stage}"
        sentence += f" Those whom it concerns are told by send {send.id} ({about})."
    door.done(sentence, lambda: {**row(release, now=door.now()), **told})


def shown_date(release: Release) -> str | None:
    if release.day is None:
        return None
    if release.wall_time is None:
        return release.day.isoformat()
    return f"{release.day.isoformat()} {release.wall_time:%H:%M}"


def moment(text: str, now: datetime) -> tuple[date, time | None]:
    return when("the date", text, london_date(now))
