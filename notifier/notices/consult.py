"""A proposal asks its users: its questions, its days, what people answer and confirm by mail.

``answer`` returns nothing and does the same for every address, so that nobody learns who is known.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Select, delete, func, select, update

from notifier.audience import queries as people
from notifier.audience.hold import hold_address
from notifier.audience.models import Subscriber
from notifier.audience.rules import address
from notifier.audience.subscribe import CONFIRM_WITHIN, known_or_new
from notifier.catalogue.models import UserType
from notifier.clock import london_date
from notifier.errors import Refused
from notifier.notices.models import Answer, ChangeNotice
from notifier.notices.rules import OPEN
from notifier.sends.models import Send
from notifier.sends.plan import plan
from notifier.store.db import session, tried
from notifier.store.history import PERSON, record

ANYTHING = "What do you want to tell us?"  # where the team asks nothing of its own
LONGEST_ANSWER = 5_000  # characters
LONGEST_NAME = 200  # of an organisation
SAME_AGAIN = timedelta(hours=1)  # the same words within it are one answer: a button pressed twice

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def period(notice: ChangeNotice) -> tuple[date | None, date | None]:
    """First and last day (London) of its consultation; (None, None) where it has none."""
    facts = notice.consultation or {}
    opens, closes = (facts.get(key) for key in ("opens", "closes"))
    return (
        date.fromisoformat(opens) if opens else None,
        date.fromisoformat(closes) if closes else None,
    )


def is_open(notice: ChangeNotice, now: datetime) -> bool:
    """Whether it takes answers: public, not decided, from the first to the end of the last day."""
    opens, closes = period(notice)
    if notice.state not in OPEN or notice.decision == "decided" or opens is None or closes is None:
        return False
    return opens <= london_date(now) <= closes


def questions_of(notice: ChangeNotice) -> list[str]:
    """What the page asks, in order; one open question where the team has none."""
    asked = [str(question) for question in (notice.consultation or {}).get("questions") or []]
    return asked or [ANYTHING]


def question_id(question: str) -> str:
    """The name of a question's field, made from its words: an answer never lands under another."""
    return f"q-{hashlib.sha256(question.encode()).hexdigest()[:12]}"


def answer(
    notice: ChangeNotice,
    *,
    email: str,
    user_type: UserType,
    answers: Iterable[tuple[str, str]],
    organisation: str = "",
    language: str = "en",
    now: datetime,
) -> None:
    """Keep what somebody says, as (question, words), and promise one mail that asks whether it was
    them; it counts once they confirm.

    Raises Refused, naming the field, when the consultation is not open, the address is malformed,
    nothing is answered, words are too long, or a question is not among those asked.
    """
    if not is_open(notice, now):
        raise Refused(not_open(notice, now))
    kept = address(email)
    said = checked(notice, answers)
    company = " ".join(_CONTROL.sub("", organisation).split())
    if len(company) > LONGEST_NAME:
        raise Refused(
            f"Shorten the name of your organisation to {LONGEST_NAME} characters.",
            field="organisation",
        )
    hold_address(kept)
    person = known_or_new(kept, user_type, language, now=now)
    row = Answer(
        notice_id=notice.id,
        subscriber_id=person.id,
        user_type_id=user_type.id,
        organisation=company,
        answers=said,
        language=language,
        created_at=now,
    )
    if repeated(row, now):
        return
    mail = may_mail(person, now)
    session.add(row)
    session.flush()
    with tried(keep=mail):
        promise(row, now=now)


def not_open(notice: ChangeNotice, now: datetime) -> str:
    """Why no answer is taken, as a sentence for who wants to give one."""
    opens, closes = period(notice)
    today = london_date(now)
    if opens is None or closes is None:
        return "This change does not ask for answers; write to the team."
    if closes < today and notice.decision != "decided":
        return f"The consultation closed on {day_words(closes)}, so no more answers can be taken."
    if opens > today and notice.state in OPEN:
        return f"The consultation opens on {day_words(opens)}; answer from that day on."
    return "The consultation is over, so no more answers can be taken."


