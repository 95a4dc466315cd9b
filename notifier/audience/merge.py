"""Topics that end take their people along: who follows one is told first, and moved on its day."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select

from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.audience import reach
from notifier.audience.leave import end
from notifier.audience.receivers import Audience
from notifier.catalogue import merge as topics
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.catalogue.rules import with_ancestors
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session
from notifier.store.history import SYSTEM, By, record

BATCH = 500  # people in one unit of work


def announce(
    topic: Topic,
    *,
    into: Topic | None,
    on: date | None,
    person: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Announce that ``topic`` becomes part of ``into``, or ends. Who follows it is told at once.

    Raises Refused for somebody who may not decide it, and as ``catalogue.merge.announce`` does.
    """
    concerned = {one.team_id for each in (topic, into) if each is not None for one in each.series}
    if not has_role(person, "approver", "hop", "admin", team_ids=catalogue.body_teams(concerned)):
        raise Refused(
            f"{person.email} may not end a topic; ask an approver, an administrator or the Head of "
            "Profession."
        )
    day = topics.announce(topic, into=into, on=on, by=by, now=now)
    return plan(
        "topic",
        f"topic:{topic.id}",
        stage="merged" if into is not None else "retired",
        due_at=now,
        now=now,
        receivers=Audience(topics=losers(topic, into), exact=True).as_dict(),
        context={
            "topic": topic.id,
            "into": into.id if into is not None else None,
            "on": day.isoformat(),
        },
    )


def losers(topic: Topic, into: Topic | None) -> list[int]:
    """The topic, and those above it whose followers lose something that stands under it."""
    parents = catalogue.parents()
    above, come = with_ancestors([topic.id], parents), [into.id] if into is not None else []
    kept = [
        with_ancestors([*come, *(t.id for t in one.topics if t != topic)], parents)
        for one in topic.series
    ]
    if topic.children:
        kept.append(with_ancestors(come, parents))
    return sorted({topic.id}.union(*(above - each for each in kept)))


def may_be_done(topic: Topic) -> bool:
    """Nobody is moved before they are told: the message must have been begun, or called off."""
    query = select(Send).where(Send.kind == "topic", Send.about == f"topic:{topic.id}")
    return all(send.state not in ("planned", "paused") for send in session.scalars(query))


def carry_out(topic: Topic, *, now: datetime) -> None:
    """On its day: series, promised messages and people move on to what the topic becomes.

    Consent is not touched: it is to the wording that was shown, and stays as it was given.
    """
    into = topics.carry_out(topic, now=now)
    if into is not None:
        also_to(topic, into)
    reason = f"merged into {into.name}" if into is not None else "the topic ended"
    ended = reach.repoint(topic, into, now=now, reason=reason)
    record(f"topic:{topic.id}", "people_moved", by=SYSTEM, now=now, subscriptions=ended)


def also_to(topic: Topic, into: Topic) -> None:
    """What is promised to the followers of ``topic``, or on its way to them, reaches them through
    ``into``; the old topic stays beside it, for that is why they get it."""
    query = select(Send).where(Send.receivers.is_not(None), Send.state != "done")
    for send in session.scalars(query):
        audience = dict(send.receivers or {})
        if topic.id in audience.get("topics", []):
            wanted = sorted({*audience["topics"], into.id})
            send.receivers = {**audience, "topics": wanted}


def end_who_follow_nothing(topic: Topic, *, ended_at: datetime, now: datetime) -> int:
    """Those who followed only a topic that was given up have left; up to 500 at a time."""
    found = reach.left_with_nothing(topic, ended_at=ended_at, limit=BATCH)
    for person in found:
        end(person, now=now, reason="the topic ended", by=SYSTEM)
        reach.sync(person)
    return len(found)
