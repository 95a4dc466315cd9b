"""The story of the demo, told through the doors that people use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email.message import EmailMessage
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from notifier.accounts import people as staff
from notifier.accounts.people import known
from notifier.audience import queries as audience
from notifier.audience.subscribe import subscribe
from notifier.catalogue import queries as catalogue
from notifier.cli.content import load_document
from notifier.cli.postbox import letter_to, mails, returned, text_of
from notifier.cli.story_daily import one_person_chooses, the_daily_mail
from notifier.cli.visitor import assert_ok, hidden
from notifier.clock import at_london, london_date, working_day_before
from notifier.newsletters import queries as newsletters
from notifier.newsletters import send as newsletter
from notifier.notices import queries as notices
from notifier.notices.approve import approve, submit
from notifier.notices.models import ChangeNotice
from notifier.notices.publish import publish
from notifier.notices.short import shortfall
from notifier.sends import queries as sends
from notifier.store.db import session, unit
from notifier.store.history import By
from notifier.worker.drain import drain
from notifier.worker.engine import Engine
from notifier.worker.returns import take

SERIES = "emissions-air-pollutants"
REMINDER = "T-90"
LATE = "Users asked for the column in time for the tables of this month."
STAFF = (
    ("alice@example.org", "Alice Moran", "author"),
    ("hana@example.org", "Hana Price", "hop"),
)
SHELL = By("asserted", name="demo", os_user="demo")

NAMES = (
    "alys bethan carys dafydd eira ffion gareth huw idris jac kate lowri megan nia owain petra "
    "quentin rhys sian tomos una vaughan wyn xanthe yusuf zara amir bryn ceri dilys"
)
CHOICES = (
    ("government", ["air-quality", "waste"]),
    ("academic", ["air-quality"]),
    ("media", ["environment"]),
    ("data-reuser", ["air-quality", "livestock"]),
    ("local-government", ["waste"]),
    ("public", ["nature", "water"]),
    ("charity", ["environment", "nature"]),
    ("business", ["farming"]),
)


@dataclass
class Clock:
    """The story's own time; the app reads it until the story is over."""

    instant: datetime

    def __call__(self) -> datetime:
        return self.instant


@dataclass
class Story:
    """Everything that the story acts with: an app on the story's clock, and what came of it."""

    app: Flask
    engine: Engine
    clock: Clock
    catalogue: bytes
    outbox: Path


def first_day(today: datetime) -> datetime:
    """An instant some days ago at which to begin: 9:05 on a working day.

    The reminder of the change, 90 days before it, must have come by now; the change is 98 days
    after the beginning, or the working day before that.
    """
    effect_in = timedelta(days=98)
    for back in range(9, 30):
        start = working_day_before(london_date(today) - timedelta(days=back))
        effect = working_day_before(start + effect_in)
        reminder = working_day_before(effect - timedelta(days=90))
        if start + timedelta(days=3) < reminder < london_date(today):
            return at_london(start, time(9, 5))
    return at_london(working_day_before(london_date(today) - timedelta(days=30)), time(9, 5))


def play(story: Story) -> Iterator[str]:
    """Act it out; yields a readable line for each thing that happened."""
    yield f"On {day(story.clock())}, in London:"
    yield from load(story)
    yield from people_sign_up(story)
    yield from a_change_is_announced(story)
    yield from one_person_leaves(story)
    yield from one_person_chooses(story)
    yield from the_other_teams(story)
    yield from the_daily_mail(story)
    yield from the_reminder_falls_due(story)
    yield from a_bounce_comes_back(story)


def day(instant: datetime) -> str:
    found = london_date(instant)
    return f"{found:%A} {found.day} {found:%B %Y}"


def load(story: Story) -> Iterator[str]:
    with unit():
        added = load_document(story.catalogue, now=story.clock())
    counts = ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in added.items() if n > 1)
    yield f"  The catalogue is loaded: {counts}."


def people_sign_up(story: Story) -> Iterator[str]:
    """One person through the public page; the others through the same verb, confirmed by POST."""
    client = story.app.test_client()
    first = "cleo.davies@example.org"
    sign_up_on_the_page(story, client, first)
    names = NAMES.split()
    with unit():
        for name, (kind, topics) in zip(names, islice(cycle(CHOICES), len(names)), strict=True):
            subscribe(
                f"{name}@example.org",
                topics=catalogue.topics_named(topics),
                user_type=catalogue.user_type(kind),
                wording="By pressing the button you agree that we may email you.",
                now=story.clock(),
            )
    drain(story.engine)
    confirmed = sum(confirm(story, client, mail) for mail in mails(story.outbox, "confirm/"))
    drain(story.engine)
    yield f"  {confirmed} people signed up and confirmed by the mail they got; {first} on the page."


