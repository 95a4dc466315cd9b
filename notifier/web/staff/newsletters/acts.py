"""What one does with a newsletter: ask, send, call back, try out, copy, give up.

The buttons of the form save first, so that what one sees is what goes.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, request

from notifier.audience.rules import variant
from notifier.errors import Conflict, Refused
from notifier.newsletters import edit, pictures, templates
from notifier.newsletters import send as verbs
from notifier.newsletters.image_bytes import LARGEST
from notifier.newsletters.models import Newsletter
from notifier.newsletters.send import GRACE
from notifier.newsletters.try_out import mail_to
from notifier.render import slots
from notifier.render.links import site_for
from notifier.render.newsletter import Group, Text
from notifier.store.db import session, unit
from notifier.web.guard import settings, takes
from notifier.web.public.shapes import Error
from notifier.web.staff import door
from notifier.web.staff.frame import back
from notifier.web.staff.newsletters import seen as newsletter_seen
from notifier.web.staff.newsletters import shared
from notifier.web.staff.newsletters.page import MOST, saved, show
from notifier.web.staff.newsletters.shared import ONE, path, the_issue
from notifier.web.staff.newsletters.typed import from_form, of_issue
from notifier.web.staff.security import now

blueprint = Blueprint("staff_newsletter_acts", __name__)

CUT_OFF = 102_000  # bytes of HTML, at Gmail
LARGEST_FORM = 30_000_000  # bytes: a picture that is too large is refused in a sentence
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'; sandbox allow-popups"
)


@blueprint.post(f"{ONE}/test")
@door.member()
@takes(MOST)
def test(slug: str) -> Any:
    """One mail to who asks; a draft is saved first, an approved issue stays as it is."""

    def act(issue: Newsletter, parts: list[str]) -> str:
        if parts and issue.state != was:
            raise Refused("Save your change first; it ends the approval. Then mail it to yourself.")
        who = newsletter_seen.reader()
        mail_to(
            door.me(),
            issue,
            depth=who.depth,
            language=who.language,
            user_type=who.kind,
            now=now(),
        )
        return f"It is on its way to {door.me().email}, as this reader would get it."

    was = the_issue(slug).state
    return saved(slug, act)


@blueprint.post(f"{ONE}/submit")
@door.member()
@takes(MOST)
def submit(slug: str) -> Any:
    def act(issue: Newsletter, parts: list[str]) -> str:
        if issue.state != "in_review":  # pressed twice
            must_fit(issue)
            verbs.submit(issue, author=door.me(), by=door.by(), now=now())
        return f"It is saved, and waits for {shared.approvers(issue)} to approve it."

    return saved(slug, act)


def must_fit(issue: Newsletter) -> None:
    """Refuse a letter that mail programs would cut off: the longest one, for who reads the most."""
    text = Text(issue, site=site_for(settings()), now=now())
    size = len(text.letter(variant("technical", "both"), Group("", None)).html.encode())
    if size > CUT_OFF:
        raise Refused(
            f"The mail would be {size // 1000:,} KB, and mail programs cut off what is beyond "
            f"{CUT_OFF // 1000} KB; shorten it, or join short paragraphs.",
            field="body",
        )


@blueprint.post(f"{ONE}/send")
@door.member()
@takes(MOST)
def send(slug: str) -> Any:
    """In five minutes at the earliest; where nobody else is asked, its writer approves it too."""

    def act(issue: Newsletter, parts: list[str]) -> str:
        person, by = door.me(), door.by()
        if issue.state == "sent":  # pressed twice
            return going(issue)
        if not shared.second_person():
            if issue.state == "draft":
                must_fit(issue)
                verbs.submit(issue, author=person, by=by, now=now())
            if issue.state == "in_review":
                verbs.approve(issue, approver=person, by=by, now=now())
        elif parts and was in ("approved", "sent"):
            raise Refused(
                "You changed it since it was approved, so it was not sent; save it and ask for "
                "approval again."
            )
        verbs.send(issue, by=by, now=now(), grace=GRACE)
        return going(issue)

    was = the_issue(slug).state
    return saved(slug, act)


def going(issue: Newsletter) -> str:
    at = issue.published_at or now()
    day = shared.when(at, now()).rpartition(" at ")[0]
    return f"It leaves {day} at {shared.clock(at)}. You can call it back until then."


@blueprint.post(f"{ONE}/call-back")
@door.member()
def call_back(slug: str) -> Any:
    issue = the_issue(slug)
    if issue.state == "approved":  # pressed twice
        return back(path(issue))
    try:
        with unit():
            issue = the_issue(slug)
            verbs.call_back(issue, by=door.by(), now=now())
    except (Refused, Conflict) as refusal:
        return refused(slug, refusal)
    return back(path(issue), "It is called back: nobody got it. It is still approved.")


def refused(slug: str, refusal: Exception, field: str = "acts") -> Response:
    session.rollback()
    issue = the_issue(slug)
    error = Error(getattr(refusal, "field", None) or field, str(refusal).rstrip("."))
    return show(issue, of_issue(issue), [error], 400)


@blueprint.post(f"{ONE}/cancel")
@door.member()
def cancel(slug: str) -> Any:
    if the_issue(slug).state == "cancelled":
        return back(shared.LIST)
    try:
        with unit():
            issue = the_issue(slug)
            verbs.cancel(issue, person=door.me(), by=door.by(), now=now())
    except (Refused, Conflict) as refusal:
        return refused(slug, refusal)
    return back(shared.LIST, f"“{issue.title}” is given up; nobody gets it.")


@blueprint.post(f"{ONE}/duplicate")
@door.member()
def duplicate(slug: str) -> Any:
    try:
        with unit():
            made = edit.duplicate(the_issue(slug), person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return refused(slug, refusal)
    return back(path(made), "This is a copy with the same readers, and no date yet.")


@blueprint.post(f"{ONE}/template")
@door.member()
def keep_as_template(slug: str) -> Any:
    try:
        with unit():
            issue = the_issue(slug)
            name = request.form.get("template", "")
            kept = templates.keep(issue, name, person=door.me(), by=door.by(), now=now())
    except Refused as refusal:
        return refused(slug, refusal, "template")
    return back(path(issue), f"It is kept as the template “{kept.name}” of {issue.team.name}.")


@blueprint.post(f"{ONE}/picture")
@door.member()
@takes(LARGEST_FORM)
def picture(slug: str) -> Any:
    """Stored at once; its Markdown goes to the end of the words, or to the script that asked."""
    issue, typed = the_issue(slug), from_form()
    asks = request.headers.get("X-Asks") == "markdown"
    alt = " ".join(request.form.get("alt", "").split())[:500]
    file = request.files.get("picture")
    try:
        if not alt:
            raise Refused("Say what the picture shows, for who cannot see it.", field="alt")
        with unit():
            kept = pictures.keep(
                file.read(LARGEST + 1) if file is not None else b"",
                team=issue.team,
                person=door.me(),
                by=door.by(),
                now=now(),
            )
            words = f"![{said(alt)}]({kept.path})"
    except Refused as refusal:
        if asks:
            return Response(str(refusal), 400, mimetype="text/plain")
        session.rollback()
        error = Error(refusal.field or "picture", str(refusal).rstrip("."))
        return show(the_issue(slug), typed, [error], 400, alt=alt)
    if asks:
        return Response(words, mimetype="text/plain")
    added = replace(typed, body=f"{typed.body.rstrip()}\n\n{words}\n".lstrip())
    return show(the_issue(slug), added, added_picture=True)


def said(alt: str) -> str:
    """Words between square brackets."""
    return alt.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]").replace("`", "'")


@blueprint.get(f"{ONE}/mail")
@door.member()
def mail(slug: str) -> Response:
    """The saved issue as the very mail that a reader would get; HTML, or plain text."""
    issue, who = the_issue(slug), newsletter_seen.reader()
    try:
        text = Text(issue, site=site_for(settings()), now=now())
    except Refused:
        abort(404)
    followed = newsletter_seen.follows(text.pool, who.follows)
    words = text.letter(variant(who.depth, who.language), Group(who.kind, followed))
    values = dict.fromkeys(slots.SLOTS, f"{settings().base_url}/")
    values |= {"name": newsletter_seen.SAMPLE, "address": "cleo@example.org"}
    values |= dict.fromkeys(("reasons_text", "reasons_html"), "You get this because …")
    if request.args.get("as") == "text":
        return Response(slots.fill(words.text, values), mimetype="text/plain")
    response = Response(slots.fill(words.html, values, slots.as_html), mimetype="text/html")
    response.headers["Content-Security-Policy"] = MAIL_POLICY
    response.headers["Cache-Control"] = "no-store"
    return response
