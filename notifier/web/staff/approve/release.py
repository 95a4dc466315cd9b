"""Approving the words of a release mail, which arms them. They are read before their instant only
by who writes and approves for the team, and each reading is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.catalogue.sight import sight
from notifier.clock import london_date
from notifier.lifecycle import standing
from notifier.notices import out
from notifier.releases import announce, approving, guards, queries
from notifier.releases.models import Announcement
from notifier.render import dates, stated
from notifier.store.db import session, unit
from notifier.web.public.shapes import Choice
from notifier.web.staff import door, ways
from notifier.web.staff.approve import who
from notifier.web.staff.approve.decide import decide
from notifier.web.staff.approve.shown import Subject, can_approve, moment_words, show
from notifier.web.staff.security import now

blueprint = Blueprint("staff_approve_release", __name__)

ONE = "/staff/releases/<int(max=2147483647):release_id>/approve"
READERS = ("author", "approver", "hop", "deputy")  # an administrator has no need to know


@blueprint.get(ONE)
@door.member(*READERS)
def look(release_id: int) -> Any:
    with unit():
        announce.opened(the_words(release_id), by=door.by(), now=now())
    return show(subject(the_words(release_id), now=now()))


@blueprint.post(ONE)
@door.member(*READERS)
def answer(release_id: int) -> Any:
    with unit():
        announce.opened(the_words(release_id), by=door.by(), now=now())

    def approved(read: str, _: str) -> str:
        words = the_words(release_id)
        how = who.how(door.at(), london_date(now()))
        out.arm(words, approver=door.me(), by=door.by(), now=now(), read=read, how=how)
        return f"{words.release.title} is armed: it goes out by itself at its time."

    def returned(read: str, comments: str) -> str:
        words, person = the_words(release_id), door.me()
        approving.give_back(
            words, reason=comments, person=person, by=door.by(), now=now(), read=read
        )
        return f"The words went back to {author_of(words)} with your comments."

    acts = {"approve": approved, "return": returned}
    return decide(lambda: subject(the_words(release_id), now=now()), acts)


def the_words(release_id: int) -> Announcement:
    """404 for what there is not, for another team's, and for who has no need to know."""
    release = queries.any_release(release_id)
    words = announce.of(release)
    if words is None or not sight(door.me(), *READERS).sees({release.series.team_id}):
        abort(404)
    return words


def author_of(words: Announcement) -> str:
    author = session.get(Staff, words.author_id) if words.author_id is not None else None
    return who.called(author) if author is not None else "their author"


def subject(words: Announcement, *, now: datetime) -> Subject:
    author = session.get(Staff, words.author_id) if words.author_id is not None else None
    release, may = words.release, answers(words, now=now)
    teams, today = guards.deciding_teams(release), london_date(now)
    url = f"/staff/releases/{release.id}"
    return Subject(
        about=f"announcement:{words.id}",
        url=f"{url}/approve",
        crumb="Approve a release mail",
        title=release.title,
        whole=("The words and who may read them", ways.leads(f"{url}/announcement")),
        author=author,
        version=approving.version(words),
        changed_at=words.changed_at,
        words=words.words,
        parts=stated.announcement(words.words),
        before=stated.announcement,
        may=may,
        standing="" if can_approve(may) else stands(words, now=now),
        office=who.office(door.me(), teams, today),
        facts=facts(words),
    )


def facts(words: Announcement) -> list[tuple[str, str]]:
    release = words.release
    at = dates.moment(release.at) if release.at is not None else "It has no date yet"
    readers = [reader.name or reader.email for reader in words.readers]
    early = who.listed(readers, "and") if readers else "Nobody but the team"
    return [
        ("Publication", release.series.name),
        ("Goes out", at),
        ("Then", "The page, the feed and the mail, at that instant"),
        ("May read it before", early),
    ]


def answers(words: Announcement, *, now: datetime) -> list[Choice]:
    """What this person may answer; nothing where it is not theirs to decide."""
    name = author_of(words)
    if words.state not in ("draft", "armed", "withheld") or why_not(words, now=now):
        return []
    returns = Choice("return", "Return.", f"They go back to {name} with your comments.")
    if words.state != "draft":
        return [returns]
    at = words.release.at
    goes = f"at {dates.within(dates.moment(at))}" if at is not None else "at its time"
    return [Choice("approve", "Approve.", f"It goes out by itself {goes}."), returns]


def why_not(words: Announcement, *, now: datetime) -> str:
    """Why this person may not approve them; "" when they may."""
    if door.me().id == words.author_id:
        return "You wrote the words, so somebody else reads them before they are approved."
    teams = guards.deciding_teams(words.release)
    if not duty.may_approve(door.me(), teams, london_date(now)):
        return "An approver of its team approves the words."
    return ""


def stands(words: Announcement, *, now: datetime) -> str:
    """Where they stand, when there is nothing for this person to answer."""
    if words.state == "draft":
        wrote = {words.author_id} if words.author_id is not None else set()
        teams, today = guards.deciding_teams(words.release), london_date(now)
        return f"{why_not(words, now=now)} {who.named(teams, 'approver', today, but=wrote)}"
    if words.state in ("armed", "withheld") and words.approved_at is not None:
        approver = session.get(Staff, words.approver_id)
        name = "You" if approver == door.me() else who.called(approver)
        return f"{name} approved them {moment_words(words.approved_at, now)}. Any edit ends that."
    return f"The release mail is {standing(words.state)}; there is nothing to approve."
