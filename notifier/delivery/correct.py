"""A wrong mail went out: its correction goes to exactly those who got it (DOMAIN.md section 5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.audience.receivers import Audience
from notifier.catalogue.queries import body_teams, both_languages
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.sends.rules import FINAL
from notifier.store.db import session
from notifier.store.history import By, record

KIND = "correction"
# Kinds of Sends that can be corrected, and of which words the organisation promises Welsh.
OF_WORDS = {
    "notice": "notice",
    "release": "release",
    "released": "release",
    "newsletter": "newsletter",
    "topic": "",
    "week_ahead": "",
}
LONGEST = 5_000  # characters


def correct(
    send: Send,
    text: str,
    *,
    welsh: str = "",
    person: Staff,
    approved_by: Staff,
    by: By,
    now: datetime,
) -> Send:
    """Promise a letter that says what was wrong and what is right, at once and past every digest,
    to everybody who got ``send`` and has not left since. Plain text, in English and perhaps Welsh.

    Raises Refused for what is not over, reached nobody or is no letter to many; without words or a
    second person; and without Welsh where the organisation promises both languages.
    """
    wrong = session.get_one(Send, carrier_of(send) or send.id)
    session.refresh(wrong, with_for_update=True)  # who corrects it at the same moment waits
    may_be_corrected(wrong)
    words = {"en": worded(text), **({"cy": worded(welsh)} if welsh.strip() else {})}
    kind = OF_WORDS[wrong.kind]
    if kind and both_languages(kind) and "cy" not in words:
        raise Refused(
            "This organisation publishes such words in both languages or not at all; add the "
            "Welsh with --welsh TEXT."
        )
    two_people(wrong, person, approved_by, now=now)
    number = f"send:{wrong.id}"
    record(number, "correct", by=by, now=now, why=words["en"], approved_by=approved_by.id)
    return plan(
        "correction",
        wrong.about,
        stage="corrected",
        due_at=now,
        now=now,
        revision=next_revision(wrong.about),
        receivers=Audience(got=[wrong.id]).as_dict(),
        team_id=wrong.team_id,
        context={"corrects": wrong.id, "words": words},
    )


def may_be_corrected(send: Send) -> None:
    if send.kind == KIND:
        first = send.context["corrects"]
        raise Refused(
            f"Send {send.id} is a correction itself; say it anew to all who got the first: "
            f"bin/notifier sends correct {first}."
        )
    if send.kind not in OF_WORDS or send.to_one:
        raise Refused(
            f"Send {send.id} is no letter about a notice, release, newsletter, topic or week; "
            "where a digest told it, correct the send of the thing itself."
        )
    if send.state not in FINAL or send.finished_at is None:
        raise Refused(
            f"Send {send.id} is not over, so who will get it is not known; stop it first: "
            f"bin/notifier sends cancel {send.id}."
        )
    if not send.accepted:
        raise Refused(f"Nobody got send {send.id}; there is nothing to correct.")


def worded(text: str) -> str:
    words = text.strip()
    if not words:
        raise Refused("Say what was wrong and what is right (--text); all who got it read it.")
    if len(words) > LONGEST:
        raise Refused(f"The text has {len(words):,} characters; shorten it to {LONGEST:,}.")
    return words


def two_people(send: Send, person: Staff, approved_by: Staff, *, now: datetime) -> None:
    """As for a correction of figures (class I): an approver, who is not the one who acts."""
    teams = body_teams({send.team_id}) if send.team_id is not None else set[int]()
    if not has_role(person, "author", "approver", "hop", "admin", team_ids=teams):
        raise Refused(f"{person.email} has no role in the team of send {send.id}.")
    if person.id == approved_by.id:
        raise Refused(f"{person.email} cannot approve it too; a second person must.")
    today = london_date(now)
    if not duty.may_approve(approved_by, teams, today):
        raise Refused(
            f"{approved_by.email} may not approve this; {duty.ask_approver(teams, today)}."
        )


def next_revision(about: str) -> int:
    """Each correction is a promise of its own: the same key twice would lose the second."""
    query = select(func.max(Send.revision)).where(Send.kind == KIND, Send.about == about)
    return (session.scalar(query) or 0) + 1


def corrected(send: Send) -> Send:
    """The letter that a correction corrects, through which it reached its readers; else itself."""
    return session.get_one(Send, send.context["corrects"]) if send.kind == KIND else send
