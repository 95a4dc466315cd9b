"""Staff stop mail by hand, and take back what staff stopped; nobody overrides the person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from notifier.audience import queries
from notifier.audience.describe import tidy
from notifier.audience.hold import hold, hold_address
from notifier.audience.models import Consent, Signup, Subscriber, Suppression
from notifier.audience.reach import sync
from notifier.audience.rules import SUBSCRIBER, address, suppression_key
from notifier.audience.subscribe import CONFIRM_WITHIN, may_mail, promise
from notifier.audience.suppress import list_key, suppress
from notifier.clock import london_date
from notifier.errors import NotFound, Refused
from notifier.store.db import session
from notifier.store.history import By, record
from notifier.store.moves import move

LONGEST_WHY = 300  # characters
MOST_AT_ONCE = 2_000  # addresses of a file: each person takes some milliseconds of the write lock
THEIRS = (
    "Only they themselves can take this back. Send them the link to confirm, if they ask for it."
)


def reason(why: str) -> str:
    """What staff say of why, on one line. Raises Refused for nothing, or too much."""
    said = " ".join(tidy(why).split())
    if not said:
        raise Refused("Say why, in a few words.", field="why")
    if len(said) > LONGEST_WHY:
        raise Refused(f"Shorten the reason to {LONGEST_WHY} characters.", field="why")
    if "@" in said:  # erasure does not reach history
        raise Refused("Leave addresses out of the reason: it is kept for good.", field="why")
    return said


def stop(person: Subscriber, *, asked: bool, why: str, by: By, now: datetime, pepper: str) -> None:
    """Nothing goes to this person any more. ``asked``: it is their own wish, which staff cannot
    take back. Raises Refused."""
    said = reason(why)
    hold(person)
    if person.email is None:
        raise Refused("This person was erased; there is nothing to stop.")
    if person.state == "suppressed":
        raise Refused("Mail to this person is stopped already.")
    given = "asked" if asked else "staff"
    suppress(person, reason=given, now=now, pepper=pepper, by=by, note=said)


def lift(person: Subscriber, *, why: str, by: By, now: datetime, pepper: str) -> None:
    """Take back what staff stopped: mail comes again through what is still followed, from the end
    of a pause that was named. Raises Refused for what only the person can take back."""
    said = reason(why)
    hold(person)
    row = of_person(person, pepper)
    if person.state != "suppressed" or row is None:
        raise Refused("Mail to this person is not stopped.")
    if row.reason != "staff":
        raise Refused(THEIRS)
    session.delete(row)
    follows = person.week_ahead or any(s.ended_at is None for s in person.subscriptions)
    if not follows or person.confirmed_at is None:
        move(person, "lift_unsubscribed", SUBSCRIBER, by=by, now=now, why=said)
    else:
        move(person, "lift", SUBSCRIBER, by=by, now=now, why=said)
        person.ended_at, person.end_reason = None, ""
        if person.paused_until is not None and person.paused_until > london_date(now):
            move(person, "pause", SUBSCRIBER, by=by, now=now, until=str(person.paused_until))
        else:
            person.paused_until = None
    sync(person)


def ask_again(person: Subscriber, *, why: str, by: By, now: datetime) -> None:
    """Send somebody whose mail is stopped the link by which they confirm what they followed: their
    own confirmed wish lifts it. At most once in seven days. Raises Refused."""
    said = reason(why)
    hold(person)
    if person.email is None or person.state != "suppressed":
        raise Refused("Mail to this person is not stopped.")
    agreed = session.scalars(
        select(Consent).where(Consent.subscriber_id == person.id).order_by(Consent.id.desc())
    ).first()
    live = [s for s in person.subscriptions if s.ended_at is None]
    if agreed is None or not live:
        raise Refused("They follow nothing any more. They can sign up again on the public page.")
    signup = Signup(
        subscriber_id=person.id,
        user_type_id=person.user_type_id,
        wording_id=agreed.wording_id,
        topics=sorted(s.topic_id for s in live if s.topic_id),
        series=sorted(s.series_id for s in live if s.series_id),
        notices=sorted(s.notice_id for s in live if s.notice_id),
        releases=sorted(s.release_id for s in live if s.release_id),
        language=person.language,
        created_at=now,
        lapses_at=now + CONFIRM_WITHIN,
    )
    if not may_mail(person, signup, now):
        raise Refused("A link went to them within the last seven days; wait for their answer.")
    session.add(signup)
    session.flush()
    promise(signup, now=now)
    record(f"subscriber:{person.id}", "ask_again", by=by, now=now, why=said, signup=signup.id)


def list_address(email: str, *, why: str, by: By, now: datetime, pepper: str) -> bool:
    """Stop mail to an address, whether somebody we know has it or not; False when it was stopped
    already. Raises Refused for what is no address."""
    kept, said = address(email), reason(why)
    hold_address(kept)
    person = queries.by_email(kept)
    key = suppression_key(kept, pepper)
    if session.get(Suppression, key) is not None:
        return False
    if person is not None:
        stop(person, asked=False, why=said, by=by, now=now, pepper=pepper)
        return True
    list_key(kept, reason="staff", now=now, pepper=pepper, note=said)
    record(f"suppression:{key}", "list", by=by, now=now, why=said)
    return True


@dataclass
class Listed:
    """What became of a file; ``refused`` holds numbers of lines that are no address."""

    added: int = 0
    already: int = 0
    refused: list[int] = field(default_factory=list)


def list_many(lines: Iterable[str], *, why: str, by: By, now: datetime, pepper: str) -> Listed:
    """As ``list_address`` for each line: an address, or a row of a CSV file that begins with one.
    A first line that is no address is taken for the names of columns. Raises Refused for a file
    that is too long."""
    report = Listed()
    for number, line in enumerate(lines, 1):
        if number > MOST_AT_ONCE + 1:
            raise Refused(f"The file has more than {MOST_AT_ONCE:,} lines. Split it.", field="file")
        cell = line.split(",")[0].split(";")[0].strip().strip('"').lstrip("\ufeff")
        if not cell:
            continue
        try:
            added = list_address(cell, why=why, by=by, now=now, pepper=pepper)
        except Refused as refusal:
            if refusal.field != "email":
                raise
            if number > 1:
                report.refused.append(number)
            continue
        report.added += added
        report.already += not added
    return report


def unlist(key: str, *, why: str, by: By, now: datetime) -> None:
    """Take an address that nobody we know has off the list again. Raises Refused, NotFound."""
    said = reason(why)
    row = session.get(Suppression, key)
    if row is None:
        raise NotFound("This address is not stopped.")
    if row.subscriber_id is not None or row.reason != "staff":
        raise Refused(THEIRS)
    session.delete(row)
    record(f"suppression:{key}", "unlist", by=by, now=now, why=said)


def of_person(person: Subscriber, pepper: str) -> Suppression | None:
    """What stops mail to the address that the person has now."""
    if person.email is None:
        return None
    return session.get(Suppression, suppression_key(person.email, pepper))
