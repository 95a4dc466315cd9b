"""A release comes out: through the gate, at its instant, with its changes, in one mail.

Composed here because this is the highest room it touches. By hand, or by the worker when its words
were approved and armed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from notifier.accounts import duty, rulings
from notifier.accounts.models import Staff
from notifier.audience.receivers import Audience, about
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.effect import take_effect
from notifier.notices.followers import kinds_of
from notifier.notices.models import ChangeNotice
from notifier.notices.release_news import overtaken
from notifier.releases import announce, approving, end, guards
from notifier.releases.models import Announcement, Release
from notifier.releases.rules import ANNOUNCEMENT
from notifier.sends.carry import carry
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.redate import told
from notifier.store.db import session
from notifier.store.history import SYSTEM, By
from notifier.store.moves import move

ASK_AGAIN = timedelta(minutes=1)
ALARM_AFTER = timedelta(minutes=5)
UNSAID = ("draft", "in_review", "approved")  # states of a notice that nobody has read


def anchored(release: Release) -> list[ChangeNotice]:
    """Public notices whose effect is this release and still lies ahead."""
    query = select(ChangeNotice).where(
        ChangeNotice.effect_release_id == release.id,
        ChangeNotice.state.in_(("announced", "on_hold")),
    )
    return list(session.scalars(query.order_by(ChangeNotice.id)))


def gate(release: Release, *, out: bool = False) -> None:
    """A release that contains a change needs an announced notice that says so; ``out`` asks, too,
    that each of its changes can take effect: decided, and not on hold."""
    linked = list(
        session.scalars(
            select(ChangeNotice)
            .where(ChangeNotice.effect_release_id == release.id)
            .order_by(ChangeNotice.id)
        )
    )
    for notice in linked:
        if notice.state in UNSAID:
            raise Refused(
                f"{notice.reference} is to take effect with this release and is not announced; "
                "publish it first (bin/notifier notices publish), or give it another effect."
            )
        if out and notice.state == "on_hold":
            raise Refused(
                f"{notice.reference} is on hold; let it go on (bin/notifier notices resume), or "
                "give it another effect, before this release comes out."
            )
        if out and notice.state == "announced" and notice.decision != "decided":
            raise Refused(
                f"{notice.reference} is not decided; decide it (bin/notifier notices decide), or "
                "give it another effect, before this release comes out."
            )
    if release.contains_change and not linked:
        raise Refused(
            "This release contains a change that is not announced; write and publish its notice "
            "first (bin/notifier notices publish), or take the mark off with a second person: "
            f"bin/notifier releases contains-change {release.id} --none."
        )


def arm(
    announcement: Announcement,
    *,
    approver: Staff,
    by: By,
    now: datetime,
    read: str | None = None,
    how: str = "",
) -> None:
    """Approve the words: at the instant the worker publishes the release and sends them. They are
    kept as they stand; ``read`` and ``how`` as for a notice.

    Raises Refused unless the release is confirmed, its changes are announced, and the approver is
    an approver or Head of Profession who did not write the words; and without Welsh where the
    organisation promises release mails in both languages or not at all.
    """
    approving.hold(announcement, read)
    release = announcement.release
    if release.state != "confirmed":
        raise Refused(
            "Only a confirmed release can be armed; fix its date and time first: "
            f"bin/notifier releases confirm {release.id}."
        )
    gate(release, out=True)
    if approver.id == announcement.author_id:
        raise Refused(f"{approver.email} wrote the words; a second person must approve them.")
    teams, today = guards.deciding_teams(release), london_date(now)
    if not duty.may_approve(approver, teams, today):
        raise Refused(f"{approver.email} may not approve this; {duty.ask_approver(teams, today)}.")
    announce.both_or_neither(announcement)
    read_words = rulings.digest(announcement.words)
    data: dict[str, Any] = {"approved_by": approver.id, "how": how, "words": read_words}
    move(announcement, "arm", ANNOUNCEMENT, by=by, now=now, **data)
    approving.kept(announcement, rulings.APPROVED, person=approver, now=now)
    announcement.approver_id = approver.id
    announcement.approved_at = announcement.armed_at = announcement.changed_at = now


def publish(release: Release, *, by: By, now: datetime, person: Staff | None = None) -> Send:
    """Publish at its instant or later; its changes take effect with it, and one mail tells both.

    ``person`` is who presses the button; None, when the worker keeps what was armed. Words that
    nobody approved are not sent: the mail then has the facts alone. Raises Refused before the
    instant and where the gate is shut.
    """
    if person is not None:
        guards.staff_of(release, person)
    gate(release, out=True)
    end.publish(release, by=by, now=now)
    session.flush()
    notices = [n for n in take_effect(now=now) if n.effect_release_id == release.id]
    words = announce.of(release)
    if words is not None and words.state in ("armed", "withheld"):
        move(words, "announce", ANNOUNCEMENT, by=by, now=now)
        words.changed_at = now
    return tell(release, notices, now=now)


def tell(release: Release, notices: list[ChangeNotice], *, now: datetime) -> Send:
    """The release mail, to everybody who follows the release or one of its changes. It carries the
    T0 of those changes: one message, never two."""
    overtaken(f"release:{release.id}", london_date(now), now=now)
    message = plan(
        "released",
        f"release:{release.id}",
        stage="released",
        due_at=now,
        now=now,
        receivers=readers(release, notices).as_dict(),
        team_id=release.series.team_id,
        context={"release": release.id, "notices": [notice.id for notice in notices]},
    )
    for notice in notices:
        carry(notice.reference, "T0", message, now=now)
    return message


def readers(release: Release, notices: list[ChangeNotice]) -> Audience:
    """Who gets the release mail with the T0 of these notices."""
    return about(
        {release.series_id, *(s.id for notice in notices for s in notice.series)},
        notices=[notice.id for notice in notices],
        releases=[release.id],
        kinds=["release", *kinds_of(notices)],
        breaks_machines=any(notice.machine_breaking for notice in notices),
    )


def withdraw(
    release: Release, *, reason: str, person: Staff, approved_by: Staff, by: By, now: datetime
) -> Send:
    """Take back what came out: a tombstone, and a message to everybody who got the release mail or
    follows the release. Its changes stay as they are. Returns that message's Send."""
    name = f"release:{release.id}"
    readers_then = had_it(release)
    end.withdraw(release, reason=reason, person=person, approved_by=approved_by, by=by, now=now)
    return plan(
        "release",
        name,
        stage="withdrawn",
        due_at=now,
        now=now,
        receivers=readers_then.as_dict(),
        team_id=release.series.team_id,
        context={"release": release.id, "notices": []},
    )