def sign_up_on_the_page(story: Story, client: FlaskClient, email: str) -> None:
    page = client.get("/subscribe").get_data(as_text=True)
    fields = {name: hidden(page, name) for name in ("csrf_token", "t")}
    story.clock.instant += timedelta(seconds=20)
    answer = client.post(
        "/subscribe",
        data={
            **fields,
            "email": email,
            "topics": ["air-quality", "nature"],
            "user_type": "academic",
        },
    )
    assert_ok(answer.status_code)


def confirm(story: Story, client: FlaskClient, mail: EmailMessage) -> bool:
    link = re.search(r"(/confirm/\S+)", text_of(mail))
    if link is None:
        return False
    page = client.get(link[1]).get_data(as_text=True)
    answer = client.post(link[1], data={"csrf_token": hidden(page, "csrf_token")})
    return answer.status_code == 200


def the_notice() -> ChangeNotice:
    return next(n for n in notices.every() if any(s.slug == SERIES for s in n.series))


def a_change_is_announced(story: Story) -> Iterator[str]:
    """Alice writes, Hana approves: the second person is never the author."""
    now = story.clock()
    with unit():
        for email, name, role in STAFF:
            person, _ = staff.add(email, role, team_id=None, by=SHELL, now=now)
            person.name = name
    with unit():
        notice = the_notice()
        submit(notice, author=known("alice@example.org"), by=SHELL, now=now)
        approve(notice, approver=known("hana@example.org"), by=SHELL, now=now)
        publish(notice, by=SHELL, now=now)
        reference = notice.reference
    drain(story.engine)
    notice = the_notice()
    told = next(s for s in sends.calendar(about=reference) if s.stage == "announce")
    yield f"  {reference}: “{notice.headline}”"
    yield (
        f"  is announced. Told {notice.lead_days} days ahead; {notice.minimum_days} promised, "
        f"{notice.target_days} aimed for: verdict {notice.verdict}."
    )
    yield f"  {told.accepted} of {told.audience} people whom it concerns were told by mail."


def the_other_teams(story: Story) -> Iterator[str]:
    """The rest of the catalogue: five more changes, one late and saying why, and a newsletter."""
    now = story.clock()
    with unit():
        alice, hana = known("alice@example.org"), known("hana@example.org")
        for notice in notices.every("draft"):
            submit(notice, author=alice, by=SHELL, now=now)
            approve(notice, approver=hana, by=SHELL, now=now)
            is_late = shortfall(notice, now=now) is not None
            publish(
                notice,
                by=SHELL,
                now=now,
                short_notice_reason=LATE if is_late else "",
                approved_by=hana if is_late else None,
            )
        issue = newsletters.every()[0]
        newsletter.submit(issue, author=alice, by=SHELL, now=now)
        newsletter.approve(issue, approver=hana, by=SHELL, now=now)
        newsletter.send(issue, by=SHELL, now=now)
    drain(story.engine)
    late = [n for n in notices.every("announced") if n.verdict == "short"]
    yield "  The other teams announce five more changes and a newsletter."
    for notice in late:
        yield (
            f"  One of them late: told {notice.lead_days} days ahead, {notice.minimum_days} "
            "promised; its reason is public."
        )


def one_person_leaves(story: Story) -> Iterator[str]:
    """The one-click POST that a mail provider sends: no cookie, no token of ours."""
    story.clock.instant += timedelta(hours=4)
    reference = the_notice().reference
    mail = letter_to(story.outbox, "bethan@example.org", reference)
    link = str(mail["List-Unsubscribe"]).strip("<>")
    path = link.removeprefix(story.engine.settings.base_url)
    answer = story.app.test_client().post(path, data={"List-Unsubscribe": "One-Click"})
    assert_ok(answer.status_code)
    yield "  bethan@example.org leaves by one click, and gets nothing more."


def the_reminder_falls_due(story: Story) -> Iterator[str]:
    """Time goes on until the reminder has gone out."""
    reference = the_notice().reference
    reminder = next(s for s in sends.calendar(about=reference) if s.stage == REMINDER)
    story.clock.instant = reminder.due_at + timedelta(minutes=1)
    yield f"On {day(story.clock())}:"
    effect = the_notice().effect_date or london_date(story.clock())
    left, send_id = (effect - london_date(story.clock())).days, reminder.id
    session.remove()
    drain(story.engine)
    reminder = sends.send(send_id)
    yield (
        f"  the next message falls due, {left} days before the change: "
        f"{reminder.accepted} of {reminder.audience} told, bethan is not among them."
    )


def a_bounce_comes_back(story: Story) -> Iterator[str]:
    """The mail server of one person reports that there is no such mailbox."""
    story.clock.instant += timedelta(hours=1)
    mail = letter_to(story.outbox, "dafydd@example.org", the_notice().reference)
    outcome = take(story.engine, returned(mail))
    person: Any = audience.by_email("dafydd@example.org")
    yield f"  The mail to dafydd@example.org comes back: {outcome}; he is now {person.state}."
