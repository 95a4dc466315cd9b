"""A named reader's way to the words of a release before its instant; each view is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from notifier.clock import london_date
from notifier.releases import announce
from notifier.releases.models import EarlyReader
from notifier.render import dates
from notifier.render.links import read_early
from notifier.render.markdown import page as as_page
from notifier.store.db import unit
from notifier.web.guard import public, settings
from notifier.web.public.frame import now

blueprint = Blueprint("early", __name__)

DEPTHS = (("headline", "For headlines"), ("detail", "In detail"), ("technical", "Technical"))
LANGUAGES = (("en", "English"), ("cy", "Cymraeg"))


def found(token: str) -> EarlyReader | None:
    stamp = read_early(settings(), token)
    reader = announce.reader(stamp[1]) if stamp else None
    if reader is None or stamp is None or reader.announcement_id != stamp[0]:
        return None
    if reader.ended_at is not None:
        return None
    return reader


@blueprint.get("/early/<token>")
@public
def ask(token: str) -> str | Response | tuple[str, int]:
    """Opening the link shows no word (mail scanners open links); the button does."""
    reader = found(token)
    if reader is None:
        return render_template("pages/public/token_invalid.html"), 404
    if reader.announcement.state == "announced":
        return redirect(f"/releases/{reader.announcement.release_id}")
    return render_template("pages/public/early.html", **context(reader), token=token, shown=None)


@blueprint.post("/early/<token>")
@public
def read(token: str) -> str | Response | tuple[str, int]:
    reader = found(token)
    if reader is None:
        return render_template("pages/public/token_invalid.html"), 404
    if reader.announcement.state == "announced":
        return redirect(f"/releases/{reader.announcement.release_id}")
    with unit():
        texts = announce.view(reader, now=now())
        shown = [
            (
                lang,
                f"{title} · {language}" if texts.get("cy") else title,
                as_page(texts[lang][depth]),
            )
            for lang, language in LANGUAGES
            for depth, title in DEPTHS
            if texts.get(lang, {}).get(depth)
        ]
        return render_template(
            "pages/public/early.html", **context(reader), token=token, shown=shown
        )


def context(reader: EarlyReader) -> dict[str, Any]:
    release = reader.announcement.release
    at = release.at
    return {
        "title": release.title,
        "reader": reader.name or reader.email,
        "at": dates.moment(at) if at is not None else "a date to come",
        "left": dates.left(london_date(at), london_date(now())) if at is not None else "",
    }
