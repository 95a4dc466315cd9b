"""Sign-up and confirmation: one form, one answer for everybody, one button behind the link."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace

from flask import Blueprint, render_template, request

from notifier.audience.confirm import confirm as confirm_signup
from notifier.audience.models import Signup, Subscriber
from notifier.audience.rules import address
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.audience.subscribe import subscribe as ask
from notifier.catalogue import queries as catalogue
from notifier.catalogue.models import Topic
from notifier.errors import NotFound, Refused
from notifier.notices import queries as notices
from notifier.releases.queries import of_topics
from notifier.render.links import read_confirm
from notifier.store.db import session, unit
from notifier.tokens import Signer
from notifier.web.guard import public, settings
from notifier.web.public import change_rows
from notifier.web.public.frame import now, today
from notifier.web.public.shapes import Choice, Error, TopicChoice

blueprint = Blueprint("signup", __name__)

STALE = "This page was open for over an hour; press the button again"
LEAST_SECONDS = 3  # nobody reads three questions faster; programs do
FORM_LIVES = timedelta(hours=1)


@dataclass
class Form:
    """The sign-up as typed."""

    email: str = ""
    topics: list[str] = field(default_factory=list)
    user_type: str = ""
    find: str = ""
    t: str = ""


def consent_words() -> str:
    """The wording that pressing the button agrees to; it is stored as it is shown."""
    house = catalogue.organisation()
    return (
        f"By pressing the button you agree that {house.name if house else 'we'} may email you "
        "about these topics. You can stop with one click in every email."
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
    """The empty form; /subscribe?topic=air-quality ticks a topic."""
    known = {topic.slug for topic in catalogue.topics()}
    ticked = [slug for slug in request.args.getlist("topic") if slug in known]
    return page(Form(topics=ticked, user_type=request.args.get("user_type", "")), [])


@blueprint.post("/subscribe")
@public
def subscribe() -> tuple[str, int] | str:
    """Keep the wish and promise one mail. The same page follows for every address."""
    typed = Form(
        email=request.form.get("email", ""),
        topics=request.form.getlist("topics"),
        user_type=request.form.get("user_type", ""),
        find=request.form.get("q", "").strip()[:100],
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
    if not typed.topics:
        errors.append(Error("topics", "Select at least one topic"))
    if not typed.user_type:
        errors.append(Error("user_type", "Select what describes you best"))
    return errors


def keep(typed: Form) -> None:
    """One unit of work. A form that a program filled in is answered alike and kept nowhere."""
    topics = catalogue.topics_named(typed.topics)
    try:
        user_type = catalogue.user_type(typed.user_type)
    except NotFound as refusal:
        raise Refused("Select what describes you best", field="user_type") from refusal
    honest = not request.form.get("website") and is_human(request.form.get("t", ""))
    with unit() as work:
        ask(
            typed.email,
            topics=topics,
            user_type=user_type,
            wording=consent_words(),
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
        consent=consent_words(),
    )


def tree() -> list[TopicChoice]:
    """The topics as the form offers them; those without children name their series."""
    return [branch(topic) for topic in catalogue.topic_tree()]


def branch(topic: Topic) -> TopicChoice:
    children = [branch(child) for child in topic.children]
    hint = "" if children else ", ".join(series.name for series in topic.series[:2])
    return TopicChoice(topic.slug, topic.name, hint, children)


def user_types() -> list[Choice]:
    return [Choice(kind.slug, kind.name) for kind in catalogue.user_types()]


def matches(words: str) -> SimpleNamespace:
    """Topics whose name, or the name of one of whose series, holds the words."""
    wanted = words.casefold()
    found = []
    for topic in catalogue.topics():
        series = [s.name for s in topic.series if wanted in s.name.casefold()]
        if wanted in topic.name.casefold():
            found.append((0, Choice(topic.slug, topic.name, ", ".join(series[:2]))))
        elif series:
            found.append((1, Choice(topic.slug, topic.name, ", ".join(series[:2]))))
    found.sort(key=lambda pair: pair[0])
    if not found:
        said = f"Nothing matches “{words}”. Try another word, or choose from all topics."
    else:
        count = len(found)
        said = f"{count} topic{' matches' if count == 1 else 's match'} “{words}”."
    return SimpleNamespace(words=said, topics=[choice for _, choice in found])


@blueprint.get("/confirm/<token>")
@public
def confirm_page(token: str) -> str | tuple[str, int]:
    """Shows the button; opening the link changes nothing (mail scanners open links)."""
    signup = asked(token)
    if signup is None:
        return render_template("pages/public/token_invalid.html"), 404
    names = {topic.id: topic.name for topic in catalogue.topics()}
    return render_template(
        "pages/public/confirm.html",
        action=f"/confirm/{token}",
        topics=[names[t] for t in signup.topics if t in names],
    )


@blueprint.post("/confirm/<token>")
@public
def confirm(token: str) -> str | tuple[str, int]:
    """What was asked for becomes consent."""
    signup = asked(token)
    if signup is None:
        return render_template("pages/public/token_invalid.html"), 404
    try:
        with unit():
            person = confirm_signup(signup.id, now=now(), pepper=settings().suppression_pepper)
    except Refused:
        return render_template("pages/public/token_invalid.html"), 404
    return render_template("pages/public/confirmed.html", **welcome(person))


def asked(token: str) -> Signup | None:
    """The sign-up behind a token, while it may be confirmed."""
    signup_id = read_confirm(settings(), token, now=now())
    signup = session.get(Signup, signup_id) if signup_id is not None else None
    if signup is None or signup.subscriber.email is None:
        return None
    return signup if signup.confirmed_at or lives(signup, now()) else None


def lives(signup: Signup, at: datetime) -> bool:
    return at - signup.created_at <= CONFIRM_WITHIN


def welcome(person: Subscriber) -> dict[str, object]:
    """What they follow now, and what is already announced and concerns them."""
    topic_ids = [s.topic_id for s in person.subscriptions if s.ended_at is None and s.topic_id]
    names = {topic.id: topic.name for topic in catalogue.topics()}
    below = {t.id for t in catalogue.topics() if is_under(t, set(topic_ids))}
    series = of_topics(sorted(below))
    return {
        "topics": [names[t] for t in topic_ids],
        "user_type": person.user_type.name,
        "changes": [change_rows.row(n, today()) for n in notices.open_changes(series)],
        "preferences_url": "/preferences",
    }


def is_under(topic: Topic | None, chosen: set[int]) -> bool:
    while topic is not None:
        if topic.id in chosen:
            return True
        topic = topic.parent
    return False
