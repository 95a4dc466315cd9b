"""Development only: the outbox as a mail client would show it."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from types import SimpleNamespace

from flask import Blueprint, Response, abort, render_template, request

from notifier.errors import NotFound
from notifier.mail import outbox
from notifier.web.guard import public, settings
from notifier.web.public.frame import today
from notifier.web.public.shapes import Link, When, at

blueprint = Blueprint("dev", __name__, url_prefix="/dev")

PAGE = 50


@blueprint.get("/inbox")
@public
def inbox() -> str:
    """The mails, newest first."""
    found = outbox.entries(settings().instance / "outbox", limit=5000)
    start = max(request.args.get("from", 0, type=int), 0)
    return render_template(
        "pages/dev/inbox.html",
        mails=[
            SimpleNamespace(
                subject=entry.subject,
                to=entry.to,
                sender="",
                day=dated(entry.date),
                url=f"/dev/inbox/{entry.key}",
            )
            for entry in found[start : start + PAGE]
        ],
        total=len(found),
        newer_url=f"/dev/inbox?from={max(start - PAGE, 0)}" if start else None,
        older_url=f"/dev/inbox?from={start + PAGE}" if start + PAGE < len(found) else None,
    )


def dated(header: str) -> When | None:
    try:
        return at(parsedate_to_datetime(header), today())
    except ValueError:
        return None


def mail(key: str) -> EmailMessage:
    try:
        return outbox.read(settings().instance / "outbox", key)
    except NotFound:
        abort(404)


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return str(found.get_content()) if found is not None else ""


@blueprint.get("/inbox/<key>")
@public
def message(key: str) -> str:
    """One mail: HTML, plain text or source."""
    found = mail(key)
    view = request.args.get("view", "html")
    here = f"/dev/inbox/{key}"
    return render_template(
        "pages/dev/message.html",
        mail=SimpleNamespace(
            subject=found["Subject"],
            sender=found["From"],
            to=found["To"],
            day=dated(str(found["Date"])),
            headers=[(name, str(value)) for name, value in found.items()],
        ),
        view=view if view in ("html", "text", "source") else "html",
        views=[
            Link(label, f"{here}?view={word}", active=word == view)
            for label, word in (("HTML", "html"), ("Plain text", "text"), ("Source", "source"))
        ],
        html_url=f"{here}/html",
        text=part(found, "plain"),
        source=outbox.raw(settings().instance / "outbox", key).decode("utf-8", "replace"),
        inbox_url="/dev/inbox",
    )


@blueprint.get("/inbox/<key>/html")
@public
def html(key: str) -> Response:
    """The HTML part alone, under a policy of its own: no script, nothing from elsewhere."""
    response = Response(part(mail(key), "html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "frame-ancestors 'self'; sandbox allow-popups"
    )
    return response
