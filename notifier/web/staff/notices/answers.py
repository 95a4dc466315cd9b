"""What was said in a consultation, for whoever decides: counts beside followers, then the words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, request

from notifier.catalogue import queries as catalogue
from notifier.cells import defused
from notifier.clock import london_date
from notifier.notices import answered, consult
from notifier.notices.models import Answer, ChangeNotice
from notifier.render import dates
from notifier.store.once import reading
from notifier.web.staff import door
from notifier.web.staff.frame import page
from notifier.web.staff.notices.deeds import DEEDS, possible
from notifier.web.staff.notices.shared import ONE, approvers, path, the_notice
from notifier.web.staff.security import now
from notifier.web.staff.sends.people import as_file

blueprint = Blueprint("staff_notice_answers", __name__)

PAGE = 50
LANGUAGES = {"en": "", "cy": "in Welsh"}


def asked(reference: str) -> ChangeNotice:
    """404 for what has no consultation: nobody could answer."""
    notice = the_notice(reference)
    if not any(consult.period(notice)):
        abort(404)
    return notice


@blueprint.get(f"{ONE}/answers")
@door.member()
def answers(reference: str) -> Any:
    notice, moment = asked(reference), now()
    given = request.args.get("page", "1")
    number = min(
        int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1, 10_000
    )
    with reading():
        said = answered.given(notice)
        kinds = {kind.id: kind.name for kind in catalogue.user_types()}
        first = max(number - 1, 0) * PAGE
        slugs = {deed.slug for deed in possible(notice, moment, second=approvers(notice)[0])}
        url = path(notice, "answers")
        return page(
            "notice_answers",
            notice=notice,
            sentence=sentence(notice, len(said)),
            counts=[row for row in answered.turnout(notice) if row.answers or row.followers],
            rows=[shown(one, kinds) for one in said[first : first + PAGE]],
            total=len(said),
            decide=DEEDS["decide"].link if "decide" in slugs else "",
            newer=f"{url}?page={number - 1}" if first else "",
            older=f"{url}?page={number + 1}" if len(said) > first + PAGE else "",
        )


def sentence(notice: ChangeNotice, number: int) -> str:
    """ "12 people have answered. It is open until 18 January 2027."."""
    opens, closes = consult.period(notice)
    people = "One person has" if number == 1 else f"{number:,} people have"
    first = f"{people if number else 'Nobody has'} answered."
    if consult.is_open(notice, now()) and closes is not None:
        return f"{first} It is open until {dates.past(closes)}."
    if opens is not None and london_date(now()) < opens:
        return f"{first} It opens on {dates.past(opens)}."
    return f"{first} It closed on {dates.past(closes)}." if closes is not None else first


def shown(answer: Answer, kinds: dict[int, str]) -> dict[str, Any]:
    """One answer; who gave it is not in it."""
    at = answer.confirmed_at or answer.created_at
    return {
        "who": kinds.get(answer.user_type_id, ""),
        "organisation": answer.organisation,
        "at": dates.past(london_date(at)),
        "lang": answer.language,
        "language": LANGUAGES.get(answer.language, ""),
        "answers": answer.answers,
    }


@blueprint.get(f"{ONE}/answers.csv")
@door.member()
def answers_csv(reference: str) -> Response:
    notice = asked(reference)
    said = answered.given(notice)
    kinds = {kind.id: kind.name for kind in catalogue.user_types()}
    return as_file(f"{notice.reference}-answers.csv", rows([shown(each, kinds) for each in said]))


def rows(said: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """A column for each question that was answered."""
    questions = list(dict.fromkeys(item["question"] for one in said for item in one["answers"]))
    heads = ("at", "who", "organisation", "lang")
    yield tuple(
        defused(head) for head in ("date", "user type", "organisation", "language", *questions)
    )
    for one in said:
        words = {item["question"]: item["answer"] for item in one["answers"]}
        cells = (*(one[head] for head in heads), *(words.get(q, "") for q in questions))
        yield tuple(defused(str(cell)) for cell in cells)
