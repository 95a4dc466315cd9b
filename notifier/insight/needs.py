"""What waits for a member of staff today: the verb, the thing, until when, and whose it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from notifier.accounts import duty, rulings
from notifier.accounts.models import Staff
from notifier.audience import complain
from notifier.audience.complain import ACKNOWLEDGE_WITHIN
from notifier.audience.models import Complaint
from notifier.catalogue.models import Series
from notifier.catalogue.queries import body_teams
from notifier.clock import london_date
from notifier.delivery.correcting import asked, waiting
from notifier.insight import overdue, went_out
from notifier.newsletters.models import Newsletter
from notifier.notices import asked as requests
from notifier.notices import short
from notifier.notices.approve import deciders
from notifier.notices.models import ChangeNotice, NoticeRequest
from notifier.notices.owed import Owed, working
from notifier.notices.release_acts import seconds
from notifier.releases import asking
from notifier.releases.breach import unexplained
from notifier.releases.flags import confirm_by
from notifier.releases.models import Announcement, Release, ReleaseAsk
from notifier.sends.models import Send
from notifier.sends.stopped import was_braked
from notifier.store.db import session


class Requested(NamedTuple):
    """What one person asked to do to a notice, that a second one has to agree to."""

    row: NoticeRequest
    notice: ChangeNotice


Thing = (
    Requested
    | Owed
    | Release
    | ReleaseAsk
    | ChangeNotice
    | Announcement
    | Newsletter
    | Send
    | Complaint
)

# An outcome has 30 days after the effect: the desk asks for it in the last week.
CLOSE_WITHIN = 7  # days
WORDS_WITHIN = timedelta(days=14)  # of its instant a release mail should be approved
OF_OWED = {"notice": "Write", "release": "Mend", "response": "Answer", "outcome": "Close"}
OF_STATE = {"draft": "Finish", "in_review": "Approve", "approved": "Publish"}


@dataclass(frozen=True)
class Need:
    """One line of work. ``days_left`` is negative when it is late, None without a day; ``people``
    are the ids of those whom it waits for, ``teams`` of whose it is: none, the organisation's."""

    verb: str
    thing: Thing
    days_left: int | None
    people: frozenset[int]
    teams: frozenset[int]


def needs(owed: Iterable[Owed], *, now: datetime) -> list[Need]:
    """Everything that waits for somebody, most urgent first, without a day last. ``owed`` is the
    board of ``notices.owed``, which the desk has read already."""
    today = london_date(now)
    found = [
        *of_board(owed, now, today),
        *of_releases(now, today),
        *of_words(now, today),
        *of_asks(now),
        *(silent(notice, today) for notice in overdue.silent_notices(today)),
        *of_requests(today),
        *of_newsletters(today),
        *of_sends(now, today),
        *of_complaints(today),
    ]
    return sorted(found, key=lambda need: (need.days_left is None, need.days_left or 0))


def of_board(owed: Iterable[Owed], now: datetime, today: date) -> Iterator[Need]:
    for row in owed:
        if row.what == "outcome" and (row.days_left is None or row.days_left > CLOSE_WITHIN):
            continue
        verb = OF_OWED.get(row.what, "")
        if row.notice is not None and row.what == "announce":
            late = row.notice.state == "draft" and (row.days_left or 0) < 0
            verb = "Explain" if late else OF_STATE[row.notice.state]
            if verb == "Publish" and (row.days_left or 0) < 0 and not agreed(row.notice, now):
                heads = duty.on_duty(deciders(row.notice), today)
                others = [head for head in heads if head.id != row.notice.author_id]
                yield Need("Agree", row, row.days_left, ids(others or heads), row.teams)
                continue
        yield Need(verb, row, row.days_left, ids(row.people), row.teams)


def agreed(notice: ChangeNotice, now: datetime) -> bool:
    """Whether it can be published as late as it is: nothing is short, or somebody agreed to it."""
    return short.shortfall(notice, now=now) is None or bool(short.accepted(notice, now=now))


def of_releases(now: datetime, today: date) -> Iterator[Need]:
    """Dates to confirm, breaches to explain, what is late, and news that was promised."""
    late = overdue.late(now)
    for release in late:
        yield of_team("Publish", release, release.series.team_id, today, since(release.at, today))
    for release in overdue.to_confirm(today):
        if release not in late:
            last = confirm_by(release)
            left = (last - today).days if last is not None else None
            yield of_team("Confirm", release, release.series.team_id, today, left)
    for release in unexplained():
        yield of_team("Explain", release, release.series.team_id, today, None)
    for release in overdue.silent_releases(today):
        due = release.next_update_by
        left = (due - today).days if due is not None else None
        yield of_team("Tell", release, release.series.team_id, today, left)


