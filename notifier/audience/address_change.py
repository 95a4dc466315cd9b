"""Another address for the same person: confirmed at the new one, told at the old one.

The answer is the same for an address that is free, taken or suppressed: ``ask`` returns nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, or_, select, update

from notifier.audience import queries
from notifier.audience.hold import hold, hold_address
from notifier.audience.models import AddressChange, Subscriber, Suppression
from notifier.audience.rules import NOBODY, address, fold, suppression_key
from notifier.audience.suppress import list_key
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.rules import FINAL
from notifier.store.db import session, tried
from notifier.store.history import PERSON, record

CONFIRM_WITHIN = timedelta(days=7)
MOVED = "moved"  # why an old address is on the suppression list: its person has another
A_DAY = 3  # changes that one person may ask for, and letters to one new address
KINDS = ("address_change", "address_changed")  # the letters to the new one and to the old one


def ask(person: Subscriber, email: str, *, now: datetime, pepper: str) -> None:
    """Promise one letter to the new address; nothing changes before it is confirmed there.

    Nothing is kept of an address that is taken or suppressed. Raises Refused for a malformed
    address, the person's own, and somebody who gets nothing.
    """
    new = address(email)
    hold(person)
    hold_address(new)
    if person.state not in ("active", "paused") or person.email is None:
        raise Refused("You no longer get updates from us; sign up again to start.")
    if fold(new) == person.email_key:
        raise Refused("We use this address already; enter the new one.", field="email")
    free, enough = is_free(new, pepper), asked_today(person, new, now) >= A_DAY
    # Taken back, it takes as long: the time of the answer must not tell who is known either.
    with tried(keep=free and not enough):
        promise(person, new if free else NOBODY, now=now)


def promise(person: Subscriber, new: str, *, now: datetime) -> None:
    """Keep the wish and promise the letter to the new address."""
    row = AddressChange(
        subscriber_id=person.id, old_email=person.email, new_email=new, asked_at=now
    )
    session.add(row)
    session.flush()
    record(f"subscriber:{person.id}", "ask_address", by=PERSON, now=now, change=row.id)
    plan(
        "address_change",
        f"address_change:{row.id}",
        stage="confirm",
        due_at=now,
        now=now,
        subscriber_id=person.id,
        lapses_at=now + CONFIRM_WITHIN,
        context={"address_change": row.id},
    )


def is_free(email: str, pepper: str) -> bool:
    """Whether nobody has the address, and it may get mail. One may move back to an old address."""
    listed = session.get(Suppression, suppression_key(email, pepper))
    taken = queries.by_email(email)  # asked for a listed one, too: it must take as long
    return (listed is None or listed.reason == MOVED) and taken is None


def asked_today(person: Subscriber, email: str, now: datetime) -> int:
    """Changes within a day that the person asked for, or anybody to that address."""
    query = select(func.count(AddressChange.id)).where(
        AddressChange.asked_at > now - timedelta(days=1),
        or_(AddressChange.subscriber_id == person.id, AddressChange.new_email == email),
    )
    return session.scalar(query) or 0


def confirm(change_id: int, *, now: datetime, pepper: str) -> Subscriber:
    """The POST from the letter to the new address: it counts from now, and the old one is told.

    A second press changes nothing. Raises Refused when it lapsed, another change came after it, the
    person is gone, or the address was taken or suppressed meanwhile.
    """
    row = session.get(AddressChange, change_id)
    person = queries.person(row.subscriber_id) if row is not None else None
    if row is not None and person is not None:
        hold(person)
        session.refresh(row)
        hold_address(row.new_email or "")
    if row is None or person is None or person.email is None:
        raise Refused("This link no longer works; ask for a new one in your settings.")
    if row.confirmed_at is not None:
        return person
    if not lives(row, now) or not is_free(row.new_email or "", pepper):
        raise Refused("This link no longer works; ask for a new one in your settings.")
    if person.state not in ("active", "paused"):
        raise Refused("You no longer get updates from us; sign up again to start.")
    new, old = row.new_email or "", person.email
    session.execute(delete(Suppression).where(Suppression.key == suppression_key(new, pepper)))
    # Or an old list with that address would bring them a second time.
    list_key(old, reason=MOVED, now=now, pepper=pepper)
    person.email, person.email_key = new, fold(new)
    row.confirmed_at, row.old_email, row.new_email = now, old, None
    record(f"subscriber:{person.id}", "change_address", by=PERSON, now=now, change=row.id)
    plan(
        "address_changed",
        f"address_change:{row.id}",
        stage="told",
        due_at=now,
        now=now,
        subscriber_id=person.id,
        lapses_at=now + CONFIRM_WITHIN,
        context={"address_change": row.id},
    )
    return person


def lives(row: AddressChange, now: datetime) -> bool:
    """Whether it may still be confirmed: for seven days, and until the person asks for another."""
    later = exists().where(
        AddressChange.subscriber_id == row.subscriber_id, AddressChange.id > row.id
    )
    return (
        row.new_email is not None
        and now - row.asked_at <= CONFIRM_WITHIN
        and not session.scalar(select(later))
    )


def mailbox(send: Send) -> str | None:
    """Where a letter about a change goes: to the new or the old address, while it is kept."""
    row = session.get(AddressChange, send.context.get("address_change", 0))
    if row is None:
        return None
    return row.new_email if send.kind == "address_change" else row.old_email


def forget_old(*, now: datetime) -> None:
    """Empty both addresses of what lapsed, and of what is done and was told at the old address."""
    told = select(Send.subscriber_id).where(
        Send.kind == "address_changed",
        Send.subscriber_id == AddressChange.subscriber_id,
        Send.state.not_in(FINAL),
    )
    lapsed = AddressChange.asked_at <= now - CONFIRM_WITHIN
    done = AddressChange.confirmed_at.is_not(None) & ~told.exists()
    session.execute(
        update(AddressChange)
        .where(or_(AddressChange.old_email.is_not(None), AddressChange.new_email.is_not(None)))
        .where(or_(lapsed & AddressChange.confirmed_at.is_(None), done))
        .values(old_email=None, new_email=None)
        .execution_options(synchronize_session=False)
    )
