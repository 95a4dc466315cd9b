"""What an author must say of a consultation, and what a revision may not undo. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Protocol

from notifier.errors import Refused


class Asking(Protocol):
    class_: str
    decision: str
    consultation: dict[str, Any]


KEYS = (
    "opens",
    "closes",
    "response_due",
    "url",
    "questions",
    "reason",
)  # reason: why there is none
PUBLISHED = ("response", "decided_at", "turnout")  # what ``decide`` adds; nobody writes it by hand
LEAST_DAYS = {"B": 42, "K": 42}  # DOMAIN.md section 4
MOST_QUESTIONS = 20
LONGEST_QUESTION = 300  # characters
QUESTIONS = "consultation.questions"  # the field that a refusal is about


def check(consultation: Mapping[str, Any], class_: str, *, where: str = "the notice") -> None:
    """Refuse a consultation whose days or questions are not as DOMAIN.md section 4 wants them.

    ``consultation`` is as a notice keeps it, dates as ISO text, empty where there is none. Classes
    B and K are open for 42 days at least; K is nothing else, so it needs its days.
    """
    strange = sorted(set(consultation) - set(KEYS))
    if strange:
        raise Refused(
            f"{where}: consultation.{strange[0]} is not known; its keys are {', '.join(KEYS)}. "
            "The summary of what was said is published by: notices decide.",
            field="consultation",
        )
    opens, closes, due = (
        day(consultation, key, where) for key in ("opens", "closes", "response_due")
    )
    if (opens is None or closes is None) and (class_ == "K" or opens or closes or due):
        raise Refused(
            f"{where}: a consultation has a first and a last day; "
            "give consultation.opens and consultation.closes.",
            field="consultation.closes" if opens else "consultation.opens",
        )
    if opens is not None and closes is not None:
        long_enough(opens, closes, class_, where)
        if due is not None and due <= closes:
            raise Refused(
                f"{where}: consultation.response_due, {due.isoformat()}, must come after it "
                f"closes on {closes.isoformat()}.",
                field="consultation.response_due",
            )
    why_none = consultation.get("reason")
    if why_none is not None and (opens or not isinstance(why_none, str) or not why_none.strip()):
        raise Refused(
            f"{where}: consultation.reason says in a sentence why there is no consultation; it "
            "does not go with consultation.opens and consultation.closes.",
            field="consultation.reason",
        )
    check_questions(consultation.get("questions"), where)
    url = consultation.get("url")
    if url and not str(url).startswith("https://"):
        raise Refused(
            f"{where}: consultation.url must begin with https://.", field="consultation.url"
        )


def asked_or_why(notice: Asking, *, where: str) -> None:
    """Refuse to submit or revise what asks nobody and does not say why (DOMAIN.md section 4): a
    decided class B without a consultation, and a consultation without its days."""
    facts = notice.consultation or {}
    if facts.get("closes"):
        return
    if notice.decision == "consulting":
        raise Refused(
            f"{where} says that it is consulting and has no days for it; give "
            "consultation.opens and consultation.closes, or another decision.",
            field="consultation.opens",
        )
    if notice.class_ == "B" and notice.decision == "decided" and not facts.get("reason"):
        raise Refused(
            f"{where} stops or cuts a statistic, and users are asked for 42 days first; give "
            "consultation.opens and consultation.closes, or say in consultation.reason why there "
            "is none.",
            field="consultation.reason",
        )


def day(consultation: Mapping[str, Any], key: str, where: str) -> date | None:
    text = consultation.get(key)
    if not text:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Refused(f"{where}: consultation.{key} must be a date, not {text!r}.") from None


def long_enough(opens: date, closes: date, class_: str, where: str) -> None:
    """From its first to its last day at least as many days as the class asks for."""
    if closes < opens:
        raise Refused(
            f"{where}: the consultation closes on {closes.isoformat()}, before it opens on "
            f"{opens.isoformat()}.",
            field="consultation.closes",
        )
    least, length = LEAST_DAYS.get(class_, 0), (closes - opens).days
    if length < least:
        raise Refused(
            f"{where}: the consultation is open for {length} days; class {class_} needs {least}. "
            f"Close it on {(opens + timedelta(days=least)).isoformat()} or later.",
            field="consultation.closes",
        )


def check_questions(questions: object, where: str) -> None:
    if questions is None:
        return
    if not isinstance(questions, list) or not all(
        isinstance(question, str) and question.strip() for question in questions
    ):
        raise Refused(f"{where}: consultation.questions must be a list of texts.", field=QUESTIONS)
    if len(questions) > MOST_QUESTIONS:
        sentence = f"{where}: ask at most {MOST_QUESTIONS} questions, not {len(questions)}."
        raise Refused(sentence, field=QUESTIONS)
    if len(set(questions)) < len(questions):
        raise Refused(f"{where}: the consultation asks the same question twice.", field=QUESTIONS)
    for question in questions:
        if len(question) > LONGEST_QUESTION:
            raise Refused(
                f"{where}: a question has {len(question)} characters; "
                f"shorten it to {LONGEST_QUESTION}.",
                field=QUESTIONS,
            )


def revised(
    was: Mapping[str, Any],
    now_is: Mapping[str, Any],
    *,
    decision: tuple[str, str],
    where: str = "the notice",
    today: date,
    consulted: bool = False,
) -> dict[str, Any]:
    """The consultation after a revision: the new entry with what ``decide`` published.

    ``decision`` is the word before and after; ``consulted`` whether any public revision was in
    consultation. Raises Refused when the revision would decide what was consulted on without its
    summary, reopen what is decided, close an open one sooner than people were told, or take away
    one that was public.
    """
    before, after = decision
    asked, closes = day(was, "closes", where), day(now_is, "closes", where)
    consulted = consulted or asked is not None or before == "consulting"
    if after == "decided" and before != "decided" and consulted:
        raise Refused(
            f"{where} is in consultation; decide it with: notices decide, which publishes the "
            "summary of what was said.",
            field="decision",
        )
    if before == "decided" and after != "decided" and was.get("response"):
        raise Refused(
            f"{where} is decided and its summary is public; write a new notice.", field="decision"
        )
    running = before != "decided" and asked is not None and today <= asked
    if running and asked is not None and (closes is None or closes < asked):
        raise Refused(
            f"{where} is open for answers until {asked.isoformat()}, as people were told; "
            "it can be closed later, not sooner.",
            field="consultation.closes",
        )
    if asked is not None and closes is None:
        raise Refused(
            f"{where} was open for answers until {asked.isoformat()}, and that stays on record; "
            "keep consultation.opens and consultation.closes in the entry.",
            field="consultation.closes",
        )
    return {**now_is, **{key: was[key] for key in PUBLISHED if key in was}}
