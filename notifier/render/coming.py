"""Short entries about what is to come: changes and releases, one line of facts each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from notifier.clock import london_date
from notifier.notices.models import ChangeNotice
from notifier.releases.models import Release
from notifier.render import dates, notice_words
from notifier.render.passages import Link, Passage, in_language, line, link
from notifier.render.phrases import say
from notifier.render.site import Site


@dataclass(frozen=True)
class Change:
    headline: Passage
    url: str
    label: str  # Takes effect; On hold
    effect: str
    left: str
    told: str
    first_announced: str
    comment: str  # until when one can comment, if one can


@dataclass(frozen=True)
class Edition:
    """A release: when it comes or came out; ``state`` is empty for one that is out."""

    title: Passage
    when: str
    state: str
    link: Link


def change(notice: ChangeNotice, lang: str, *, site: Site, now: datetime) -> Change:
    """One announced change, with when it was first announced and how early that was."""
    first = notice.first_public_at
    return Change(
        headline=in_language(notice.headline, notice.cy.get("headline"), lang),
        url=site.url("changes", notice.reference),
        **timing(notice, lang, london_date(now)),
        told=notice_words.told(notice, lang),
        first_announced=say("first_announced", lang, day=dates.past(london_date(first), lang))
        if first
        else "",
        comment=comment(notice, lang, now),
    )


def timing(notice: ChangeNotice, lang: str, today: date) -> dict[str, str]:
    """Label, effect and days left; of one on hold, by when there is news."""
    if notice.state == "cancelled":
        return {"label": say("status_cancelled", lang), "effect": "", "left": ""}
    if notice.state == "on_hold":
        news = notice.next_update_by
        update = say("next_update", lang, day=dates.within(dates.full(news, lang))) if news else ""
        effect = update[:1].lower() + update[1:] or notice_words.effect_when(notice, lang)
        return {"label": say("status_held", lang), "effect": effect, "left": ""}
    label = "takes_effect" if notice.decision == "decided" else "would_take_effect"
    at = notice.effect_at
    return {
        "label": say(label, lang),
        "effect": notice_words.effect_when(notice, lang),
        "left": dates.left(london_date(at), today, lang) if at else "",
    }


def comment(notice: ChangeNotice, lang: str, now: datetime) -> str:
    """ "Have your say: closes Thursday 14 January 2027" while a consultation is open."""
    closes = notice_words.day_of(notice.consultation.get("closes"))
    if closes is None or closes < london_date(now):
        return ""
    when = say("closes", lang, day=dates.within(dates.full(closes, lang)))
    return f"{say('consultation', lang)}: {when[0].lower()}{when[1:]}"


def edition(release: Release, lang: str, *, site: Site) -> Edition:
    """One public release; its link leads to the statistics when they are out, else to its page."""
    out = release.state == "released" and release.published_at is not None
    if out and release.published_at is not None:
        when = dates.past(london_date(release.published_at), lang)
    else:
        when = dates.vague(release.day, release.precision, wall=release.wall_time, language=lang)
    title = line(release.title).text
    known = release.state in ("confirmed", "provisional", "postponed_tbc")
    return Edition(
        title=in_language(release.title, release.cy_title, lang),
        when=when,
        state=say(release.state, lang) if known else "",
        link=(link(release.landing_url or release.series.landing_url, title) if out else None)
        or Link(title, site.url("releases", str(release.id))),
    )
