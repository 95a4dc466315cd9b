"""The one message that tells what became of a release's date and of the changes that hang on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from notifier.audience.receivers import Audience, about
from notifier.clock import at_london, london_date
from notifier.notices.followers import kinds_of
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.releases.rules import window
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import drop, told
from notifier.store.db import session

MORNING = time(8, 30)  # "no release today" is read before the hour at which one would look


def tell(
    release: Release,
    row: ReleaseDateChange | None,
    stage: str,
    notices: list[ChangeNotice],
    *,
    before: datetime | None,
    now: datetime,
) -> Send:
    """One merged message at once to everybody who follows the series or got a stage of its
    notices; and "no release today" on the morning of the day that was given up, to the same people.
    """
    name = f"release:{release.id}"
    unsaid = overtaken(name, last_day(release), now=now)
    number = len(release.date_changes) + (row is None)
    context = {
        "release": release.id,
        "change": row.id if row is not None else None,
        "notices": [notice.id for notice in notices],
    }
    message = plan(
        "release",
        name,
        stage=stage,
        due_at=now,
        now=now,
        revision=number,
        receivers=whom(release, notices).as_dict(),
        team_id=release.series.team_id,
        context=context,
    )
    if row is not None:
        row.send_id = message.id
    tells_instead(message, unsaid)
    if before is not None and exact(row, release):
        no_release(release, message, number, london_date(before), context, now=now)
    return message


def whom(release: Release, notices: list[ChangeNotice]) -> Audience:
    """Who is told what became of its date and of these notices: their followers, and whoever got a
    stage of one."""
    series = {release.series_id, *(s.id for notice in notices for s in notice.series)}
    followers = about(
        series,
        notices=[notice.id for notice in notices],
        releases=[release.id],
        kinds=["date_change", *kinds_of(notices)],
        breaks_machines=any(notice.machine_breaking for notice in notices),
    )
    return replace(
        followers, got=[send_id for notice in notices for send_id in told(notice.reference)]
    )


def no_release(
    release: Release,
    message: Send,
    number: int,
    old_day: date,
    context: dict[str, Any],
    *,
    now: datetime,
) -> None:
    """ "No release today", on the morning of the day that was given up, to whom the message about
    it went; nothing when it comes out on that day after all, or earlier. A vague date that may mean
    the old day leaves it in doubt: it cannot come out on it unless that is confirmed first."""
    morning = at_london(old_day, MORNING)
    last = last_day(release)
    gone = last is None or release.state == "cancelled" or last > old_day
    if morning <= now + timedelta(hours=1) or not gone:
        return
    plan(
        "release",
        message.about,
        stage="no-release",
        due_at=morning,
        now=now,
        revision=number,
        wall=(old_day, MORNING),
        rule="on the morning of the day that was given up",
        receivers=Audience(got=[message.id], kinds=["date_change"]).as_dict(),
        team_id=release.series.team_id,
        lapses_at=at_london(old_day, time(12, 30)),
        context=context,
    )


def overtaken(name: str, new_day: date | None, *, now: datetime) -> list[int]:
    """Unsaid messages about an older move are overtaken by this one; returns their ids. The
    mornings of days that were given up stay, for people still wait on them; unless the release
    comes out on that very day or before it."""
    query = select(Send).where(Send.about == name, Send.kind == "release", Send.state == "planned")
    dropped = []
    for send in session.scalars(query):
        out_by_then = new_day is not None and (send.wall_date or new_day) >= new_day
        if send.stage != "no-release" or out_by_then:
            drop(send, "cancel", "overtaken by a newer change of the date", now=now)
            dropped.append(send.id)
    return dropped


def last_day(release: Release) -> date | None:
    """The last day that its date may mean."""
    return window(release.day, release.precision)[1] if release.day is not None else None


def drop_mornings(release: Release, *, now: datetime) -> None:
    """A vague date was fixed on a day that had been given up, or before it: "no release today"
    would be false on that morning."""
    query = select(Send).where(
        Send.about == f"release:{release.id}", Send.stage == "no-release", Send.state == "planned"
    )
    for morning in session.scalars(query):
        given_up = morning.wall_date
        if given_up is not None and release.day is not None and given_up >= release.day:
            drop(morning, "cancel", "it comes out by that day after all", now=now)


def tells_instead(message: Send, unsaid: list[int]) -> None:
    """The morning of a day that was given up goes to whom the message about it went. Where that was
    overtaken before anybody got it, it goes to whom the newer one goes."""
    query = select(Send).where(
        Send.about == message.about, Send.stage == "no-release", Send.state == "planned"
    )
    for morning in session.scalars(query):
        audience = Audience.of(morning.receivers or {})
        if set(audience.got) & set(unsaid):
            morning.receivers = replace(audience, got=[*audience.got, message.id]).as_dict()


def exact(row: ReleaseDateChange | None, release: Release) -> bool:
    """Whether people expected it on a certain day: a vague date has no morning."""
    precision = row.from_precision if row is not None else release.precision
    return precision in ("datetime", "date")
