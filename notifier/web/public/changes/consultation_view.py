"""A consultation as its change's page shows it: the form while it is open, who took part, and what
came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import SimpleNamespace

from flask import current_app

from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.insight.reach import rounded
from notifier.notices import answered, consult
from notifier.notices.judge import FROM_DECISION
from notifier.notices.models import ChangeNotice
from notifier.notices.rules import OPEN
from notifier.render import dates
from notifier.render.notice_words import day_of
from notifier.web.public.people.signup import is_stale, time_token
from notifier.web.public.shapes import Choice, Error, When, on_day

FEW = "fewer than 10"
RECOUNT = timedelta(minutes=10)  # followers: a million people take a third of a second to count


@dataclass
class Form:
    """The answer as typed; ``answers`` by the name of the question's field, ``lost`` what was
    written to questions that are asked no more."""

    answers: dict[str, str] = field(default_factory=dict)
    user_type: str = ""
    organisation: str = ""
    email: str = ""
    t: str = ""
    lost: list[str] = field(default_factory=list)


def section(
    notice: ChangeNotice,
    at: datetime,
    *,
    typed: Form | None = None,
    errors: Sequence[Error] = (),
) -> SimpleNamespace | None:
    """What a change's page shows of its consultation; None where there is none."""
    opens, closes = consult.period(notice)
    if opens is None or closes is None:
        return None
    today, facts = london_date(at), notice.consultation
    due, url = day_of(facts.get("response_due")), str(facts.get("url") or "")
    is_open = consult.is_open(notice, at)
    return SimpleNamespace(
        state=state_of(notice, is_open, opens, closes, today),
        opens=on_day(opens, today),
        closes=on_day(closes, today),
        days_words=dates.left(closes, today),
        questions=[
            SimpleNamespace(id=consult.question_id(question), text=question)
            for question in consult.questions_of(notice)
        ],
        url=url if url.startswith("https://") else None,
        response_due=on_day(due, today) if due else None,
        is_late=due is not None and due < today,
        response=str(facts.get("response") or ""),
        responded=responded(notice, today),
        turnout=turnout(notice, at) if took_place(notice, is_open) else None,
        form=opened(typed) if is_open else None,
        errors=list(errors),
        action=f"/changes/{notice.reference}",
        user_types=[Choice(kind.slug, kind.name) for kind in catalogue.user_types()],
        longest=consult.LONGEST_ANSWER,
    )


def state_of(notice: ChangeNotice, is_open: bool, opens: date, closes: date, today: date) -> str:
    """open | ahead | closed (the response is to come) | decided | ended (with the notice)."""
    if is_open:
        return "open"
    if notice.decision == "decided":
        return "decided"
    if notice.state not in OPEN:
        return "ended"
    return "ahead" if today < opens else "closed"


def responded(notice: ChangeNotice, today: date) -> When | None:
    at = notice.consultation.get("decided_at")
    return on_day(london_date(datetime.fromisoformat(at)), today) if at else None


def steps(notice: ChangeNotice, today: date) -> list[SimpleNamespace]:
    """Its step on the line from proposal to outcome, between Proposed and Decided."""
    opens, closes = consult.period(notice)
    if opens is None or closes is None:
        return []
    begun, over = opens <= today, closes < today
    text, day = ("Closed", closes) if over else ("Until", closes) if begun else ("From", opens)
    return [
        SimpleNamespace(
            name="Open for answers",
            state="done" if begun else "todo",
            text=text,
            day=on_day(day, today),
        )
    ]


def unconsulted(notice: ChangeNotice) -> str:
    """That nobody was asked before a statistic stops or is cut back, and why; else empty."""
    if notice.class_ != FROM_DECISION or consult.period(notice)[1] is not None:
        return ""
    why = str(notice.consultation.get("reason") or "").strip().rstrip(".")
    return f"No consultation was held{f': {why}' if why else ''}. "


def decision(notice: ChangeNotice, today: date) -> SimpleNamespace | None:
    """Where the decision is of what was proposed first: a word, a sentence, and the day that ends
    the sentence. None for what was never proposed, and for what has no days."""
    opens, closes = consult.period(notice)
    at = responded(notice, today)
    if at is not None:
        word = "Answered" if notice.class_ == "K" else "Decided"
        text = "After a consultation, on" if closes else f"{unconsulted(notice)}On"
        return SimpleNamespace(word=word, text=text, day=at)
    if notice.decision == "decided" or opens is None or closes is None:
        return None
    if today > closes:
        day = on_day(closes, today)
        return SimpleNamespace(word="Being decided", text="It closed for answers on", day=day)
    if today < opens:
        day = on_day(opens, today)
        return SimpleNamespace(word="Proposed", text="It opens for answers on", day=day)
    return SimpleNamespace(word="Open for answers", text="Nothing is decided yet.", day=None)


def took_place(notice: ChangeNotice, is_open: bool) -> bool:
    """Whether there is a count to show: one that was over before the notice has none."""
    return is_open or "turnout" in notice.consultation or bool(answered.given(notice))


def turnout(notice: ChangeNotice, at: datetime) -> SimpleNamespace:
    """Who answered against who follows: frozen with the response, before that as it stands.

    Followers are rounded, and fewer than ten are not counted: what we promise on /privacy.
    """
    kept = notice.consultation.get("turnout")
    if kept is not None:
        rows = [answered.Turnout(**row) for row in kept]
    else:
        rows = answered.turnout(notice, followers=followers(notice, at))
    followed, said = sum(r.followers for r in rows), sum(r.answers for r in rows)
    shown = [r for r in rows if rounded(r.followers) or r.answers]
    return SimpleNamespace(
        answers=said,
        followers=public_words(followed),
        final=kept is not None,
        heads=["User type", "Follow this change", "Answered"],
        rows=[[r.name, public_words(r.followers), f"{r.answers:,}"] for r in shown]
        + [["All", public_words(followed), f"{said:,}"]],
    )


def public_words(people: int) -> str:
    """A count of followers as it may be shown."""
    number = rounded(people)
    return FEW if number is None else f"{number:,}"


def followers(notice: ChangeNotice, at: datetime) -> dict[int, int]:
    """``followers_by_type``, counted at most once in ten minutes by each process."""
    counted: dict[int, tuple[datetime, dict[int, int]]] = current_app.extensions.setdefault(
        "notifier.turnout", {}
    )
    since, found = counted.get(notice.id, (None, {}))
    if since is None or not since <= at < since + RECOUNT:
        found = answered.followers_by_type(notice)
        counted[notice.id] = (at, found)
    return found


def opened(typed: Form | None) -> Form:
    """The form to show, with a time token that is still good."""
    form = typed or Form()
    form.t = time_token() if not form.t or is_stale(form.t) else form.t
    return form
