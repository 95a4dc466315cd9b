"""The doors of a consultation: giving an answer on the page of a change, confirming it by mail."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from notifier.audience import queries as people
from notifier.audience.rules import address
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.catalogue import queries as catalogue
from notifier.clock import london_date
from notifier.errors import NotFound, Refused
from notifier.notices import consult
from notifier.notices import queries as notices
from notifier.notices.models import Answer, ChangeNotice
from notifier.render.links import read_answer
from notifier.render.notice_words import day_of
from notifier.store.db import session, unit
from notifier.web.guard import public, settings
from notifier.web.network import limit
from notifier.web.public.changes.consultation_view import Form, section
from notifier.web.public.frame import now
from notifier.web.public.people.signup import STALE, is_human, is_stale
from notifier.web.public.shapes import Error, on_day

blueprint = Blueprint("consultation", __name__)

CHANGED = "The questions have changed since you opened the page; what you wrote stands below"


@blueprint.post("/changes/<reference>")
@public
def give(reference: str) -> tuple[str, int] | str:
    """Keep the answer and promise one mail. The same page follows for every address."""
    limit("answer", now=now())
    notice = notices.public_notice(reference)
    typed = read(notice)
    if not consult.is_open(notice, now()):
        return too_late(notice, typed), 400
    errors = problems(notice, typed)
    first = consult.question_id(consult.questions_of(notice)[0])
    if not errors and is_stale(typed.t):
        errors = [Error(first, STALE)]
    if not errors:
        try:
            keep(reference, typed)
        except Refused as refusal:
            errors = [Error(refusal.field or first, str(refusal).rstrip("."))]
    if errors:
        return page(notice, typed, errors), 400
    return render_template("pages/public/consultation_done.html", **about(notice))


def read(notice: ChangeNotice) -> Form:
    """The form as it was posted."""
    asked = {consult.question_id(question) for question in consult.questions_of(notice)}
    given = {name: words for name, words in request.form.items() if name.startswith("q-")}
    return Form(
        answers={name: words for name, words in given.items() if name in asked},
        user_type=request.form.get("user_type", ""),
        organisation=request.form.get("organisation", ""),
        email=request.form.get("email", ""),
        t=request.form.get("t", ""),
        lost=[words for name, words in given.items() if name not in asked and words.strip()],
    )


def problems(notice: ChangeNotice, typed: Form) -> list[Error]:
    """What is missing or too long, in the order of the form."""
    names = [consult.question_id(question) for question in consult.questions_of(notice)]
    said = {name: consult.tidy(words) for name, words in typed.answers.items()}
    errors = [Error(names[0], CHANGED)] if typed.lost else []
    if not errors and not any(said.values()):
        several = len(names) > 1
        errors.append(Error(names[0], f"Answer {'at least one' if several else 'the'} question"))
    errors += [
        Error(name, consult.too_long(said[name]).rstrip("."))
        for name in names
        if len(said.get(name, "")) > consult.LONGEST_ANSWER
    ]
    if typed.user_type not in {kind.slug for kind in catalogue.user_types()}:
        errors.append(Error("user_type", "Select what describes you best"))
    if len(typed.organisation.strip()) > consult.LONGEST_NAME:
        words = f"Shorten the name of your organisation to {consult.LONGEST_NAME} characters"
        errors.append(Error("organisation", words))
    try:
        address(typed.email)
    except Refused as refusal:
        words = str(refusal).rstrip(".") if typed.email.strip() else "Enter your email address"
        errors.append(Error("email", words))
    return errors


def keep(reference: str, typed: Form) -> None:
    """One unit of work. A form that a program filled in is answered alike and kept nowhere."""
    honest = not request.form.get("website") and is_human(typed.t)
    try:
        user_type = catalogue.user_type(typed.user_type)
    except NotFound as refusal:
        raise Refused("Select what describes you best", field="user_type") from refusal
    with unit() as work:
        notice = notices.public_notice(reference)
        consult.answer(
            notice,
            email=typed.email,
            user_type=user_type,
            answers=[
                (question, typed.answers.get(consult.question_id(question), ""))
                for question in consult.questions_of(notice)
            ],
            organisation=typed.organisation,
            now=now(),
        )
        if not honest:
            work.rollback()


def page(notice: ChangeNotice, typed: Form, errors: list[Error]) -> str:
    """The form on a page of its own, with what is wrong and all that was typed."""
    return render_template(
        "pages/public/consultation.html",
        **about(notice),
        consultation=section(notice, now(), typed=typed, errors=errors),
        sentence="",
        typed=[],
    )


def too_late(notice: ChangeNotice, typed: Form) -> str:
    """No answer is taken any more, or yet; what was typed is given back."""
    return render_template(
        "pages/public/consultation.html",
        **about(notice),
        consultation=None,
        sentence=consult.not_open(notice, now()),
        typed=[w.strip() for w in (*typed.answers.values(), *typed.lost) if w.strip()],
    )


def about(notice: ChangeNotice) -> dict[str, Any]:
    today = london_date(now())
    due = day_of(notice.consultation.get("response_due"))
    return {
        "headline": notice.headline,
        "url": f"/changes/{notice.reference}#consultation",
        "follow_url": f"/subscribe?notice={notice.reference}",
        "response_due": on_day(due, today) if due else None,
        "team": notice.series[0].team,
    }


@blueprint.get("/confirm/answer/<token>")
@public
def ask(token: str) -> str | tuple[str, int]:
    """Shows the answer and the button; opening the link changes nothing (mail scanners do)."""
    row = asked(token)
    if row is None:
        return render_template("pages/public/token_invalid.html"), 404
    return confirm_page(row, token, done=row.confirmed_at is not None)


@blueprint.post("/confirm/answer/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """From now on the answer counts."""
    row = asked(token)
    if row is None:
        return render_template("pages/public/token_invalid.html"), 404
    with unit():
        row = consult.confirm_answer(row.id, now=now())
    return confirm_page(row, token, done=True)


def asked(token: str) -> Answer | None:
    """The answer behind a token, while its link works."""
    found = read_answer(settings(), token, now=now())
    row = session.get(Answer, found) if found is not None else None
    if row is None:
        return None
    person = people.person(row.subscriber_id)
    lives = now() - row.created_at <= CONFIRM_WITHIN
    return row if row.confirmed_at or (lives and person and person.email) else None


def confirm_page(row: Answer, token: str, *, done: bool) -> str:
    return render_template(
        "pages/public/consultation_confirm.html",
        **about(session.get_one(ChangeNotice, row.notice_id)),
        action=f"/confirm/answer/{token}",
        answers=row.answers,
        done=done,
    )
