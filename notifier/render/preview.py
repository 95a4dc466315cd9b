"""The letter of a notice before anybody gets it: the true words, with nobody's own in the slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from notifier.accounts.models import Staff
from notifier.audience.rules import variant
from notifier.notices import queries as notices
from notifier.notices.as_public import as_public
from notifier.notices.models import ChangeNotice
from notifier.render import notice as letters
from notifier.render import reasons, slots
from notifier.render.notice_words import stage_words
from notifier.render.origin import main_series
from notifier.render.reasons import Reason
from notifier.render.site import Site
from notifier.render.typeset import Words
from notifier.sends.models import Send

NOBODY = "reader@example.org"  # RFC 2606: belongs to nobody
STAGE = "announce"


def letter(
    notice: ChangeNotice,
    *,
    depth: str,
    language: str,
    site: Site,
    now: datetime,
    kind: str = "notice",
) -> Words:
    """What a reader who follows its topics gets, if it is announced now: slots are filled, and no
    link of it is anybody's own. ``kind`` is the folder of its templates."""
    written = letters_of(notice, site=site, now=now, kind=kind)
    return filled(notice, written[variant(depth, language)], site)


def filled(notice: ChangeNotice, words: Words, site: Site) -> Words:
    values = nobodys(notice, str(words.frame["language"]), site)
    return replace(
        words,
        text=slots.fill(words.text, values),
        html=slots.fill(words.html, values, slots.as_html),
    )


def letters_of(
    notice: ChangeNotice, *, site: Site, now: datetime, kind: str = "notice"
) -> dict[int, Words]:
    """Every letter of its announcement by variant, with its slots."""
    shown = as_public(notice, now=now)
    stage = stage_words(STAGE, shown)
    return letters.written(kind, shown, stage, {}, news=None, site=site, now=now)


def nobodys(notice: ChangeNotice, language: str, site: Site) -> Mapping[str, str]:
    """What stands where each person's own words go."""
    why = followed(notice)
    settings = site.url("preferences")
    return {
        "name": "",
        "address": NOBODY,
        "unsubscribe_url": settings,
        "preferences_url": settings,
        "got_it_url": settings,
        "reasons_text": reasons.text(why, language),
        "reasons_html": reasons.html(why, language),
    }


def followed(notice: ChangeNotice) -> list[Reason]:
    """As for somebody who follows the topics of its main series, or that series alone."""
    series = main_series(notice)
    topics: list[Reason] = [("topic", topic.name, topic.cy) for topic in series.topics]
    return topics or [("series", series.name, series.cy)]


def write(send: Send, *, site: Site, now: datetime, person: Staff) -> Words:
    """The letter that a member of staff asked for, in the words as they stand now. It is no mail of
    a list: nothing of it can be unsubscribed from. NotFound when the notice is gone."""
    found = letter(
        notices.notice(str(send.context["reference"])),
        depth=str(send.context["depth"]),
        language=str(send.context["language"]),
        site=site,
        now=now,
        kind="preview",
    )
    one_off = {"one_off": True, "list_phrase": "", "list_label": "", "reply_to": ""}
    return replace(found, frame={**found.frame, **one_off})
