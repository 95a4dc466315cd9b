"""Sign-up: one form, one answer for everybody; what is confirmed by mail comes after."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from notifier.audience.limits import TooOften
from notifier.audience.rules import address
from notifier.audience.subscribe import CONFIRM_WITHIN
from notifier.audience.subscribe import subscribe as ask
from notifier.catalogue import merge
from notifier.catalogue import queries as catalogue
from notifier.errors import NotFound, Refused
from notifier.render.typeset import PASSED_ON
from notifier.store.db import unit
from notifier.tokens import Signer
from notifier.web.guard import public, settings
from notifier.web.language import gettext as _
from notifier.web.language import language
from notifier.web.network import network, too_often
from notifier.web.public.frame import now
from notifier.web.public.people.choices import matches, tree, user_types
from notifier.web.public.people.chosen import Chosen, chosen
from notifier.web.public.shapes import Error
from notifier.web.refusals import N_, label

blueprint = Blueprint("signup", __name__)

STALE = N_("This page was open for over an hour; press the button again")
LEAST_SECONDS = 3  # nobody reads three questions faster; programs do
FORM_LIVES = timedelta(hours=1)


@dataclass
class Form:
    """The sign-up as typed; ``only`` are single publications ticked inside topics, ``chosen`` the
    single things that it was opened for, ``source`` the link that led here."""

    email: str = ""
    topics: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    user_type: str = ""
    find: str = ""
    t: str = ""
    source: str = ""
    chosen: Chosen = field(default_factory=Chosen)


def consent_words(*, single: bool = False) -> str:
    """The wording that pressing the button agrees to; it is stored as it is shown."""
    house = catalogue.organisation()
    name = house.name if house else _("we")
    if single:
        return _(
            "By pressing the button you agree that %(name)s may email you about what you chose "
            "here. You can stop with one click in every email.",
            name=name,
        )
    return _(
        "By pressing the button you agree that %(name)s may email you about these topics. You can "
        "stop with one click in every email.",
        name=name,
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
    choose one change, one release, one publication by itself; ?from= says where the link stood."""
    found = chosen(request.args, now())
    ticked = [topic.slug for topic in found.topics]
    user_type, source = request.args.get("user_type", ""), request.args.get("from", "")[:40]
    return page(Form(topics=ticked, user_type=user_type, source=source, chosen=found), [])


@blueprint.post("/subscribe")
@public
def subscribe() -> tuple[str, int] | str:
    """Keep the wish and promise one mail. The same page follows for every address."""
    typed = Form(
        email=request.form.get("email", ""),
        topics=request.form.getlist("topics"),
        only=request.form.getlist("only"),
        user_type=request.form.get("user_type", ""),
        find=request.form.get("q", "").strip()[:100],
        source=request.form.get("from", "")[:40],
        chosen=chosen(request.form, now()),
    )
    if "find" in request.form and typed.find:
        return page(typed, [])
    errors = problems(typed)
    if not errors and is_stale(request.form.get("t", "")):
        errors = [Error("email", _(STALE))]
    if not errors:
        try:
            keep(typed)
        except TooOften:
            too_often()
        except Refused as refusal:
            errors = [Error(refusal.field or "topics", label(refusal))]
    if errors:
        return page(typed, errors), 400
    return render_template(
        "pages/public/subscribe_done.html", days=CONFIRM_WITHIN.days, pass_on=pass_on(typed)
    )


def pass_on(typed: Form) -> str:
    """The address by which somebody else chooses the same; that they came by it is counted."""
    query = [*(("topic", slug) for slug in typed.topics[:20]), ("from", PASSED_ON)]
    if language() != "en":
        query.append(("lang", language()))
    return f"{settings().base_url}/subscribe?{urlencode(query)}"


def problems(typed: Form) -> list[Error]:
    """What is missing, in the order of the questions."""
    errors = []
    if not typed.email.strip():
        errors.append(Error("email", _("Enter your email address")))
    else:
        try:
            address(typed.email)
        except Refused as refusal:
            errors.append(Error("email", label(refusal)))
    if not (typed.topics or typed.only or typed.chosen):
        errors.append(Error("topics", _("Select at least one topic")))
    if not typed.user_type:
        errors.append(Error("user_type", _("Select what describes you best")))
    return errors


def keep(typed: Form) -> None:
    """One unit of work. A form that a program filled in is answered alike and kept nowhere."""
    topics = merge.current(catalogue.topics_named(typed.topics), now=now())
    only = [catalogue.series(slug) for slug in dict.fromkeys(typed.only)]
    try:
        user_type = catalogue.user_type(typed.user_type)
    except NotFound as refusal:
        raise Refused("Select what describes you best", field="user_type") from refusal
    honest = not request.form.get("website") and is_human(request.form.get("t", ""))
    with unit() as work:
        ask(
            typed.email,
            topics=topics,
            series=list(dict.fromkeys([*typed.chosen.series, *only])),
            notices=[notice.id for notice in typed.chosen.notices],
            releases=[release.id for release in typed.chosen.releases],
            user_type=user_type,
            wording=consent_words(single=bool(typed.chosen)),
            language=language(),
            source=typed.source,
            network=network(),
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