def of_asks(now: datetime) -> Iterator[Need]:
    """What somebody asks a second person to agree to, about a release."""
    for row in asking.waiting():
        person = session.get_one(Staff, row.staff_id)
        people = seconds(row.release, row.act, row.given, person=person, now=now)
        team = row.release.series.team_id
        yield Need("Agree", row, 0, ids(people), frozenset({team}))


def of_words(now: datetime, today: date) -> Iterator[Need]:
    """Release mails that were written and that nobody has approved."""
    query = (
        select(Announcement)
        .join(Announcement.release)
        .options(
            joinedload(Announcement.release).joinedload(Release.series).joinedload(Series.team)
        )
        .where(
            Announcement.state == "draft",
            Release.state == "confirmed",
            Release.at > now,
            Release.at < now + WORDS_WITHIN,
        )
    )
    found = list(session.scalars(query.order_by(Announcement.id)))
    returned = rulings.unanswered([f"announcement:{row.id}" for row in found])
    for row in found:
        team_id = row.release.series.team_id
        if f"announcement:{row.id}" in returned and row.author_id is not None:
            left, writer = since(row.release.at, today), frozenset({row.author_id})
            yield Need("Finish", row, left, writer, frozenset({team_id}))
            continue
        people = duty.approvers(body_teams({team_id}), today)
        others = ids(person for person in people if person.id != row.author_id) or ids(people)
        left = since(row.release.at, today)
        yield Need("Approve", row, left, others, frozenset({team_id}))


def silent(notice: ChangeNotice, today: date) -> Need:
    due = overdue.promised_by(notice, today) or today
    teams = frozenset(series.team_id for series in notice.series)
    return Need("Tell", notice, (due - today).days, ids(working(teams, today)), teams)


def of_requests(today: date) -> Iterator[Need]:
    """What somebody asked to do to a notice waits for a second person."""
    for row, notice in requests.all_waiting():
        people = requests.seconds(row.verb, notice, today, but={row.asked_by})
        teams = frozenset(series.team_id for series in notice.series)
        yield Need("Agree", Requested(row, notice), 0, ids(people), teams)


def of_newsletters(today: date) -> Iterator[Need]:
    """Drafts wait for their author, submitted issues for an approver who is not."""
    query = select(Newsletter).where(Newsletter.state.in_(OF_STATE))
    for issue in session.scalars(query.order_by(Newsletter.id)):
        teams = frozenset({issue.team_id})
        if issue.state == "in_review":
            asked_of = duty.approvers(body_teams(teams), today)
            people = ids(person for person in asked_of if person.id != issue.author_id)
            people = people or ids(asked_of)
        elif issue.author_id is not None:
            people = frozenset({issue.author_id})
        else:
            people = ids(working(teams, today))
        yield Need(OF_STATE[issue.state], issue, since(issue.send_at, today), people, teams)


def of_sends(now: datetime, today: date) -> Iterator[Need]:
    """What was stopped and waits for a person, what reached nobody, corrections to approve."""
    query = select(Send).where(Send.state == "paused", Send.receivers.is_not(None))
    for send in session.scalars(query.order_by(Send.id)):
        stopped = "Decide" if was_braked(send) else "Resume"
        if stopped == "Decide" or send.frozen_at is not None:
            yield of_team(stopped, send, send.team_id, today, None)
    for send in went_out.silent(now):
        yield of_team("Look", send, send.team_id, today, None)
    for send in waiting(now=now):
        teams = team_of(send.team_id)
        approvers = duty.approvers(body_teams(teams), today)
        people = [person for person in approvers if person.id != asked(send)["staff"]]
        yield Need("Approve", send, 0, ids(people or approvers), teams)


def of_complaints(today: date) -> Iterator[Need]:
    people = ids(duty.on_duty((), today))
    for row in complain.log(waiting=True):
        due = london_date(row.at + ACKNOWLEDGE_WITHIN)
        yield Need("Answer", row, (due - today).days, people, frozenset())


def of_team(verb: str, thing: Thing, team_id: int | None, today: date, left: int | None) -> Need:
    teams = team_of(team_id)
    return Need(verb, thing, left, ids(working(teams, today)), teams)


def team_of(team_id: int | None) -> frozenset[int]:
    return frozenset() if team_id is None else frozenset({team_id})


def since(at: datetime | None, today: date) -> int | None:
    return (london_date(at) - today).days if at is not None else None


def ids(people: Iterable[Staff]) -> frozenset[int]:
    return frozenset(person.id for person in people)


def of(found: Collection[Need], person: Staff) -> list[Need]:
    """What waits for one member of staff."""
    return [need for need in found if person.id in need.people]
