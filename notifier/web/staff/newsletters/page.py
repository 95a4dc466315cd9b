"""The page on which a newsletter is written: its words, how a reader sees it, who gets it and when.

Everything is one form: what is typed is saved with each press of a button, and kept meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, make_response, render_template, request

from notifier.accounts import unsaved
from notifier.errors import Conflict, Refused
from notifier.newsletters import edit
from notifier.newsletters.models import Newsletter
from notifier.render.pasted import from_html
from notifier.store.db import session, unit
from notifier.web.guard import takes
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back, page
from notifier.web.staff.newsletters import seen as newsletter_seen
from notifier.web.staff.newsletters import shared
from notifier.web.staff.newsletters.shared import ONE, path, the_issue
from notifier.web.staff.newsletters.stand import both_texts, standing
from notifier.web.staff.newsletters.typed import (
    Typed,
    from_form,
    of_fields,
    of_issue,
    wanted,
    with_pasted,
)
from notifier.web.staff.security import now

blueprint = Blueprint("staff_newsletter", __name__)

MOST = 5_000_000  # bytes of the form: a page of Word is large
LONGEST_PASTE = 2_500_000  # characters
Act = Callable[[Newsletter, list[str]], str]


def about(issue: Newsletter) -> str:
    return f"newsletter:{issue.id}"


@blueprint.get(ONE)
@door.member()
def one(slug: str) -> Any:
    issue = the_issue(slug)
    if slug != issue.slug:
        return back(path(issue))
    typed = of_issue(issue)
    kept = unsaved.kept(door.me(), about(issue))
    if kept is None or shared.is_out(issue, now()) or request.args.get("saved"):
        return show(issue, typed)
    mine = of_fields(kept.fields, kept.base)
    if mine.fields() == typed.fields():
        return show(issue, typed)
    return show(issue, mine, kept_at=kept.at)


def show(
    issue: Newsletter,
    typed: Typed,
    errors: list[Error] | None = None,
    status: int = 200,
    **more: Any,
) -> Response:
    who = newsletter_seen.reader()
    return page(
        "newsletter",
        status,
        errors=errors or [],
        issue=issue,
        typed=typed,
        who=who,
        url=path(issue),
        **newsletter_seen.seen(issue, typed, who),
        **newsletter_seen.to_whom(issue, typed),
        **newsletter_seen.choices(typed),
        **standing(issue, typed, now()),
        **more,
    )


@blueprint.post(ONE)
@door.member()
@takes(MOST)
def save(slug: str) -> Any:
    def act(issue: Newsletter, parts: list[str]) -> str:
        return "It is saved." if parts else "Nothing was changed, so nothing was saved."

    return saved(slug, act)


def saved(slug: str, act: Act) -> Any:
    """Save what was typed, then do ``act`` (given what is new); all of it, or nothing.

    What is wrong stands beside its field and everything typed stays; whom somebody else overtook is
    shown both texts.
    """
    issue = the_issue(slug)
    typed, has_pasted = with_pasted_or_not(from_form())
    if shared.is_out(issue, now()):
        return show(issue, of_issue(issue), [Error("acts", "It went out already")], 400)
    try:
        wants = wanted(typed, issue, moment=now())
        with unit():
            issue = the_issue(slug)
            parts = edit.save(
                issue, wants, base=typed.base, person=door.me(), by=door.by(), now=now()
            )
            done = act(issue, parts)
            unsaved.drop(door.me(), about(issue))
    except Conflict as conflict:
        return overtaken(slug, typed, conflict)
    except Refused as refusal:
        session.rollback()
        error = Error(refusal.field or "acts", str(refusal).rstrip("."))
        return show(the_issue(slug), typed, [error], 400)
    if has_pasted:
        done = f"{done} What you pasted stands at the end of the words."
    return back(path(issue), done)


def with_pasted_or_not(typed: Typed) -> tuple[Typed, bool]:
    """As ``with_pasted``; what cannot be read stays in its box and is said when it is checked."""
    try:
        return with_pasted(typed)
    except Refused:
        return typed, False


def overtaken(slug: str, typed: Typed, conflict: Conflict) -> Response:
    """Yours, with what is saved now beside it; whoever saves next has seen both."""
    session.rollback()
    issue = the_issue(slug)
    current = of_issue(issue)
    mine = of_fields(typed.fields(), current.base)
    errors = [Error("both", str(conflict).rstrip("."))]
    return show(issue, mine, errors, 409, **both_texts(issue, current, mine))


@blueprint.post(f"{ONE}/preview")
@door.member()
@takes(MOST)
def preview(slug: str) -> Any:
    """As it is typed, for one kind of reader: the pane by itself, or without script the page."""
    issue, typed = the_issue(slug), from_form()
    if "HX-Request" not in request.headers:
        return show(issue, typed)
    who = newsletter_seen.reader()
    given = {**newsletter_seen.seen(issue, typed, who), **newsletter_seen.to_whom(issue, typed)}
    given |= {"issue": issue, "typed": typed, "who": who, "oob": True}
    return fragment("parts/newsletter_seen.html", **given)


def fragment(template: str, **given: Any) -> Response:
    answer = make_response(render_template(template, **given))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post(f"{ONE}/keep")
@door.member()
@takes(MOST)
def keep(slug: str) -> Any:
    """What is typed and not saved yet outlives the browser; says who else is here."""
    issue, typed = the_issue(slug), from_form()
    if shared.is_out(issue, now()):
        abort(404)
    fields = typed.fields()
    is_new = fields != of_issue(issue).fields()
    try:
        with unit():
            door.at().seen_at = now()  # whoever types is here, though no page was asked for
            if is_new:
                unsaved.keep(door.me(), about(issue), fields, base=typed.base, now=now())
            else:
                unsaved.drop(door.me(), about(issue))
    except Refused:
        abort(413)
    others = unsaved.others(door.me(), about(issue), now=now())
    return fragment(
        "parts/newsletter_here.html",
        kept=shared.clock(now()) if is_new else "",
        others=[shared.name_of(person) for person in others],
    )


@blueprint.post(f"{ONE}/forget")
@door.member()
def forget(slug: str) -> Any:
    """They do not want what they typed and did not save."""
    issue = the_issue(slug)
    with unit():
        unsaved.drop(door.me(), about(issue))
    return back(path(issue), "What you had typed is thrown away; this is what is saved.")


@blueprint.post(f"{ONE}/paste")
@door.member()
@takes(MOST)
def paste(slug: str) -> Any:
    """The clipboard's HTML as Markdown, for the script: words only."""
    the_issue(slug)
    try:
        found = from_html(request.form.get("html", ""))
    except Refused as refusal:
        return Response(str(refusal), 400, mimetype="text/plain")
    answer = Response(found.markdown, mimetype="text/plain")
    answer.headers["X-Pictures"] = str(found.pictures)
    answer.headers["Cache-Control"] = "no-store"
    return answer
