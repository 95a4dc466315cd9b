"""Who may not be told any more what waits for them: looked at before a digest, and before each
batch of its letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import CursorResult, exists, select, update
from sqlalchemy.orm import aliased

from notifier.audience.conditions import for_few
from notifier.audience.models import Reach
from notifier.audience.receivers import Audience, receivers
from notifier.audience.why import reasons
from notifier.delivery.digests import groups_of, once_more
from notifier.delivery.record import count
from notifier.notices.followers import Reasons
from notifier.notices.models import ChangeNotice
from notifier.sends.models import Delivery, Send
from notifier.sends.rules import State
from notifier.store.bulk import among
from notifier.store.db import session

ENDS = ("cancelled", "superseded", "retracted")

Row = tuple[int, int, int]  # subscriber_id, variant, tries


class Checked(NamedTuple):
    """Who of a batch is sent their letter, and the reasons of each."""

    people: set[int]
    why: dict[int, Reasons]


def overtaken(item: Send) -> bool:
    """Whether the change has come to an end meanwhile, which a message of its own has told."""
    notice = session.get(ChangeNotice, item.context.get("notice", 0))
    return notice is not None and notice.state in ENDS and item.stage not in ENDS


def gone(item: Send) -> list[int]:
    """Whose held row of an item is to be dropped: they left, paused, are suppressed, or follow
    nothing of it any more; everybody, when it is overtaken."""
    held = aliased(Delivery)
    query = select(held.subscriber_id).where(held.send_id == item.id, held.state == int(State.HELD))
    if not overtaken(item):
        still = receivers(Audience.of(item.receivers or {}))
        # NOT EXISTS: PostgreSQL reads a NOT IN over a million people once for each of them.
        query = query.where(
            ~exists(still.where(Reach.subscriber_id == held.subscriber_id).correlate(held))
        )
    return list(session.scalars(query))


def drop(item_id: int, people: Sequence[int], *, now: datetime) -> int:
    """Skip the held rows of these people; returns how many there were."""
    done = session.execute(
        update(Delivery)
        .where(
            Delivery.send_id == item_id,
            among(Delivery.subscriber_id, people),
            Delivery.state == int(State.HELD),
        )
        .values(state=int(State.SKIPPED), at=int(now.timestamp()))
        .execution_options(synchronize_session=False)
    )
    dropped = cast("CursorResult[Any]", done).rowcount
    if dropped:
        count(item_id, "skipped", dropped)
    return dropped


def check(
    digest: Send, batch: Sequence[Row], *, names: Mapping[tuple[str, int], str], now: datetime
) -> Checked:
    """Look at the rows of a batch again, in the caller's unit of work.

    Who left is dropped from every item. Who follows one of the items no longer is not sent a letter
    that tells it: what is left for them goes with another digest at once.
    """
    tells = groups_of(digest.id, sorted({variant for _, variant, _ in batch}))
    items = {item: session.get_one(Send, item) for found in tells.values() for item in found}
    ids = [subscriber_id for subscriber_id, _, _ in batch]
    active = set(session.scalars(select(Reach.subscriber_id).where(Reach.subscriber_id.in_(ids))))
    wanted = {item.id: reached(item, ids) for item in items.values()}
    lost: dict[int, list[int]] = {item: [] for item in items}
    people, given_back = set(), False
    for subscriber_id, variant, _ in batch:
        missing = [item for item in tells[variant] if subscriber_id not in wanted[item]]
        if not missing:
            people.add(subscriber_id)
            continue
        given_back |= subscriber_id in active and len(missing) < len(tells[variant])
        for item in missing:
            if items[item].state == "sending" or subscriber_id not in active:
                lost[item].append(subscriber_id)
    for item_id in sorted(lost):  # in one order everywhere: two workers must not wait in a ring
        drop(item_id, lost[item_id], now=now)
    if given_back:
        once_more(digest, now=now)
    return Checked(people, why(items.values(), batch, tells, names))


def reached(item: Send, ids: Sequence[int]) -> set[int]:
    """Those of the people whom an item may still be told to."""
    if item.state != "sending" or overtaken(item):
        return set()
    with for_few():
        query = receivers(Audience.of(item.receivers or {})).where(Reach.subscriber_id.in_(ids))
    return {subscriber_id for subscriber_id, _ in session.execute(query)}


def why(
    items: Iterable[Send],
    batch: Sequence[Row],
    tells: Mapping[int, Sequence[int]],
    names: Mapping[tuple[str, int], str],
) -> dict[int, Reasons]:
    """Every reason of each person, over the items that their letter tells."""
    found: dict[int, set[tuple[str, str]]] = {row[0]: set() for row in batch}
    variants = {subscriber_id: variant for subscriber_id, variant, _ in batch}
    for item in items:
        audience = Audience.of(item.receivers or {})
        at = item.frozen_at or item.due_at
        first, last = batch[0][0], batch[-1][0]
        for person, each in reasons(audience, first, last, at=at, names=names).items():
            if person in variants and item.id in tells[variants[person]]:
                found[person].update(each)
    return {person: tuple(sorted(each)) for person, each in found.items()}