def had_it(release: Release) -> Audience:
    """Who is told that it was taken back: who got the release mail, and who follows it."""
    followers = about([release.series_id], releases=[release.id], kinds=["correction", "release"])
    return replace(followers, got=told(f"release:{release.id}"))


def wait_again(release: Release, *, by: By, now: datetime) -> None:
    """The release has another date, or none: words that were withheld are armed for what comes."""
    words = announce.of(release)
    if words is None or words.state != "withheld":
        return
    move(words, "wait", ANNOUNCEMENT, by=by, now=now)
    words.checked_at = words.alarmed_at = None
    words.check_result = ""


def due(now: datetime) -> list[Announcement]:
    """Armed words whose instant has come, and withheld ones of which the page may be live now."""
    query = (
        select(Announcement)
        .join(Announcement.release)
        .where(
            Announcement.state.in_(("armed", "withheld")),
            Release.state == "confirmed",
            Release.at <= now,
            or_(Announcement.checked_at.is_(None), Announcement.checked_at <= now - ASK_AGAIN),
        )
    )
    return list(session.scalars(query.order_by(Release.at, Announcement.id)))


def withhold(announcement: Announcement, why: str, *, now: datetime) -> bool:
    """Keep it back, and look again in a minute. Returns whether it is time for the alarm: once,
    five minutes after the instant."""
    if announcement.state == "armed":
        move(announcement, "withhold", ANNOUNCEMENT, by=SYSTEM, now=now, why=why)
    announcement.checked_at, announcement.check_result = now, why
    at = announcement.release.at
    if announcement.alarmed_at is not None or at is None or now < at + ALARM_AFTER:
        return False
    announcement.alarmed_at = now
    return True
