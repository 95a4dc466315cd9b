"""A release, its moves and a newsletter in words for feeds and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.feeds.addresses import page
from notifier.feeds.markup import (
    anchor,
    bullets,
    headed,
    linked,
    paragraph,
    paragraphs,
    section,
    strong,
    together,
)
from notifier.feeds.notice_sections import one_to_do
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates, release_view
from notifier.render.fields import fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.notice_words import EXACT
from notifier.render.passages import Link, line, link, said
from notifier.render.phrases import say
from notifier.render.release_view import Facts, kind
from notifier.render.released import Changed, late
from notifier.render.site import Site

EN = "en"
STATES = {
    "provisional": "Provisional: the date may still change.",
    "confirmed": "Confirmed.",
    "released": "Out.",
    "postponed_tbc": "Postponed; there is no new date yet.",
    "cancelled": "Cancelled: it will not come out.",
    "withdrawn": "Withdrawn after it came out.",
}
VERBS = {"earlier": "Brought forward", "vaguer": "Less exact date", "firmer": "Date fixed"}
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
    verb = VERBS.get(move.direction, "Moved")
    if move.direction == "firmer" and move.to_precision not in EXACT:
        verb = "More exact date"
    return f"{verb}: {name}"


def move_summary(move: ReleaseDateChange) -> str:
    """ "Was 9:30am, Wednesday 23 December 2026; now 9:30am, Wednesday 13 January 2027. Why…"."""
    words = f"Was {dates.within(was(move))}; now {dates.within(became(move))}."
    if move.from_date is None and move.to_date is None:
        words = "There is still no new date."
    return f"{words} {line(move.reason).text}".strip()


def moved(
    move: ReleaseDateChange, changes: Sequence[ChangeNotice], *, base_url: str, site: Site
) -> Markup:
    """The news, both dates, why, and the changes that move or wait with it."""
    gone = move.to_date is None or move.to_precision == "tbc"
    told = Facts("postponed" if gone else "moved", move.release, move, changes)
    lead = "" if move.direction == "firmer" else release_view.lead(told, kind(told), EN)
    return together(
        [
            strong(lead),
            paragraph(was(move) if move.from_date else "", label=say("date_was", EN)),
            paragraph(became(move), label="Now"),
            paragraphs_of(move.reason),
            with_it(told, site),
            about(move.release, base_url),
        ]
    )


def ended(
    release: Release, changes: Sequence[ChangeNotice], event: str, *, base_url: str, site: Site
) -> Markup:
    """That it was cancelled or taken back (``event`` as the letter's stage), and why."""
    told = Facts(event, release, None, changes)
    return together(
        [
            strong(release_view.lead(told, kind(told), EN)),
            gave_up(release, event),
            paragraphs_of(release.end_reason),
            with_it(told, site),
            about(release, base_url),
        ]
    )


def gave_up(release: Release, event: str) -> Markup:
    """The day on which it came out, or was to."""
    if event == "withdrawn" and release.published_at is not None:
        day = dates.past(london_date(release.published_at), EN)
        return paragraph(day, label=say("came_out", EN))
    return paragraph(when(release) if release.day else "", label=say("date_was", EN))


def end_title(release: Release, event: str) -> str:
    words = {"cancelled": say("release_cancelled_kicker", EN)}
    return f"{words.get(event, say('release_withdrawn_kicker', EN))}: {title(release)}"


def end_summary(release: Release, event: str) -> str:
    """What happened, and why."""
    told = Facts(event, release, None, [])
    return f"{release_view.lead(told, kind(told), EN)} {line(release.end_reason).text}".strip()


def paragraphs_of(reason: str) -> Markup:
    return section(say("why", EN), [said(reason)])


def with_it(told: Facts, site: Site) -> Markup:
    """The changes in a release whose date changed."""
    found = [anchor(line(n.headline).text, site.url("changes", n.reference)) for n in told.notices]
    return headed(say(release_view.changes_label(told), EN), bullets(found))


def landing(release: Release) -> Link | None:
    """Where it can be read: only told once it is out."""
    if release.state not in ("released", "withdrawn"):
        return None
    return link(release.landing_url or release.series.landing_url, say("out_read", EN))


def released(release: Release, changes: Iterable[Changed], points: str, *, base_url: str) -> Markup:
    """As the letter: what changed in this edition, its main points (Markdown), where it is."""
    out = dates.moment(release.published_at, EN) if release.published_at else ""
    published = say("out_when", EN, when=dates.within(out)) if out else ""
    return together(
        [
            headed(say("out_changes", EN), together(change_in_it(each) for each in changes)),
            headed(say("out_points", EN), as_html(parse(points))),
            paragraph(linked(landing(release))),
            paragraph(f"{published} {late(release, EN)}".strip()),
            paragraph(release.series.designation, label="Label"),
            about(release, base_url),
        ]
    )


def change_in_it(change: Changed) -> Markup:
    """In the words that announced it, which look ahead: that is why the day is named."""
    announced = Markup("{} {}").format(change.announced, anchor(change.headline.text, change.url))
    return together(
        [paragraph(announced), paragraphs(change.words), *(one_to_do(item) for item in change.todo)]
    )


def about(release: Release, base_url: str) -> Markup:
    series = release.series
    here = anchor(say("see_release", EN), page(base_url, "releases", release.id))
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
