"""A correction that one person asks for waits on its Send until a second one agrees.

``correct`` takes both at once, as the command line gives them; a page knows one person at a time.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from notifier.accounts import duty
from notifier.accounts.models import Staff
from notifier.accounts.people import has_role
from notifier.catalogue.queries import body_teams, both_languages
from notifier.clock import london_date
from notifier.delivery.correct import OF_WORDS, correct, may_be_corrected, worded
from notifier.errors import Refused
from notifier.sends.carry import carrier_of
from notifier.sends.models import Send
from notifier.sends.rules import FINAL
from notifier.store.db import session
from notifier.store.history import By, record

ASKED = "correction"  # in a Send's context: {words: {en, cy?}, staff, at}
RECENT = timedelta(days=60)  # what went out longer ago is corrected at the command line


def ask(send: Send, text: str, *, welsh: str = "", person: Staff, by: By, now: datetime) -> None:
    """Keep the words of a correction until somebody else approves them; a second time, the words
    take the place of the first, and who wrote them counts as the author.

    Raises Refused as ``correct`` does, but for the second person.
    """
    wrong = taken(send)
    may_be_corrected(wrong)
    words = {"en": worded(text), **({"cy": worded(welsh)} if welsh.strip() else {})}
    kind = OF_WORDS[wrong.kind]
    if kind and both_languages(kind) and "cy" not in words:
        raise Refused(
            "This organisation publishes such words in both languages or not at all; "
            "add the Welsh.",
            field="welsh",
        )
    teams = body_teams({wrong.team_id}) if wrong.team_id is not None else set[int]()
    if not has_role(person, "author", "approver", "hop", "admin", team_ids=teams):
        raise Refused(f"{person.email} has no role in the team of send {wrong.id}.")
    kept = {"words": words, "staff": person.id, "at": int(now.timestamp())}
    wrong.context = {**wrong.context, ASKED: kept}
    record(f"send:{wrong.id}", "ask_correction", by=by, now=now, why=words["en"])


def agree(send: Send, *, approver: Staff, by: By, now: datetime, read: int) -> Send:
    """Approve what was asked for; the correction goes out at once. Returns its Send.

    ``read`` is when the words that the approver read were kept: others since then are refused.
    """
    wrong = taken(send)
    kept = kept_in(wrong)
    if kept["at"] != read:
        raise Refused("The words were changed a moment ago; read them again.")
    author = session.get_one(Staff, kept["staff"])
    words = kept["words"]
    made = correct(
        wrong,
        words["en"],
        welsh=words.get("cy", ""),
        person=author,
        approved_by=approver,
        by=by,
        now=now,
    )
    forget(wrong)
    return made


def turn_down(send: Send, reason: str, *, by: By, now: datetime) -> None:
    """Nobody is told. Raises Refused without a reason."""
    wrong = taken(send)
    kept_in(wrong)
    if not reason.strip():
        raise Refused("Say why no correction goes out; its author reads it.", field="reason")
    forget(wrong)
    record(f"send:{wrong.id}", "turn_down_correction", by=by, now=now, why=reason.strip())


def taken(send: Send) -> Send:
    """The Send in whose mail it was told, held until this unit of work ends."""
    wrong = session.get_one(Send, carrier_of(send) or send.id)
    session.refresh(wrong, with_for_update=True)
    return wrong


def kept_in(send: Send) -> dict[str, Any]:
    if ASKED not in send.context:
        raise Refused("No correction of this waits any more; somebody was here before you.")
    return asked(send)


def forget(send: Send) -> None:
    send.context = {key: value for key, value in send.context.items() if key != ASKED}


def asked(send: Send) -> dict[str, Any]:
    """{words, staff, at} of what waits; {} when nothing does."""
    found: dict[str, Any] = send.context.get(ASKED, {})
    return found


def waiting(*, now: datetime) -> list[Send]:
    """Sends of which a correction waits for a second person."""
    query = select(Send).where(
        Send.state.in_(FINAL),
        Send.receivers.is_not(None),
        Send.finished_at > now - RECENT,
    )
    return [send for send in session.scalars(query.order_by(Send.id)) if ASKED in send.context]


def may_agree(send: Send, person: Staff, *, now: datetime) -> bool:
    """Whether somebody may be the second person of the correction that waits."""
    kept = asked(send)
    teams = body_teams({send.team_id}) if send.team_id is not None else set[int]()
    other = bool(kept) and kept["staff"] != person.id
    return other and duty.may_approve(person, teams, london_date(now))
