"""A release as the command line shows it, and dates as it reads them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from notifier.accounts.models import Staff
from notifier.accounts.people import known
from notifier.catalogue.document import when
from notifier.cli.door import Door, instant
from notifier.clock import london_date
from notifier.notices import queries as notices
from notifier.releases import queries
from notifier.releases.flags import flags
from notifier.releases.models import Release
from notifier.render import dates
from notifier.sends.models import Send
from notifier.store.history import By


def row(release: Release, *, now: datetime) -> dict[str, Any]:
    """The contract's JSON shape of a release, with what follows from its dates."""
    linked = notices.references_of(release.id)
    return {
        "id": release.id,
        "series": release.series.slug,
        "title": release.title,
        "date": shown_date(release),
        "precision": release.precision,
        "certainty": release.certainty,
        "state": release.state,
        "contains_change": release.contains_change or bool(notices.carried_by(release.id)),
        "notices": linked,
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
                "from_precision": moved.from_precision,
                "to_precision": moved.to_precision,
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


def acting(door: Door, number: int, email: str) -> tuple[Release, Staff, By]:
    """The release, who acts, and how that is known."""
    release, person = queries.any_release(number), known(email)
    return release, person, door.by(person)


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


def when_words(release: Release) -> str:
    """ "for 2027-03-25 09:30", "in March 2027", "by Friday 7 May 2027"."""
    if release.precision in ("datetime", "date"):
        return f"for {shown_date(release)}"
    return dates.within(dates.vague(release.day, release.precision))


def moment(text: str, now: datetime) -> tuple[date, time | None]:
    return when("the date", text, london_date(now))
