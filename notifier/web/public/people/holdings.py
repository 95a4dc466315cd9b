"""What we hold about a person: to see, to take away as a file, and to have erased."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, render_template

from notifier.insight.held import held
from notifier.mail.erase import erase as erase_files
from notifier.notices.erase import erase as erase_person
from notifier.store.db import truncate_wal, unit
from notifier.store.history import PERSON
from notifier.web.guard import public, settings
from notifier.web.public.frame import now
from notifier.web.public.people.holder import holder, invalid, needs_fresh
from notifier.web.public.people.holdings_words import sections

blueprint = Blueprint("holdings", __name__)


@blueprint.get("/preferences/<token>/data")
@public
def show(token: str) -> str | tuple[str, int]:
    """What we hold, in words; the file has all of it."""
    of = holder(token)
    if of is None:
        return invalid()
    if not of.fresh:
        return needs_fresh(of)
    return render_template(
        "pages/public/preferences_data.html",
        sections=sections(of.person, held(of.person)),
        download=of.path("data.json"),
        erase=of.path("erase"),
        back=of.path(),
    )


@blueprint.get("/preferences/<token>/data.json")
@public
def download(token: str) -> Response | tuple[str, int]:
    """Everything that we hold, as one JSON file."""
    of = holder(token)
    if of is None:
        return invalid()
    if not of.fresh:
        return needs_fresh(of)
    facts: dict[str, Any] = {"made_at": now().strftime("%Y-%m-%dT%H:%M:%SZ"), **held(of.person)}
    response = Response(
        json.dumps(facts, ensure_ascii=False, indent=2) + "\n", mimetype="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="what-we-hold.json"'
    return response


@blueprint.get("/preferences/<token>/erase")
@public
def ask(token: str) -> str | tuple[str, int]:
    """Says what erasure means, and has the button."""
    of = holder(token)
    if of is None:
        return invalid()
    return page(of.path("erase"), of.path()) if of.fresh else needs_fresh(of)


@blueprint.post("/preferences/<token>/erase")
@public
def erase(token: str) -> str | tuple[str, int]:
    """The person is erased, at once."""
    of = holder(token)
    if of is None:
        return invalid()
    if not of.fresh:
        return needs_fresh(of)
    email = of.person.email or ""
    with unit():
        erase_person(of.person, by=PERSON, now=now(), pepper=settings().suppression_pepper)
    truncate_wal()
    erase_files(settings(), email)
    return page("", "", done=True)


def page(action: str, back: str, *, done: bool = False) -> str:
    return render_template(
        "pages/public/preferences_erase.html", action=action, back=back, done=done
    )
