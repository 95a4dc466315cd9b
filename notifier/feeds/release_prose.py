"""A release, its moves and a newsletter in words for feeds and calendars."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from notifier.errors import Refused
from notifier.feeds.addresses import page
from notifier.feeds.markup import anchor, bullets, headed, linked, paragraph, together
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates
from notifier.render.fields import fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.passages import Link, line, link

EN = "en"
STATES = {
    "provisional": "Provisional: the date may still change.",
    "confirmed": "Confirmed.",
    "released": "Out.",
    "postponed_tbc": "Postponed; there is no new date yet.",
    "cancelled": "Cancelled: it will not come out.",
    "withdrawn": "Withdrawn after it came out.",
}
READER = "reader"  # for {{ name }}: a feed does not know who reads it


def title(release: Release) -> str:
    """The title with its series, unless it says it already."""
    if release.series.name.lower() in release.title.lower():
        return line(release.title).text
    return line(f"{release.series.name}: {release.title}").text


def when(release: Release) -> str:
    return dates.vague(release.day, release.precision, wall=release.wall_time, language=EN)


def was(move: ReleaseDateChange) -> str:
    return dates.vague(move.from_date, move.from_precision, wall=move.from_time, language=EN)


def became(move: ReleaseDateChange) -> str:
    return dates.vague(move.to_date, move.to_precision, wall=move.to_time, language=EN)


def move_title(move: ReleaseDateChange) -> str:
    name = title(move.release)
    if move.to_date is None or move.to_precision == "tbc":
        return f"Postponed, no new date yet: {name}"
    verb = {"earlier": "Brought forward", "firmer": "Date fixed"}.get(move.direction, "Moved")
    return f"{verb}: {name}"


def move_summary(move: ReleaseDateChange) -> str:
    """ "Was 9:30am, Wednesday 23 December 2026; now 9:30am, Wednesday 13 January 2027. Why…"."""
    words = f"Was {dates.within(was(move))}; now {dates.within(became(move))}."
    if move.from_date is None and move.to_date is None:
        words = "There is still no new date."
    return f"{words} {line(move.reason).text}".strip()


def moved(move: ReleaseDateChange, *, base_url: str) -> Markup:
    return together(
        [
            paragraph(was(move), label="Was"),
            paragraph(became(move), label="Now"),
            paragraph(line(move.reason).text, label="Why"),
            about(move.release, base_url),
        ]
    )


def landing(release: Release) -> Link | None:
    """Where it can be read: only told once it is out."""
    if release.state not in ("released", "withdrawn"):
        return None
    return link(release.landing_url or release.series.landing_url, "Read it")


def released(
    release: Release, changes: Iterable[ChangeNotice], points: str, *, base_url: str
) -> Markup:
    """That it is out, where, which announced changes are in it, and its main points (Markdown)."""
    found = [anchor(line(n.headline).text, page(base_url, "changes", n.reference)) for n in changes]
    return together(
        [
            paragraph(linked(landing(release))),
            headed("What changed in it", bullets(found)),
            headed("Main points", as_html(parse(points))),
            paragraph(release.series.designation, label="Label"),
            about(release, base_url),
        ]
    )


def about(release: Release, base_url: str) -> Markup:
    series = release.series
    here = anchor("Its page, with every date it had", page(base_url, "releases", release.id))
    name = anchor(line(series.name).text, page(base_url, "series", series.slug))
    return together([paragraph(name, label="From"), paragraph(here)])


def issue(found: Newsletter, *, organisation: str, base_url: str) -> Markup:
    """The body without its blocks, which show what comes from the reader's day on."""
    address = page(base_url, "newsletters", found.slug)
    here = paragraph(anchor("Read this on our site, with what comes next", address))
    return together([*body(found, organisation), here])


def body(found: Newsletter, organisation: str) -> list[Markup]:
    runs = [run for run in segments(parse(found.body)) if not isinstance(run, str)]
    values = {"name": READER, "team": found.team.name, "organisation": organisation}
    try:
        for run in runs:
            fill(run, values)
    except Refused:  # one issue with a wrong field must not end the feed of all
        return []
    return [as_html(run) for run in runs]
