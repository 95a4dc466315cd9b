"""Rows that wait for a digest: whose they are at freeze, and which digests they are promised."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from notifier.audience.kinds import DAILY, IMMEDIATE, MACHINES_ONLY, WEEKLY, mask
from notifier.audience.models import Reach
from notifier.audience.receivers import Audience
from notifier.catalogue import queries as catalogue
from notifier.clock import SEND_TIME, at_london, london_date, london_time
from notifier.delivery.floor import TELLABLE, Facts, held, may_wait, next_day
from notifier.notices.leadtime import publish_by
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Delivery, Send
from notifier.sends.plan import plan
from notifier.sends.rules import State
from notifier.store.db import session

KIND = ABOUT = "digest"
HOLDS = "holds"  # in a Send's context: some of its rows waited for a digest
LAST_MOMENT = time(23, 59, 59)
# Said when all is over: nothing can come too late any more.
AFTERWARDS = ("outcome",)


def facts_of(send: Send, *, now: datetime) -> Facts:
    """What decides whether a Send may wait, as it stands now."""
    audience = Audience.of(send.receivers or {})
    kinds = tuple(audience.kinds)
    if send.kind == "notice":
        notice = session.get(ChangeNotice, send.context.get("notice", 0))
        return about_notice(send, notice, kinds, now=now) if notice else Facts(at_once=True)
    # A release mail that carries the T0 of a change is that change's own last word.
    tells_effect = bool(send.context.get("notices"))
    return Facts(kinds, at_once=tells_effect or send.kind not in TELLABLE)


def about_notice(
    send: Send, notice: ChangeNotice, kinds: tuple[str, ...], *, now: datetime
) -> Facts:
    today = london_date(now)
    effect = london_date(notice.effect_at) if notice.effect_at is not None else None
    closes = notice.consultation.get("closes") if notice.consultation else None
    days = [effect, date.fromisoformat(str(closes)[:10]) if closes else None]
    latest = None
    if send.wall_date is not None:
        latest = send.due_at
    elif effect is not None and send.stage not in AFTERWARDS:
        latest = at_london(publish_by(effect, notice.minimum_days), LAST_MOMENT)
    return Facts(
        kinds,
        latest=latest,
        event=min((day for day in days if day is not None and day >= today), default=None),
        at_once=send.stage == "early",
        digest_only=notice.class_ == "F" and send.stage == "announce",
    )


def state_at_freeze(send: Send, *, now: datetime) -> ColumnElement[int]:
    """HELD or WAITING for a row of the receivers query."""
    facts = facts_of(send, now=now)
    rhythms = held(
        facts,
        daily_at=instant(digest_day(DAILY, send, now=now)),
        weekly_at=instant(digest_day(WEEKLY, send, now=now)),
    )
    if not rhythms:
        return literal(int(State.WAITING))
    if len(rhythms) == 3:
        return literal(int(State.HELD))
    waits = rhythm_in_sql(Audience.of(send.receivers or {})).in_(rhythms)
    return case((waits, int(State.HELD)), else_=int(State.WAITING))


def rhythm_in_sql(audience: Audience) -> ColumnElement[int]:
    """``floor.rhythm`` of a row of ``reach``, for who is reached at all."""

    def says(number: int) -> ColumnElement[bool]:
        return or_(*(wants(kind, number) for kind in audience.kinds))

    def wants(kind: str, number: int) -> ColumnElement[bool]:
        found = Reach.kinds.bitwise_and(mask([kind])) == mask([kind], number)
        if kind != "change" or audience.breaks_machines:
            return found
        return and_(found, Reach.kinds.bitwise_and(MACHINES_ONLY) == 0)

    rhythms = (IMMEDIATE, DAILY, WEEKLY)
    return case(*((says(number), number) for number in rhythms), else_=IMMEDIATE)


def digest_day(every: int, send: Send, *, now: datetime) -> date:
    """The day of the next digest that can tell a Send."""
    house = catalogue.organisation()
    return next_day(
        every,
        after=send.due_at,
        now=now,
        wall=house.digest_time if house else SEND_TIME,
        weekday=house.digest_weekday if house else 0,
        begun=last_begun(),
    )


def instant(day: date) -> datetime:
    house = catalogue.organisation()
    return at_london(day, house.digest_time if house else SEND_TIME)


def next_weekly(day: date) -> date:
    """The day of the weekly digest after that day."""
    following = day + timedelta(days=1)
    while not is_weekly(following):
        following += timedelta(days=1)
    return following


def is_weekly(day: date) -> bool:
    house = catalogue.organisation()
    return day.weekday() == (house.digest_weekday if house else 0)


def last_begun() -> date | None:
    """The last day whose digest was made, or for which there was nothing to say."""
    query = select(func.max(Send.stage)).where(Send.about == ABOUT, Send.state != "planned")
    found = session.scalar(query)
    return date.fromisoformat(found) if found else None


def promise(send: Send, *, now: datetime) -> None:
    """Promise the digests that tell the held rows of a Send: the next, the next weekly, or both."""
    facts, weekly = facts_of(send, now=now), digest_day(WEEKLY, send, now=now)
    soon = digest_day(DAILY, send, now=now)
    rhythm = rhythm_in_sql(Audience.of(send.receivers or {}))
    if may_wait(facts, instant(weekly)) and some(send, rhythm == WEEKLY):
        promised(weekly, now=now)
        if not some(send, rhythm != WEEKLY):
            return
    promised(soon, now=now)


def some(send: Send, condition: ColumnElement[bool]) -> bool:
    """Whether some held row of it is of a person like that."""
    query = (
        select(Delivery.subscriber_id)
        .join(Reach, Reach.subscriber_id == Delivery.subscriber_id)
        .where(Delivery.send_id == send.id, Delivery.state == int(State.HELD), condition)
    )
    return session.scalar(query.limit(1)) is not None


def redate() -> None:
    """The organisation may have chosen another time of the day since they were promised."""
    query = select(Send).where(Send.about == ABOUT, Send.state == "planned", Send.revision == 1)
    for send in session.scalars(query):
        at = instant(date.fromisoformat(send.stage))
        if send.due_at != at:
            send.due_at, send.wall_time = at, london_time(at)


def promised(day: date, *, now: datetime) -> Send:
    """The digest of a London day: one for all who are told something in it."""
    due_at = instant(day)
    house = catalogue.organisation()
    return plan(
        "digest",
        ABOUT,
        stage=day.isoformat(),
        due_at=due_at,
        now=now,
        wall=(day, house.digest_time if house else SEND_TIME),
        rule="each day at the organisation's time for digests",
        receivers={},
    )
