"""Sign-up: one form, one answer for everybody; what is confirmed by mail comes after."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience.rules import address
from notifier.audience.subscribe import subscribe as ask
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound, Refused
from notifier.render import dates
from notifier.store.db import unit
from notifier.tokens import Signer
from notifier.web.guard import public, settings
from notifier.web.public.frame import now
from notifier.web.public.people.chosen import Chosen, chosen
from notifier.web.public.shapes import Choice, Error, TopicChoice

blueprint = Blueprint("signup", __name__)

STALE = "This page was open for over an hour; press the button again"
LEAST_SECONDS = 3  # nobody reads three questions faster; programs do
FORM_LIVES = timedelta(hours=1)


@dataclass
class Form:
    """The sign-up as typed; ``chosen`` are the single things that it was opened for."""

    email: str = ""
    topics: list[str] = field(default_factory=list)
    user_type: str = ""
    find: str = ""
    t: str = ""
    chosen: Chosen = field(default_factory=Chosen)


def consent_words(*, single: bool = False) -> str:
    """The wording that pressing the button agrees to; it is stored as it is shown."""
    house = catalogue.organisation()
    return (
        f"By pressing the button you agree that {house.name if house else 'we'} may email you "
        f"about {'what you chose here' if single else 'these topics'}. You can stop with one click "
        "in every email."
    )


def time_token() -> str:
    return Signer(settings().keys, "form").sign({"at": int(now().timestamp())})


def open_for(token: str) -> float | None:
    """Seconds since we gave out the form; None when it is not ours."""
    body = Signer(settings().keys, "form").read(token, now=now())
    return None if body is None else now().timestamp() - int(body["at"])


def is_human(token: str) -> bool:
    """The form was open for as long as a person needs, and for an hour at most."""
    age = open_for(token)
    return age is not None and LEAST_SECONDS <= age <= FORM_LIVES.total_seconds()


def is_stale(token: str) -> bool:
    """A person left the page open for more than an hour: no robot, they are asked again."""
    age = open_for(token)
    return age is not None and age > FORM_LIVES.total_seconds()


@blueprint.get("/subscribe")
@public
def form() -> str:
    """The empty form. /subscribe?topic=air-quality ticks a topic; ?notice=, ?release= and ?series=
    choose one change, one release, one publication by itself."""
    found = chosen(request.args, now())
    ticked = [topic.slug for topic in found.topics]
    user_type = request.args.get("user_type", "")
    return page(Form(topics=ticked, user_type=user_type, chosen=found), [])


@blueprint.post("/subscribe")
@public
def subscribe() -> tuple[str, int] | str:
    """Keep the wish and promise one mail. The same page follows for every address."""
    typed = Form(
        email=request.form.get("email", ""),
        topics=request.form.getlist("topics"),
        user_type=request.form.get("user_type", ""),
        find=request.form.get("q", "").strip()[:100],
        chosen=chosen(request.form, now()),
    )
    if "find" in request.form and typed.find:
        return page(typed, [])
    errors = problems(typed)
    if not errors and is_stale(request.form.get("t", "")):
        errors = [Error("email", STALE)]
    if not errors:
        try:
            keep(typed)
        except Refused as refusal:
            errors = [Error(refusal.field or "topics", str(refusal).rstrip("."))]
    if errors:
        return page(typed, errors), 400
    return render_template("pages/public/subscribe_done.html", hours=168)


def problems(typed: Form) -> list[Error]:
    """What is missing, in the order of the questions."""
    errors = []
    if not typed.email.strip():
        errors.append(Error("email", "Enter your email address"))
    else:
        try:
            address(typed.email)
        except Refused as refusal:
            errors.append(Error("email", str(refusal).rstrip(".")))
    if not typed.topics and not typed.chosen:
        errors.append(Error("topics", "Select at least one topic"))
    if not typed.user_type:
        errors.append(Error("user_type", "Select what describes you best"))
    return errors


def keep(typed: Form) -> None:
    """One unit of work. A form that a program filled in is answered alike and kept nowhere."""
    topics = merge.current(catalogue.topics_named(typed.topics), now=now())
    try:
        user_type = catalogue.user_type(typed.user_type)
    except NotFound as refusal:
        raise Refused("Select what describes you best", field="user_type") from refusal
    honest = not request.form.get("website") and is_human(request.form.get("t", ""))
    with unit() as work:
        ask(
            typed.email,
            topics=topics,
            series=typed.chosen.series,
            notices=[notice.id for notice in typed.chosen.notices],
            releases=[release.id for release in typed.chosen.releases],
            user_type=user_type,
            wording=consent_words(single=bool(typed.chosen)),
            now=now(),
        )
        if not honest:
            work.rollback()


def page(typed: Form, errors: list[Error]) -> str:
    kept = request.form.get("t", "")
    typed.t = time_token() if not kept or is_stale(kept) else kept
    return render_template(
        "pages/public/subscribe.html",
        action="/subscribe",
        form=typed,
        errors=errors,
        topics=tree(),
        user_types=user_types(),
        found=matches(typed.find) if typed.find else None,
        consent=consent_words(single=bool(typed.chosen)),
        chosen=typed.chosen.rows,
        notes=typed.chosen.notes,
    )


def tree() -> list[TopicChoice]:
    """The topics as the form offers them; those without children name their series."""
    return [branch(topic) for topic in merge.living(now()) if topic.parent_id is None]


def branch(topic: Topic) -> TopicChoice:
    children = [branch(child) for child in topic.children if not merge.is_gone(child, now())]
    hint = "" if children else ", ".join(series.name for series in topic.series[:2])
    return TopicChoice(topic.slug, name(topic), hint, children)


def name(topic: Topic) -> str:
    """ "Bathing (becomes part of Water on 7 December 2026)": who chooses it now must know."""
    if topic.retired_at is None:
        return topic.name
    day, into = dates.past(merge.last_day(topic)), topic.merged_into
    end = f"becomes part of {into.name} on {day}" if into is not None else f"ends on {day}"
    return f"{topic.name} ({end})"


def user_types() -> list[Choice]:
    return [Choice(kind.slug, kind.name) for kind in catalogue.user_types()]


def matches(words: str) -> SimpleNamespace:
    """Topics whose name, or the name of one of whose series, holds the words."""
    wanted = words.casefold()
    found = []
    for topic in merge.living(now()):
        series = [s.name for s in topic.series if wanted in s.name.casefold()]
        if wanted in topic.name.casefold():
            found.append((0, Choice(topic.slug, name(topic), ", ".join(series[:2]))))
        elif series:
            found.append((1, Choice(topic.slug, name(topic), ", ".join(series[:2]))))
    found.sort(key=lambda pair: pair[0])
    if not found:
        said = f"Nothing matches “{words}”. Try another word, or choose from all topics."
    else:
        count = len(found)
        said = f"{count} topic{' matches' if count == 1 else 's match'} “{words}”."
    return SimpleNamespace(words=said, topics=[choice for _, choice in found])
