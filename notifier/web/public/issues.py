"""Newsletters that went out, each on a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace

from flask import Blueprint, render_template
from markupsafe import Markup

from notifier.clock import london_date
from notifier.newsletters import queries as newsletters
from notifier.newsletters.items import pool
from notifier.newsletters.models import Newsletter
from notifier.render import newsletter_view as letter
from notifier.render import slots
from notifier.render.links import site_for
from notifier.web.guard import public, settings
from notifier.web.public.frame import now, today
from notifier.web.public.shapes import Follow, on_day

blueprint = Blueprint("issues", __name__)


@blueprint.get("/newsletters")
@public
def every() -> str:
    """Every newsletter that was sent, newest first."""
    return render_template(
        "pages/public/newsletters.html",
        issues=[
            SimpleNamespace(
                day=on_day(london_date(issued(issue)), today()),
                title=issue.title,
                url=f"/newsletters/{issue.slug}",
                team=issue.team.name,
                lead="",
            )
            for issue in newsletters.published(now())
        ],
    )


@blueprint.get("/newsletters/<slug>")
@public
def one(slug: str) -> str:
    """One issue, as it was sent to somebody who follows all its topics; what is for some readers
    only says for whom."""
    issue = newsletters.public_issue(slug, now())
    first = next(iter(issue.audience.get("topics", [])), None)
    return render_template(
        "pages/public/newsletter.html",
        issue=SimpleNamespace(
            title=issue.title,
            day=on_day(london_date(issued(issue)), today()),
            team=issue.team.name,
            lang="en",
            **body_of(issue),
        ),
        team=issue.team,
        follow=Follow(
            subscribe_url=f"/subscribe?topic={first}" if first else "/subscribe",
            atom_url="/feeds/newsletters.atom",
        ),
    )


def issued(issue: Newsletter) -> datetime:
    return issue.published_at or now()


def body_of(issue: Newsletter) -> dict[str, object]:
    """Prose, and between it the blocks; they are read again, and leave out what is over by now."""
    site = replace(site_for(settings()), base_url="")
    pieces = letter.pieces(issue, site)
    blocks = pool(issue, {piece.block for piece in pieces}, now()).for_reader(None)
    view = letter.view(issue, "en", pieces, blocks, site=site, now=now())
    return {
        "pieces": [
            SimpleNamespace(
                block=piece.block,
                html=for_anybody(piece.html),
                only=letter.only_for(piece.section) if is_first(at, view.pieces) else "",
                closes=not piece.section.is_for_all and is_last(at, view.pieces),
            )
            for at, piece in enumerate(view.pieces)
        ],
        "events": view.events,
        "releases": view.releases,
        "changes": view.changes,
        "recent": view.recent,
        "asked": view.asked,
        "contact": view.contact,
    }


def is_first(at: int, found: Sequence[letter.Piece]) -> bool:
    """Whether a section begins with that piece."""
    return at == 0 or found[at - 1].section is not found[at].section


def is_last(at: int, found: Sequence[letter.Piece]) -> bool:
    """Whether a section ends with that piece."""
    return at + 1 == len(found) or is_first(at + 1, found)


def for_anybody(html: Markup) -> Markup:
    """A piece without a person: "Dear reader"."""
    return Markup(slots.fill(html, {"name": "reader"}, slots.as_html))  # noqa: S704 (nh3 cleaned it)
