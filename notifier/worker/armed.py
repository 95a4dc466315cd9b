"""Keeps what was armed: at the instant a release is published and its mail goes out.

Where the series asks for it, the landing page must answer first: it is asked again each minute, an
alarm is raised after five, and nothing is sent until it is live.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.errors import Conflict, Refused
from notifier.notices import out
from notifier.releases.models import Announcement
from notifier.sends.staff import nag
from notifier.store.db import look, session, unit
from notifier.store.history import SYSTEM
from notifier.worker.engine import Engine

log = structlog.get_logger()


def publish_armed(engine: Engine, now: datetime) -> None:
    """Publish every armed release whose instant has come. Two workers may look: one wins."""
    with look():
        due = [(found.id, page_of(found)) for found in out.due(now)]
    for announcement_id, page in due:
        why = not_live(engine, page) if page is not None else ""
        try:
            with unit():
                keep(announcement_id, why, now=now)
        except Conflict:
            log.info("published by another worker", announcement=announcement_id)
        except Exception:  # one release must not hold up the others
            log.exception("an armed release could not be published", announcement=announcement_id)


def page_of(announcement: Announcement) -> str | None:
    """The page that must be live first; None where the series does not ask for that."""
    release = announcement.release
    if not release.series.checks_landing:
        return None
    return release.landing_url or release.series.landing_url


def not_live(engine: Engine, page: str) -> str:
    """Why the page is not live, or ""."""
    if not page:
        return "the release has no landing page to look at"
    from notifier.fetch import Unreachable, fetch  # noqa: PLC0415  # urllib3: few pages are asked

    try:
        answer = fetch(page, allow=engine.settings.fetch_allow)
    except Unreachable as error:
        return str(error)
    return "" if answer.status == 200 else f"it answers {answer.status}"


def keep(announcement_id: int, why: str, *, now: datetime) -> None:
    """Publish, or withhold with the reason and, in time, the alarm."""
    announcement = session.get_one(Announcement, announcement_id)
    release = announcement.release
    if announcement.state not in ("armed", "withheld") or release.state != "confirmed":
        return
    if not why:
        try:
            out.gate(release, out=True)
        except Refused as refusal:
            why = str(refusal)
    if not why:
        out.publish(release, by=SYSTEM, now=now)
        log.info("published", release=release.id)
    elif out.withhold(announcement, why, now=now):
        alarm(announcement, now=now)


def alarm(announcement: Announcement, *, now: datetime) -> None:
    """Wake the people whose words these are, each by a mail of their own."""
    release = announcement.release
    log.error("a release is withheld", release=release.id, why=announcement.check_result)
    people = [announcement.author_id, announcement.approver_id]
    active = select(Staff.id).where(Staff.id.in_(people), Staff.active).order_by(Staff.id)
    nag(
        f"release:{release.id}",
        stage="withheld",
        to=session.scalars(active).all(),
        mark=str(release.at),
        now=now,
        team_id=release.series.team_id,
        release=release.id,
        why=announcement.check_result,
    )
