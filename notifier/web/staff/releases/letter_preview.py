"""The release mail as a reader will see it, in a frame that runs nothing and fetches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from notifier.accounts import unsaved
from notifier.catalogue.rules import DEPTHS
from notifier.releases import announce
from notifier.releases.models import Release
from notifier.render.links import site_for
from notifier.render.release_preview import letter
from notifier.web.guard import settings
from notifier.web.public.shapes import Link
from notifier.web.staff import door
from notifier.web.staff.releases.letter_checks import NAMES
from notifier.web.staff.releases.shared import ONE, READS, path, to_read
from notifier.web.staff.security import now

blueprint = Blueprint("staff_release_preview", __name__)

WHERE = {"mail": "Mail", "phone": "Phone", "dark": "Dark", "plain": "Plain text"}
LANGUAGES = {"en": "English", "cy": "Cymraeg", "both": "Both"}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
DARK = "(prefers-color-scheme: dark)"
SHOWN = {"dark": "all", "mail": "not all", "phone": "not all"}


@dataclass(frozen=True)
class Preview:
    subject: str
    text: str
    html: str
    where: str
    frame: str
    groups: list[tuple[str, list[Link]]]
    url: str


def preview(
    release: Release, words: Mapping[str, Any], given: Mapping[str, str], *, now: datetime
) -> Preview:
    """``words`` {lang: {depth: Markdown}}; ``given`` says where, at which depth, in which words."""
    asked = {
        "where": one(given, "where", WHERE, "mail"),
        "depth": one(given, "depth", dict.fromkeys(DEPTHS), "detail"),
        "language": one(given, "language", LANGUAGES, "en"),
    }
    made = letter(
        release,
        words,
        depth=asked["depth"],
        language=asked["language"],
        site=site_for(settings()),
        now=now,
    )
    base = path(release.id, "announcement")
    return Preview(
        subject=made.subject,
        text=made.text,
        html=made.html,
        where=asked["where"],
        frame=f"{base}/mail?{urlencode(asked)}",
        groups=[
            ("Where", links(base, asked, "where", WHERE)),
            ("Depth", links(base, asked, "depth", NAMES)),
            ("Language", links(base, asked, "language", LANGUAGES)),
        ],
        url=f"{base}/preview?{urlencode(asked)}",
    )


def one(given: Mapping[str, str], name: str, known: Mapping[str, Any], default: str) -> str:
    found = given.get(name, default)
    return found if found in known else default


def links(base: str, asked: dict[str, str], name: str, known: Mapping[str, str]) -> list[Link]:
    return [
        Link(
            label,
            f"{base}/preview?{urlencode({**asked, name: value})}",
            active=asked[name] == value,
        )
        for value, label in known.items()
    ]


def as_typed(release: Release) -> dict[str, dict[str, str]]:
    """What this member typed and did not save, else what is stored."""
    from notifier.web.staff.releases import letter as editor  # noqa: PLC0415 (they know each other)

    found = unsaved.kept(door.me(), editor.about(release))
    if found is not None:
        return editor.nested(editor.fields_of(found))
    written = announce.of(release)
    return editor.nested(editor.flat(written.words)) if written is not None else {"en": {}}


@blueprint.get(f"{ONE}/announcement/preview")
@door.member(*READS)
def show(release_id: int) -> Any:
    """A page of its own; to htmx, the panel alone."""
    from notifier.web.staff.frame import page  # noqa: PLC0415

    release = to_read(release_id)
    made = preview(release, as_typed(release), request.args, now=now())
    if "HX-Request" in request.headers:
        answer = make_response(render_template("parts/staff_letter_preview.html", preview=made))
        answer.headers["Cache-Control"] = "no-store"
        return answer
    return page("releases/letter_preview", release=release, preview=made)


@blueprint.get(f"{ONE}/announcement/mail")
@door.member(*READS)
def mail(release_id: int) -> Response:
    """The letter's own HTML, for the frame."""
    release = to_read(release_id)
    made = preview(release, as_typed(release), request.args, now=now())
    body = made.html.replace(DARK, SHOWN.get(made.where, DARK))
    answer = Response(body, mimetype="text/html")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "no-store"
    return answer
