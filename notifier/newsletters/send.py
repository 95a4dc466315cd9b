"""From a draft to the promise of a mail: submit, approve, send, call back, cancel."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import select

from notifier.accounts import duty, rulings
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role, must_belong
from notifier.audience.receivers import Audience
from notifier.audience.segments import segment
from notifier.catalogue import queries as catalogue
from notifier.catalogue.merge import current
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.newsletters import contents
from notifier.newsletters.models import Newsletter
from notifier.newsletters.rules import NEWSLETTER
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.rules import SEND
from notifier.sends.staff import next_copy
from notifier.store.db import session
from notifier.store.history import By
from notifier.store.moves import move

STAGE = "issue"
GRACE = timedelta(minutes=5)  # in which what was sent at the desk can be called back
CALLED_BACK = "called back"


def submit(issue: Newsletter, *, author: Staff, by: By, now: datetime, note: str = "") -> None:
    """Ask for approval, with a ``note`` for the second person; who submits a loaded draft counts
    as its author."""
    member(issue, author, "author", "approver", "hop", "admin")
    if not issue.audience.get("topics") and "segment" not in issue.audience:
        raise Refused("Choose who gets it first: a topic, or a segment.", field="topics")
    move(issue, "submit", NEWSLETTER, by=by, now=now, why=note.strip())
    rulings.answered(f"newsletter:{issue.id}", now=now)
    issue.author_id = issue.author_id or author.id
    issue.changed_at = now


def approve(
    issue: Newsletter,
    *,
    approver: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
    how: str = "",
) -> None:
    """Approve an issue; where the organisation asks for a second person, never by its author. The
    words as they stand are kept; ``read`` and ``how`` as for a notice."""
    contents.hold(issue, read)
    may_be_second(issue, approver, london_date(now))
    if catalogue.both_languages("newsletter"):  # an issue holds words in one language
        raise Refused(
            "This newsletter has no Welsh, and this organisation publishes newsletters in both "
            "languages or not at all; choose another rule with: "
            "bin/notifier organisation set --welsh-for newsletter=frame."
        )
    words = contents.read(issue)
    kept = {"basis": by.basis, "how": how, "words": rulings.digest(words)}
    move(issue, "approve", NEWSLETTER, by=by, now=now, **kept)
    rulings.keep(f"newsletter:{issue.id}", rulings.APPROVED, words, person=approver, now=now)
    issue.approver_id, issue.changed_at = approver.id, now


def may_be_second(issue: Newsletter, approver: Staff, today: date) -> None:
    """Refuse who may not approve it."""
    house = catalogue.organisation()
    if house is None or house.second_person.get("newsletter", True):
        if not duty.acts_as_hop(approver, catalogue.body_teams({issue.team_id}), today):
            member(issue, approver, "approver", "hop")
        if approver.id == issue.author_id:
            raise Refused(f"{approver.email} wrote this newsletter; ask an approver to approve it.")
    else:
        member(issue, approver, "author", "approver", "hop", "admin")


def send(issue: Newsletter, *, by: By, now: datetime, grace: timedelta = timedelta(0)) -> Send:
    """Promise an approved issue to its audience: at its own time if that is to come, else now;
    never within ``grace``, in which somebody may think better of it."""
    must_belong(by, team_ids=catalogue.body_teams({issue.team_id}), what="this newsletter")
    move(issue, "send", NEWSLETTER, by=by, now=now)
    issue.published_at = max(now + grace, issue.send_at or now)
    issue.changed_at = now
    about = f"newsletter:{issue.id}"
    return plan(
        "newsletter",
        about,
        stage=STAGE,
        revision=next_copy("newsletter", about, STAGE),  # one called back stays
        due_at=issue.published_at,
        now=now,
        receivers=audience(issue, now=now).as_dict(),
        team_id=issue.team_id,
        context={"newsletter": issue.id},
    )


def promised(issue: Newsletter) -> Send | None:
    """The newest promise of an issue."""
    query = select(Send).where(
        Send.kind == "newsletter", Send.about == f"newsletter:{issue.id}", Send.stage == STAGE
    )
    return session.scalars(query.order_by(Send.revision.desc()).limit(1)).first()


def may_call_back(issue: Newsletter) -> bool:
    """Whether it is sent, and nobody has it yet."""
    found = promised(issue) if issue.state == "sent" else None
    return found is not None and found.frozen_at is None and found.state in ("planned", "paused")


def call_back(issue: Newsletter, *, by: By, now: datetime) -> None:
    """Take it off the calendar before anybody has it; it is approved as before.

    Raises Refused once it goes out, Conflict when a worker was first.
    """
    must_belong(by, team_ids=catalogue.body_teams({issue.team_id}), what="this newsletter")
    found = promised(issue)
    if found is not None:
        session.refresh(found, with_for_update=True)
    if found is None or not may_call_back(issue):
        raise Refused(
            "This newsletter is going out already, so it cannot be called back; stop it on the "
            "page of its send, or send a correction to those who have it."
        )
    move(found, "cancel", SEND, by=by, now=now, why=CALLED_BACK)
    found.end_reason, found.finished_at = CALLED_BACK, now
    taken_back(issue, by=by, now=now)


def taken_back(issue: Newsletter, *, by: By, now: datetime, why: str = "") -> None:
    """Its promise is cancelled before anybody has it: it is approved, and will not be public."""
    move(issue, "call_back", NEWSLETTER, by=by, now=now, why=why)
    issue.published_at, issue.changed_at = None, now


def cancel(issue: Newsletter, *, person: Staff, by: By, now: datetime, why: str = "") -> None:
    """It will not be sent; one that is on the calendar is called back first."""
    member(issue, person, "author", "approver", "hop", "admin")
    if issue.state == "sent":
        call_back(issue, by=by, now=now)
    move(issue, "cancel", NEWSLETTER, by=by, now=now, why=why)
    issue.changed_at = now


def audience(issue: Newsletter, *, now: datetime) -> Audience:
    """Followers of its topics (or of what these have become), of its user types and in its segment,
    who did not stop this team's newsletters; of a segment alone, everyone in it."""
    named = catalogue.topics_named(issue.audience.get("topics", []))
    topics = [topic.id for topic in current(named, now=now)]
    slug = issue.audience.get("segment")
    # Topics that were all given up have no followers left: it must not go to the whole segment.
    reaches = slug is not None and (bool(topics) or not named)
    return Audience(
        topics=topics,
        segment=segment(str(slug)).filter if reaches else None,
        user_types=[catalogue.user_type(u).id for u in issue.audience.get("user_types", [])],
        team_newsletter=issue.team_id,
        kinds=["newsletter"],
    )


def member(issue: Newsletter, person: Staff, *roles: str) -> None:
    if not has_role(person, *roles, team_ids=catalogue.body_teams({issue.team_id})):
        raise Refused(
            f"{person.email} is no {' or '.join(roles)} of the team {issue.team.name}; "
            "ask one who is."
        )
