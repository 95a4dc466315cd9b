"""A release, its moves and a newsletter in words for feeds and calendars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from notifier.clock import london_date
from notifier.errors import Refused
from notifier.feeds.addresses import page
from notifier.feeds.markup import (
    anchor,
    block,
    bullets,
    headed,
    linked,
    paragraph,
    paragraphs,
    section,
    spoken,
    strong,
    together,
)
from notifier.feeds.notice_sections import one_to_do
from notifier.feeds.words import named, word
from notifier.newsletters.models import Newsletter
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release, ReleaseDateChange
from notifier.render import dates, release_view
from notifier.render.fields import fill, segments
from notifier.render.markdown import as_html, parse
from notifier.render.notice_words import EXACT
from notifier.render.passages import Link, Passage, in_language, line, link, said
from notifier.render.phrases import say
from notifier.render.release_view import Facts, kind
from notifier.render.released import Changed, late
from notifier.render.sections import split
from notifier.render.site import Site

EN = "en"
VERBS = ("earlier", "vaguer", "firmer")  # directions of a move that have a word of their own
READER = "reader"  # for {{ name }}: a feed does not know who reads it


def title(release: Release, lang: str = EN) -> str:
    """The title with its series, unless it says it already."""
    of = named(release.series.name, release.series.cy, lang).text
    own = in_language(release.title, release.cy_title, lang).text
    return own if of.lower() in own.lower() else f"{of}: {own}"


def when(release: Release, lang: str = EN) -> str:
    return dates.vague(release.day, release.precision, wall=release.wall_time, language=lang)


def was(move: ReleaseDateChange, lang: str = EN) -> str:
    return dates.vague(move.from_date, move.from_precision, wall=move.from_time, language=lang)


def became(move: ReleaseDateChange, lang: str = EN) -> str:
    return dates.vague(move.to_date, move.to_precision, wall=move.to_time, language=lang)


def move_title(move: ReleaseDateChange, lang: str = EN) -> str:
    name = title(move.release, lang)
    if move.to_date is None or move.to_precision == "tbc":
        return f"{word('no_new_date', lang)}: {name}"
    verb = move.direction if move.direction in VERBS else "later"
    if verb == "firmer" and move.to_precision not in EXACT:
        verb = "more_exact"
    return f"{word(verb, lang)}: {name}"


def move_summary(move: ReleaseDateChange, lang: str = EN) -> str:
    """ "Was 9:30am, Wednesday 23 December 2026; now 9:30am, Wednesday 13 January 2027. Why…"."""
    days = {"was": dates.within(was(move, lang)), "now": dates.within(became(move, lang))}
    words = word("was_now", lang, **days)
    if move.from_date is None and move.to_date is None:
        words = word("still_no_date", lang)
    return f"{words} {line(move.reason).text}".strip()


def moved(
    move: ReleaseDateChange,
    changes: Sequence[ChangeNotice],
    *,
    base_url: str,
    site: Site,
    lang: str = EN,
) -> Markup:
    """The news, both dates, why, and the changes that move or wait with it."""
    gone = move.to_date is None or move.to_precision == "tbc"
    told = Facts("postponed" if gone else "moved", move.release, move, changes)
    lead = "" if move.direction == "firmer" else release_view.lead(told, kind(told), lang)
    return together(
        [
            strong(lead),
            paragraph(was(move, lang) if move.from_date else "", label=say("date_was", lang)),
            paragraph(became(move, lang), label=word("now_label", lang)),
            paragraphs_of(move.reason, lang),
            with_it(told, site, lang),
            about(move.release, base_url, lang),
        ]
    )


def ended(
    release: Release,
    changes: Sequence[ChangeNotice],
    event: str,
    *,
    base_url: str,
    site: Site,
    lang: str = EN,
) -> Markup:
    """That it was cancelled or taken back (``event`` as the letter's stage), and why."""
    told = Facts(event, release, None, changes)
    return together(
        [
            strong(release_view.lead(told, kind(told), lang)),
            gave_up(release, event, lang),
            paragraphs_of(release.end_reason, lang),
            with_it(told, site, lang),
            about(release, base_url, lang),
        ]
    )


def gave_up(release: Release, event: str, lang: str) -> Markup:
    """The day on which it came out, or was to."""
    if event == "withdrawn" and release.published_at is not None:
        day = dates.past(london_date(release.published_at), lang)
        return paragraph(day, label=say("came_out", lang))
    return paragraph(when(release, lang) if release.day else "", label=say("date_was", lang))


def expected_title(release: Release, lang: str = EN) -> str:
    opening = "no_new_date" if release.state == "postponed_tbc" else "expected"
    return f"{word(opening, lang)}: {title(release, lang)}"


def expected_summary(release: Release, lang: str = EN) -> str:
    """When it comes out, how sure that is, and what became of its date."""
    day = f"{when(release, lang)}." if release.day else ""
    last = move_summary(release.date_changes[-1], lang) if release.date_changes else ""
    return " ".join(words for words in (day, word(release.state, lang), last) if words)


def expected(
    release: Release,
    changes: Sequence[ChangeNotice],
    *,
    base_url: str,
    site: Site,
    lang: str = EN,
) -> Markup:
    """A release that is not out yet: its date, how sure it is, each date that it had, and why."""
    moves = [paragraph(move_summary(move, lang)) for move in release.date_changes]
    carried = [changed_with(notice, site, lang) for notice in changes]
    return together(
        [
            paragraph(when(release, lang) if release.day else "", label=say("comes_out", lang)),
            paragraph(word(release.state, lang)),
            *moves,
            headed(say("out_changes", lang), bullets(carried)),
            about(release, base_url, lang),
        ]
    )


def changed_with(notice: ChangeNotice, site: Site, lang: str) -> Markup:
    headline = in_language(notice.headline, notice.cy.get("headline"), lang)
    return anchor(spoken(headline, lang), site.url("changes", notice.reference))


def end_title(release: Release, event: str, lang: str = EN) -> str:
    words = {"cancelled": say("release_cancelled_kicker", lang)}
    return f"{words.get(event, say('release_withdrawn_kicker', lang))}: {title(release, lang)}"


def end_summary(release: Release, event: str, lang: str = EN) -> str:
    """What happened, and why."""
    told = Facts(event, release, None, [])
    return f"{release_view.lead(told, kind(told), lang)} {line(release.end_reason).text}".strip()


def paragraphs_of(reason: str, lang: str) -> Markup:
    return section(say("why", lang), [said(reason)], lang)


def with_it(told: Facts, site: Site, lang: str) -> Markup:
    """The changes in a release whose date changed."""
    found = [changed_with(notice, site, lang) for notice in told.notices]
    return headed(say(release_view.changes_label(told), lang), bullets(found))


def landing(release: Release, lang: str = EN) -> Link | None:
    """Where it can be read: only told once it is out."""
    if release.state not in ("released", "withdrawn"):
        return None
    return link(release.landing_url or release.series.landing_url, say("out_read", lang))


def released(
    release: Release,
    changes: Iterable[Changed],
    points: Passage,
    *,
    base_url: str,
    lang: str = EN,
) -> Markup:
    """As the letter: what changed in this edition, its main points (Markdown), where it is."""
    out = dates.moment(release.published_at, lang) if release.published_at else ""
    published = say("out_when", lang, when=dates.within(out)) if out else ""
    return together(
        [
            headed(
                say("out_changes", lang), together(change_in_it(each, lang) for each in changes)
            ),
            headed(say("out_points", lang), points_of(points, lang)),
            paragraph(linked(landing(release, lang))),
            paragraph(f"{published} {late(release, lang)}".strip()),
            paragraph(release.series.designation, label=word("label", lang)),
            about(release, base_url, lang),
        ]
    )


def points_of(points: Passage, lang: str) -> Markup:
    """The approved main points (Markdown)."""
    return block(as_html(parse(points.text)), points.lang, lang) if points.text else Markup()


def change_in_it(change: Changed, lang: str) -> Markup:
    """In the words that announced it, which look ahead: that is why the day is named."""
    announced = Markup("{} {}").format(
        change.announced, anchor(spoken(change.headline, lang), change.url)
    )
    return together(
        [
            paragraph(announced),
            paragraphs(change.words, lang),
            *(one_to_do(item, lang) for item in change.todo),
        ]
    )


def about(release: Release, base_url: str, lang: str) -> Markup:
    series = release.series
    here = anchor(say("see_release", lang), page(base_url, "releases", release.id, language=lang))
    name = anchor(
        spoken(named(series.name, series.cy, lang), lang),
        page(base_url, "series", series.slug, language=lang),
    )
    return together([paragraph(name, label=word("from", lang)), paragraph(here)])


def issue(found: Newsletter, *, organisation: str, base_url: str, lang: str = EN) -> Markup:
    """The body without its blocks, which show what comes from the reader's day on."""
    address = page(base_url, "newsletters", found.slug, language=lang)
    here = paragraph(anchor(word("read_here", lang), address))
    words = together(body(found, organisation))
    return together([block(words, EN, lang), here])  # an issue is written in English only


def body(found: Newsletter, organisation: str) -> list[Markup]:
    try:
        sources = [section.source for section in split(found.body)]
    except Refused:
        return []
    runs = [
        run for source in sources for run in segments(parse(source)) if not isinstance(run, str)
    ]
    values = {"name": READER, "team": found.team.name, "organisation": organisation}
    try:
        for run in runs:
            fill(run, values)
    except Refused:  # one issue with a wrong field must not end the feed of all
        return []
    return [as_html(run) for run in runs]
