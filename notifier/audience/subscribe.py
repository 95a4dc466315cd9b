"""Asking for updates: a sign-up is kept and a confirm mail promised; nothing is active yet.

The answer is the same for known, unknown and suppressed addresses: this verb returns nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from notifier.audience import limits, queries
from notifier.audience.hold import hold_address
from notifier.audience.models import Signup, Subscriber, Wording
from notifier.audience.rules import NOBODY, address, fold
from notifier.catalogue.models import Series, Topic, UserType
from notifier.errors import Refused
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, tried

CONFIRM_WITHIN = timedelta(days=7)
WORDING_VERSION = "2026-11"
SOURCE = re.compile(r"[a-z0-9-]{1,40}")  # what a link may say of where it stood


def subscribe(
    email: str,
    *,
    topics: Iterable[Topic],
    user_type: UserType,
    wording: str,
    now: datetime,
    series: Iterable[Series] = (),
    notices: Iterable[int] = (),
    releases: Iterable[int] = (),
    language: str = "en",
    source: str = "",
    network: str = "",
) -> None:
    """Keep what was asked for and promise one confirm mail, within the limits of STANDARDS.md 2.

    ``wording`` is the consent sentence as it was shown; ``notices`` and ``releases`` are ids of
    single ones; ``source`` is the link they came by, ``network`` the keyed HMAC of where they are.
    Raises Refused for a malformed address or when nothing was chosen, and TooOften over the limit
    of the network or of everybody.
    """
    kept = address(email)
    wanted, only, changes, editions = list(topics), list(series), set(notices), set(releases)
    if not (wanted or only or changes or editions):
        raise Refused("Select at least one topic you want to hear about.", field="topics")
    if network:
        limits.check(network, now=now)
    hold_address(kept)
    person = known_or_new(kept, user_type, language, now=now)
    signup = Signup(
        subscriber_id=person.id,
        user_type_id=user_type.id,
        wording_id=wording_id(wording, language),
        topics=sorted(t.id for t in wanted),
        series=sorted(s.id for s in only),
        notices=sorted(changes),
        releases=sorted(editions),
        language=language,
        created_at=now,
        lapses_at=now + CONFIRM_WITHIN,
        source=source if SOURCE.fullmatch(source) else "",
        network=network,
    )
    mail = may_mail(person, signup, now)
    session.add(signup)
    session.flush()
    with tried(keep=mail):
        promise(signup, now=now)


def promise(signup: Signup, *, now: datetime) -> None:
    plan(
        "confirm",
        f"signup:{signup.id}",
        stage="confirm",
        due_at=now,
        now=now,
        subscriber_id=signup.subscriber_id,
        lapses_at=now + CONFIRM_WITHIN,
        context={"signup": signup.id},
    )


def known_or_new(email: str, user_type: UserType, language: str, *, now: datetime) -> Subscriber:
    """The person with that address, who is made if there is none. How long it takes must not tell:
    for a known one somebody is made and taken back."""
    known = queries.by_email(email)
    with tried(keep=known is None):
        made = newcomer(NOBODY if known else email, user_type, language, now=now)
    if known is None:
        session.refresh(made)  # a known one was read, too
    return known or made


def newcomer(email: str, user_type: UserType, language: str, *, now: datetime) -> Subscriber:
    """A person who is nothing yet but an address to write to once; purged if that is all."""
    person = Subscriber(
        email=email,
        email_key=fold(email),
        state="pending",
        user_type=user_type,
        language=language,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def may_mail(person: Subscriber, asked: Signup, now: datetime) -> bool:
    """At most one confirm mail an hour for the same choice, three a day for an address, and one in
    seven days for a suppressed one."""
    sent = select(func.count(Send.id)).where(
        Send.kind == "confirm", Send.subscriber_id == person.id
    )
    # All is asked for everybody: what is left out would show in the time of the answer.
    week, day = (
        session.scalar(sent.where(Send.created_at > now - timedelta(days=days))) or 0
        for days in (7, 1)
    )
    # Mails are counted, not requests: or somebody who repeats one would never get a mail again.
    last_hour = select(Send.context).where(
        Send.kind == "confirm",
        Send.subscriber_id == person.id,
        Send.created_at > now - timedelta(hours=1),
    )
    mailed = [session.get(Signup, context["signup"]) for context in session.scalars(last_hour)]
    if person.state == "suppressed":
        return not week
    return day < 3 and not any(signup and choice(signup) == choice(asked) for signup in mailed)


def choice(signup: Signup) -> tuple[list[int], ...]:
    return signup.topics, signup.series, signup.notices or [], signup.releases or []


def wording_id(text: str, language: str) -> int:
    """The id of a consent wording; each wording is kept once, word for word."""
    row = session.scalars(select(Wording).where(Wording.text == text)).first()
    if row is None:
        row = Wording(text=text, version=WORDING_VERSION, language=language)
        session.add(row)
        session.flush()
    return row.id