def day_words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def checked(notice: ChangeNotice, answers: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """The answers that say something, as they are kept: [{question, answer}]."""
    asked = questions_of(notice)
    said = []
    for question, text in answers:
        if question not in asked:
            raise Refused("The questions have changed since you opened the page; answer these.")
        words = tidy(text)
        if len(words) > LONGEST_ANSWER:
            raise Refused(too_long(words), field=question_id(question))
        if words:
            said.append({"question": question, "answer": words})
    if not said:
        raise Refused("Answer at least one question.", field=question_id(asked[0]))
    return said


def tidy(text: str) -> str:
    """Somebody's words without control characters; every line break is one ``\\n``."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def too_long(words: str) -> str:
    return f"Your answer has {len(words):,} characters; shorten it to {LONGEST_ANSWER:,}."


def repeated(row: Answer, now: datetime) -> bool:
    """Whether the same person said just this a moment ago."""
    query = select(Answer).where(
        Answer.notice_id == row.notice_id,
        Answer.subscriber_id == row.subscriber_id,
        Answer.user_type_id == row.user_type_id,
        Answer.created_at > now - SAME_AGAIN,
    )
    return any(
        (old.answers, old.organisation) == (row.answers, row.organisation)
        for old in session.scalars(query)
    )


def may_mail(person: Subscriber, now: datetime) -> bool:
    """The limits of confirm mails (STANDARDS.md section 2), which are counted in: three a day to
    one address, one in seven days to a suppressed one."""
    length, most = (
        (timedelta(days=7), 1) if person.state == "suppressed" else (timedelta(days=1), 3)
    )
    sent = select(func.count(Send.id)).where(
        Send.kind.in_(("confirm", "answer_confirm")),
        Send.subscriber_id == person.id,
        Send.created_at > now - length,
    )
    return (session.scalar(sent) or 0) < most


def promise(row: Answer, *, now: datetime) -> None:
    """The mail to confirm by."""
    plan(
        "answer_confirm",
        f"answer:{row.id}",
        stage="confirm",
        due_at=now,
        now=now,
        subscriber_id=row.subscriber_id,
        lapses_at=now + CONFIRM_WITHIN,
        context={"answer": row.id, "notice": row.notice_id},
    )


def confirm_answer(answer_id: int, *, now: datetime) -> Answer:
    """Count an answer; a second press of the button changes nothing. Nobody is signed up by it.

    Also after the last day, while the answer is younger than seven days and nothing is decided.
    Raises Refused when the answer lapsed, its address is gone, or the response is out.
    """
    row = session.get(Answer, answer_id)
    if row is None:
        raise Refused("This link no longer works; answer again to get a new one.")
    if row.confirmed_at is not None:
        return row
    person = people.person(row.subscriber_id)
    if person is None or person.email is None or now - row.created_at > CONFIRM_WITHIN:
        raise Refused("This link is more than 7 days old; answer again to get a new one.")
    notice = session.get_one(ChangeNotice, row.notice_id)
    if notice.decision == "decided" or notice.state not in OPEN:
        raise Refused("The consultation is over, so this answer can no longer be counted.")
    won = session.execute(
        update(Answer)
        .where(Answer.id == row.id, Answer.confirmed_at.is_(None))
        .values(confirmed_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    if cast("CursorResult[Any]", won).rowcount == 1:
        record(f"answer:{row.id}", "confirm", by=PERSON, now=now, notice=notice.id)
    return row


def purge_answers(*, now: datetime) -> int:
    """Delete what nobody confirmed within seven days; returns how many."""
    found = session.execute(
        delete(Answer).where(
            Answer.confirmed_at.is_(None), Answer.created_at <= now - CONFIRM_WITHIN
        )
    )
    return int(cast("CursorResult[Any]", found).rowcount)


def lately(now: datetime) -> Select[int]:
    """Ids of the people whose last answer is younger than seven days: their address is kept."""
    return select(Answer.subscriber_id).where(Answer.created_at > now - CONFIRM_WITHIN)
